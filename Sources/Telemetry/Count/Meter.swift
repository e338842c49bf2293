import Domain

/// Everything that is counted about one client, key, model, upstream, or the gateway.
struct Meter {
    /// Levels of `Tiers` for a subject whose long windows are kept, for a key, and for everyone else.
    static let longLevels = 5
    static let keyLevels = 3
    static let shortLevels = 1
    /// Seconds that are kept one by one.
    static let secondsKept: UInt32 = 300

    var totals = Totals()
    /// Admitted and not yet finished, and those of them that stream; never negative.
    private(set) var inFlight = 0
    private(set) var streams = 0
    private(set) var seconds: [Second] = []
    private(set) var tiers: Tiers<Slice>
    /// When something happened last, in seconds of the state's age and on the wall.
    private(set) var lastSecond: UInt32 = 0
    private(set) var lastSeen: Timestamp?
    /// The key that was used last, of a client.
    var lastKey: KeyID?
    /// The newest failure by the provider, of an upstream.
    var lastFailure: (detail: String, at: Timestamp, second: UInt32)?
    var classes = StatusClasses()
    /// Counted for `/metrics` under its own name since it got one; nil while it counts in `other`.
    var exported: ExportedCounts?
    /// Whether latencies are kept: not for keys, no screen shows them.
    private let keepsLatency: Bool
    private let keepsFirstByte: Bool

    init(levels: Int, keepsLatency: Bool = true, keepsFirstByte: Bool = false) {
        tiers = Tiers(levels: levels)
        self.keepsLatency = keepsLatency
        self.keepsFirstByte = keepsFirstByte
    }

    /// Counts an arrival and, where it was admitted, raises the gauges.
    mutating func arrive(_ fact: Opened, at second: UInt32) {
        touch(second, wall: fact.time)
        totals.arrivals &+= 1
        var refused = false
        var limited = false
        switch fact.decision {
        case .admitted:
            inFlight &+= 1
            if fact.isStream { streams &+= 1 }
        case .refused(let code):
            refused = true
            limited = code.isLimitRefusal
            totals.refused &+= 1
        }
        withSecond(second) { cell in
            cell.arrivals = cell.arrivals.addingSaturated(1)
            if !refused || limited { cell.judged = cell.judged.addingSaturated(1) }
        }
        let peak = seconds.last?.arrivals ?? 0
        tiers.bump(second) { slice in
            slice.arrivals = slice.arrivals.addingSaturated(1)
            if refused { slice.refused = slice.refused.addingSaturated(1) }
            if limited { slice.limited = slice.limited.addingSaturated(1) }
            slice.peak = max(slice.peak, peak)
        }
        if refused { exported?.refused &+= 1 }
    }

    /// Counts a finished request; `verdict` is taken once for all subjects of the record.
    mutating func finish(_ record: RequestRecord, _ verdict: Verdict, at second: UInt32, wall: Timestamp) {
        touch(second, wall: wall)
        totals.add(record, verdict)
        classes.add(record.status)
        exported?.add(record, verdict)
        if verdict.tokens > 0 {
            withSecond(second) { $0.tokens = $0.tokens.addingSaturated(UInt32(clamping: verdict.tokens)) }
        }
        let latency = keepsLatency && record.attempt > 0
        let firstByte = keepsFirstByte && record.isStream && record.firstByteMilliseconds >= 0
        tiers.bump(second) { slice in
            slice.finished = slice.finished.addingSaturated(1)
            if verdict.isProviderError { slice.errors = slice.errors.addingSaturated(1) }
            if verdict.isThrottled { slice.throttled = slice.throttled.addingSaturated(1) }
            slice.tokens = slice.tokens.addingSaturated(verdict.tokens)
            slice.cost = slice.cost.addingSaturated(record.cost.nanos)
            if latency { slice.latency.add(milliseconds: record.totalMilliseconds) }
            if firstByte { slice.firstByte.add(milliseconds: record.firstByteMilliseconds) }
        }
    }

    /// Counts the gauges down for an admitted request that is finished.
    mutating func settle(stream: Bool) {
        inFlight = max(0, inFlight - 1)
        if stream { streams = max(0, streams - 1) }
    }

    /// Corrects the gauge for facts that were lost at a bound.
    mutating func adjustInFlight(by difference: Int64) {
        inFlight = max(0, Int(clamping: Int64(inFlight).addingSaturated(difference)))
        streams = min(streams, inFlight)
    }

    /// Brings gauges back to zero where nothing can be in flight any more.
    mutating func resetGauges() {
        inFlight = 0
        streams = 0
    }

    /// Keeps this many widths of slices from now on.
    mutating func resize(levels: Int) { tiers.resize(levels: levels) }

