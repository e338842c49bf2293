package import Domain

/// Money, by client, model and day.
package struct CostFigures: Sendable, Codable {
    package var perHourNanoUSD: Int64 = 0
    package var todayNanoUSD: Int64 = 0
    package var monthNanoUSD: Int64 = 0
    /// Spend today by client and model, dearest first, at most 200 each.
    package var byClient: [Line] = []
    package var byModel: [Line] = []
    /// Spend by UTC day, oldest first, the last 14 with today last.
    package var byDay: [Line] = []
    /// Nano-dollars an hour, 24 slices of the window.
    package var burnSeries: Series = []
    package var budgets: [Projection] = []
    package var reported: Int64 = 0
    package var estimated: Int64 = 0
    package var partial: Int64 = 0
    /// Requests whose model has no price, since the start.
    package var unpriced: Int64 = 0

    package init() {}

    /// One row of spend.
    package struct Line: Sendable, Codable {
        package var name: String
        package var costNanoUSD: Int64
        package var perHourNanoUSD: Int64
        package var requests: Int64
        package var inputTokens: Int64
        package var cachedTokens: Int64
        package var outputTokens: Int64
        /// Requests of unknown cost: the model had no price.
        package var unpriced: Int64

        package init(
            name: String, costNanoUSD: Int64, perHourNanoUSD: Int64 = 0, requests: Int64 = 0, inputTokens: Int64 = 0,
            cachedTokens: Int64 = 0, outputTokens: Int64 = 0, unpriced: Int64 = 0
        ) {
            self.name = name
            self.costNanoUSD = costNanoUSD
            self.perHourNanoUSD = perHourNanoUSD
            self.requests = requests
            self.inputTokens = inputTokens
            self.cachedTokens = cachedTokens
            self.outputTokens = outputTokens
            self.unpriced = unpriced
        }
    }

    /// Where a budget is heading.
    package struct Projection: Sendable, Codable {
        /// `gateway`, a client's name, or `model:NAME`.
        package var scope: String
        package var limit: Limit
        package var spentNanoUSD: Int64
        /// Spend expected by the end of its period at the present rate.
        package var projectedNanoUSD: Int64
        /// When it is used up at the present rate; nil where it lasts to the end of the period.
        package var usedUpAt: Timestamp?

        package init(
            scope: String, limit: Limit, spentNanoUSD: Int64, projectedNanoUSD: Int64, usedUpAt: Timestamp?
        ) {
            self.scope = scope
            self.limit = limit
            self.spentNanoUSD = spentNanoUSD
            self.projectedNanoUSD = projectedNanoUSD
            self.usedUpAt = usedUpAt
        }
    }
}
