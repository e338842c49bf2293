package import Domain

/// A key's line.
package struct KeyRow: Sendable, Codable {
    package var card: KeyCard
    package var requestsPerSecond: Double = 0
    package var inFlight: Int = 0
    package var streams: Int = 0
    package var costHourNanoUSD: Int64 = 0
    package var refusedShare: Double = 0
    package var series: Series = []
    package var totals = Totals()

    package init(card: KeyCard) { self.card = card }
}
