import Domain
import Settings
import Telemetry
import Terminal
import Testing

@testable import Dashboard

@Suite struct PictureTests {
    @Test func draws() {
        for (columns, rows) in [(120, 36), (80, 24), (60, 20), (40, 10)] {
            var state = DashboardState()
            state.columns = columns
            state.rows = rows
            let canvas = Scene.draw(
                state: state, snapshot: Fixture.busy(), size: Size(columns: columns, rows: rows), now: Fixture.now,
                glyphs: .standard)
            print(canvas.text())
        }
    }
}
