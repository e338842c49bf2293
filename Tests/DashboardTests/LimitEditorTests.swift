import Dashboard
import Domain
import Telemetry
import Terminal
import Testing

/// The limit editor, `e`.
@Suite struct LimitEditorTests {
    private static func requests(_ amount: Int64, _ window: Int64 = 60) -> Limit {
        Limit(kind: .requests, amount: amount, windowSeconds: window)
    }

    private static func set(
        _ limit: Limit, seconds: Int64? = 1800, scope: LimitScope = .client("acme-batch")
    ) -> Command {
        .setLimit(scope, limit, forSeconds: seconds, why: "")
    }

    @Test(arguments: [
        ("-<enter>", set(requests(150))),
        ("+<enter>", set(requests(600))),
        ("--<enter>", set(requests(75))),
        ("60<enter>", set(requests(60))),
        ("60/1h<enter>", set(requests(60, 3600))),
        ("1k<enter>", set(requests(1000))),
        ("99<bs>8<enter>", set(requests(98))),
        ("99<c-u>7<enter>", set(requests(7))),
        ("-f45m<enter>", set(requests(150), seconds: 2700)),
        ("-f<enter>", set(requests(150), seconds: 1800)),
        ("-ff<enter>", set(requests(150), seconds: 7200)),
        ("-fff<enter>", set(requests(150), seconds: nil)),
        ("-ffff<enter>", set(requests(150), seconds: 900)),
        ("<down>-<enter>", set(Limit(kind: .tokens, amount: 100_000, windowSeconds: 60))),
        ("<down><down>8<enter>", set(Limit(kind: .concurrent, amount: 8))),
        ("<down><down><down>-<enter>", set(Limit(kind: .budgetDay, amount: 20_000_000_000))),
        ("<down><down><down>0.75<enter>", set(Limit(kind: .budgetDay, amount: 750_000_000))),
        ("300<enter>", set(requests(300))),
    ])
    func sets(keys: String, command: Command) throws {
        var driver = Driver()
        try driver.play("e<wait 300ms>" + keys)
        #expect(driver.orders == [Order(command: command, actor: Driver.ops, expectedVersion: 3)])
        #expect(shape(driver.state.dialog) == "none")
    }

    @Test(arguments: ["<enter>", "<down><enter>", "9<c-u><enter>", "<down>200k<enter>", "f2h<enter>"])
    func unchangedDoesNothing(keys: String) throws {
        var driver = Driver()
        try driver.play("e<wait 300ms>" + keys)
        #expect(driver.acts == [])
        #expect(driver.notice == "limits of acme-batch unchanged")
    }

    @Test(arguments: [
        ("3x<enter>", "`3x` is no limit: 300, 40k/1m, 1M/1h"),
        ("<down><down>-", "no limit to halve: type one"),
        ("<down><down><down>5/month<enter>", "this line is per day; :limits set sets another"),
        ("-f<c-u><enter>", "`` is no duration: 45m, 2h, or keep"),
        ("-f9h9<enter>", "`9h9` is no duration: 45m, 2h, or keep"),
    ])
    func saysWhatIsWrong(keys: String, fault: String) throws {
        var driver = Driver()
        try driver.play("e<wait 300ms>" + keys)
        #expect(driver.acts == [])
        guard case .limits(let dialog) = driver.state.dialog else {
            Issue.record("the editor closed")
            return
        }
        #expect(dialog.fault == fault)
    }

    @Test func isDeafAtFirst() throws {
        var driver = Driver()
        try driver.play("e-<enter>")
        #expect(driver.acts == [])
        #expect(shape(driver.state.dialog) == "limits acme-batch")
    }

