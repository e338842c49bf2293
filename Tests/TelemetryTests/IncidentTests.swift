import Domain
import Testing

@testable import Telemetry

@Suite struct IncidentTests {
    @Test(arguments: [
        (fine: 95, failed: 5, refused: 0, quota: Int64(0), Severity.error),
        (fine: 96, failed: 4, refused: 0, quota: 0, .ok),
        (fine: 90, failed: 0, refused: 10, quota: 0, .critical),
        (fine: 91, failed: 0, refused: 9, quota: 0, .ok),
        (fine: 100, failed: 0, refused: 0, quota: 95, .critical),
        (fine: 100, failed: 0, refused: 0, quota: 94, .ok),
        (fine: 9, failed: 0, refused: 0, quota: 100, .ok),
        (fine: 0, failed: 9, refused: 0, quota: 0, .ok),
        (fine: 5, failed: 5, refused: 0, quota: 0, .error),
        (fine: 80, failed: 10, refused: 10, quota: 0, .critical),
    ])
    func severityFollowsTheFiguresOfTheLastMinute(
        fine: Int, failed: Int, refused: Int, quota: Int64, expected: Severity
    ) {
        let reading = QuotaReading(
            limit: Limit(kind: .requests, amount: 100, windowSeconds: 60), source: .tier, used: quota)
        var stage = Stage(surroundings: .of(Directory.with(), quotas: { _ in quota > 0 ? [reading] : [] }))
        stage.serve(fine)
        stage.serve(failed, error: .upstreamError)
        stage.refuse(refused)
        stage.pass(seconds: 1)
        #expect(stage.snapshot().clients.first?.severity == expected)
    }

    @Test func theThresholdsAreTheConfiguredOnes() {
        let alerts = Directory.Alerts(upstreamErrors: 0.5, refused: 0.5, quota: 2)
        var stage = Stage(surroundings: .of(Directory.with(alerts: alerts)))
        stage.serve(80)
        stage.refuse(40)
        stage.serve(40, error: .upstreamError)
        stage.pass(seconds: 1)
        #expect(stage.snapshot().clients.first?.severity == .ok)
    }

    @Test func aSuspendedClientIsSuspendedWhateverItsFigures() {
        var stage = Stage(surroundings: .of(Directory.with(clients: [.named("acme", suspended: true)])))
        stage.refuse(100)
        stage.pass(seconds: 1)
        #expect(stage.snapshot().clients.first?.severity == .suspended)
    }

    @Test func aRevokedKeysRefusalsAreNoTrouble() {
        var stage = Stage()
        stage.refuse(100, code: .keyRevoked)
        stage.pass(seconds: 1)
        #expect(stage.snapshot().clients.first?.severity == .ok)
    }

    @Test func anIncidentOpensAfterTenSecondsAndClosesAfterAMinuteClear() throws {
        let told = Gathered<Incident>()
        var stage = Stage(
            surroundings: .of(Directory.with(), audit: IncidentTests.acts, incidentChanged: { told.add($0) }))
        let began = stage.now.wall
        for second in 0..<30 {
            stage.serve(10)
            stage.refuse(10)
            stage.assess()
            #expect(told.all.count == (second < 10 ? 0 : 2), "second \(second)")
            stage.pass(seconds: 1)
        }
        #expect(Set(told.all.map(\.subject)) == ["client acme", "gateway"])
        #expect(told.all.allSatisfy { $0.start == began && $0.end == nil && $0.severity == .critical })
        #expect(told.all.first?.what == "50.0 % refused")
        // The last minute holds refusals for 60 to 65 s more; then it takes a minute without.
        var calm: [Int] = []
        for second in 0..<140 {
            stage.serve(10)
            stage.assess()
            if told.all.count == 4, calm.isEmpty { calm = [second] }
            stage.pass(seconds: 1)
        }
        let closedAfter = try #require(calm.first)
        #expect((60 + 45...66 + 61).contains(closedAfter), "closed after \(closedAfter) s")
        let closed = try #require(told.all.last { $0.subject == "client acme" })
        let end = try #require(closed.end)
        #expect(end.milliseconds(since: began) > 60_000)
        #expect(end < stage.now.wall.adding(seconds: -59))
        #expect(closed.endedBy == 7)
        #expect(stage.snapshot().incidents.count == 2)
    }

