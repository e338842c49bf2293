import Domain
import FoundationEssentials
import Settings
import Telemetry
import Terminal
import Testing

@testable import Dashboard

/// Writes screens as terminal output, to be looked at; only where `TOLLGATE_PICTURES` names a folder.
@Suite(.enabled(if: Environment["TOLLGATE_PICTURES"] != nil))
struct PictureTests {
    @Test(arguments: ["harbor", "daylight", "mono"])
    func writesPictures(theme name: String) throws {
        let folder = try #require(Environment["TOLLGATE_PICTURES"])
        let theme = try ThemeLibrary(folders: []).theme(named: name)
        for (columns, rows) in [(120, 36), (80, 24), (200, 60), (60, 20), (40, 10)] {
            for scene in Scenes.all {
                let canvas = Scenes.named(scene, columns, rows)
                let depth: ColourDepth = name == "mono" ? .mono : .direct
                let text = AnsiRenderer.render(canvas, palette: Palette(theme: theme), depth: depth)
                let file = URL(filePath: "\(folder)/\(name)-\(scene)-\(columns)x\(rows).ans")
                try Data(text.dropLast().utf8).write(to: file)
            }
        }
    }
}
