/// A picture of a screen: a grid of cells that carry text and roles, but no colours.
///
/// Drawing is a pure function into a canvas; what it shows is compared with literal text in tests and is turned into
/// colours by a painter. `put` is the only way for text to reach a cell, so nothing that a client, a provider or a
/// configuration wrote can steer the terminal.
package struct Canvas: Hashable, Sendable {
    /// Rows and columns; never beyond `Size.largest`.
    package let size: Size
    /// The cells, row after row.
    package private(set) var cells: [Cell]

    /// An empty canvas: every cell a space.
    package init(size: Size, ink: Ink = Ink()) {
        self.size = size.bounded
        cells = Array(repeating: Cell(text: " ", ink: ink), count: self.size.columns &* self.size.rows)
    }

    /// The cell at a row and column; a blank one outside the canvas.
    package subscript(row: Int, column: Int) -> Cell {
        guard let index = index(row: row, column: column) else { return Cell(text: " ", ink: Ink()) }
        return cells[index]
    }

    /// The cells of a row, empty outside the canvas.
    func row(_ row: Int) -> ArraySlice<Cell> {
        guard row >= 0, row < size.rows else { return [] }
        return cells[row &* size.columns..<(row &+ 1) &* size.columns]
    }

    /// Writes one line of text, whoever wrote it: hostile characters are shown as U+FFFD, at most four marks are
    /// stacked on a cell, and what does not fit is cut at a cluster and marked with `…`.
    ///
    /// A row outside the canvas draws nothing. A text that begins left of the canvas loses what lies there, without
    /// a mark. A wide glyph is drawn whole or not at all, and overwriting half of one blanks the other half.
    ///
    /// - Parameters:
    ///   - text: outside or own text.
    ///   - row: the row, 0 at the top.
    ///   - column: the column of the first cluster.
    ///   - role: the style of the text.
    ///   - isBold: whether the text is strong whatever its role says.
    ///   - surface: the style of what lies beneath; nil keeps what each cell has.
    ///   - width: the most columns that the text may take; nil for all that there are. It is not padded.
    /// - Returns: the column behind the text, at most the canvas's width.
    @discardableResult
    package mutating func put(
        _ text: String, row: Int, column: Int, role: UInt8, isBold: Bool = false, surface: UInt8? = nil,
        width: Int? = nil
    ) -> Int {
        let start = max(-Size.largest.columns, min(column, size.columns))
        let room = size.columns &- start
        let limit = max(0, min(width ?? room, room))
        guard row >= 0, row < size.rows, limit > 0 else { return max(0, start) }
        let brush = Brush(row: row, role: role, isBold: isBold, surface: surface)
        if start >= 0, let end = putPlain(text, column: start, limit: limit, brush: brush) { return end }
        let isCut = TextWidth.exceeds(text, columns: limit)
        let end = start &+ (isCut ? limit &- 1 : limit)
        var place = start
        for cluster in Clusters(text) {
            guard place &+ cluster.width <= end else { break }
            if place >= 0 { set(cluster, column: place, brush: brush) }
            place &+= cluster.width
        }
        if isCut {
            let mark = Clusters.Element(base: TextWidth.ellipsis, width: 1)
            if place >= 0 { set(mark, column: place, brush: brush) }
            place &+= 1
        }
        return max(0, place)
    }

    /// Writes a text so that it ends before a column; the same as `put` in all else.
    ///
    /// - Parameters:
    ///   - text: outside or own text.
    ///   - row: the row, 0 at the top.
    ///   - endColumn: the column behind the last cluster.
    ///   - role: the style of the text.
    ///   - isBold: whether the text is strong whatever its role says.
    ///   - surface: the style of what lies beneath; nil keeps what each cell has.
    ///   - width: the most columns that the text may take; nil for all from the left edge.
    /// - Returns: the column of the first cluster.
    @discardableResult
    package mutating func putRight(
        _ text: String, row: Int, endColumn: Int, role: UInt8, isBold: Bool = false, surface: UInt8? = nil,
        width: Int? = nil
    ) -> Int {
        let end = max(0, min(endColumn, size.columns))
        let most = max(0, min(width ?? end, end))
        let start = end &- min(TextWidth.columns(TextWidth.cut(text, to: most)), most)
        put(text, row: row, column: start, role: role, isBold: isBold, surface: surface, width: end &- start)
        return start
    }

    /// Lays a surface under cells of a row; their text and roles stay.
    package mutating func fill(row: Int, columns: Range<Int>, surface: UInt8) {
        change(row: row, columns: columns) { $0.surface = surface }
    }

    /// Empties a rectangle: spaces of role 0 on a surface.
    package mutating func clear(_ rect: Rect, surface: UInt8) {
        let rows = clip(rect.row, rect.rows, to: size.rows)
        let columns = clip(rect.column, rect.columns, to: size.columns)
        let blank = Clusters.Element(base: " ", width: 1)
        for row in rows {
            let brush = Brush(row: row, role: 0, isBold: false, surface: surface)
            for column in columns { set(blank, column: column, brush: brush) }
        }
    }

    /// Lays another canvas over this one, cell by cell, its top left corner at a row and column.
    package mutating func overlay(_ other: Canvas, row: Int, column: Int) {
        let rows = clip(row, other.size.rows, to: size.rows)
        let columns = clip(column, other.size.columns, to: size.columns)
        for target in rows {
            for place in columns {
                let cell = other[target &- row, place &- column]
                if cell.isContinuation, place > columns.lowerBound { continue }
                let isWhole = !cell.isContinuation
                let isWide =
                    other[target &- row, place &- column &+ 1].isContinuation && place &+ 1 < columns.upperBound
                let fits = isWide || !other.isWide(row: target &- row, column: place &- column)
                let text = isWhole && fits ? cell.text : " "
                let brush = Brush(row: target, role: cell.ink.role, isBold: cell.ink.isBold, surface: cell.ink.surface)
                set(text, width: isWhole && isWide ? 2 : 1, column: place, brush: brush)
            }
        }
    }

    /// The rows as text, blanks at their ends cut off, without a line end after the last.
    package func text() -> String {
        var result = ""
        for row in 0..<size.rows {
            if row > 0 { result += "\n" }
            var line = ""
            for column in 0..<size.columns { line += cells[row &* size.columns &+ column].text }
            while line.unicodeScalars.last == " " { line.unicodeScalars.removeLast() }
            result += line
        }
        return result
    }

    /// The roles of the cells as letters, `a` for role 0 and upper case where bold, in the shape of `text()` but not
    /// trimmed; beyond 26 roles the letters begin again.
    package func inkText() -> String {
        var lines: [String] = []
        for row in 0..<size.rows {
            let letters = cells[row &* size.columns..<(row &+ 1) &* size.columns].map { cell -> UInt8 in
                (cell.ink.isBold ? 0x41 : 0x61) &+ cell.ink.role % 26
            }
            lines.append(String(decoding: letters, as: UTF8.self))
        }
        return lines.joined(separator: "\n")
    }
}

