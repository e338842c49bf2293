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
