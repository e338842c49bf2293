internal import CNcurses

/// Puts a canvas into the picture of ncurses: rows that did not change are left as they are.
struct FramePainter {
    /// What an ink looks like to ncurses.
    private struct Mark: Hashable {
        var attributes: UInt32
        var pair: Int32
    }

    private struct Colours: Hashable {
        var foreground: Int32
        var background: Int32
    }

    private let depth: ColourDepth
    /// Pair numbers end below this one; a theme needs a few hundred, so the rest is never asked for.
    private let endOfPairs: Int32
    private var shown: Canvas?
    private var palette: Palette?
    private var pairs: [Colours: Int32] = [:]
    private var marks: [Ink: Mark] = [:]
    private var run: [tg_glyph] = []

    /// A painter for a screen of so many colour pairs.
    init(depth: ColourDepth, pairs: Int) {
        self.depth = depth
        endOfPairs = Int32(clamping: min(pairs, 4_096))
    }

    /// Makes the next `paint` put every row.
    mutating func forget() {
        shown = nil
    }

    /// Puts a canvas and lets ncurses work out its bytes.
    ///
    /// - Returns: false where nothing has changed since the last one.
    mutating func paint(_ canvas: Canvas, palette: Palette) -> Bool {
        if palette != self.palette {
            self.palette = palette
            pairs.removeAll(keepingCapacity: true)
            marks.removeAll(keepingCapacity: true)
            shown = nil
        }
        if canvas == shown { return false }
        let before = shown?.size == canvas.size ? shown : nil
        if before == nil { tg_screen_erase() }
        for row in 0..<canvas.size.rows {
            let cells = canvas.row(row)
            if let before, before.row(row) == cells { continue }
            put(cells, row: row, palette: palette)
        }
        shown = canvas
        _ = tg_screen_update()
        return true
    }

    private mutating func put(_ cells: ArraySlice<Cell>, row: Int, palette: Palette) {
        run.removeAll(keepingCapacity: true)
        var start = 0
        var column = 0
        var current: Mark?
        for cell in cells {
            if !cell.isContinuation {
                let mark = mark(of: cell.ink, palette: palette)
                if let drawn = current, drawn != mark {
                    flush(drawn, row: row, column: start)
                    start = column
                }
                current = mark
                run.append(FramePainter.glyph(cell.text))
            } else if !run.isEmpty {
                run[run.count &- 1].width = 2
            }
            column &+= 1
        }
        if let current { flush(current, row: row, column: start) }
    }

    private mutating func flush(_ mark: Mark, row: Int, column: Int) {
        tg_put_run(Int32(row), Int32(column), run, run.count, mark.attributes, mark.pair)
        run.removeAll(keepingCapacity: true)
    }

    private static func glyph(_ text: String) -> tg_glyph {
        var glyph = tg_glyph()
        glyph.width = 1
        var scalars = text.unicodeScalars.makeIterator()
        glyph.scalars.0 = scalars.next()?.value ?? 0x20
        glyph.scalars.1 = scalars.next()?.value ?? 0
        if glyph.scalars.1 == 0 { return glyph }
        glyph.scalars.2 = scalars.next()?.value ?? 0
        glyph.scalars.3 = scalars.next()?.value ?? 0
        glyph.scalars.4 = scalars.next()?.value ?? 0
        return glyph
    }

    private mutating func mark(of ink: Ink, palette: Palette) -> Mark {
        if let known = marks[ink] { return known }
        let look = palette.look(of: ink, depth: depth)
        let colours = Colours(foreground: number(look.foreground), background: number(look.background))
        let mark = Mark(attributes: UInt32(look.attributes.rawValue), pair: pair(of: colours))
        marks[ink] = mark
        return mark
    }

    /// The number by which ncurses knows a colour.
    ///
    /// In direct colour the lowest eight are the named ones there, so that nearly black blues become black's
    /// neighbour.
    private func number(_ colour: UInt32?) -> Int32 {
        guard let colour else { return -1 }
        if depth == .direct, colour > 0, colour < 8 { return 8 }
        return Int32(clamping: colour)
    }

    /// The pair of two colours, 0 (the terminal's own) where pairs have run out.
    private mutating func pair(of colours: Colours) -> Int32 {
        if colours.foreground < 0, colours.background < 0 { return 0 }
        if let known = pairs[colours] { return known }
        let next = Int32(clamping: pairs.count &+ 1)
        guard next < endOfPairs, tg_pair_define(next, colours.foreground, colours.background) == 0 else { return 0 }
        pairs[colours] = next
        return next
    }
}
