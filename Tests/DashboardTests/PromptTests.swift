import Dashboard
import Domain
import Terminal
import Testing

/// The line at the bottom: filter, palette, help search, file name.
@Suite struct PromptTests {
    @Test func theFilterIsLive() throws {
        var driver = Driver()
        try driver.play("/acme")
        #expect(driver.list.count == 1)
        try driver.play("<c-u>legacy")
        #expect(driver.row == .client("legacy-etl"))
        try driver.play("<enter>")
        #expect(driver.state.filterText == "legacy")
        #expect(driver.state.prompt == nil)
    }

    @Test func aFaultyFilterLeavesTheOldOneInForce() throws {
        var driver = Driver()
        try driver.play("/acme<enter>/<c-u>p95>2")
        #expect(
            driver.state.prompt?.fault
                == Prompt.Fault(offset: 4, reason: "`2` is not a duration with its unit, `2s` or `250ms`"))
        #expect(driver.state.filterText == "acme")
        #expect(driver.list.count == 1)
        try driver.play("<enter>")
        #expect(driver.state.prompt != nil)
        try driver.play("s<enter>")
        #expect(driver.state.prompt == nil)
        #expect(driver.list.count == 3)
    }

    @Test(arguments: [
        ("quota", "", 7), ("quo", "", 7), ("acme p95", "acme", 1), ("acme 429", "acme", 1), ("state~a", "state~a", 6),
        ("not quo", "", 7), ("\"quota\"", "\"quota\"", 0), ("quota ", "quota ", 0), ("quotas", "quotas", 0),
    ])
    func theStartOfAFieldIsNoWordWhileItIsTyped(text: String, inForce: String, rows: Int) throws {
        var driver = Driver()
        try driver.play("/" + text.split(separator: " ", omittingEmptySubsequences: false).joined(separator: "<space>"))
        #expect(driver.state.filterText == inForce)
        #expect(driver.list.count == rows)
        #expect(driver.state.prompt?.fault == nil)
        try driver.play("<enter>")
        #expect(driver.state.filterText == text)
        #expect(driver.state.prompt == nil)
    }

    @Test func escapeRestoresTheFilterThatWas() throws {
        var driver = Driver()
        try driver.play("/acme<enter>/<c-u>legacy<esc>")
        #expect(driver.state.filterText == "acme")
        #expect(driver.list.count == 1)
    }

    @Test func aPasteOnlyFillsTheLine() throws {
        var driver = Driver()
        try driver.play("/<paste le\ngacy>")
        #expect(driver.state.prompt?.text == "le gacy")
        driver = Driver()
        try driver.play(":<paste clients suspend acme-batch\n>")
        #expect(driver.acts == [])
        #expect(driver.state.prompt != nil)
        driver = Driver()
        try driver.play("<paste x\n\n>")
        #expect(shape(driver.state.dialog) == "none")
        #expect(driver.notice == "pasted text is not taken as keys")
    }

    @Test func editsALine() throws {
        var driver = Driver()
        try driver.play(":abc def<left><left><bs>X<home>Y<end>Z<c-w>")
        #expect(driver.state.prompt?.text == "Yabc ")
        try driver.play("<home><del><right><c-k>")
        #expect(driver.state.prompt?.text == "a")
    }

    @Test(arguments: [
        (
            ":limits set acme requests=60/1m --for 30m<enter>",
            [
                Command.setLimit(
                    .client("acme"), Limit(kind: .requests, amount: 60, windowSeconds: 60), forSeconds: 1800, why: "")
            ]
        ),
        (
            ":limits set tier:pro concurrent=8 --why \"too many at once\"<enter>",
            [
                .setLimit(.tier("pro"), Limit(kind: .concurrent, amount: 8), forSeconds: nil, why: "too many at once")
            ]
        ),
        (
            ":tollgate limits set gateway budget=50/day --for=2h<enter>",
            [
                .setLimit(.gateway, Limit(kind: .budgetDay, amount: 50_000_000_000), forSeconds: 7200, why: "")
            ]
        ),
        (":limits clear acme requests<enter>", [.clearLimit(.client("acme"), .requests)]),
        (":limits clear acme budget/month<enter>", [.clearLimit(.client("acme"), .budgetMonth)]),
        (":keys restore tg_zzOldKey<enter>", [.restoreKey(.test("zzOldKey"))]),
        (
            ":keys create --client new --expires 30d --models a,b --note hi<enter>",
            [
                .createKey(client: "new", tier: nil, expiresInSeconds: 2_592_000, models: ["a", "b"], note: "hi")
            ]
        ),
        (":clients suspend acme-batch --for 15m<enter>", [.suspendClient("acme-batch", forSeconds: 900)]),
        (":clients suspend acme-batch<enter>", [.suspendClient("acme-batch", forSeconds: nil)]),
        (":clients resume 研究チーム<enter>", [.resumeClient("研究チーム")]),
        (":reload<enter>", [.reload]),
        (":keys revoke 7Q2fA9xk<enter><wait 300ms>y", [.revokeKey(.test("7Q2fA9xk"))]),
        (":revoke 7Q2fA9xk<enter><wait 300ms>y", [.revokeKey(.test("7Q2fA9xk"))]),
        (":keys revoke 7Q2fA9xk<enter><wait 300ms><enter>", []),
        (":undo<enter><wait 300ms>y", [.undo(audit: 41)]),
    ])
    func takesTheFormsOfTheCommandLine(script: String, commands: [Command]) throws {
        var driver = Driver()
        try driver.play(script)
        #expect(driver.acts == commands)
        #expect(driver.state.prompt == nil)
    }

    @Test(arguments: [
        ("bogus", 0, "unknown command `bogus`"),
        ("thmee harbor", 0, "unknown command `thmee`, nearest `theme`"),
        ("view tables", 5, "no view `tables`"),
        ("view mod", 5, "no view `mod`, nearest `models`"),
        ("view erors", 5, "no view `erors`, nearest `errors`"),
        ("window 7m", 7, "windows are 1m 5m 15m 1h 6h 24h"),
        ("refresh 1h", 8, "between 250ms and 30s"),
        ("limits set", 10, "a scope is missing"),
        ("limits set acme", 11, "a limit is missing: requests=300/1m"),
        (
            "limits set acme requests=x", 16,
            "`requests=x` is no limit: requests=300/1m tokens=40k/1m concurrent=64 budget=50/day"
        ),
        ("limits set acme requests=1 --for", 32, "a duration is missing"),
        ("limits set acme requests=1 --for 0s", 33, "`0s` is no duration: 30m, 2h"),
        ("keys revoke x", 12, "`x` is no key id: tg_ and 8 characters"),
        ("keys bogus", 0, "`keys` needs one of: keys create, keys restore, keys revoke"),
        ("clients suspend a b", 18, "`b` is not expected here"),
        ("pause now", 6, "`now` is not expected here"),
        ("limits set \"acme", 11, "no closing quote"),
    ])
    func pointsAtTheFaultOfALine(text: String, offset: Int, reason: String) throws {
        var driver = Driver()
        try driver.play(":" + text + "<enter>")
        #expect(driver.state.prompt?.fault == Prompt.Fault(offset: offset, reason: reason))
        #expect(driver.acts == [])
        try driver.play("<esc>")
        #expect(driver.state.prompt == nil)
    }

    @Test(arguments: [
        (":view errors<enter>", ViewName.errors), (":view 7<enter>", .live), (":view Costs<enter>", .costs),
    ])
    func goesToAViewByName(script: String, view: ViewName) throws {
        var driver = Driver()
        try driver.play(script)
        #expect(driver.state.view == view)
    }

    @Test func runsCommandsByName() throws {
        var driver = Driver()
        try driver.play(
            ":theme mono<enter>:window 15m<enter>:refresh 2s<enter>:sort p95<enter>:filter acme<enter>:pause<enter>")
        #expect(driver.state.themeName == "mono")
        #expect(driver.state.windowSeconds == 900)
        #expect(driver.state.refreshMilliseconds == 2000)
        #expect(driver.state.sorts[.clients]?.column == "P95")
        #expect(driver.state.filterText == "acme")
        #expect(driver.state.paused != nil)
        try driver.play(":theme mnoo<enter>")
        #expect(driver.notice == "no theme `mnoo`, nearest `mono`")
    }

    @Test func completesCommandsAndNames() throws {
        var driver = Driver()
        try driver.play(":lim<tab>")
        #expect(driver.state.prompt?.text == "limits")
        try driver.play("<c-u>clients suspend ac<tab>")
        #expect(driver.state.prompt?.text == "clients suspend acme-batch")
        try driver.play(" <tab><tab><enter>")
        #expect(driver.acts == [.suspendClient("acme-batch", forSeconds: 300)])
        try driver.play("/quo<tab>")
        #expect(driver.state.prompt?.text == "quota%")
    }

    @Test func remembersTheLinesThatWereTaken() throws {
        var driver = Driver()
        try driver.play(":pause<enter>:zone<enter>:<up><up>")
        #expect(driver.state.prompt?.text == "pause")
        try driver.play("<down>")
        #expect(driver.state.prompt?.text == "zone")
        try driver.play("<down>")
        #expect(driver.state.prompt?.text == "")
    }

    @Test func searchesTheHelp() throws {
        var driver = Driver()
        try driver.play("?/revoke")
        #expect(CommandRegistry.help(for: driver.state).contains { $0.name == .revoke })
        #expect(!CommandRegistry.help(for: driver.state).contains { $0.name == .pause })
        try driver.play("<enter><esc>")
        #expect(driver.state.isHelpShown)
        try driver.play("<esc>")
        #expect(!driver.state.isHelpShown)
    }

    @Test func namesTheFileToWrite() throws {
        var driver = Driver()
        try driver.play("w")
        #expect(driver.state.prompt?.text == "tollgate-clients-20261125T140322.csv")
        try driver.play("<c-u>out.exe<enter>")
        #expect(driver.state.prompt?.fault?.reason == "the name ends in .json, .csv or .txt")
        try driver.play("<c-u>out.json<enter>")
        #expect(driver.effects.last == .write(ExportRequest(path: "out.json", format: .json, panel: .clients)))
    }
}
