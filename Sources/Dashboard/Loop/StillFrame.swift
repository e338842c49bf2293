import Domain
package import Settings
package import Telemetry
package import Terminal

/// One frame of the dashboard without a terminal: `snapshot --format text` and `ansi`.
package enum StillFrame {
    /// The picture as plain lines.
    package static func text(
        state: DashboardState, snapshot: LiveSnapshot, size: Size, glyphs: Glyphs
    ) -> String {
        canvas(state, snapshot, size, glyphs).text() + "\n"
    }

    /// The picture with the colours of a theme as SGR sequences.
    package static func ansi(
        state: DashboardState, snapshot: LiveSnapshot, size: Size, theme: Theme, depth: ColourDepth, isASCII: Bool
    ) -> String {
        AnsiRenderer.render(
            canvas(state, snapshot, size, isASCII ? .ascii : theme.glyphs), palette: Palette(theme: theme), depth: depth
        )
    }

    private static func canvas(
        _ state: DashboardState, _ snapshot: LiveSnapshot, _ size: Size, _ glyphs: Glyphs
    ) -> Canvas {
        var state = state
        state.columns = size.columns
        state.rows = size.rows
        return Scene.draw(state: state, snapshot: snapshot, size: size, now: snapshot.time, glyphs: glyphs)
    }
}
