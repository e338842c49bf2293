import Dashboard
import Domain
import Settings
import Synchronization
import Telemetry
import Terminal
import Testing

/// The traffic of a dashboard with its gateway, on a clock that is moved by hand.
@Suite struct SessionTests {
    /// A gateway that remembers what it was sent and answers when it is told to.
    final class Gateway: Sendable {
        struct Seen {
            var orders: [Order] = []
            var replies: [@Sendable (Outcome) -> Void] = []
            var queries: [Query] = []
            var answers: [@Sendable (Answer) -> Void] = []
            var windows: [Int] = []
            var requests = 0
        }

        let seen = Mutex(Seen())
        let milliseconds = Mutex<Int64>(0)
        let wallMilliseconds = Mutex<Int64>(Fixture.now.milliseconds)
        let inbox = DashboardInbox()

        func configuration() -> DashboardConfiguration {
            DashboardConfiguration(
                terminal: TerminalConfiguration(environment: [:]), actor: Driver.ops,
                submit: { [self] order, reply in
                    seen.withLock {
                        $0.orders.append(order)
                        $0.replies.append(reply)
                    }
                },
                ask: { [self] query, reply in
                    seen.withLock {
                        $0.queries.append(query)
                        $0.answers.append(reply)
                    }
                },
                setWindow: { [self] seconds in seen.withLock { $0.windows.append(seconds) } },
                requestSnapshot: { [self] in seen.withLock { $0.requests += 1 } }, theme: { _ in nil })
        }

        func session() -> DashboardSession {
            let clock = SteadyClock(
                wall: { [self] in wallMilliseconds.withLock { $0 } },
                monotonic: { [self] in milliseconds.withLock { $0 * 1_000_000 } })
            return DashboardSession(configuration: configuration(), inbox: inbox, clock: clock)
        }

        func pass(_ delta: Int64) {
            milliseconds.withLock { $0 += delta }
            wallMilliseconds.withLock { $0 += delta }
        }

        var orders: [Order] { seen.withLock { $0.orders } }

        func reply(_ index: Int, _ outcome: Outcome) { seen.withLock { $0.replies[index] }(outcome) }
    }

    /// A session that has a picture and has sent one order.
    private func revoking(_ gateway: Gateway) -> DashboardSession {
        var session = gateway.session()
        gateway.inbox.publish(Fixture.busy())
        _ = session.catchUp()
        _ = session.handle(.key(.character("3")))
        _ = session.handle(.key(.character("R")))
        gateway.pass(400)
        _ = session.handle(.key(.character("y")))
        return session
    }

    @Test func aReplyComesBackThroughTheInbox() {
        let gateway = Gateway()
        var session = revoking(gateway)
        #expect(gateway.orders.map(\.command) == [.revokeKey(.test("7Q2fA9xk"))])
        gateway.reply(0, Outcome(.done, "revoked"))
        _ = session.catchUp()
        #expect(session.state.notice?.text == "revoked")
    }

    @Test func anotherSizeOrTheOldOneIsPaintedAnew() {
        let gateway = Gateway()
        var session = gateway.session()
        gateway.inbox.publish(Fixture.busy())
        _ = session.catchUp()
        _ = session.compose(size: Size(columns: 120, rows: 36), isUnicode: true)
        _ = session.catchUp()
        let isPainted = !session.needsPaint
        gateway.inbox.notify(.resized)
        let effects = session.catchUp().effects
        let isWanted = session.needsPaint
        #expect(isPainted && isWanted && effects == [.repaint])
    }

    @Test func anActUnderWayIsOnTheScreenUntilItsOutcome() {
        let gateway = Gateway()
        var session = revoking(gateway)
        gateway.pass(2000)
        let size = Size(columns: 120, rows: 36)
        #expect(session.compose(size: size, isUnicode: true).text().contains("under way: revoke tg_7Q2fA9xk, 2 s"))
        gateway.reply(0, Outcome(.done, "revoked"))
        _ = session.catchUp()
        #expect(!session.compose(size: size, isUnicode: true).text().contains("under way"))
    }

    @Test func anOrderWithoutAReplyIsGivenUpAfterFiveSecondsAndHeardLater() {
        let gateway = Gateway()
        var session = revoking(gateway)
        gateway.pass(4900)
        _ = session.catchUp()
        #expect(session.state.pending.count == 1)
        gateway.pass(200)
        _ = session.catchUp()
        #expect(session.state.pending == [])
        #expect(session.state.notice?.text.hasPrefix("no answer in 5 s") == true)
        gateway.reply(0, Outcome(.done, "revoked after all"))
        _ = session.catchUp()
        #expect(session.state.notice?.text == "revoked after all")
    }

    @Test func aSecondReplyIsNobodys() {
        let gateway = Gateway()
        var session = revoking(gateway)
        gateway.reply(0, Outcome(.done, "first"))
        gateway.reply(0, Outcome(.done, "second"))
        _ = session.catchUp()
        #expect(session.state.notice?.text == "first")
    }

    @Test(arguments: [3_600_000, -3_600_000] as [Int64])
    func aStepOfTheWallClockNeitherEndsNorProlongsDeafness(step: Int64) {
        let gateway = Gateway()
        var session = gateway.session()
        gateway.inbox.publish(Fixture.busy())
        _ = session.catchUp()
        _ = session.handle(.key(.character("3")))
        _ = session.handle(.key(.character("R")))
        gateway.wallMilliseconds.withLock { $0 += step }
        _ = session.catchUp()
        _ = session.handle(.key(.character("y")))
        #expect(gateway.orders.isEmpty)
        gateway.pass(300)
        _ = session.catchUp()
        _ = session.handle(.key(.character("y")))
        #expect(gateway.orders.count == 1)
    }

