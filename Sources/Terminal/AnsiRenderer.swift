/// A canvas as text with SGR sequences, for `snapshot --format ansi` and for pictures in tests.
package enum AnsiRenderer {
    /// Renders a canvas, one line a row, each ended by a reset and a line feed; blanks at a row's end that look like
    /// the terminal's own are left out.
    ///
    /// - Parameters:
    ///   - canvas: what is shown; its text is harmless by construction.
    ///   - palette: the look of its roles.
    ///   - depth: the colours to use; `.mono` writes attributes only.
    package static func render(_ canvas: Canvas, palette: Palette, depth: ColourDepth) -> String {
        let own = Look(foreground: nil, background: nil, attributes: [])
        var looks: [Ink: Look] = [:]
        var result = ""
        for row in 0..<canvas.size.rows {
            let line = (0..<canvas.size.columns).map { column -> (text: String, look: Look) in
                let cell = canvas[row, column]
                if let look = looks[cell.ink] { return (cell.text, look) }
                let look = palette.look(of: cell.ink, depth: depth)
                looks[cell.ink] = look
                return (cell.text, look)
            }
            let end = line.lastIndex { $0.text != " " || $0.look != own }.map { $0 &+ 1 } ?? 0
            var current = own
            for (text, look) in line[..<end] {
                if look != current, !text.isEmpty {
                    result += sequence(look, depth: depth)
                    current = look
                }
                result += text
            }
            if current != own { result += "\u{1B}[0m" }
            result += "\n"
        }
        return result
    }

    /// The SGR sequence that goes from any look to this one.
    static func sequence(_ look: Look, depth: ColourDepth) -> String {
        var codes = "0"
        if look.attributes.contains(.bold) { codes += ";1" }
        if look.attributes.contains(.dim) { codes += ";2" }
        if look.attributes.contains(.underline) { codes += ";4" }
        if look.attributes.contains(.reverse) { codes += ";7" }
        if let foreground = look.foreground { codes += ";" + code(foreground, depth: depth, base: 30) }
        if let background = look.background { codes += ";" + code(background, depth: depth, base: 40) }
        return "\u{1B}[\(codes)m"
    }

    private static func code(_ colour: UInt32, depth: ColourDepth, base: UInt32) -> String {
        switch depth {
        case .direct: "\(base &+ 8);2;\(colour >> 16 & 0xFF);\(colour >> 8 & 0xFF);\(colour & 0xFF)"
        case .c256: "\(base &+ 8);5;\(colour)"
        default: "\(colour < 8 ? base &+ colour : base &+ 52 &+ colour)"
        }
    }
}
