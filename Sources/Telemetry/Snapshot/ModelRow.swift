package import Domain

/// A model's line.
package struct ModelRow: Sendable, Codable {
    package var name: String
    package var upstreams: [String]
    package var price: Price?
    package var severity: Severity = .ok
    package var requestsPerSecond: Double = 0
    package var series: Series = []
    package var inFlight: Int = 0
    package var p50Milliseconds: Double?
    package var p95Milliseconds: Double?
    package var firstByteMilliseconds: Double?
    package var upstreamErrorShare: Double = 0
    /// Share of its requests that a limit of ours refused.
    package var refusedShare: Double = 0
    /// Share of its requests that a provider answered with 429.
    package var throttledShare: Double = 0
    package var tokensPerSecond: Double = 0
    package var costPerHourNanoUSD: Int64 = 0
    package var costTodayNanoUSD: Int64 = 0
    package var totals = Totals()

    /// Share of its requests that were turned away as too many, here or by a provider.
    package var tooManyShare: Double { refusedShare + throttledShare }

    package init(name: String, upstreams: [String], price: Price?) {
        self.name = name
        self.upstreams = upstreams
        self.price = price
    }
}
