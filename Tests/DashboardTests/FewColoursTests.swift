import Settings
import Terminal
import Testing

@testable import Dashboard

/// Themes on terminals of 8 and 16 colours.
@Suite struct FewColoursTests {
    @Test(arguments: ["harbor", "deuteranopia", "tritanopia"], [ColourDepth.c8, .c16])
    func surfacesThatFewColoursCannotShowAreTheTerminalsOwn(name: String, depth: ColourDepth) throws {
        let palette = Palette(theme: try ThemeLibrary(folders: []).theme(named: name))
        for surface in [Role.canvas, .bar, .dialog] {
            let look = palette.look(of: Ink(role: Role.text.rawValue, surface: surface.rawValue), depth: depth)
            #expect(look.background == nil, "\(name): \(surface)")
        }
        let money = palette.look(of: Ink(role: Role.money.rawValue, surface: Role.canvas.rawValue), depth: depth)
        #expect(money.foreground != nil && money.background == nil)
    }
}
