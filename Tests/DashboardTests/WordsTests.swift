import Domain
import Settings
import Telemetry
import Terminal
import Testing

@testable import Dashboard

/// Words that scripts rely on.
@Suite struct WordsTests {
    private func text(_ name: String, _ columns: Int = 120, _ rows: Int = 36) -> String {
        Scenes.named(name, columns, rows).text()
    }

    @Test func theStatusLineSaysWindowRefreshAndZone() {
        let wide = text("busy").split(separator: "\n")[0]
        for word in ["window 5m", "every 1s", "RW", "14:03:22 UTC"] { #expect(wide.contains(word)) }
        let compact = text("busy", 80, 24).split(separator: "\n")[0]
        #expect(compact.contains("5m") && !compact.contains("window"))
        #expect(compact.contains("▲ 2"))
        #expect(text("readonly").split(separator: "\n")[0].contains(" RO "))
        #expect(text("armed").split(separator: "\n")[0].contains("ARMED 7m11s"))
    }

    @Test func theClockFollowsTheZone() {
        var state = Scenes.state(120, 36)
        state.isUTC = false
        state.localOffsetSeconds = 9 * 3600
        state.localZone = "JST"
        #expect(Scenes.draw(state, Fixture.busy()).text().contains("23:03:22 JST"))
    }

    @Test(arguments: ["busy", "client", "limits", "resume"])
    func anEndOfAnotherDayHasItsDate(name: String) {
        var snapshot = Fixture.busy()
        let end = Fixture.now.adding(seconds: 90 * 86_400)
        snapshot.clients[0].card.limits[0].until = end
        for index in snapshot.clients.indices { snapshot.clients[index].card.suspension?.until = end }
        #expect(text(name).contains(/until (?!until)[0-9]{2}:[0-9]{2}/), "an end of today has none")
        var state = Scenes.state(140, 36)
        switch name {
        case "client": state.crumbs = [.client("acme-batch")]
        case "limits", "resume":
            guard case .some(var dialog) = Scenes.dialog(name, snapshot) else { return }
            if case .limits(var limits) = dialog {
                limits.endText = "90d"
                dialog = .limits(limits)
            }
            state.dialog = dialog
        default: break
        }
        let shown = Scenes.draw(state, snapshot).text()
        #expect(shown.contains("02-23 14:03"), "\(shown)")
        #expect(!shown.contains("until 14:03"))
    }

    @Test func aPausedPictureSaysWhatWasMissed() {
        for (columns, rows) in [(120, 36), (40, 10)] {
            let shown = text("paused", columns, rows)
            #expect(shown.contains("PAUSED 12 s, 340 requests missed"))
            #expect(shown.contains("412"))
        }
    }

    @Test func aFaultyFilterShowsCaretAndReasonUnderTheFault() {
        let lines = text("fault").split(separator: "\n").map(String.init)
        #expect(lines[34].hasPrefix(" / 429%>5 and bogus>3"))
        #expect(lines[35] == String(repeating: " ", count: 14) + "^ no field is called bogus")
    }

    @Test func aVanishedRowStaysAsAGhost() { #expect(text("ghost").contains("gone-away  gone")) }

    @Test func noRoomIsGivenToWhatDoesNotExist() {
        for name in Scenes.all where name != "crowd" {
            let shown = text(name)
            for word in ["queued", "half-open", "breaker", "was 64", "peers"] { #expect(!shown.contains(word)) }
        }
    }

    /// The Overview with these shares in the errors' tile.
    private func tile(
        _ columns: Int, _ rows: Int, ours: Double, limits: Double, theirs: Double, failed: Double
    ) -> String {
        var snapshot = Fixture.busy()
        snapshot.gateway.oursShare = ours
        snapshot.gateway.refusedShare = limits
        snapshot.gateway.theirsShare = theirs
        snapshot.gateway.upstreamErrorShare = failed
        return Scenes.draw(Scenes.state(columns, rows), snapshot).text()
    }

    @Test func theErrorsAreOursAndTheirs() {
        #expect(
            tile(120, 36, ours: 0.225, limits: 0.225, theirs: 0.12, failed: 0.12).contains(
                "ours 429 22.5   theirs 5xx 12.0 "))
        #expect(
            tile(200, 60, ours: 0.225, limits: 0.018, theirs: 0.12, failed: 0.1).contains(
                "ours 22.5 (429 1.8)   theirs 12.0 (5xx 10.0) "))
        #expect(
            tile(120, 36, ours: 0.225, limits: 0.018, theirs: 0.12, failed: 0.12).contains(
                "ours 22.5 (429 1.8)   theirs 12.0 "))
        #expect(tile(120, 36, ours: 0.225, limits: 0, theirs: 0, failed: 0).contains("ours 22.5   theirs 5xx – "))
        for columns in [100, 104, 110] {
            let shown = tile(columns, 30, ours: 0.225, limits: 0.018, theirs: 0.12, failed: 0.1)
            #expect(shown.contains("ours 22.5") && shown.contains("theirs 12.0"))
        }
    }

    @Test(arguments: [100, 110, 120])
    func noGatewayBudgetIsSaidWholeOrNotAtAll(columns: Int) {
        var snapshot = Fixture.busy()
        snapshot.gateway.budgetNanoUSD = nil
        let shown = Scenes.draw(Scenes.state(columns, 30), snapshot).text()
        #expect(shown.contains("no gateway budget") || !shown.contains("no gat"))
        #expect(shown.contains("this month "))
    }

