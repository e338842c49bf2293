import Domain

/// The live figures of the gateway, made of the two facts and nothing else.
///
/// A value without clock, lock or input of its own: every moment is passed in, so a test reads as a transcript. The
/// telemetry thread owns the only one in a running gateway. Tracks are laid out on the monotonic clock at the time of
/// folding, so a step of the wall clock or a late fact can neither bend a window nor end the process.
package struct LiveState {
    /// Clients that have windows of hours and a label of their own on `/metrics`.
    static let busyBound = 200

    let began: Moment
    var age: Age
    var gateway = Meter(levels: Meter.longLevels, keepsFirstByte: true)
    var clients: Roster<String>
    var keys: Roster<KeyID>
    var models: Roster<String>
    var upstreams: Roster<String>
    /// How many clients are among the busy ones.
    var busyCount = 0
    var lastRebalance: UInt32 = 0
    var lastSweep: UInt32 = 0
    /// What the clients without a label of their own, and unknown callers, counted.
    var unlabelled = ExportedCounts()
    var refusedByReason: [ErrorCode: Int64] = [:]
    var distributions = DistributionTable()
    var shelf: RecordShelf
    var errors = ErrorBook()
    var incidents = IncidentBook()
    var usage = UsageCounts()
    var lost = LostFacts()
    private var gaugesMayBeOff = false

    var tables = DirectoryTables()
    var spend = SpendTables()
    /// Judged once a second, see `assess`.
    var judgements: [String: Judgement] = [:]
    var upstreamJudgements: [String: Judgement] = [:]
    var gatewayJudgement = Judgement.calm
    var lastAssessed: UInt32?
    var scratch = LatencyTable()

    /// Sizes of what is kept, for tests to make small.
    package struct Bounds: Sendable {
        package var clients = 20_000
        package var keys = 20_000
        package var models = 2000
        package var upstreams = 500
        /// Finished requests kept for drill-down: those that went well and those that did not.
        package var records = 6000
        package var errorRecords = 4000

        package init() {}
    }

    /// An empty state that begins at `now`.
    package init(began now: Moment, bounds: Bounds = Bounds()) {
        began = now
        age = Age(nanoseconds: 0)
        clients = Roster(bound: bounds.clients) { Meter(levels: Meter.shortLevels) }
        keys = Roster(bound: bounds.keys) { Meter(levels: Meter.keyLevels, keepsLatency: false) }
        models = Roster(bound: bounds.models) { Meter(levels: Meter.longLevels, keepsFirstByte: true) }
        upstreams = Roster(bound: bounds.upstreams) { Meter(levels: Meter.longLevels, keepsFirstByte: true) }
        shelf = RecordShelf(fine: bounds.records, bad: bounds.errorRecords)
    }

    /// Moves to `now`; a moment before the last one counts as the last one.
    mutating func advance(to now: Moment) {
        let passed = now.nanoseconds > began.nanoseconds ? now.nanoseconds - began.nanoseconds : 0
        let next = Age(nanoseconds: passed)
        if next.exact > age.exact { age = next }
    }

    /// Counts what one event loop saw.
    package mutating func fold(_ batch: MeterBatch, at now: Moment) {
        advance(to: now)
        for fact in batch.opened { open(fact) }
        for record in batch.finished { finish(record, wall: now.wall) }
        if !batch.lost.isEmpty { lose(batch.lost) }
        if gateway.inFlight == 0 { healGauges() }
    }

    /// Takes note of facts that were dropped at a bound.
    mutating func lose(_ facts: LostFacts) {
        lost.add(facts)
        gateway.adjustInFlight(by: facts.admitted.subtractingSaturated(facts.settled))
        gaugesMayBeOff = true
    }

    private mutating func healGauges() {
        models.resetGauges()
        upstreams.resetGauges()
        guard gaugesMayBeOff else { return }
        clients.resetGauges()
        keys.resetGauges()
        gaugesMayBeOff = false
    }

    private mutating func open(_ fact: Opened) {
        let second = age.second
        let isAdmitted = fact.decision == .admitted
        gateway.arrive(fact, at: second)
        if case .refused(let code) = fact.decision { refusedByReason[code, default: 0] &+= 1 }
        var isLabelled = false
        if let slot = clientSlot(fact.client) {
            clients.meters[slot].arrive(fact, at: second)
            if let id = fact.keyID { clients.meters[slot].lastKey = id }
            isLabelled = clients.meters[slot].exported != nil
        }
        if !isLabelled, !isAdmitted { unlabelled.refused &+= 1 }
        if let id = fact.keyID, let slot = keys.slot(of: id) { keys.meters[slot].arrive(fact, at: second) }
        if let slot = modelSlot(fact.model, isReal: isAdmitted) { models.meters[slot].arrive(fact, at: second) }
        if let slot = upstreamSlot(fact.upstream, isReal: isAdmitted) {
            upstreams.meters[slot].arrive(fact, at: second)
        }
    }

    private mutating func finish(_ record: RequestRecord, wall: Timestamp) {
        let second = age.second
        let verdict = Verdict(record)
        gateway.finish(record, verdict, at: second, wall: wall)
        usage.add(record)
        var isLabelled = false
        if let slot = clientSlot(record.client) {
            clients.meters[slot].finish(record, verdict, at: second, wall: wall)
            if record.wasAdmitted { clients.meters[slot].settle(stream: record.isStream) }
            isLabelled = clients.meters[slot].exported != nil
        }
        if !isLabelled { unlabelled.add(record, verdict) }
        if let id = record.keyID, let slot = keys.slot(of: id) {
            keys.meters[slot].finish(record, verdict, at: second, wall: wall)
            if record.wasAdmitted { keys.meters[slot].settle(stream: record.isStream) }
        }
        let isReal = record.wasAdmitted || verdict.reachedProvider
        if let slot = modelSlot(record.model, isReal: isReal) {
            models.meters[slot].finish(record, verdict, at: second, wall: wall)
            if record.wasAdmitted { models.meters[slot].settle(stream: record.isStream) }
        }
        finishUpstream(record, verdict, isReal: isReal, wall: wall)
        if record.wasAdmitted { gateway.settle(stream: record.isStream) }
        distributions.add(record, verdict)
        shelf.add(record)
        if let error = record.error {
            let model = models.find(record.model) == nil ? "" : record.model
            errors.add(record, error, model: model, at: second)
        }
    }

    private mutating func finishUpstream(_ record: RequestRecord, _ verdict: Verdict, isReal: Bool, wall: Timestamp) {
        if let slot = upstreamSlot(record.upstream, isReal: isReal) {
            upstreams.meters[slot].finish(record, verdict, at: age.second, wall: wall)
            if verdict.isBad {
                let words =
                    record.detail.isEmpty ? record.error?.label ?? "status \(record.upstreamStatus)" : record.detail
                upstreams.meters[slot].lastFailure = (words, wall, age.second)
            }
        }
        guard record.wasAdmitted else { return }
        if let slot = upstreams.find(record.upstream) {
            upstreams.meters[slot].settle(stream: record.isStream)
        }
    }

    /// The slot of a client; nil for an unknown caller.
    private mutating func clientSlot(_ name: String) -> Int? {
        if name.isEmpty { return nil }
        if let slot = clients.find(name) { return slot }
        var left = ExportedCounts()
        var leftBusy = 0
        let slot = clients.slot(of: name) { meter in
            guard let exported = meter.exported else { return }
            left.add(exported)
            leftBusy += 1
        }
        unlabelled.add(left)
        busyCount -= leftBusy
        if let slot, busyCount < LiveState.busyBound { promote(slot) }
        return slot
    }

    mutating func promote(_ slot: Int) {
        clients.meters[slot].resize(levels: Meter.longLevels)
        clients.meters[slot].exported = ExportedCounts()
        busyCount += 1
    }

    mutating func demote(_ slot: Int) {
        clients.meters[slot].resize(levels: Meter.shortLevels)
        if let exported = clients.meters[slot].exported { unlabelled.add(exported) }
        clients.meters[slot].exported = nil
        busyCount -= 1
    }

    /// The slot of a model.
    ///
    /// Names come from callers, so only configured models and admitted requests make one.
    private mutating func modelSlot(_ name: String, isReal: Bool) -> Int? {
        if name.isEmpty { return nil }
        if let slot = models.find(name) { return slot }
        return isReal || tables.modelNames.contains(name) ? models.slot(of: name) : nil
    }

    private mutating func upstreamSlot(_ name: String, isReal: Bool) -> Int? {
        if name.isEmpty { return nil }
        if let slot = upstreams.find(name) { return slot }
        return isReal || tables.upstreamNames.contains(name) ? upstreams.slot(of: name) : nil
    }
}

/// Finished requests since the start by where their token counts came from.
struct UsageCounts {
    var reported: Int64 = 0
    var estimated: Int64 = 0
    var partial: Int64 = 0

    mutating func add(_ record: RequestRecord) {
        switch record.usage.source {
        case .none: break
        case .reported: reported &+= 1
        case .estimated: estimated &+= 1
        case .partial: partial &+= 1
        }
    }
}
