import Testing

@testable import Terminal

@Suite struct PaletteTests {
    private static let red = Colour(rgb: 0xFF3010, c256: 196, c16: 9)
    private static let grey = Colour(rgb: 0x202020, c256: 234, c16: 8)
    private static let palette = Palette(styles: [
        Style(), Style(foreground: red, isBold: true), Style(background: grey, isReverse: true),
        Style(foreground: grey, background: red, mono: [.underline]), Style(foreground: grey), Style(background: grey),
    ])

    @Test(arguments: [
        (Ink(), Look(foreground: nil, background: nil, attributes: [])),
        (Ink(role: 1), Look(foreground: 0xFF3010, background: nil, attributes: .bold)),
        (Ink(role: 0, surface: 5), Look(foreground: nil, background: 0x202020, attributes: [])),
        (Ink(role: 1, surface: 2), Look(foreground: 0xFF3010, background: 0x202020, attributes: [.bold, .reverse])),
        (Ink(role: 3, surface: 5), Look(foreground: 0x202020, background: 0xFF3010, attributes: [])),
        (Ink(role: 0, isBold: true), Look(foreground: nil, background: nil, attributes: .bold)),
        (Ink(role: 200, surface: 200), Look(foreground: nil, background: nil, attributes: [])),
    ])
    func resolvesRoleThenSurfaceThenTheTerminalsOwn(ink: Ink, look: Look) {
        #expect(Self.palette.look(of: ink, depth: .direct) == look)
    }

    @Test(arguments: [
        (ColourDepth.direct, 0xFF3010 as UInt32, Attributes.bold), (.c256, 196, .bold), (.c16, 9, .bold),
        (.c8, 1, .bold),
    ])
    func takesTheColourOfTheDepth(depth: ColourDepth, number: UInt32, attributes: Attributes) {
        let look = Self.palette.look(of: Ink(role: 1), depth: depth)
        #expect(look == Look(foreground: number, background: nil, attributes: attributes))
    }

    @Test func withoutColourOnlyAttributesRemain() {
        #expect(
            Self.palette.look(of: Ink(role: 3, surface: 2), depth: .mono)
                == Look(foreground: nil, background: nil, attributes: [.underline, .reverse]))
        #expect(Self.palette.look(of: Ink(role: 1), depth: .mono).attributes == .bold)
    }

    @Test(arguments: [(ColourDepth.direct, 0xFFFFFF as UInt32), (.c256, 231), (.c16, 15), (.c8, 7)])
    func textInTheColourOfItsBackgroundIsMadeReadable(depth: ColourDepth, shown: UInt32) {
        let look = Self.palette.look(of: Ink(role: 4, surface: 5), depth: depth)
        #expect(look.foreground == shown)
        #expect(look.foreground != look.background)
    }

    @Test(arguments: [
        (ColourChoice.auto, ["COLORTERM": "truecolor"], ColourDepth.direct), (.auto, ["COLORTERM": "24bit"], .direct),
        (.auto, ["TERM": "xterm-direct"], .direct), (.c256, ["TERM": "xterm-direct"], .c256),
        (.auto, [:], .c256), (.auto, ["NO_COLOR": "1"], .mono), (.auto, ["NO_COLOR": ""], .c256),
        (.always, ["NO_COLOR": "1"], .c256), (.never, ["COLORTERM": "truecolor"], .mono),
        (.c16, ["COLORTERM": "truecolor"], .c16), (.c256, ["COLORTERM": "truecolor"], .c256), (.direct, [:], .direct),
    ])
    func choosesADepth(choice: ColourChoice, environment: [String: String], depth: ColourDepth) {
        #expect(choice.ceiling(environment: environment) == depth)
    }

    @Test(arguments: [
        ("xterm-256color", ["xterm-direct", "xterm-direct", "xterm-256color", "xterm-256color"]),
        ("tmux-256color", ["tmux-direct", "tmux-256color", "xterm-256color"]),
        ("xterm-kitty", ["kitty-direct", "xterm-kitty-direct", "xterm-direct", "xterm-kitty", "xterm-256color"]),
    ])
    func looksForADirectForm(type: String, names: [String]) {
        #expect(ColourChoice.direct.types(for: type, environment: [:]) == names)
    }

    @Test(arguments: [(-1, ColourDepth.mono), (8, .c8), (16, .c16), (88, .c16), (256, .c256), (0x100_0000, .direct)])
    func countsColours(colours: Int, depth: ColourDepth) {
        #expect(ColourDepth(colours: colours) == depth)
    }
}

@Suite struct AnsiRendererTests {
    private static let palette = Palette(styles: [
        Style(), Style(foreground: Colour(rgb: 0xFF3010, c256: 196, c16: 9), isBold: true),
        Style(background: Colour(rgb: 0x202020, c256: 234, c16: 8)),
    ])

    @Test(arguments: [
        (ColourDepth.direct, "\u{1B}[0;1;38;2;255;48;16m研\u{1B}[0m x\n", "\u{1B}[0;48;2;32;32;32m  \u{1B}[0m\n"),
        (.c256, "\u{1B}[0;1;38;5;196m研\u{1B}[0m x\n", "\u{1B}[0;48;5;234m  \u{1B}[0m\n"),
        (.c16, "\u{1B}[0;1;91m研\u{1B}[0m x\n", "\u{1B}[0;100m  \u{1B}[0m\n"),
        (.c8, "\u{1B}[0;1;31m研\u{1B}[0m x\n", "\u{1B}[0;40m  \u{1B}[0m\n"),
        (.mono, "\u{1B}[0;1m研\u{1B}[0m x\n", "\n"),
    ])
    func writesRunsOfOneLook(depth: ColourDepth, first: String, second: String) {
        var canvas = Canvas(size: Size(columns: 6, rows: 2))
        canvas.put("研", row: 0, column: 0, role: 1)
        canvas.put("x", row: 0, column: 3, role: 0)
        canvas.fill(row: 1, columns: 0..<2, surface: 2)
        #expect(AnsiRenderer.render(canvas, palette: Self.palette, depth: depth) == first + second)
    }

    @Test func anEmptyCanvasIsEmptyLines() {
        let canvas = Canvas(size: Size(columns: 3, rows: 2))
        #expect(AnsiRenderer.render(canvas, palette: Palette(styles: []), depth: .direct) == "\n\n")
    }
}
