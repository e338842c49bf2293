/// Events a second over the last three seconds, in cells of a quarter of one.
struct RecentRate: Sendable {
    private static let cells = 12
    private static let cellSeconds = 0.25
    private var counts = [Int](repeating: 0, count: RecentRate.cells)
    private var newest = 0

    /// Counts one event at `seconds`, which only grows.
    mutating func count(at seconds: Double) {
        turn(to: seconds)
        counts[newest % RecentRate.cells] += 1
    }

    /// The rate at `seconds`.
    mutating func perSecond(at seconds: Double) -> Double {
        turn(to: seconds)
        return Double(counts.reduce(0, +)) / (Double(RecentRate.cells) * RecentRate.cellSeconds)
    }

    private mutating func turn(to seconds: Double) {
        let cell = Int(min(max(0, seconds), 1e9) / RecentRate.cellSeconds)
        guard cell > newest else { return }
        for past in max(newest + 1, cell - RecentRate.cells + 1)...cell { counts[past % RecentRate.cells] = 0 }
        newest = cell
    }
}
