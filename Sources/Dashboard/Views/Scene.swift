package import Domain
package import Settings
package import Telemetry
package import Terminal

/// The picture of the dashboard: a pure function of what the operator chose, a snapshot, a size and a moment.
package struct Scene: Sendable {
    package let canvas: Canvas
    /// How many rows each panel had room for, for page keys.
    package let pageRows: [PanelName: Int]

    /// Draws one frame.
    ///
    /// - Parameters:
    ///   - state: what the operator has chosen.
    ///   - snapshot: the newest snapshot; while paused the held one is shown.
    ///   - size: the screen; below 40×10 only a message fits.
    ///   - now: the moment of drawing, for the clock and for ages.
    ///   - glyphs: the characters to draw with.
    package static func draw(
        state: DashboardState, snapshot: LiveSnapshot, size: Size, now: Timestamp, glyphs: Glyphs
    ) -> Canvas {
        compose(state: state, snapshot: snapshot, size: size, now: now, glyphs: glyphs).canvas
    }

    /// Draws one frame and says what was laid out; see `draw`.
    package static func compose(
        state: DashboardState, snapshot: LiveSnapshot, size: Size, now: Timestamp, glyphs: Glyphs
    ) -> Scene {
        let size = size.bounded
        let stage = Stage(state: state, snapshot: snapshot, size: size, now: now, glyphs: glyphs)
        var pen = Pen(size: size, glyphs: glyphs)
        if stage.layout == .none {
            tooSmall(size, pen: &pen)
        } else {
            StatusLine.draw(stage, pen: &pen)
            if stage.hasTabs { Tabs.draw(stage, row: 1, pen: &pen) }
            let top = stage.hasTabs ? 2 : 1
            let body = Rect(row: top, column: 0, rows: size.rows - 2 - top, columns: size.columns)
            if state.isHelpShown {
                HelpPage.draw(in: body, stage: stage, pen: &pen)
            } else {
                Body.draw(in: body, stage: stage, pen: &pen)
            }
            InfoLine.draw(stage, row: size.rows - 2, pen: &pen)
            Footer.draw(stage, row: size.rows - 1, pen: &pen)
            if let dialog = state.dialog { DialogBox.draw(dialog, in: body, stage: stage, pen: &pen) }
        }
        return Scene(canvas: pen.canvas, pageRows: pen.pageRows)
    }

    /// `needs 40×10, is 20×5`, as much of it as fits.
    private static func tooSmall(_ size: Size, pen: inout Pen) {
        guard size.rows > 0, size.columns > 0 else { return }
        let text = "needs 40×10, is \(size.columns)×\(size.rows)"
        pen.put(
            .plain(text), row: size.rows / 2, column: max(0, (size.columns - pen.columns(text)) / 2), end: size.columns)
    }
}
