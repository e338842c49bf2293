import Domain
import FoundationEssentials
import Settings
import Telemetry
import Terminal
import Testing

@testable import Dashboard

@Suite struct PictureTests {
    @Test func draws() throws {
        for (columns, rows) in [(120, 36), (80, 24), (60, 20), (40, 10), (200, 60)] {
            var state = DashboardState()
            state.columns = columns
            state.rows = rows
            let canvas = Scene.draw(
                state: state, snapshot: Fixture.busy(), size: Size(columns: columns, rows: rows), now: Fixture.now,
                glyphs: .standard)
            let theme = PictureTests.harbor
            let text = AnsiRenderer.render(canvas, palette: Palette(theme: theme), depth: .direct)
            try Data(text.dropLast().utf8).write(to: URL(filePath: "/tmp/views-\(columns).ans"))
        }
    }

    static let harbor: Theme = {
        func rgb(_ v: String) -> RGB? { RGB(text: "#" + v) }
        let fg: [(Role, String)] = [(.text, "c9d1d9"), (.strong, "f0f6fc"), (.muted, "7d8590"), (.faint, "484f58"), (.border, "30363d"), (.title, "9fb4cc"), (.focus, "58a6ff"), (.key, "58a6ff"), (.ok, "3fb950"), (.info, "58a6ff"), (.warn, "d29922"), (.error, "f85149"), (.critical, "ff7b72"), (.suspended, "a371f7"), (.money, "e3b341"), (.graph1, "2f81f7"), (.graph2, "1f6feb"), (.graphPeak, "79c0ff"), (.barFill, "3fb950"), (.barEmpty, "30363d"), (.mark, "e3b341"), (.stale, "7d8590"), (.input, "f0f6fc")]
        let bg: [(Role, String)] = [(.bar, "161b22"), (.cursor, "1c2b41"), (.selection, "1c2b41"), (.danger, "5a1e22"), (.dialog, "1b222c"), (.canvas, "0d1117")]
        var styles: [Role: RoleStyle] = [:]
        for (r, v) in fg { styles[r] = RoleStyle(fg: rgb(v)) }
        for (r, v) in bg { styles[r] = RoleStyle(bg: rgb(v)) }
        styles[.bannerPause] = RoleStyle(fg: rgb("0d1117"), bg: rgb("d29922"))
        styles[.bannerReadOnly] = RoleStyle(fg: rgb("0d1117"), bg: rgb("a371f7"))
        return Theme(name: "harbor", variant: .dark, styles: styles)
    }()
}
