import Domain

extension Meter {
    /// Mean arrivals per second over the last five complete seconds, or as many as there have been.
    func rate(at now: Age) -> Double {
        let complete = min(5, now.second)
        guard complete > 0 else { return 0 }
        var sum: UInt64 = 0
        for cell in seconds.reversed() {
            if cell.index >= now.second { continue }
            if cell.index < now.second - complete { break }
            sum &+= UInt64(cell.arrivals)
        }
        return Double(sum) / Double(complete)
    }

    /// The sums of the last `window` seconds.
    func figures(last window: UInt32, at now: Age) -> WindowFigures {
        var figures = WindowFigures()
        tiers.visit(last: window, at: now.second) { slice, _, _ in figures.add(slice) }
        figures.covered = max(1, now.exact - Double(tiers.start(of: window, at: now.second)))
        return figures
    }

    /// Arrivals of the last `window` seconds, exact to the second where that is known.
    func arrivals(last window: UInt32, at now: Age, figures: WindowFigures) -> Int64 {
        guard window <= Meter.secondsKept else { return figures.arrivals }
        let first = now.second >= window ? now.second - window + 1 : 0
        return seconds.reversed().prefix { $0.index >= first }.reduce(0) { $0 &+ Int64($1.arrivals) }
    }

    /// Pours the latencies of the last `window` seconds into `table`, which is emptied first.
    func gatherLatencies(last window: UInt32, at now: Age, into table: inout LatencyTable) {
        table.clear()
        tiers.visit(last: window, at: now.second) { slice, _, _ in slice.latency.pour(into: &table) }
    }

    /// The same for times to the first byte.
    func gatherFirstBytes(last window: UInt32, at now: Age, into table: inout LatencyTable) {
        table.clear()
        tiers.visit(last: window, at: now.second) { slice, _, _ in slice.firstByte.pour(into: &table) }
    }

    /// Arrivals per second in `bins` equal slices of the window.
    func arrivalSeries(last window: UInt32, bins: Int, at now: Age) -> [Double?] {
        if window <= Meter.secondsKept {
            var spread = Spread(window: Double(window), bins: bins, end: Double(now.second))
            for cell in seconds where cell.index < now.second {
                spread.add(Double(cell.arrivals), from: Double(cell.index), to: Double(cell.index) + 1)
            }
            return spread.perSecond(since: 0)
        }
        return sums(last: window, bins: bins, at: now) { Double($0.arrivals) }
            .perSecond(since: now.exact - Double(min(window, tiers.reach)))
    }

    /// Sums of `value` in `bins` equal slices of the window.
    func sums(last window: UInt32, bins: Int, at now: Age, _ value: (Slice) -> Double) -> Spread {
        var spread = Spread(window: Double(window), bins: bins, end: now.exact)
        tiers.visit(last: window, at: now.second) { slice, start, width in
            let end = min(Double(start) + Double(width), max(now.exact, Double(start) + 0.001))
            spread.add(value(slice), from: Double(start), to: end)
        }
        return spread
    }
}

/// Counts of stretches of time laid out over equal slices of a window; a stretch that lies across an edge is shared.
struct Spread {
    private let start: Double
    private let width: Double
    private(set) var sums: [Double]

    /// - Parameter end: where the window ends, in seconds of age.
    init(window: Double, bins: Int, end: Double) {
        width = max(window, 1) / Double(max(bins, 1))
        start = end - max(window, 1)
        sums = Array(repeating: 0, count: max(bins, 1))
    }

    mutating func add(_ value: Double, from: Double, to: Double) {
        guard value != 0, to > from else { return }
        let low = max(0, Int(clampingDouble: ((from - start) / width).rounded(.down)))
        let high = min(sums.count - 1, Int(clampingDouble: ((to - start) / width).rounded(.down)))
        guard low <= high else { return }
        for bin in low...high {
            let left = max(from, start + Double(bin) * width)
            let right = min(to, start + Double(bin + 1) * width)
            if right > left { sums[bin] += value * (right - left) / (to - from) }
        }
    }

    /// When a slice begins and ends, in seconds of age.
    func bounds(of bin: Int) -> (start: Double, end: Double) {
        (start + Double(bin) * width, start + Double(bin + 1) * width)
    }

    /// Values per second; nil in slices that ended before `since` or before the state's age began.
    func perSecond(since: Double) -> [Double?] {
        sums.indices.map { bin in
            let bounds = bounds(of: bin)
            let covered = bounds.end - max(bounds.start, since, 0)
            return covered < 0.25 ? nil : sums[bin] / covered
        }
    }

    /// The sums themselves; nil in slices that ended before the state's age began.
    func counts() -> [Double?] { sums.indices.map { bounds(of: $0).end <= 0 ? nil : sums[$0] } }
}