    @Test func aClientSaysHowItComesIn() {
        func shown(_ count: Int, last: String?, arrivals: Int64) -> String {
            var snapshot = Fixture.busy()
            var row = Fixture.client("one", key: "Kd81mT0v")
            row.card.keyCount = count
            if count == 0 { row.card.keys = [] }
            row.lastKey = last.flatMap { KeyID(text: $0) }
            row.totals.arrivals = arrivals
            snapshot.clients = [row]
            let line = Scenes.draw(Scenes.state(200, 60), snapshot).text().split(separator: "\n").first {
                $0.contains(" one ")
            }
            return line.map {
                String($0.split(separator: " ").drop { $0 != "one" }.dropFirst().prefix(2).joined(separator: " "))
            } ?? ""
        }
        #expect(shown(1, last: "7Q2fA9xk", arrivals: 5).hasPrefix("tg_Kd81mT0v "))
        #expect(shown(4, last: "7Q2fA9xk", arrivals: 5) == "4 keys")
        #expect(shown(0, last: nil, arrivals: 5).hasPrefix("jwt "))
        #expect(shown(0, last: nil, arrivals: 0).hasPrefix("– "))
        #expect(shown(0, last: "7Q2fA9xk", arrivals: 5).hasPrefix("– "))
    }

    @Test func aClientWithoutAKeyBlamesNoFilter() {
        var state = Scenes.state(120, 36)
        state.crumbs = [.client("support-chat")]
        let shown = Scenes.draw(state, Fixture.busy()).text()
        #expect(shown.contains("no key; c creates one"))
        #expect(!shown.contains("nothing matches") && !shown.contains("clears"))
    }

    @Test func groupsThatGaveWayAreSaid() {
        var snapshot = Fixture.busy()
        #expect(Scenes.draw(Scenes.state(120, 36), snapshot).text().contains(" newest 1 s ago"))
        snapshot.isErrorsCut = true
        #expect(
            Scenes.draw(Scenes.state(120, 36), snapshot).text().contains(" \(snapshot.errors.count) newest, 1 s ago"))
    }

    @Test func theRevokeDialogHasAFigureForNoRefusals() {
        var snapshot = Fixture.busy()
        snapshot.keys[0].refusedShare = 0
        var state = Scenes.state(120, 36)
        state.dialog = Scenes.dialog("revoke", snapshot)
        #expect(Scenes.draw(state, snapshot).text().contains("   0 % 429"))
    }

    @Test(arguments: [(200, 60), (120, 36), (80, 24), (60, 20)])
    func theHelpHasItsColumns(columns: Int, rows: Int) {
        var state = Scenes.state(columns, rows)
        state.isHelpShown = true
        state.helpTop = 1000
        let lines = Scenes.draw(state, Fixture.busy()).text().split(separator: "\n").map(String.init)
        let words = ["read the configuration again", "finish open requests", "leave; quit asks"]
        let starts = lines.compactMap { line in
            words.compactMap { line.firstRange(of: $0) }.first.map {
                line.distance(from: line.startIndex, to: $0.lowerBound)
            }
        }
        if columns >= 100 { #expect(Set(starts).count == 1 && starts.count >= 2, "\(starts)") }
        let form = lines.compactMap { $0.firstRange(of: ":limits set SCOPE").map { range in (range.lowerBound) } }
        #expect(form.count == 1)
    }

    @Test func emptyPanelsSayHowToFillThem() {
        let shown = text("empty")
        #expect(shown.contains("tollgate keys create --client NAME"))
        #expect(shown.contains("curl http://127.0.0.1:8080/v1/models"))
    }

    @Test func aFilterThatHidesAllSaysSo() {
        var state = Scenes.state(120, 36)
        state.filterText = "zzzz"
        state.filter = try? FilterParser.parse("zzzz")
        #expect(Scenes.draw(state, Fixture.busy()).text().contains("nothing matches zzzz"))
    }

    @Test func chipsAreDimWhileTheDialogIsDeaf() {
        var state = Scenes.state(120, 36)
        guard let key = KeyID(text: "7Q2fA9xk") else { return }
        state.dialog = .revoke(
            RevokeDialog(opening: DialogOpening(at: Fixture.now), key: key, client: "acme-batch", version: 1))
        let deaf = chip(Scenes.draw(state, Fixture.busy(), at: Fixture.now.adding(milliseconds: 299)))
        let awake = chip(Scenes.draw(state, Fixture.busy(), at: Fixture.now.adding(milliseconds: 300)))
        #expect(deaf?.surface == Role.dialog.rawValue && deaf?.role == Role.faint.rawValue)
        #expect(awake?.surface == Role.danger.rawValue && awake?.role == Role.strong.rawValue)
    }

    /// The ink of the `y` of the revoke dialog's answers.
    private func chip(_ canvas: Canvas) -> Ink? {
        for row in 0..<canvas.size.rows {
            for column in 0..<canvas.size.columns - 8 {
                let word = (0..<8).map { canvas[row, column + $0].text }.joined()
                if word == "y  revok" { return canvas[row, column].ink }
            }
        }
        return nil
    }
}
