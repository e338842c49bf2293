import Dashboard
import Domain
import Telemetry
import Terminal
import Testing

/// The ways from a key to an act.
@Suite struct ActTests {
    @Test func revokesAKeyInTwoKeystrokes() throws {
        var driver = Driver()
        try driver.play("3R<wait 300ms>y")
        #expect(
            driver.orders == [
                Order(command: .revokeKey(.test("7Q2fA9xk")), actor: Driver.ops, expectedVersion: 1)
            ])
        #expect(shape(driver.state.dialog) == "none")
    }

    @Test(arguments: ["3Ry", "3R<wait 200ms>y", "3R<wait 300ms>R", "3R<wait 300ms><enter>", "3R<wait 300ms><paste y>"])
    func doesNotRevoke(script: String) throws {
        var driver = Driver()
        try driver.play(script)
        #expect(driver.acts == [])
        #expect(shape(driver.state.dialog) == "revoke tg_7Q2fA9xk")
    }

    @Test(arguments: ["3R<wait 300ms>n", "3R<wait 300ms><esc>", "3R<wait 300ms><c-c>"])
    func leavesTheKey(script: String) throws {
        var driver = Driver()
        try driver.play(script)
        #expect(driver.acts == [])
        #expect(shape(driver.state.dialog) == "none")
    }

    @Test func throwsAwayWhatWasTypedAheadOfADialog() throws {
        var driver = Driver()
        try driver.play("3R")
        #expect(driver.effects == [.flushInput])
    }

    @Test func listsTheKeysOfAClientBusiestFirst() throws {
        var driver = Driver()
        try driver.play("R")
        guard case .picker(let picker) = driver.state.dialog else {
            Issue.record("no list")
            return
        }
        #expect(picker.items.map(\.label) == ["tg_7Q2fA9xk", "tg_Hh3kQ0pT"])
        #expect(picker.selected == 0)
        #expect(picker.items[0].detail == "188.2 req/s   61 streams")
        try driver.play("<wait 300ms><enter>")
        #expect(shape(driver.state.dialog) == "revoke tg_7Q2fA9xk")
        try driver.play("<wait 300ms>y")
        #expect(driver.acts == [.revokeKey(.test("7Q2fA9xk"))])
    }

    @Test func saysThatAClientOfTokensHasNoKey() throws {
        var snapshot = Fixture.busy()
        snapshot.keys = []
        snapshot.clients[0].card.keys = []
        snapshot.clients[0].card.keyCount = 0
        var driver = Driver(snapshot)
        try driver.play("R")
        #expect(driver.notice == "no key; x suspends")
        #expect(shape(driver.state.dialog) == "none")
    }

    @Test func refusesWhereTheKeyChangedMeanwhile() throws {
        var driver = Driver()
        try driver.play("3R<wait 300ms>")
        driver.snapshot.keys[0].card.version = 2
        driver.snapshot.keys[0].card.state = .revoked
        try driver.play("y")
        #expect(driver.acts == [])
        #expect(driver.notice == "changed meanwhile: tg_7Q2fA9xk is revoked now")
    }

    @Test(arguments: [
        ("x<wait 300ms><enter>", Command.suspendClient("acme-batch", forSeconds: 300)),
        ("x<wait 300ms><down><enter>", .suspendClient("acme-batch", forSeconds: 900)),
        ("x<wait 300ms>jj<enter>", .suspendClient("acme-batch", forSeconds: 3600)),
        ("x<wait 300ms>jjjjj<enter>", .suspendClient("acme-batch", forSeconds: nil)),
        ("Gx<wait 300ms><enter>", .resumeClient("intern-sandbox")),
        (":suspend legacy-etl<enter><wait 300ms>y", .suspendClient("legacy-etl", forSeconds: 300)),
    ])
    func suspends(script: String, command: Command) throws {
        var driver = Driver()
        try driver.play(script)
        #expect(driver.acts == [command])
    }

    @Test(arguments: [
        "x<enter>", "x<wait 300ms>x", "x<wait 300ms><esc>", ":suspend legacy-etl<enter><wait 400ms><enter>",
    ])
    func doesNotSuspend(script: String) throws {
        var driver = Driver()
        try driver.play(script)
        #expect(driver.acts == [])
    }

    @Test func takesBackTheNewestActOfMine() throws {
        var driver = Driver()
        try driver.play("u")
        guard case .undo(let dialog) = driver.state.dialog else {
            Issue.record("no dialog")
            return
        }
        #expect(dialog.row.id == 41)
        #expect(dialog.inverse == "acme-batch back to requests 600/1m")
        #expect(driver.queries == [.undoable(Driver.ops)])
        try driver.play("y")
        #expect(driver.acts == [])
        try driver.play("<wait 300ms>y")
        #expect(driver.acts == [.undo(audit: 41)])
    }

    @Test func waitsForTheGatewayWhereTheScreenKnowsNoActOfMine() throws {
        var driver = Driver()
        let row = driver.snapshot.audit[0]
        driver.snapshot.audit = []
        try driver.play("u")
        #expect(shape(driver.state.dialog) == "none")
        driver.send(.answer(.undoable(Driver.ops), .undoable(row)))
        #expect(shape(driver.state.dialog) == "undo 41")
        driver.state.dialog = nil
        try driver.play("u")
        driver.send(.answer(.undoable(Driver.ops), .undoable(nil)))
        #expect(driver.notice == "nothing of yours can be undone; U lists others' acts")
    }

    @Test func createsAKeyAndShowsItOnce() throws {
        var driver = Driver()
        try driver.play("c<wait 300ms>30d<down><down>for the <paste nightly\njob><enter>")
        let command = Command.createKey(
            client: "acme-batch", tier: nil, expiresInSeconds: 2_592_000, models: nil, note: "for the nightly job")
        #expect(driver.acts == [command])
        var outcome = Outcome(.done, "created tg_AAAAAAAA")
        outcome.secret = "tg_AAAAAAAA_secret"
        driver.send(.outcome(driver.orders[0], outcome))
        #expect(shape(driver.state.dialog) == "secret")
        try driver.play("j")
        #expect(shape(driver.state.dialog) == "secret")
        try driver.play("<wait 300ms><paste tg_>")
        #expect(shape(driver.state.dialog) == "secret")
        try driver.play("j")
        #expect(shape(driver.state.dialog) == "none")
        #expect(!driver.notice.contains("secret"))
    }

    @Test func asksForTheNumberOfManyTargets() throws {
        var driver = Driver()
        try driver.play("mmR<wait 300ms>2<enter>")
        #expect(driver.acts == [])
        #expect(driver.notice.hasPrefix("type 3, the number of targets"))
        try driver.play("<c-u>3<enter>")
        #expect(driver.acts == [.revokeKey(.test("7Q2fA9xk"))])
        #expect(driver.state.marks == [])
        driver.send(.outcome(driver.orders[0], Outcome(.done, "one")))
        driver.send(.outcome(driver.orders[1], Outcome(.changedMeanwhile, "two is revoked now")))
        driver.send(.outcome(driver.orders[2], Outcome(.done, "three")))
        #expect(driver.acts.count == 3)
        #expect(driver.notice == "2 of 3 done, 1 not: two is revoked now")
    }

    @Test func theUndoListIsATableWithoutEndsByTime() throws {
        func row(_ id: Int64, _ user: String, _ act: String, _ target: String) -> AuditRow {
            AuditRow(
                id: id, time: Fixture.ago(id), actor: user == "auto" ? .auto : Actor(user: user, terminal: ""),
                act: act,
                target: target, before: "active", after: "suspended", isUndoable: true)
        }
        var driver = Driver()
        driver.snapshot.audit = [
            row(1, "ops", "client.suspend", "acme"), row(2, "auto", "limit.end", "a"),
            row(3, "auto", "client.resume", "b"),
            row(4, "研究", "key.revoke", "tg_7Q2fA9xk"),
        ]
        try driver.play("U")
        guard case .picker(let picker) = driver.state.dialog else {
            Issue.record("no list")
            return
        }
        #expect(
            picker.items.map(\.label) == [
                "14:03:21  ops   client.suspend  acme       ", "14:03:18  研究  key.revoke      tg_7Q2fA9xk",
            ])
        driver.state.view = .audit
        let shown = Scenes.draw(driver.state, driver.snapshot).text()
        #expect(shown.split(separator: "\n").contains { $0.contains("limit.end") && !$0.contains("undoes") })
    }

    @Test func theQuestionForTheNewestActGoesWithItsAnswer() throws {
        var driver = Driver()
        let row = driver.snapshot.audit[0]
        driver.snapshot.audit = []
        try driver.play("u")
        #expect(driver.notice == "asking for your newest act")
        driver.send(.answer(.undoable(Driver.ops), .undoable(row)))
        #expect(shape(driver.state.dialog) == "undo \(row.id)")
        #expect(driver.notice == "")
    }

    @Test func saysWhatBecameOfAllOfThem() throws {
        var driver = Driver()
        try driver.play("2mmx<wait 300ms>2<enter>")
        for (index, streams) in [3, 4].enumerated() {
            var outcome = Outcome(.done, "suspended one of them, u undo")
            outcome.streamsEnded = streams
            driver.send(.outcome(driver.orders[index], outcome))
        }
        #expect(driver.notice == "suspended 2 clients for 15m, 7 streams ended; U undoes each")
    }

    @Test func letsNoActBetweenThoseOfOneEnter() throws {
        var driver = Driver()
        try driver.play("mmR<wait 300ms>3<enter>x")
        #expect(driver.notice == "the acts before this one are still under way")
        #expect(driver.acts.count == 1)
        driver.send(.unanswered(driver.orders[0]))
        try driver.play("x<wait 300ms><enter>")
        #expect(driver.acts.count == 2)
    }

    @Test(arguments: ["R", "x", "e", "c", "u", "U", ":reload<enter>", ":limits set acme-batch requests=1/1m<enter>"])
    func saysWhyAnActIsDisabled(script: String) throws {
        var driver = Driver()
        driver.state.isReadOnly = true
        try driver.play(script)
        #expect(driver.notice.hasPrefix("read-only: "))
        try driver.play("<wait 300ms>y<enter>")
        #expect(driver.acts == [])
        driver = Driver()
        driver.state.needsArming = true
        try driver.play(script)
        #expect(driver.notice.hasPrefix("not armed: A "))
        try driver.play("<wait 300ms>y<enter>")
        #expect(driver.acts == [])
    }

    @Test func isArmedForTenMinutes() throws {
        var driver = Driver()
        driver.state.needsArming = true
        try driver.play("Ax<wait 300ms><enter>")
        #expect(driver.acts.count == 1)
        try driver.play("<wait 600s>x<wait 300ms><enter>")
        #expect(driver.acts.count == 1)
        #expect(driver.state.armedUntil == nil)
    }

    @Test func aDialogThatOutlivesTheArmingDoesNothing() throws {
        var driver = Driver()
        driver.state.needsArming = true
        try driver.play("Ax<wait 601s><enter>")
        #expect(driver.acts == [])
    }

    @Test func saysWhatHappenedAndNotWhatWasAsked() throws {
        var driver = Driver()
        try driver.play("3R<wait 300ms>y")
        var outcome = Outcome(.done, "revoked tg_7Q2fA9xk: 61 streams ended")
        outcome.audit = 42
        driver.send(.outcome(driver.orders[0], outcome))
        #expect(driver.notice == "revoked tg_7Q2fA9xk: 61 streams ended, u undo")
        #expect(driver.state.pending == [])
        driver.send(.outcome(driver.orders[0], Outcome(.changedMeanwhile, "it is revoked now")))
        #expect(driver.notice == "changed meanwhile: it is revoked now")
    }

    @Test func doesNotPretendToKnowWhatAnUnansweredActDid() throws {
        var driver = Driver()
        try driver.play("3R<wait 300ms>y")
        driver.send(.unanswered(driver.orders[0]))
        #expect(driver.notice.hasPrefix("no answer in 5 s: revoke tg_7Q2fA9xk may have happened or not"))
        #expect(driver.state.pending == [])
    }

    @Test func aStepOfTheClockLeavesDeafnessAlone() throws {
        var driver = Driver()
        try driver.play("3R")
        driver.now = driver.now.adding(seconds: 3600)
        driver.send(.clockStepped(3_600_000))
        try driver.play("y")
        #expect(driver.acts == [])
        try driver.play("<wait 300ms>y")
        #expect(driver.acts.count == 1)
    }
}
