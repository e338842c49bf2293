/// Counts since the start of the process.
package struct Totals: Sendable, Codable, Equatable {
    /// Requests that reached a provider.
    package var requests: Int64 = 0
    /// Requests that were refused here for whatever reason.
    package var refused: Int64 = 0
    /// Finished with a provider's error, a timeout, or a cut answer.
    package var errors: Int64 = 0
    package var streams: Int64 = 0
    package var tokens: Int64 = 0
    package var costNanoUSD: Int64 = 0
    /// Requests that reached a provider and whose model has no price: their cost is unknown, and not in `costNanoUSD`.
    package var unpriced: Int64 = 0
    /// Everything that arrived and was judged.
    package var arrivals: Int64 = 0

    package init() {}
}
