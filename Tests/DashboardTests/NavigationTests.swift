import Dashboard
import Domain
import Telemetry
import Terminal
import Testing

/// Keys that move about, and what is left when they are pressed.
@Suite struct NavigationTests {
    @Test(arguments: ViewName.allCases)
    func goesToAView(view: ViewName) throws {
        var driver = Driver()
        try driver.play(String(view.rawValue))
        #expect(driver.state.view == view)
        #expect(driver.effects == [])
    }

    @Test(arguments: [
        ("", "acme-batch"), ("j", "legacy-etl"), ("<down><down>", "研究チーム"), ("jk", "acme-batch"), ("k", "acme-batch"),
        ("G", "intern-sandbox"), ("Gg", "acme-batch"), ("<end>", "intern-sandbox"), ("<end><home>", "acme-batch"),
        ("<c-d>", "support-chat"), ("<c-d><c-u>", "acme-batch"), ("<pgdn>", "intern-sandbox"),
        ("<pgdn><pgup>", "acme-batch"),
    ])
    func movesTheCursor(script: String, name: String) throws {
        var driver = Driver()
        driver.send(.laidOut([.clients: 8]))
        try driver.play(script)
        #expect(driver.row == .client(name))
        #expect(driver.acts == [])
    }

    @Test func theCursorFollowsItsRow() throws {
        var driver = Driver()
        try driver.play("j<wait 6s>")
        driver.snapshot.clients.swapAt(0, 1)
        driver.snapshot.clients.swapAt(0, 4)
        driver.send(.tick)
        #expect(driver.row == .client("legacy-etl"))
        #expect(driver.list.cursor == 4)
    }

    @Test func untilAKeyIsPressedTheCursorStaysAtTheTop() throws {
        var driver = Driver()
        driver.snapshot.clients.swapAt(0, 3)
        driver.send(.tick)
        #expect(driver.list.cursor == 0)
        let top = driver.row
        try driver.play("]")
        driver.snapshot.clients.swapAt(0, 3)
        driver.send(.tick)
        #expect(driver.row == top)
        #expect(driver.list.cursor == 3)
    }

    @Test func aVanishedRowStaysAsAGhost() throws {
        var driver = Driver()
        try driver.play("j<wait 6s>")
        driver.snapshot.clients.remove(at: 1)
        driver.send(.tick)
        #expect(driver.row == .client("legacy-etl"))
        guard case .ghost = driver.list.current else {
            Issue.record("no ghost")
            return
        }
        try driver.play("x")
        #expect(driver.notice == "legacy-etl is no longer here")
        try driver.play("j<wait 6s>")
        #expect(driver.row == .client("研究チーム"))
        #expect(driver.list.count == 6)
    }

    @Test func holdsTheOrderForFiveSecondsAfterAMove() throws {
        var driver = Driver()
        let names = { (driver: Driver) in
            (0..<driver.list.count).compactMap { driver.list.id(at: $0) }
        }
        let before = names(driver)
        try driver.play("j")
        driver.snapshot.clients.reverse()
        driver.send(.tick)
        #expect(names(driver) == before)
        #expect(driver.list.isHeld)
        try driver.play("<wait 4s>")
        #expect(names(driver) == before)
        try driver.play("<wait 2s>")
        #expect(names(driver) == before.reversed())
        #expect(!driver.list.isHeld)
    }

    @Test func holdsTheOrderWhileADialogIsOpen() throws {
        var driver = Driver()
        try driver.play("x<wait 60s>")
        driver.snapshot.clients.reverse()
        driver.send(.tick)
        #expect(driver.list.id(at: 0) == .client("acme-batch"))
        try driver.play("<esc><wait 6s>")
        #expect(driver.list.id(at: 0) == .client("intern-sandbox"))
    }

    @Test(arguments: [
        ("<enter>", Place.client("acme-batch"), PanelName.keys),
        ("2<enter>", .client("acme-batch"), .keys),
        ("3<enter>", .key(.test("7Q2fA9xk")), .records),
        ("4<enter>", .model("gpt-4.1"), .records),
        ("4<tab><enter>", .upstream("openai-eu"), .records),
        ("5<enter>", .errorGroup("acme-batch\u{1f}claude-sonnet-4\u{1f}\u{1f}429\u{1f}rate_limit_exceeded"), .records),
        ("6<enter>", .client("acme-batch"), .keys),
        ("6<tab><enter>", .model("claude-sonnet-4"), .records),
        ("7<enter>", .request("req_000000000007000000002328"), .detail),
        ("8<enter>", .audit(41), .detail),
        ("i", .incidents, .incidents),
        ("i<enter>", .client("acme-batch"), .keys),
    ])
    func opensAndComesBack(script: String, place: Place, panel: PanelName) throws {
        var driver = Driver()
        try driver.play(script)
        #expect(driver.state.crumbs.last == place)
        #expect(Panels.focused(driver.state) == panel)
        let depth = driver.state.crumbs.count
        try driver.play("<esc>")
        #expect(driver.state.crumbs.count == depth - 1)
        #expect(driver.acts == [])
    }