    @Test func asksForAPreviewOnEachChange() throws {
        var driver = Driver()
        try driver.play("e<wait 300ms>6")
        try driver.play("0")
        #expect(
            driver.queries == [
                .preview(.client("acme-batch"), LimitEditorTests.requests(6), seconds: 300),
                .preview(.client("acme-batch"), LimitEditorTests.requests(60), seconds: 300),
            ])
        let preview = LimitPreview(seconds: 300, asked: 8240, refused: 2911, askedSeries: [], admittedSeries: [])
        driver.send(.answer(driver.queries[0], .preview(preview)))
        guard case .limits(let stale) = driver.state.dialog else { return }
        #expect(stale.preview == nil, "an answer to an older question is no preview of this one")
        driver.send(.answer(driver.queries[1], .preview(preview)))
        guard case .limits(let fresh) = driver.state.dialog else { return }
        #expect(fresh.preview == preview)
    }

    @Test func goesFromClientToTierToGateway() throws {
        var driver = Driver()
        try driver.play("e<wait 300ms><tab>")
        #expect(shape(driver.state.dialog) == "limits tier:pro")
        #expect(driver.queries == [.limits(.tier("pro"))])
        let limit = EffectiveLimit(limit: LimitEditorTests.requests(600), source: .tier)
        driver.send(.answer(.limits(.tier("pro")), .limits([limit])))
        try driver.play("-<enter>")
        let command = LimitEditorTests.set(LimitEditorTests.requests(300), scope: .tier("pro"))
        #expect(driver.orders == [Order(command: command, actor: Driver.ops, expectedVersion: nil)])
        try driver.play("e<wait 300ms><tab><tab>")
        #expect(shape(driver.state.dialog) == "limits gateway")
        try driver.play("<tab>")
        #expect(shape(driver.state.dialog) == "limits acme-batch")
    }

    @Test func appliesSeveralLimitsOneAfterTheOther() throws {
        var driver = Driver()
        try driver.play("e<wait 300ms>-<down>-<enter>")
        #expect(driver.orders.map(\.expectedVersion) == [3])
        driver.send(.outcome(driver.orders[0], Outcome(.done, "set")))
        #expect(driver.orders.map(\.expectedVersion) == [3, nil])
        var other = Driver()
        try other.play("e<wait 300ms>-<down>-<enter>")
        other.send(.outcome(other.orders[0], Outcome(.changedMeanwhile, "it changed")))
        #expect(other.orders.count == 1)
    }

    @Test(arguments: [Outcome.Result.done, .refused, .failed])
    func onlyTheOutcomeOfTheOneBeforeSendsTheNext(other: Outcome.Result) throws {
        var driver = Driver()
        try driver.play("x<wait 300ms><enter>e<wait 300ms>-<down>-<enter>")
        #expect(driver.orders.count == 2)
        driver.send(.outcome(driver.orders[0], Outcome(other, "suspended")))
        #expect(driver.orders.count == 2, "the outcome of another act")
        driver.send(.outcome(driver.orders[1], Outcome(.done, "set")))
        #expect(driver.orders.count == 3)
        driver.send(.outcome(driver.orders[2], Outcome(.done, "set too")))
        #expect(driver.notice == "set too")
        try driver.play("x")
        #expect(shape(driver.state.dialog) == "suspend acme-batch")
    }

    @Test func anotherActThatIsNotAnsweredEndsNoGroup() throws {
        var driver = Driver()
        try driver.play("x<wait 300ms><enter>e<wait 300ms>-<down>-<enter>")
        driver.send(.unanswered(driver.orders[0]))
        driver.send(.outcome(driver.orders[1], Outcome(.done, "set")))
        #expect(driver.orders.count == 3)
    }

    @Test func saysWhichWereNotSent() throws {
        var driver = Driver()
        try driver.play(":limits set acme-batch requests=5/1m concurrent=7<enter>")
        driver.send(.outcome(driver.orders[0], Outcome(.refused, "no")))
        #expect(driver.notice == "0 of 2 done, \"concurrent 7\" was not sent: no")
        try driver.play(":limits set acme-batch requests=5/1m concurrent=7<enter>")
        driver.send(.unanswered(driver.orders[1]))
        #expect(driver.notice.contains("may have happened or not, \"concurrent 7\" was not sent; 8 shows"))
    }

    @Test func nothingFollowsWhereTheFirstCouldNotBeSent() throws {
        var driver = Driver()
        for _ in 0..<16 { try driver.play("x<wait 300ms><enter>") }
        try driver.play("e<wait 300ms>-<down>-<enter>")
        #expect(driver.orders.count == 16)
        #expect(driver.notice == "16 acts are still unanswered")
        driver.send(.outcome(driver.orders[15], Outcome(.done, "suspended")))
        #expect(driver.orders.count == 16)
    }

    @Test func refusesWhereTheClientChangedMeanwhile() throws {
        var driver = Driver()
        try driver.play("e<wait 300ms>-")
        driver.snapshot.clients[0].card.version = 4
        try driver.play("<enter>")
        #expect(driver.acts == [])
        #expect(driver.notice.hasPrefix("changed meanwhile: "))
    }

    @Test func cannotBeHalvedToNothing() throws {
        var driver = Driver()
        try driver.play("e<wait 300ms>" + String(repeating: "-", count: 40) + "<enter>")
        #expect(driver.acts == [LimitEditorTests.set(LimitEditorTests.requests(1))])
    }

    @Test func doublingEndsAtTheLargestNumber() throws {
        var driver = Driver()
        try driver.play("e<wait 300ms>" + String(repeating: "+", count: 100))
        #expect(shape(driver.state.dialog) == "limits acme-batch")
    }

    @Test func editsTheLimitsOfAModel() throws {
        var driver = Driver()
        try driver.play("4e<wait 300ms>30<enter>")
        #expect(driver.acts == [LimitEditorTests.set(LimitEditorTests.requests(30), scope: .model("gpt-4.1"))])
    }
}
