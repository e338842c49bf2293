import Domain

/// Counts what happened in the trailing window: 61 cells of a sixtieth of it each.
///
/// The current cell and the 60 whole ones before it count, so an event leaves the count no earlier than one window
/// after it happened: never more than N in *any* trailing window (60 cells in all would let more through). The price is
/// that an event may count for one cell longer, about 1 % of a random load.
package struct SlidingWindow: Sendable {
    static let cellCount = 61

    /// The window's length; nil before the first use.
    package private(set) var windowSeconds: Int64?
    /// Width of a cell in nanoseconds; 0 before the first use.
    private var cellWidth: Int64 = 0
    /// Absolute number of the current cell: monotonic time divided by the width.
    private var current: Int64 = 0
    private var cells: [Int64] = []
    package private(set) var total: Int64 = 0

    package init() {}

    /// Whether it is a window of this length.
    package func isOf(_ seconds: Int64) -> Bool { windowSeconds == seconds }

    /// Moves the window to `now`; a time that comes late counts as the newest one seen.
    package mutating func advance(to now: Int64, windowSeconds: Int64) {
        guard self.windowSeconds == windowSeconds else { return begin(at: now, windowSeconds: windowSeconds) }
        let cell = now / cellWidth
        guard cell > current else { return }
        if cell - current >= Int64(SlidingWindow.cellCount) {
            for index in cells.indices { cells[index] = 0 }
            total = 0
        } else {
            var passed = current + 1
            while passed <= cell {
                let slot = slot(of: passed)
                total &-= cells[slot]
                cells[slot] = 0
                passed += 1
            }
        }
        current = cell
    }

    /// Takes this length from now on; where it had another, what was counted stays.
    private mutating func begin(at now: Int64, windowSeconds: Int64) {
        // Rounded up: sixty cells that are a nanosecond short would let one more through at the very edge.
        let span = windowSeconds.multipliedSaturated(by: 1_000_000_000)
        let width = max(1, span / 60 + (span % 60 == 0 ? 0 : 1))
        let isFirst = self.windowSeconds == nil
        self.windowSeconds = windowSeconds
        if isFirst {
            cells = [Int64](repeating: 0, count: SlidingWindow.cellCount)
            cellWidth = width
            current = now / width
        } else {
            retime(width: width, now: now)
        }
    }

    /// Counts `amount` now; the window must have been advanced.
    package mutating func add(_ amount: Int64) {
        guard !cells.isEmpty else { return }
        let slot = slot(of: current)
        cells[slot] = cells[slot].addingSaturated(amount)
        total = total.addingSaturated(amount)
    }

    /// Nanoseconds from `now` until `needed` more fit under `limit`; 0 where they fit now, nil where they never will.
    package func wait(for needed: Int64, limit: Int64, now: Int64) -> Int64? {
        let excess = total.addingSaturated(needed).subtractingSaturated(limit)
        if excess <= 0 { return 0 }
        if needed > limit || cells.isEmpty { return nil }
        var freed: Int64 = 0
        for cell in max(0, current - 60)...current {
            freed = freed.addingSaturated(cells[slot(of: cell)])
            if freed >= excess {
                return max(1, (cell + Int64(SlidingWindow.cellCount)).multipliedSaturated(by: cellWidth) - now)
            }
        }
        return nil
    }

    /// Nanoseconds from `now` until nothing counts any more.
    package func untilEmpty(now: Int64) -> Int64 {
        guard total > 0 else { return 0 }
        for cell in stride(from: current, through: max(0, current - 60), by: -1) where cells[slot(of: cell)] != 0 {
            return max(0, (cell + Int64(SlidingWindow.cellCount)).multipliedSaturated(by: cellWidth) - now)
        }
        return 0
    }

    /// Whether nothing counts at `now`, so that the counter may be forgotten.
    package func isEmpty(at now: Int64) -> Bool {
        total == 0 || cellWidth == 0 || now / cellWidth - current >= Int64(SlidingWindow.cellCount)
    }

    private func slot(of cell: Int64) -> Int {
        Int(truncatingIfNeeded: cell % Int64(SlidingWindow.cellCount))
    }

    /// Changes the window's length and keeps what was counted.
    ///
    /// An old cell goes to the newest cell that it overlaps: never earlier than it was, so the promise holds.
    private mutating func retime(width: Int64, now: Int64) {
        let old = cells
        let oldWidth = cellWidth
        let oldCurrent = current
        let newest = max(now / width, (oldCurrent.multipliedSaturated(by: oldWidth)) / width)
        cells = [Int64](repeating: 0, count: SlidingWindow.cellCount)
        cellWidth = width
        current = newest
        total = 0
        for cell in max(0, oldCurrent - 60)...oldCurrent {
            let amount = old[Int(truncatingIfNeeded: cell % Int64(SlidingWindow.cellCount))]
            guard amount != 0 else { continue }
            let lastMoment = (cell + 1).multipliedSaturated(by: oldWidth) - 1
            let target = min(newest, lastMoment / width)
            guard newest - target < Int64(SlidingWindow.cellCount) else { continue }
            let slot = slot(of: target)
            cells[slot] = cells[slot].addingSaturated(amount)
            total = total.addingSaturated(amount)
        }
    }
}
