import Domain

/// Counts of a stretch of time that can be added together.
protocol Cell {
    /// The stretch's number: its start in seconds divided by the track's width.
    var index: UInt32 { get }
    init(index: UInt32)
    /// Adds the counts of `other`, whatever its index.
    mutating func merge(_ other: Self)
}

/// Cells of one width in the order of time; only stretches in which something happened have one.
struct Track<C: Cell> {
    /// Cells that count: sixty whole ones and the open one.
    static var span: UInt32 { 61 }

    private(set) var cells: [C] = []

    /// Opens the cell `index` unless it is open, and returns the one that this closed.
    ///
    /// Times come from one monotonic clock, so a number below the open one cannot be; it counts in the open one.
    mutating func open(_ index: UInt32) -> C? {
        guard let last = cells.last else {
            cells.append(C(index: index))
            return nil
        }
        guard last.index < index else { return nil }
        prune(before: index)
        cells.append(C(index: index))
        return last
    }

    /// The open cell; the caller has called `open` before.
    mutating func withOpen(_ change: (inout C) -> Void) {
        guard !cells.isEmpty else { return }
        change(&cells[cells.count - 1])
    }

    private mutating func prune(before index: UInt32) {
        guard cells.count > Int(Self.span) + 14 else { return }
        let oldest = index > Self.span ? index - Self.span : 0
        let stale = cells.firstIndex { $0.index >= oldest } ?? cells.count
        cells.removeFirst(stale)
    }

    mutating func clear() { cells = [] }
}

/// The same counts at five resolutions, one for each window: a cell that closes flows into the next coarser track, so
/// an event touches the finest only.
struct Tiers<C: Cell> {
    /// Widths in seconds: 5 for 1m and 5m, then a sixtieth of 15m, 1h, 6h and 24h.
    static var widths: [UInt32] { [5, 15, 60, 360, 1440] }

    private var tracks: [Track<C>]

    /// - Parameter levels: how many of the widths are kept, 1 to 5.
    init(levels: Int) { tracks = Array(repeating: Track(), count: min(max(levels, 1), 5)) }

    var levels: Int { tracks.count }

    /// Longest window in seconds for which there are counts.
    var reach: UInt32 { Self.widths[levels - 1] &* 60 }

    var isEmpty: Bool { tracks.allSatisfy { $0.cells.isEmpty } }

    /// Keeps this many widths from now on; what the dropped ones held is gone.
    mutating func resize(levels: Int) {
        let wanted = min(max(levels, 1), 5)
        while tracks.count > wanted { tracks.removeLast() }
        while tracks.count < wanted { tracks.append(Track()) }
    }

    /// Changes the cell of `second`.
    mutating func bump(_ second: UInt32, _ change: (inout C) -> Void) {
        if let closed = tracks[0].open(second / 5) { push(closed, from: 0) }
        tracks[0].withOpen(change)
    }

    private mutating func push(_ cell: C, from level: Int) {
        let next = level + 1
        guard next < tracks.count else { return }
        let start = cell.index &* Self.widths[level]
        let closed = tracks[next].open(start / Self.widths[next])
        tracks[next].withOpen { $0.merge(cell) }
        if let closed { push(closed, from: next) }
    }

    /// The level that serves a window of `seconds`, or the coarsest there is.
    private func level(for seconds: UInt32) -> Int {
        let wanted = Self.widths.firstIndex { $0 &* 60 >= seconds } ?? Self.widths.count - 1
        return min(wanted, levels - 1)
    }

    /// When the window of `seconds` that ends at `now` really starts: on a cell's edge, never later than asked.
    func start(of seconds: UInt32, at now: UInt32) -> UInt32 {
        let width = Self.widths[level(for: seconds)]
        let from = now > seconds ? now - seconds : 0
        let kept = min(seconds, reach)
        return max(from, now > kept ? now - kept : 0) / width * width
    }

    /// Gives each cell of the window with its start and width in seconds, in no particular order.
    func visit(last seconds: UInt32, at now: UInt32, _ body: (_ cell: C, _ start: UInt32, _ width: UInt32) -> Void) {
        let level = level(for: seconds)
        let first = start(of: seconds, at: now)
        for cell in tracks[level].cells.reversed() {
            let start = cell.index &* Self.widths[level]
            if start < first { break }
            body(cell, start, Self.widths[level])
        }
        // Open cells of the finer tracks have not flowed on yet.
        for finer in 0..<level {
            guard let cell = tracks[finer].cells.last else { continue }
            let start = cell.index &* Self.widths[finer]
            if start >= first { body(cell, start, Self.widths[finer]) }
        }
    }

    mutating func clear() { for index in tracks.indices { tracks[index].clear() } }
}

/// A bare count, for groups that need no more.
struct Tally: Cell {
    let index: UInt32
    var count: UInt32 = 0

    init(index: UInt32) { self.index = index }

    mutating func merge(_ other: Tally) { count = count.addingSaturated(other.count) }
}