    /// Acts on the client and on others, before and after the incident's start.
    static let acts: [AuditRow] = {
        let start: Int64 = 1_790_000_000_000
        func act(_ id: Int64, _ seconds: Int64, _ target: String, user: String = "ops") -> AuditRow {
            AuditRow(
                id: id, time: Timestamp(milliseconds: start + seconds * 1000),
                actor: Actor(user: user, terminal: "cli"),
                act: "limit.set", target: target, before: "", after: "")
        }
        return [
            act(9, 25, "acme", user: "auto"), act(8, 20, "someone-else"), act(7, 15, "acme"), act(6, 12, "acme"),
            act(5, -100, "acme"),
        ]
    }()

    @Test func troubleShorterThanTenSecondsIsNoIncident() {
        var book = IncidentBook()
        let bad = Judgement(Self.figures(refused: 50), quota: nil, alerts: Directory.Alerts())
        for second in 0..<200 {
            let troubled = second % 12 < 10 ? [(subject: "client a", judgement: bad)] : []
            let changed = book.observe(troubled, at: Self.age(second), wall: Self.wall(second)) { _ in nil }
            #expect(changed.isEmpty)
        }
    }

    @Test func aRelapseWithinTheMinuteKeepsTheIncidentOpenAndThePeakIsTheWorst() throws {
        var book = IncidentBook()
        var changes = 0
        for second in 0..<300 {
            let share = second == 120 ? 80 : 20
            let bad = Judgement(Self.figures(refused: Int64(share)), quota: nil, alerts: Directory.Alerts())
            let troubled = second % 70 < 15 ? [(subject: "client a", judgement: bad)] : []
            changes += book.observe(troubled, at: Self.age(second), wall: Self.wall(second)) { _ in nil }.count
        }
        #expect(changes == 1)
        let incident = try #require(book.all(at: Self.age(300)).first)
        #expect(incident.end == nil)
        #expect(incident.peak == "20.0 % refused")
        _ = book.observe(
            [("client a", Judgement(Self.figures(refused: 80), quota: nil, alerts: Directory.Alerts()))],
            at: Self.age(301), wall: Self.wall(301)
        ) { _ in nil }
        #expect(book.all(at: Self.age(301)).first?.peak == "80.0 % refused")
        #expect(book.all(at: Self.age(301)).first?.peakAt == Self.wall(301))
    }

    @Test func anUpstreamsErrorsOpenItsOwnIncident() {
        let told = Gathered<Incident>()
        let directory = Directory.with(upstreams: [.init(name: "north", origin: "https://n")])
        var stage = Stage(surroundings: .of(directory, incidentChanged: { told.add($0) }))
        for _ in 0..<12 {
            stage.serve(10)
            stage.serve(2, error: .upstreamTimeout)
            stage.assess()
            stage.pass(seconds: 1)
        }
        #expect(told.all.contains { $0.subject == "upstream north" && $0.severity == .error })
        let row = stage.snapshot().upstreams.first
        #expect(row?.severity == .error)
        #expect(row?.lastFailure == "upstream_timeout")
    }

    @Test func theCalmShareBeforeTheTroubleIsRemembered() throws {
        var stage = Stage()
        for second in 0..<300 {
            stage.serve(100)
            if second >= 240 {
                stage.serve(30, error: .upstreamError)
            } else if second % 10 == 0 {
                stage.serve(1, error: .upstreamError)
            }
            stage.pass(seconds: 1)
        }
        let figures = stage.snapshot(300).gateway
        let share = try #require(figures.calmErrorShare)
        let at = try #require(figures.calmErrorAt)
        #expect(share < 0.003)
        let ago = stage.now.wall.milliseconds(since: at)
        #expect(ago > 60_000 && ago < 300_000)
    }

    @Test func aCalmGatewayHasNoEarlierCalm() {
        var stage = Stage()
        for _ in 0..<200 {
            stage.serve(100)
            stage.pass(seconds: 1)
        }
        #expect(stage.snapshot(300).gateway.calmErrorShare == nil)
    }

    private static func figures(refused: Int64) -> WindowFigures {
        var figures = WindowFigures()
        figures.arrivals = 100
        figures.limited = refused
        return figures
    }

    private static func age(_ second: Int) -> Age { Age(nanoseconds: UInt64(second) * 1_000_000_000) }

    private static func wall(_ second: Int) -> Timestamp { Timestamp(milliseconds: Int64(second) * 1000) }
}
