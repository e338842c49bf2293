package import Domain

/// A client's line.
package struct ClientRow: Sendable, Codable {
    package var card: ClientCard
    package var severity: Severity = .ok
    package var requestsPerSecond: Double = 0
    /// Arrivals per second, 12 slices of the window.
    package var series: Series = []
    package var refusedShare: Double = 0
    package var upstreamErrorShare: Double = 0
    package var p50Milliseconds: Double?
    package var p95Milliseconds: Double?
    package var p99Milliseconds: Double?
    package var tokensPerSecond: Double = 0
    package var costPerHourNanoUSD: Int64 = 0
    package var costTodayNanoUSD: Int64 = 0
    package var inFlight: Int = 0
    package var streams: Int = 0
    /// Since the start.
    package var totals = Totals()
    /// All its limits; `tightest` is an index into it.
    package var quotas: [QuotaReading] = []
    package var tightest: Int?
    /// The key that was used last, for the KEY column.
    package var lastKey: KeyID?
    package var lastSeen: Timestamp?
    /// Arrivals within `windowSeconds`.
    package var arrivals: Int64 = 0

    package init(card: ClientCard) { self.card = card }
}
