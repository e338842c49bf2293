import Domain
import Synchronization
import Testing

@testable import Proxy

/// Admission over all scopes, alone and under real threads.
@Suite struct AdmissionTests {
    private static func scope(_ limits: Limit...) -> Scope {
        Scope(limits: ScopeLimits(limits), counters: ScopeCounters())
    }

    private static func requests(_ amount: Int64, _ window: Int64 = 60) -> Limit {
        Limit(kind: .requests, amount: amount, windowSeconds: window)
    }

    private func judge(_ admission: Admission, at now: Int64 = 1) -> LimitState {
        admission.judge(wallSeconds: 1_800_000_000) { now }
    }

    /// Runs `body` on eight real threads at once.
    private func hammer(_ body: @escaping @Sendable (Int) -> Void) async {
        await withCheckedContinuation { (done: CheckedContinuation<Void, Never>) in
            Threads.run(8, body) { done.resume() }
        }
    }

    @Test(arguments: [LimitState.RefusingScope.client, .model, .gateway])
    func eightThreadsNeverGetMoreThanTheLimit(of tight: LimitState.RefusingScope) async {
        let limit: Int64 = 500
        let wide = Self.requests(1_000_000)
        let admission = Admission(
            client: Self.scope(tight == .client ? Self.requests(limit) : wide),
            model: Self.scope(tight == .model ? Self.requests(limit) : wide),
            gateway: Self.scope(tight == .gateway ? Self.requests(limit) : wide))
        let admitted = Atomic<Int64>(0)
        let strangers = Atomic<Int64>(0)
        await hammer { _ in
            for _ in 0..<1000 {
                let state = admission.judge(wallSeconds: 1_800_000_000) { 5 }
                if state.refusedBy == nil {
                    admitted.add(1, ordering: .relaxed)
                } else if state.refusedScope != tight {
                    strangers.add(1, ordering: .relaxed)
                }
            }
        }
        #expect(admitted.load(ordering: .relaxed) == limit)
        #expect(strangers.load(ordering: .relaxed) == 0)
        // What one scope refused the others have not counted.
        for scope in [admission.client, admission.model, admission.gateway] {
            scope?.counters.state.withLock { #expect($0.requests.total == limit && $0.inFlight == limit) }
        }
    }

    @Test func eightThreadsNeverHaveMoreOpenThanAllowed() async {
        let admission = Admission(
            client: Self.scope(Limit(kind: .concurrent, amount: 3)), model: nil, gateway: Self.scope())
        let open = Atomic<Int64>(0)
        let most = Atomic<Int64>(0)
        let passed = Atomic<Int64>(0)
        await hammer { _ in
            for _ in 0..<2000 where admission.judge(wallSeconds: 0, clock: { 1 }).refusedBy == nil {
                let now = open.add(1, ordering: .sequentiallyConsistent).newValue
                most.max(now, ordering: .relaxed)
                passed.add(1, ordering: .relaxed)
                open.subtract(1, ordering: .sequentiallyConsistent)
                admission.settle(tokens: 0, costNanos: 2, wallSeconds: 0, now: 1)
            }
        }
        #expect(most.load(ordering: .relaxed) <= 3)
        #expect(passed.load(ordering: .relaxed) >= 2000)
        admission.client.counters.state.withLock {
            #expect($0.inFlight == 0)
            #expect($0.spend.spent(.budgetDay) == 2 * passed.load(ordering: .relaxed))
        }
    }

    /// Threads that share some scopes and not others would wait for each other for ever, were the order not fixed.
    @Test(.timeLimit(.minutes(1))) func scopesSharedCrosswiseNeverDeadlock() async {
        let gateway = Self.scope(Self.requests(1 << 40))
        let models = (0..<2).map { _ in Self.scope(Self.requests(1 << 40)) }
        let clients = (0..<2).map { _ in Self.scope(Self.requests(1 << 40)) }
        await hammer { index in
            let admission = Admission(client: clients[index % 2], model: models[index / 2 % 2], gateway: gateway)
            for _ in 0..<2000 {
                _ = admission.judge(wallSeconds: 0) { 1 }
                admission.settle(tokens: 1, costNanos: 1, wallSeconds: 0, now: 1)
            }
        }
        gateway.counters.state.withLock { #expect($0.requests.total == 16_000 && $0.inFlight == 0) }
    }

    @Test func aRefusalSaysWhichLimitWhoseAndHowLong() {
        let admission = Admission(
            client: Self.scope(Self.requests(10)), model: Self.scope(Self.requests(1)), gateway: Self.scope())
        #expect(judge(admission).refusedBy == nil)
        let refused = judge(admission)
        #expect(refused.refusedBy == .requests)
        #expect(refused.refusedScope == .model)
        #expect(refused.retryAfterMilliseconds == 61_000)
        // The headers show the client's own limit, of which only the admitted request was taken.
        #expect(refused.requestLimit == 10 && refused.requestRemaining == 9)
        #expect(admission.limit(.requests, of: .model) == Self.requests(1))
    }

    /// Whoever waits as long as he is told gets through: of several limits that refuse, the longest wait is told.
    @Test(arguments: [LimitState.RefusingScope.client, .model, .gateway])
    func ofSeveralRefusalsTheLongestWaitIsTold(longest: LimitState.RefusingScope) {
        func limits(_ scope: LimitState.RefusingScope) -> Scope {
            Self.scope(Self.requests(1, 10), Limit(kind: .tokens, amount: 1, windowSeconds: scope == longest ? 90 : 30))
        }
        let admission = Admission(client: limits(.client), model: limits(.model), gateway: limits(.gateway))
        #expect(judge(admission).refusedBy == nil)
        admission.settle(tokens: 5, costNanos: 0, wallSeconds: 1_800_000_000, now: 1)
        let refused = judge(admission)
        #expect(refused.refusedBy == .tokens && refused.refusedScope == longest)
        let wait = refused.retryAfterMilliseconds * 1_000_000
        #expect(judge(admission, at: 1 + wait - 1_500_000_000).refusedBy == .tokens)
        #expect(judge(admission, at: 1 + wait).refusedBy == nil)
    }

    @Test func aCostBelongsToTheDayOfItsArrival() {
        let admission = Admission(
            client: Self.scope(Limit(kind: .budgetDay, amount: 100)), model: nil, gateway: nil)
        let midnight: Int64 = 1_800_000_000 / 86_400 * 86_400
        func refusal(at wallSeconds: Int64) -> LimitKind? {
            admission.judge(wallSeconds: wallSeconds) { 1 }.refusedBy
        }
        #expect(refusal(at: midnight - 1) == nil)
        #expect(refusal(at: midnight + 1) == nil)
        admission.settle(tokens: 0, costNanos: 1000, wallSeconds: midnight - 1, now: 1)
        #expect(refusal(at: midnight + 2) == nil)
        #expect(refusal(at: midnight - 1) == .budgetDay)
        admission.settle(tokens: 0, costNanos: 1000, wallSeconds: midnight + 1, now: 1)
        #expect(refusal(at: midnight + 2) == .budgetDay)
    }

    /// A stream that began under another window is settled after the change.
    @Test func anOldLimitsAnswerDoesNotShortenTheNewLimitsWindow() {
        let counters = ScopeCounters()
        func admission(_ limits: Limit...) -> Admission {
            Admission(client: Scope(limits: ScopeLimits(limits), counters: counters), model: nil, gateway: nil)
        }
        let before = admission()
        let after = admission(Limit(kind: .tokens, amount: 100, windowSeconds: 3600))
        #expect(judge(before).refusedBy == nil)
        #expect(judge(after).refusedBy == nil)
        after.settle(tokens: 100, costNanos: 0, wallSeconds: 0, now: 1)
        let later: Int64 = 600_000_000_000
        #expect(judge(after, at: later).refusedBy == .tokens)
        before.settle(tokens: 1, costNanos: 0, wallSeconds: 0, now: later)
        #expect(judge(after, at: later).refusedBy == .tokens)
    }

    @Test(arguments: [
        Limit(kind: .requests, amount: 0, windowSeconds: 60), Limit(kind: .tokens, amount: 0, windowSeconds: 60),
        Limit(kind: .concurrent, amount: 0), Limit(kind: .budgetHour, amount: 0), Limit(kind: .budgetDay, amount: 0),
        Limit(kind: .budgetMonth, amount: 0),
    ])
    func aLimitOfZeroRefusesEverything(limit: Limit) {
        let admission = Admission(client: Self.scope(limit), model: nil, gateway: nil)
        for _ in 0..<3 { #expect(judge(admission).refusedBy == limit.kind) }
    }

    @Test func everyKindOfLimitEndsAdmissionWhenItIsUsedUp() {
        func next(_ limit: Limit, tokens: Int64, cost: Int64) -> LimitKind? {
            let admission = Admission(client: Self.scope(limit), model: nil, gateway: nil)
            #expect(judge(admission).refusedBy == nil)
            admission.settle(tokens: tokens, costNanos: cost, wallSeconds: 1_800_000_000, now: 1)
            return judge(admission).refusedBy
        }
        #expect(next(Limit(kind: .tokens, amount: 10, windowSeconds: 60), tokens: 9, cost: 0) == nil)
        #expect(next(Limit(kind: .tokens, amount: 10, windowSeconds: 60), tokens: 10, cost: 0) == .tokens)
        for kind in [LimitKind.budgetHour, .budgetDay, .budgetMonth] {
            #expect(next(Limit(kind: kind, amount: 100), tokens: 0, cost: 99) == nil)
            #expect(next(Limit(kind: kind, amount: 100), tokens: 0, cost: 100) == kind)
        }
    }

    @Test func aChangedLimitKeepsWhatWasUsed() {
        let counters = ScopeCounters()
        func admission(_ amount: Int64) -> Admission {
            Admission(
                client: Scope(limits: ScopeLimits([Self.requests(amount)]), counters: counters), model: nil,
                gateway: nil)
        }
        for _ in 0..<5 { #expect(judge(admission(10)).refusedBy == nil) }
        #expect(judge(admission(5)).refusedBy == .requests)
        #expect(judge(admission(6)).refusedBy == nil)
    }

    /// In any order of arrival and of settling, each admitted request is open until it is settled, and no longer.
    @Test(arguments: UInt64(1)...10)
    func whatIsOpenIsWhatWasAdmittedLessWhatWasSettled(seed: UInt64) {
        var dice = Dice(seed: seed)
        let admission = Admission(
            client: Self.scope(Limit(kind: .concurrent, amount: 7)),
            model: Self.scope(Limit(kind: .concurrent, amount: 5)),
            gateway: Self.scope(Limit(kind: .concurrent, amount: 6)))
        var open: Int64 = 0
        for step in 0..<5000 {
            if Bool.random(using: &dice) {
                let isAdmitted = judge(admission, at: Int64(step)).refusedBy == nil
                #expect(isAdmitted == (open < 5))
                if isAdmitted { open += 1 }
            } else if open > 0 {
                admission.settle(tokens: 0, costNanos: 0, wallSeconds: 1_800_000_000, now: Int64(step))
                open -= 1
            }
            for scope in [admission.client, admission.model, admission.gateway] {
                scope?.counters.state.withLock { #expect($0.inFlight == open) }
            }
        }
    }
}

/// The table that keeps counters.
@Suite struct ClientTableTests {
    @Test func givesTheSameCountersForTheSameName() {
        let table = ClientTable()
        #expect(table.counters(for: "client:a", now: 0) === table.counters(for: "client:a", now: 9))
        #expect(table.counters(for: "client:a", now: 0) !== table.counters(for: "client:b", now: 0))
    }

    @Test func strangersCannotGrowItWithoutEnd() {
        let table = ClientTable(capacity: 256)
        for index in 0..<20_000 { _ = table.counters(for: "client:\(index)", now: 1) }
        #expect(table.count <= 1024)
    }

    @Test func whatIsCountedOpenSpentOrHeldIsNeverForgotten() {
        let table = ClientTable(capacity: 16)
        func use(_ name: String, _ change: (inout ScopeCounters.State) -> Void) {
            table.counters(for: name, now: 1).state.withLock { change(&$0) }
        }
        use("counted") { state in
            state.requests.advance(to: 1, windowSeconds: 60)
            state.requests.add(1)
        }
        use("open") { $0.inFlight = 1 }
        use("spent") { state in
            state.spend.advance(toSecond: 1_800_000_000)
            state.spend.add(1)
        }
        let held = table.counters(for: "held", now: 1)
        for index in 0..<5000 { _ = table.counters(for: "\(index)", now: 2) }
        for name in ["counted", "open", "spent"] { #expect(table.contains(name), "\(name)") }
        #expect(table.counters(for: "held", now: 2) === held)
    }
}