extension Canvas {
    /// What stays the same along one text.
    private struct Brush {
        var row: Int
        var role: UInt8
        var isBold: Bool
        var surface: UInt8?
    }

    /// Writes a text of printable ASCII that fits.
    ///
    /// - Returns: the column behind it, or nil and nothing written where the text is anything else.
    private mutating func putPlain(_ text: String, column: Int, limit: Int, brush: Brush) -> Int? {
        let utf8 = text.utf8
        guard utf8.count <= limit, TextWidth.isPlain(text) else { return nil }
        var place = column
        for byte in utf8 {
            set(Clusters.Element(base: Unicode.Scalar(byte), width: 1), column: place, brush: brush)
            place &+= 1
        }
        return place
    }

    private mutating func set(_ cluster: Clusters.Element, column: Int, brush: Brush) {
        set(cluster.text, width: cluster.width, column: column, brush: brush)
    }

    private mutating func set(_ text: String, width: Int, column: Int, brush: Brush) {
        let index = brush.row &* size.columns &+ column
        if cells[index].isContinuation, column > 0 { cells[index &- 1].text = " " }
        if column &+ width < size.columns, cells[index &+ width].isContinuation {
            cells[index &+ width].text = " "
        }
        cells[index].text = text
        dye(index, brush)
        if width == 2 {
            cells[index &+ 1].text = ""
            dye(index &+ 1, brush)
        }
    }

    private mutating func dye(_ index: Int, _ brush: Brush) {
        cells[index].ink.role = brush.role
        cells[index].ink.isBold = brush.isBold
        if let surface = brush.surface { cells[index].ink.surface = surface }
    }

    private mutating func change(row: Int, columns: Range<Int>, _ body: (inout Ink) -> Void) {
        guard row >= 0, row < size.rows else { return }
        for column in columns.clamped(to: 0..<size.columns) { body(&cells[row &* size.columns &+ column].ink) }
    }

    private func index(row: Int, column: Int) -> Int? {
        guard row >= 0, row < size.rows, column >= 0, column < size.columns else { return nil }
        return row &* size.columns &+ column
    }

    /// Whether a wide glyph begins at a place.
    private func isWide(row: Int, column: Int) -> Bool {
        !self[row, column].isContinuation && self[row, column &+ 1].isContinuation
    }

    private func clip(_ start: Int, _ count: Int, to end: Int) -> Range<Int> {
        let (stop, isBeyond) = start.addingReportingOverflow(count)
        let upper = isBeyond ? end : max(0, min(stop, end))
        return max(0, min(start, upper))..<upper
    }
}