    @Test func asksForTheRecordsOfAPlace() throws {
        var driver = Driver()
        try driver.play("<enter>")
        let query = Query.records(RecordFilter(client: "acme-batch"), limit: 200)
        #expect(driver.queries == [query])
        #expect(driver.state.records.allSatisfy { $0.client == "acme-batch" })
        driver.send(.answer(query, .records([])))
        #expect(driver.state.records.isEmpty)
        try driver.play("<wait 3s>")
        #expect(driver.queries.count == 2)
        try driver.play("<esc>")
        driver.send(.answer(query, .records(Fixture.records())))
        #expect(driver.state.records.isEmpty, "an answer to a place that was left is thrown away")
    }

    @Test func escapeGoesBackStepByStepAndNeverQuits() throws {
        var driver = Driver()
        try driver.play("/acme<enter>mz<enter>")
        #expect(driver.state.filter != nil)
        try driver.play("<esc>")
        #expect(driver.state.crumbs == [])
        try driver.play("<esc><esc><esc>")
        #expect(driver.state.filter == nil)
        #expect(driver.state.marks == [])
        try driver.play(String(repeating: "<esc>", count: 20))
        #expect(shape(driver.state.dialog) == "none")
        #expect(driver.effects.allSatisfy { $0 != .detach && $0 != .drain })
    }

    @Test func tabGoesThroughThePanelsThatAreOnTheScreen() throws {
        var driver = Driver()
        var seen: [PanelName] = []
        for _ in 0..<4 {
            try driver.play("<tab>")
            seen.append(Panels.focused(driver.state))
        }
        #expect(seen == [.upstreams, .errors, .done, .clients])
        try driver.play("<s-tab>")
        #expect(Panels.focused(driver.state) == .done)
        try driver.play("<resize 40x10>")
        #expect(Panels.focused(driver.state) == .clients)
    }

    @Test func theWindowStopsAtItsEnds() throws {
        var driver = Driver()
        try driver.play("[[[")
        #expect(driver.effects == [.setWindow(60)])
        try driver.play("]]]]]]]]")
        #expect(driver.state.windowSeconds == 86_400)
        #expect(driver.effects.last == .setWindow(86_400))
    }

    @Test func refreshesFasterAndSlower() throws {
        var driver = Driver()
        try driver.play("++++")
        #expect(driver.state.refreshMilliseconds == 250)
        try driver.play("__________")
        #expect(driver.state.refreshMilliseconds == 30_000)
    }

    @Test func sortsByAColumn() throws {
        var driver = Driver()
        try driver.play("s")
        #expect(shape(driver.state.dialog) == "picker sort")
        try driver.play("<down><down><enter>")
        #expect(driver.state.sorts[.clients] == SortOrder(column: "CLIENT", isDescending: false))
        #expect(driver.list.id(at: 1) == .client("checkout-bot"))
        try driver.play("!")
        #expect(driver.list.id(at: 0) == .client("研究チーム"))
        try driver.play(">")
        #expect(driver.state.sorts[.clients] == SortOrder(column: "REQ/S", isDescending: true))
        #expect(driver.list.id(at: 0) == .client("acme-batch"))
        #expect(driver.list.id(at: 1) == .client("checkout-bot"))
        try driver.play("<lt><lt>")
        #expect(driver.state.sorts[.clients]?.column == "SEVERITY")
    }

    @Test func showsAThemeBeforeItIsChosen() throws {
        var driver = Driver()
        try driver.play("T<down>")
        #expect(driver.effects.last == .useTheme("mono"))
        try driver.play("<esc>")
        #expect(driver.state.themeName == "harbor")
        #expect(driver.effects.last == .useTheme("harbor"))
        try driver.play("T<up><enter>")
        #expect(driver.state.themeName == "daylight")
    }

    @Test func pausesThePictureAndGoesOnCounting() throws {
        var driver = Driver()
        try driver.play(" ")
        driver.snapshot.clients.removeAll()
        driver.send(.tick)
        #expect(driver.list.count == 7)
        try driver.play(" ")
        #expect(driver.list.source0 == 0)
    }

    @Test func copiesWhatNamesTheRow() throws {
        var driver = Driver()
        try driver.play("y3y")
        #expect(
            driver.effects.filter { if case .copy = $0 { true } else { false } } == [
                .copy("acme-batch"), .copy("tg_7Q2fA9xk"),
            ])
    }

    @Test func liveStopsFollowingWhereTheCursorLeavesTheNewest() throws {
        var driver = Driver()
        try driver.play("7jj")
        #expect(!driver.state.isFollowing)
        let row = driver.row
        driver.snapshot.recent.insert(RequestRecord(time: Fixture.now, requestID: .given("new")), at: 0)
        driver.send(.tick)
        #expect(driver.row == row)
        #expect(driver.list.cursor == 2, "what is read does not move away")
        try driver.play("F")
        #expect(driver.state.isFollowing)
        #expect(driver.row == .request("new"))
    }

    @Test func callersThatRepeatTheirIdsDoNotHoldTheCursor() throws {
        var driver = Driver()
        for index in driver.snapshot.recent.indices { driver.snapshot.recent[index].requestID = .given("same") }
        try driver.play("7jjjj")
        #expect(driver.list.cursor == 4)
    }
}

extension RowList {
    /// How many rows there are that are no ghosts.
    var source0: Int {
        (0..<count).count { if case .ghost = self[$0] { false } else { true } }
    }
}