    @Test func takesSnapshotsAtTheRefreshIntervalOnly() {
        let gateway = Gateway()
        var session = gateway.session()
        var snapshot = Fixture.busy()
        gateway.inbox.publish(snapshot)
        _ = session.catchUp()
        #expect(session.hasSnapshot == true)
        snapshot.actsToday = 77
        gateway.pass(500)
        gateway.inbox.publish(snapshot)
        _ = session.catchUp()
        #expect(session.snapshot.actsToday == 8)
        #expect(session.patience() <= 450)
        gateway.pass(450)
        _ = session.catchUp()
        #expect(session.snapshot.actsToday == 77)
    }

    @Test func sleepsWhenNothingIsDue() {
        let gateway = Gateway()
        var session = gateway.session()
        gateway.inbox.publish(Fixture.busy())
        _ = session.catchUp()
        #expect(session.patience() >= 1000)
        _ = session.handle(.key(.character("q")))
        #expect((1...300).contains(session.patience()), "the chips brighten by themselves")
        gateway.pass(300)
        _ = session.compose(size: Size(columns: 120, rows: 36), isUnicode: true)
        _ = session.catchUp()
        #expect(session.needsPaint == true)
    }

    @Test func aStopIsSeenByWhoeverLooks() {
        let gateway = Gateway()
        var session = gateway.session()
        gateway.inbox.stop()
        #expect(session.catchUp().isStopped)
        #expect(session.catchUp().isStopped)
    }

    @Test func playsAScript() throws {
        let gateway = Gateway()
        gateway.inbox.publish(Fixture.busy())
        let runner = ScriptRunner(
            script: try KeyScript("3R<wait 320ms>y"), size: Size(columns: 120, rows: 36),
            configuration: gateway.configuration(), inbox: gateway.inbox)
        let result = runner.run(settling: 0)
        #expect(gateway.orders.map(\.command) == [.revokeKey(.test("7Q2fA9xk"))])
        #expect(result.end == nil)
        #expect(result.text.contains("tg_7Q2fA9xk"))
    }

    @Test func aScriptCanLeave() throws {
        let gateway = Gateway()
        gateway.inbox.publish(Fixture.busy())
        let runner = ScriptRunner(
            script: try KeyScript("yD"), size: Size(columns: 80, rows: 24), configuration: gateway.configuration(),
            inbox: gateway.inbox)
        let result = runner.run()
        #expect(result.end == .detached)
        #expect(result.copied == ["acme-batch"])
    }
}

/// Views as files.
@Suite struct ExportTests {
    private func text(
        _ format: ExportRequest.Format, _ change: (inout Driver) throws -> Void = { _ in }
    ) rethrows -> String {
        var driver = Driver()
        try change(&driver)
        let request = ExportRequest(path: "x", format: format, panel: Panels.focused(driver.state))
        return Export.text(request, state: driver.state, snapshot: driver.snapshot, now: driver.now)
    }

    @Test func holdsWhatTheFilterShows() throws {
        let lines = try text(.csv) { try $0.play("/acme<enter>") }.split(separator: "\r\n")
        #expect(lines.count == 2)
        #expect(lines[0].hasPrefix("client,tier,owner,state,requests_per_s"))
        #expect(lines[1].hasPrefix("acme-batch,pro,data-platform@,active,188.2"))
    }

    @Test(arguments: [
        ("=cmd()", "'=cmd(),"), ("a,b", "\"a,b\","), ("a\"b", "\"a\"\"b\","), ("a\nb", "a\\u{a}b,"), ("-1", "'-1,"),
    ])
    func aNameIsNoFormulaAndNoSecondCell(name: String, cell: String) {
        let csv = text(.csv) { driver in
            driver.snapshot.clients = [Fixture.client(name, key: "7Q2fA9xk")]
        }
        #expect(csv.split(separator: "\r\n").last?.hasPrefix(cell) == true)
    }

    @Test(arguments: [ExportRequest.Format.csv, .json, .txt])
    func whatACallerWritesMovesNothingOnATerminal(format: ExportRequest.Format) {
        let written = text(format) { driver in
            driver.snapshot.clients = [Fixture.client("a\u{1B}[2J\u{7F}\u{9B}\u{202E}\u{2028}", key: "7Q2fA9xk")]
        }
        let isSafe = written.unicodeScalars.allSatisfy { scalar in
            VisibleText.isVisible(scalar) || scalar == "\n" || scalar == "\r"
                || (format == .txt && scalar == "\u{FFFD}")
        }
        #expect(isSafe, "\(written.debugDescription)")
    }

    @Test func isJSON() throws {
        let json = try text(.json) { driver in
            driver.snapshot.clients = [Fixture.client("a\"\u{1}\\b\u{2028}", key: "7Q2fA9xk")]
            driver.snapshot.clients[0].requestsPerSecond = .infinity
            try driver.play("<home>")
        }
        #expect(json.hasPrefix("[\n  {\"client\":\"a\\\"\\u0001\\\\b\\u2028\","))
        #expect(json.contains("\"requests_per_s\":null"))
        #expect(json.hasSuffix("}\n]\n"))
    }
}
