import Domain

/// What happened to one subject in one stretch of time.
struct Slice: Cell {
    let index: UInt32
    var arrivals: UInt32 = 0
    /// Refused here for whatever reason.
    var refused: UInt32 = 0
    /// Refused here by a limit; part of `refused`.
    var limited: UInt32 = 0
    /// Ended by the provider: its 5xx, its silence, its cut.
    var errors: UInt32 = 0
    /// Answered 429 by the provider.
    var throttled: UInt32 = 0
    var finished: UInt32 = 0
    /// Most arrivals in one second.
    var peak: UInt32 = 0
    var tokens: Int64 = 0
    var cost: Int64 = 0
    var latency = Latencies()
    var firstByte = Latencies()

    init(index: UInt32) { self.index = index }

    mutating func merge(_ other: Slice) {
        arrivals = arrivals.addingSaturated(other.arrivals)
        refused = refused.addingSaturated(other.refused)
        limited = limited.addingSaturated(other.limited)
        errors = errors.addingSaturated(other.errors)
        throttled = throttled.addingSaturated(other.throttled)
        finished = finished.addingSaturated(other.finished)
        peak = max(peak, other.peak)
        tokens = tokens.addingSaturated(other.tokens)
        cost = cost.addingSaturated(other.cost)
        latency.merge(other.latency)
        firstByte.merge(other.firstByte)
    }
}

/// One second of a subject, for rates and for previews.
struct Second {
    let index: UInt32
    var arrivals: UInt32 = 0
    /// Arrivals that a limit had to judge: admitted, or refused by a limit.
    var judged: UInt32 = 0
    var tokens: UInt32 = 0

    init(index: UInt32) { self.index = index }
}

/// The sums of a window.
struct WindowFigures {
    var arrivals: Int64 = 0
    var refused: Int64 = 0
    var limited: Int64 = 0
    var errors: Int64 = 0
    var throttled: Int64 = 0
    var finished: Int64 = 0
    var peak: UInt32 = 0
    var tokens: Int64 = 0
    var cost: Int64 = 0
    /// Seconds that these sums cover: the window, or less since the start, and up to one cell more.
    var covered: Double = 1

    /// What shares are of.
    ///
    /// A request may end in another window than it began in, so either count alone can be short.
    var base: Int64 { max(arrivals, finished) }

    /// `count` as a share of the window's requests, 0 to 1.
    func share(_ count: Int64) -> Double { base > 0 ? min(1, Double(count) / Double(base)) : 0 }

    /// Nano-dollars an hour.
    var costPerHour: Int64 { Int64(clampingDouble: Double(cost) / covered * 3600) }

    var tokensPerSecond: Double { Double(tokens) / covered }

    mutating func add(_ slice: Slice) {
        arrivals &+= Int64(slice.arrivals)
        refused &+= Int64(slice.refused)
        limited &+= Int64(slice.limited)
        errors &+= Int64(slice.errors)
        throttled &+= Int64(slice.throttled)
        finished &+= Int64(slice.finished)
        peak = max(peak, slice.peak)
        tokens = tokens.addingSaturated(slice.tokens)
        cost = cost.addingSaturated(slice.cost)
    }
}
