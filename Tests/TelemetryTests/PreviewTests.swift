import Domain
import Testing

@testable import Telemetry

@Suite struct PreviewTests {
    private let start = Timestamp(milliseconds: 0)

    private func limit(_ amount: Int64, _ window: Int64) -> Limit {
        Limit(kind: .requests, amount: amount, windowSeconds: window)
    }

    @Test(arguments: [
        (amount: Int64(300), window: Int64(60)), (600, 60), (20, 60), (1, 60), (100, 120), (1000, 300), (500, 3600),
    ])
    func itRefusesWhatAnExactCellLimiterRefuses(amount: Int64, window: Int64) {
        var random = Pseudorandom(seed: UInt64(amount) &* 31 &+ UInt64(window))
        var stage = Stage()
        var asked: [Int64] = []
        for _ in 0..<300 {
            let count = Int.random(in: 0...12, using: &random) * Int.random(in: 0...2, using: &random)
            // What limits in force refused is asked for again.
            let refused = count / 3
            stage.serve(count - refused)
            stage.refuse(refused)
            asked.append(Int64(count))
            stage.pass(seconds: 1)
        }
        let preview = stage.state.preview(
            .client("acme"), limit(amount, window), seconds: 300, at: stage.now, stage.surroundings)
        let admitted = Self.bruteForce(asked, amount: amount, window: Int(window))
        #expect(preview.seconds == 300)
        #expect(preview.asked == asked.reduce(0, +))
        #expect(preview.refused == preview.asked - admitted)
        #expect(preview.askedSeries.reduce(0, +) == preview.asked)
        #expect(preview.admittedSeries.reduce(0, +) == admitted)
        #expect(preview.askedSeries.count == 12)
    }

    /// Each request by itself against the list of all admitted before it: the cell it is in and the sixty before.
    private static func bruteForce(_ asked: [Int64], amount: Int64, window: Int) -> Int64 {
        var cells: [Int] = []
        for (second, count) in asked.enumerated() {
            let cell = second * 60 / window
            for _ in 0..<count where cells.count(where: { $0 >= cell - 60 }) < Int(amount) { cells.append(cell) }
        }
        return Int64(cells.count)
    }

    @Test func aWindowOfSecondsNeverAdmitsMoreThanItsRate() {
        var stage = Stage()
        for _ in 0..<60 {
            stage.serve(50)
            stage.pass(seconds: 1)
        }
        let preview = stage.state.preview(.client("acme"), limit(10, 1), seconds: 60, at: stage.now, stage.surroundings)
        let admitted = preview.asked - preview.refused
        #expect(admitted <= 10 * 61)
        #expect(admitted >= 10 * 58)
    }

    @Test func zeroRefusesEverythingAndAWideLimitNothing() {
        var stage = Stage()
        for _ in 0..<100 {
            stage.serve(5)
            stage.pass(seconds: 1)
        }
        let none = stage.state.preview(.client("acme"), limit(0, 60), seconds: 300, at: stage.now, stage.surroundings)
        #expect(none.refused == 500)
        #expect(none.seconds == 100)
        let all = stage.state.preview(
            .client("acme"), limit(.max, 60), seconds: 300, at: stage.now, stage.surroundings)
        #expect(all.refused == 0)
    }

    @Test func aScopeWithoutRecordsLooksAtNoSeconds() {
        var stage = Stage()
        stage.pass(seconds: 400)
        for scope in [LimitScope.client("nobody"), .tier("none"), .model("none")] {
            let preview = stage.state.preview(scope, limit(1, 60), seconds: 300, at: stage.now, stage.surroundings)
            #expect(preview.seconds == 0)
            #expect(preview.asked == 0)
        }
    }

    @Test func aTierIsReplayedClientByClientWithoutThoseThatHaveTheirOwn() {
        let own = EffectiveLimit(limit: limit(50, 60), source: .client)
        let directory = Directory.with(clients: [
            .named("a"), .named("b"), .named("c", limits: [own]), .named("d", tier: "free"),
        ])
        var stage = Stage(surroundings: .of(directory))
        for _ in 0..<60 {
            for client in ["a", "b", "c", "d"] { stage.serve(1, client: client) }
            stage.pass(seconds: 1)
        }
        let preview = stage.state.preview(.tier("pro"), limit(40, 60), seconds: 60, at: stage.now, stage.surroundings)
        #expect(preview.asked == 120)
        #expect(preview.refused == 40)
    }

    @Test func whatNeverReachedALimitIsNotAskedForAgain() {
        var stage = Stage()
        stage.serve(10)
        stage.refuse(90, code: .invalidAPIKey)
        stage.pass(seconds: 1)
        for scope in [LimitScope.client("acme"), .gateway] {
            let preview = stage.state.preview(scope, limit(5, 60), seconds: 60, at: stage.now, stage.surroundings)
            #expect(preview.asked == 10)
            #expect(preview.refused == 5)
        }
    }

    /// What each would have refused of 300 requests, one a second, each of 10 tokens, 1000 nano-dollars and 100 ms.
    private static let otherKinds: [(Limit, Int64)] = [
        (Limit(kind: .tokens, amount: 100, windowSeconds: 60), 250),
        (Limit(kind: .tokens, amount: 100_000, windowSeconds: 60), 0),
        (Limit(kind: .budgetDay, amount: 100_000), 200),
        (Limit(kind: .concurrent, amount: 1), 0),
        (Limit(kind: .concurrent, amount: 0), 300),
    ]

    @Test(arguments: Self.otherKinds)
    func otherKindsUseMeanTokensMoneyAndDuration(limit: Limit, refused: Int64) {
        var stage = Stage()
        for _ in 0..<300 {
            stage.serve(1)
            stage.pass(seconds: 1)
        }
        let preview = stage.state.preview(.client("acme"), limit, seconds: 300, at: stage.now, stage.surroundings)
        #expect(preview.asked == 300)
        #expect(abs(preview.refused - refused) <= 5, "\(limit.text): \(preview.refused)")
    }

    @Test func aBudgetThatWasUsedBeforeCountsFromThere() {
        let budget = Limit(kind: .budgetDay, amount: 1_000_000)
        let reading = QuotaReading(limit: budget, source: .tier, used: 950_000)
        var stage = Stage(surroundings: .of(Directory.with(), quotas: { _ in [reading] }))
        for _ in 0..<300 {
            stage.serve(1)
            stage.pass(seconds: 1)
        }
        // 650,000 were used before these five minutes, so half the budget is gone already.
        let preview = stage.state.preview(
            .client("acme"), Limit(kind: .budgetDay, amount: 700_000), seconds: 300, at: stage.now, stage.surroundings)
        #expect(abs(preview.refused - 250) <= 5, "\(preview.refused)")
    }
}