    /// Gives back the windows' memory and keeps the totals.
    mutating func forgetWindows() {
        seconds = []
        tiers.clear()
    }

    private mutating func touch(_ second: UInt32, wall: Timestamp) {
        lastSecond = second
        lastSeen = max(lastSeen ?? wall, wall)
    }

    private mutating func withSecond(_ second: UInt32, _ change: (inout Second) -> Void) {
        if seconds.last.map({ $0.index < second }) ?? true {
            if seconds.count > Int(Meter.secondsKept) + 64 {
                let oldest = second > Meter.secondsKept ? second - Meter.secondsKept : 0
                seconds.removeFirst(seconds.firstIndex { $0.index >= oldest } ?? seconds.count)
            }
            seconds.append(Second(index: second))
        }
        change(&seconds[seconds.count - 1])
    }
}

/// What a record says about its provider and its money.
struct Verdict {
    /// The provider answered 5xx, nothing, nonsense, or broke off.
    let isProviderError: Bool
    let isThrottled: Bool
    /// Whether a provider was asked.
    let reachedProvider: Bool
    let tokens: Int64

    init(_ record: RequestRecord) {
        reachedProvider = record.attempt > 0
        // A refusal on arrival was counted there; the provider is blamed for what was admitted only.
        let admitted = record.wasAdmitted || reachedProvider
        switch record.error {
        case .upstreamError, .upstreamAuth, .upstreamTimeout, .upstreamCut, .upstreamUnavailable:
            isProviderError = admitted
        default: isProviderError = false
        }
        isThrottled = admitted && (record.error == .upstreamRateLimited || record.upstreamStatus == 429)
        tokens = max(0, record.usage.total)
    }

    /// Whether the request ended badly after it had been let in.
    var isBad: Bool { isProviderError || isThrottled }
}

extension Totals {
    /// Adds a finished request; arrivals and refusals were counted when it arrived.
    mutating func add(_ record: RequestRecord, _ verdict: Verdict) {
        if verdict.reachedProvider {
            requests &+= 1
            if record.isStream { streams &+= 1 }
            if !record.isPriced { unpriced &+= 1 }
        }
        if verdict.isProviderError { errors &+= 1 }
        tokens = tokens.addingSaturated(verdict.tokens)
        costNanoUSD = costNanoUSD.addingSaturated(record.cost.nanos)
    }
}

/// Finished requests by the first digit of their status.
struct StatusClasses {
    /// Index 0 holds whatever is none of 1xx to 5xx.
    private(set) var counts: (Int64, Int64, Int64, Int64, Int64, Int64) = (0, 0, 0, 0, 0, 0)

    mutating func add(_ status: UInt16) {
        switch status / 100 {
        case 1: counts.1 &+= 1
        case 2: counts.2 &+= 1
        case 3: counts.3 &+= 1
        case 4: counts.4 &+= 1
        case 5: counts.5 &+= 1
        default: counts.0 &+= 1
        }
    }

    mutating func add(_ other: StatusClasses) {
        counts.0 &+= other.counts.0
        counts.1 &+= other.counts.1
        counts.2 &+= other.counts.2
        counts.3 &+= other.counts.3
        counts.4 &+= other.counts.4
        counts.5 &+= other.counts.5
    }

    /// The counts with the words that labels use, those that are zero left out.
    var named: [(name: String, count: Int64)] {
        let all = [
            ("1xx", counts.1), ("2xx", counts.2), ("3xx", counts.3), ("4xx", counts.4), ("5xx", counts.5),
            ("other", counts.0),
        ]
        return all.filter { $0.1 > 0 }.map { (name: $0.0, count: $0.1) }
    }
}

/// A client's counters on `/metrics`, since it has had a label of its own; so they never run backwards when the
/// busiest two hundred change: what a client counted before and after goes to `other`.
struct ExportedCounts {
    var classes = StatusClasses()
    var refused: Int64 = 0
    var errors: Int64 = 0
    var inputTokens: Int64 = 0
    var outputTokens: Int64 = 0
    var cost: Int64 = 0

    mutating func add(_ record: RequestRecord, _ verdict: Verdict) {
        classes.add(record.status)
        if verdict.isProviderError { errors &+= 1 }
        inputTokens = inputTokens.addingSaturated(max(0, record.usage.input))
        outputTokens = outputTokens.addingSaturated(max(0, record.usage.output))
        cost = cost.addingSaturated(record.cost.nanos)
    }

    mutating func add(_ other: ExportedCounts) {
        classes.add(other.classes)
        refused &+= other.refused
        errors &+= other.errors
        inputTokens = inputTokens.addingSaturated(other.inputTokens)
        outputTokens = outputTokens.addingSaturated(other.outputTokens)
        cost = cost.addingSaturated(other.cost)
    }
}
