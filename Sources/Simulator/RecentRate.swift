/// Events a second over the last few seconds, in cells of a quarter of one.
struct RecentRate: Sendable {
    private static let cellSeconds = 0.25
    private var counts: [Int]
    private var newest = 0

    /// `seconds`: how far it looks back, at least one.
    init(seconds: Int = 3) { counts = [Int](repeating: 0, count: max(1, seconds) * 4) }

    /// Counts one event at `seconds`, which only grows.
    mutating func count(at seconds: Double) {
        turn(to: seconds)
        counts[newest % counts.count] += 1
    }

    /// The rate at `seconds`.
    mutating func perSecond(at seconds: Double) -> Double {
        turn(to: seconds)
        return Double(counts.reduce(0, +)) / (Double(counts.count) * RecentRate.cellSeconds)
    }

    private mutating func turn(to seconds: Double) {
        let cell = Int(min(max(0, seconds), 1e9) / RecentRate.cellSeconds)
        guard cell > newest else { return }
        for past in max(newest + 1, cell - counts.count + 1)...cell { counts[past % counts.count] = 0 }
        newest = cell
    }
}
