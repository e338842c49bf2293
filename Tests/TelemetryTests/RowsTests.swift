import Domain
import Testing

@testable import Telemetry

@Suite struct RowsTests {
    @Test func clientsAreSortedBySeverityThenCostThenNameWithTheSuspendedLast() {
        let directory = Directory.with(clients: [
            .named("idle-b"), .named("idle-a"), .named("sleeper", suspended: true), .named("refused"),
            .named("failing"),
            .named("cheap"), .named("dear"),
        ])
        var stage = Stage(surroundings: .of(directory))
        stage.serve(20, client: "cheap", cost: 10)
        stage.serve(20, client: "dear", cost: 1_000_000)
        stage.serve(20, client: "refused")
        stage.refuse(20, client: "refused")
        stage.serve(20, client: "failing", error: .upstreamError)
        stage.serve(20, client: "idle-c", cost: 0)
        stage.pass(seconds: 2)
        let snapshot = stage.snapshot()
        #expect(
            snapshot.clients.map(\.card.name)
                == ["refused", "failing", "dear", "cheap", "idle-a", "idle-b", "idle-c", "sleeper"])
        #expect(snapshot.clientCount == 8)
    }

    @Test func requestsOfTwoLoopsAreListedByTheMomentOfTheirEnd() {
        var stage = Stage()
        func ended(_ milliseconds: Int64) -> RequestRecord {
            stage.record(error: milliseconds % 20 == 0 ? .upstreamError : nil, milliseconds: milliseconds)
        }
        // Each loop hands over what it saw, in order, a while after the other.
        stage.fold([], [10, 30, 50, 70].map(ended))
        stage.fold([], [20, 40, 60].map(ended))
        #expect(stage.snapshot().recent.map(\.totalMilliseconds) == [70, 60, 50, 40, 30, 20, 10])
        #expect(stage.state.shelf.newest(2).map(\.totalMilliseconds) == [70, 60])
    }

    @Test func tenThousandIdleClientsAreRowsToo() {
        let cards = (0..<12_000).map { ClientCard.named("c\($0)") }
        var stage = Stage(surroundings: .of(Directory.with(clients: cards)))
        stage.serve(20, client: "c77")
        stage.pass(seconds: 1)
        let snapshot = stage.snapshot()
        #expect(snapshot.clients.count == 10_000)
        #expect(snapshot.clientCount == 12_000)
        #expect(snapshot.clients.first?.card.name == "c77")
    }

    @Test func restingRowsGetTheirQuotasWithinAFewSnapshots() {
        let reading = QuotaReading(limit: Limit(kind: .requests, amount: 10, windowSeconds: 60), source: .tier, used: 5)
        let cards = (0..<1000).map { ClientCard.named("c\($0)") }
        var stage = Stage(surroundings: .of(Directory.with(clients: cards), quotas: { _ in [reading] }))
        for _ in 0..<4 { _ = stage.snapshot() }
        #expect(stage.snapshot().clients.allSatisfy { $0.tightest == 0 })
    }

    @Test func theTightestQuotaIsTheOneWithTheGreatestShare() {
        let readings = [
            QuotaReading(limit: Limit(kind: .requests, amount: 100, windowSeconds: 60), source: .tier, used: 30),
            QuotaReading(limit: Limit(kind: .budgetDay, amount: 1000), source: .client, used: 830),
            QuotaReading(limit: Limit(kind: .concurrent, amount: 4), source: .tier, used: 1),
        ]
        var stage = Stage(surroundings: .of(Directory.with(clients: [.named("acme")]), quotas: { _ in readings }))
        stage.serve(1)
        #expect(stage.snapshot().clients.first?.tightest == 1)
    }

    @Test func aSlidingWindowFillsOnlyWhereThePaceExceedsIt() {
        let limit = Limit(kind: .requests, amount: 600, windowSeconds: 60)
        let calm = Self.pace(requests: 9)
        let fast = Self.pace(requests: 20)
        let reading = QuotaReading(limit: limit, source: .tier, used: 300)
        let now = Timestamp(milliseconds: 0)
        #expect(calm.secondsLeft(of: reading, at: now) == nil)
        // 300 are left; 20 a second come and 5 leave.
        #expect(fast.secondsLeft(of: reading, at: now) == 20)
        #expect(calm.secondsLeft(of: QuotaReading(limit: limit, source: .tier, used: 600), at: now) == 0)
    }

    @Test func aBudgetIsProjectedToTheEndOfItsPeriod() throws {
        // 2026-11-25T18:00:00Z: six hours of the day are left.
        let now = Timestamp(milliseconds: 1_795_629_600_000)
        let day = Limit(kind: .budgetDay, amount: 900)
        let pace = Self.pace(nanos: 100.0 / 3600)
        let inTime = QuotaReading(limit: day, source: .default, used: 200)
        let tooSoon = QuotaReading(limit: day, source: .default, used: 500)
        let calm = try #require(pace.projection(scope: "gateway", of: inTime, at: now))
        #expect(calm.projectedNanoUSD == 800)
        #expect(calm.usedUpAt == nil)
        let tight = try #require(pace.projection(scope: "gateway", of: tooSoon, at: now))
        #expect(tight.projectedNanoUSD == 1100)
        #expect(tight.usedUpAt == now.adding(seconds: 4 * 3600))
    }

    @Test func spendIsSummedByClientModelAndDay() {
        var stage = Stage()
        let hour = stage.now.wall.seconds / 3600 * 3600
        func row(_ client: String, _ model: String, hoursAgo: Int64, _ cost: Int64) -> UsageRow {
            var row = UsageRow(client: client, model: model, hour: hour - hoursAgo * 3600)
            row.costNanoUSD = cost
            row.requests = 1
            return row
        }
        stage.surroundings = .of(
            Directory.with(),
            spend: [
                row("a", "gpt", hoursAgo: 0, 10), row("b", "gpt", hoursAgo: 0, 30), row("a", "opus", hoursAgo: 0, 5),
                row("a", "gpt", hoursAgo: 48, 1000),
            ])
        let costs = stage.snapshot().costs
        #expect(costs.todayNanoUSD == 45)
        #expect(costs.monthNanoUSD == 1045)
        #expect(costs.byClient.map(\.name) == ["b", "a"])
        #expect(costs.byModel.first?.costNanoUSD == 40)
        #expect(costs.byDay.map(\.costNanoUSD) == [1000, 0, 45])
    }

    @Test func errorsAreGroupedByClientAndCause() throws {
        var stage = Stage()
        for _ in 0..<3 {
            stage.serve(1, error: .upstreamTimeout)
            stage.refuse(4)
            stage.pass(seconds: 1)
        }
        stage.serve(1, client: "other", error: .clientGone)
        let groups = stage.snapshot().errors
        #expect(groups.count == 3)
        #expect(groups.first?.client == "other")
        #expect(groups.first { $0.status == 504 }?.count == 3)
        let refused = try #require(groups.first { $0.status == 429 })
        #expect(refused.count == 12)
        #expect(refused.series.compactMap { $0 }.reduce(0, +) == 12)
        stage.pass(seconds: 70)
        #expect(stage.snapshot(60).errors.isEmpty)
        #expect(stage.snapshot(300).errors.count == 3)
    }

    @Test func errorGroupsAreBounded() {
        var stage = Stage()
        for index in 0..<2000 { stage.refuse(1, client: "c\(index)") }
        #expect(stage.state.errors.count == ErrorBook.bound)
    }

    @Test func recordsAreFoundNewestFirstAndErrorsOutliveSuccesses() {
        var bounds = LiveState.Bounds()
        bounds.records = 10
        bounds.errorRecords = 10
        var stage = Stage(bounds: bounds)
        stage.fold([], (0..<3).map { stage.record(error: .upstreamError, id: $0) })
        stage.fold([], (3..<100).map { stage.record(id: $0) })
        let all = stage.state.records(matching: RecordFilter(), limit: 100).map(\.requestID)
        #expect(
            all == ([99, 98, 97, 96, 95, 94, 93, 92, 91, 90, 2, 1, 0] as [UInt64]).map { .made(boot: 1, counter: $0) })
        #expect(stage.state.records(matching: RecordFilter(error: .upstreamError), limit: 2).count == 2)
        #expect(stage.state.records(matching: RecordFilter(client: "nobody"), limit: 2).isEmpty)
    }

    @Test func longTextsAreCutBetweenScalars() {
        var text = String(repeating: "é", count: 200)
        text.clip(to: 121)
        #expect(text == String(repeating: "é", count: 60))
    }

    private static func pace(requests: Double = 0, nanos: Double = 0) -> Pace {
        var minute = WindowFigures()
        minute.arrivals = Int64(requests * 60)
        minute.covered = 60
        var recent = WindowFigures()
        recent.cost = Int64((nanos * 3_600_000).rounded())
        recent.covered = 3_600_000
        return Pace(minute: minute, recent: recent)
    }
}
