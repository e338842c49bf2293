import Domain

/// A proposed limit, replayed against recorded seconds.
///
/// Windows are the same 61 cells as in admission: the current one and sixty whole ones count.
struct ReplayedLimit {
    private let amount: Int64
    private var window: ReplayedWindow
    /// What one request weighs: 1, or its mean tokens or nano-dollars, in thousandths.
    private let milliWeight: Int64
    /// Whether a request is let in while anything is left (soft), not only where it fits whole.
    private let isSoft: Bool

    /// - Parameters:
    ///   - limit: the proposal.
    ///   - step: seconds between two calls of `admit`, as a fraction of one second: 1 / `step`.
    ///   - seconds: how long what was admitted keeps counting; nil: for ever (a budget).
    ///   - milliWeight: thousandths that one request counts.
    ///   - used: counted already when the replay begins.
    init(amount: Int64, steps: Int64, seconds: Double?, milliWeight: Int64, used: Int64, isSoft: Bool) {
        self.amount = amount.multipliedSaturated(by: 1000)
        self.milliWeight = max(0, milliWeight)
        self.isSoft = isSoft
        window = ReplayedWindow(
            stepsPerCell: seconds.map { max($0 * Double(max(1, steps)) / 60, 1e-9) },
            used: max(0, used).multipliedSaturated(by: 1000))
    }

    /// How many of `asked` requests that come in step number `step` are admitted.
    mutating func admit(_ asked: Int64, at step: Int64) -> Int64 {
        window.advance(to: step)
        let room = amount.subtractingSaturated(window.total)
        guard asked > 0, amount > 0, room > 0 else { return 0 }
        guard milliWeight > 0 else { return asked }
        var fits = room / milliWeight
        if isSoft, room % milliWeight > 0 { fits = fits.addingSaturated(1) }
        let admitted = min(asked, fits)
        window.count(admitted.multipliedSaturated(by: milliWeight))
        return admitted
    }
}

/// A ring of 61 cells of equal length.
struct ReplayedWindow {
    private var cells: [Int64] = Array(repeating: 0, count: 61)
    private var current: Int64 = 0
    private(set) var total: Int64
    private let stepsPerCell: Double?

    init(stepsPerCell: Double?, used: Int64) {
        self.stepsPerCell = stepsPerCell
        total = used
    }

    mutating func advance(to step: Int64) {
        guard let stepsPerCell else { return }
        // A hair is added because a cell's edge that falls on a step is computed as just below it at times.
        let cell = Int64(clampingDouble: ((Double(step) + 1e-6) / stepsPerCell).rounded(.down))
        guard cell > current else { return }
        for passed in 1...min(cell - current, 61) {
            let index = Int((current + passed) % 61)
            total = max(0, total.subtractingSaturated(cells[index]))
            cells[index] = 0
        }
        current = cell
    }

    mutating func count(_ amount: Int64) {
        total = total.addingSaturated(amount)
        guard stepsPerCell != nil else { return }
        let index = Int(current % 61)
        cells[index] = cells[index].addingSaturated(amount)
    }
}
