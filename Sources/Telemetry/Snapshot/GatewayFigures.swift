package import Domain

/// The figures of the Overview's tiles.
package struct GatewayFigures: Sendable, Codable {
    package var requestsPerSecond: Double = 0
    package var peakPerSecond: Double = 0
    /// Arrivals per second, 24 slices of the window.
    package var requestSeries: Series = []
    package var inFlight: Int = 0
    package var queued: Int = 0
    package var streams: Int = 0
    /// Share of the arrivals of the window that ended badly, ours and theirs, 0 to 1.
    package var errorShare: Double = 0
    /// The calmest share in the window before the current trouble, and when; nil where there is no such trouble.
    package var calmErrorShare: Double?
    package var calmErrorAt: Timestamp?
    package var errorSeries: Series = []
    /// Refused here for whatever reason, share of arrivals; with `theirsShare` it is `errorShare`.
    package var oursShare: Double = 0
    /// Ended badly by the provider: its errors, its silence, its cuts and its 429s, share of arrivals.
    package var theirsShare: Double = 0
    /// Refused by a limit of ours, share of arrivals.
    package var refusedShare: Double = 0
    /// Ended by a provider's 5xx, timeout or cut, share of arrivals.
    package var upstreamErrorShare: Double = 0
    package var p50Milliseconds: Double?
    package var p95Milliseconds: Double?
    package var p99Milliseconds: Double?
    /// Median time to the first byte of streamed answers.
    package var firstByteMilliseconds: Double?
    package var costPerHourNanoUSD: Int64 = 0
    package var costTodayNanoUSD: Int64 = 0
    /// The gateway's own day or month budget; nil where it has none.
    package var budgetNanoUSD: Int64?
    package var budgetSpentNanoUSD: Int64 = 0
    package var tokensPerSecond: Double = 0
    package var severity: Severity = .ok

    package init() {}
}
