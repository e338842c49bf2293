import Domain
import Settings
import Telemetry
import Terminal
import Testing

@testable import Dashboard

/// What holds for every picture, whatever its size.
@Suite struct InvariantTests {
    static let sizes: [Size] = [
        (40, 10), (41, 11), (47, 13), (59, 15), (60, 16), (60, 20), (73, 19), (79, 24), (80, 23), (80, 24), (99, 29),
        (100, 30), (112, 31), (120, 36), (140, 50), (159, 45), (160, 44), (160, 45), (183, 53), (200, 60), (200, 24),
        (90, 60), (300, 100),
    ].map { Size(columns: $0.0, rows: $0.1) }

    @Test(arguments: sizes)
    func everyPictureIsSound(size: Size) {
        for name in Scenes.all where name != "crowd" {
            let canvas = Scenes.named(name, size.columns, size.rows)
            let place = "\(name) at \(size.columns)×\(size.rows)"
            expectSoundCells(canvas, place)
            expectWholeWords(canvas, name, place)
            if !Self.dialogs.contains(name) { expectWholeFrames(canvas, place) }
        }
    }

    @Test func everySizeOfTheOverviewIsSound() {
        let snapshot = Fixture.busy()
        for columns in stride(from: 40, through: 200, by: 11) {
            for rows in stride(from: 10, through: 60, by: 7) {
                let canvas = Scenes.draw(Scenes.state(columns, rows), snapshot)
                let place = "\(columns)×\(rows)"
                expectSoundCells(canvas, place)
                expectWholeFrames(canvas, place)
                #expect(canvas.text().contains("›▲ acme-batch"), "\(place): the worst client is not on the screen")
            }
        }
    }

    static let dialogs = [
        "revoke", "limits", "suspend", "resume", "create", "secret", "undo", "quit", "picker", "many",
    ]

    @Test(arguments: sizes)
    func noDialogCoversTheRowItIsAbout(size: Size) {
        let plain = lines(Scenes.draw(Scenes.state(size.columns, size.rows), Fixture.busy()))
        guard let row = plain.firstIndex(where: { $0.hasPrefix("›") || $0.hasPrefix("│›") }) else {
            Issue.record("no cursor at \(size)")
            return
        }
        for name in Self.dialogs {
            let shown = lines(Scenes.named(name, size.columns, size.rows))
            #expect(shown[row] == plain[row], "\(name) at \(size.columns)×\(size.rows) covers the row")
        }
    }

    @Test(arguments: sizes)
    func everyDialogShowsItsTitleAndItsAnswers(size: Size) {
        let titles = [
            "revoke": ["revoke key", "tg_7Q2fA9xk", "188 req/s", "61 ", " end", " y "],
            "limits": ["limits acme-batch", "150/1m"],
            "suspend": ["suspend acme-batch", "5m"], "quit": ["quit", " d ", " k ", " Esc "], "undo": ["undo", " y "],
            "many": ["revoke 6 keys", "6"], "secret": ["new key", "Zz9x8Y"],
        ]
        for (name, words) in titles {
            let text = Scenes.named(name, size.columns, size.rows).text()
            for word in words {
                #expect(text.contains(word), "\(name) at \(size.columns)×\(size.rows) lacks `\(word)`")
            }
        }
    }

    @Test(arguments: [(60, 20), (79, 24), (80, 24), (120, 36)])
    func theLimitEditorKeepsItsWayOutItsEndTimesAndWhatIsSpent(columns: Int, rows: Int) {
        let dialog = lines(Scenes.named("limits", columns, rows)).dropLast().joined(separator: "\n")
        for word in [" Esc  cancel", "15m 30m 2h keep", "spent "] {
            #expect(dialog.contains(word), "\(columns)×\(rows) lacks `\(word)`")
        }
    }

    @Test(arguments: [(100, 30), (110, 30), (120, 36)])
    func everyUpstreamOfThreeIsOnTheOverview(columns: Int, rows: Int) {
        let text = Scenes.draw(Scenes.state(columns, rows), Fixture.busy()).text()
        for upstream in Fixture.busy().upstreams {
            #expect(text.contains("● \(upstream.name)") || text.contains("◆ \(upstream.name)"))
        }
    }

    @Test func asciiScreensHoldNothingElse() {
        for size in Self.sizes {
            for name in ["busy", "hostile"] {
                let snapshot = name == "busy" ? Fixture.busy() : Fixture.hostile()
                var state = Scenes.state(size.columns, size.rows)
                state.isHelpShown = name == "busy"
                let text = Scenes.draw(state, snapshot, glyphs: .ascii).text()
                #expect(text.utf8.allSatisfy { $0 >= 0x20 && $0 < 0x7f || $0 == 0x0a })
            }
        }
    }

    @Test(arguments: [(39, 24), (80, 9), (20, 5), (1, 1), (0, 0), (200, 1)])
    func tooSmallAScreenGetsAMessage(columns: Int, rows: Int) {
        let canvas = Scenes.draw(Scenes.state(columns, rows), Fixture.busy())
        if columns >= 25, rows > 0 { #expect(canvas.text().contains("needs 40×10, is \(columns)×\(rows)")) }
        #expect(!canvas.text().contains("acme-batch"))
    }

    private func lines(_ canvas: Canvas) -> [String] {
        canvas.text().split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
    }

    /// No control character reaches a cell and no wide glyph is halved.
    private func expectSoundCells(_ canvas: Canvas, _ place: String) {
        for cell in canvas.cells {
            let isSafe = cell.text.unicodeScalars.allSatisfy { $0.value >= 0x20 && !(0x7f...0x9f).contains($0.value) }
            #expect(isSafe, "\(place): a control character")
        }
        for line in lines(canvas) where TextWidth.columns(line) > canvas.size.columns {
            Issue.record("\(place): wider than the screen: \(line)")
        }
    }

    /// Footer, tabs and status line hold whole words only.
    private func expectWholeWords(_ canvas: Canvas, _ name: String, _ place: String) {
        let lines = lines(canvas)
        guard name != "hostile", let footer = lines.last else { return }
        #expect(!footer.contains("…"), "\(place): a hint is cut: \(footer)")
        // Only a name may be cut, and only where there is little room.
        if canvas.size.columns >= 60 {
            #expect(!lines[0].contains("…"), "\(place): the status line is cut: \(lines[0])")
        }
        if canvas.size.rows >= 12, !lines[1].contains("›") {
            #expect(!lines[1].contains("…"), "\(place): a tab is cut: \(lines[1])")
        }
    }

    /// From every upper left corner an unbroken box goes round.
    private func expectWholeFrames(_ canvas: Canvas, _ place: String) {
        for row in 0..<canvas.size.rows {
            for column in 0..<canvas.size.columns where canvas[row, column].text == "╭" {
                var right = column + 1
                while right < canvas.size.columns, canvas[row, right].text != "╮" { right += 1 }
                var bottom = row + 1
                while bottom < canvas.size.rows, canvas[bottom, column].text == "│" { bottom += 1 }
                let isWhole =
                    canvas[bottom, column].text == "╰" && canvas[bottom, right].text == "╯"
                    && ((row + 1)..<bottom).allSatisfy { canvas[$0, right].text == "│" }
                    && ((column + 1)..<right).allSatisfy { canvas[bottom, $0].text == "─" }
                #expect(isWhole, "\(place): the frame at row \(row), column \(column) is broken")
            }
        }
    }
}
