import Settings
import Terminal

/// Draws spans on a canvas by role; the only way from a view to a cell.
///
/// It also remembers what a dialog must not cover: where the cursor's row came to lie.
struct Pen {
    private(set) var canvas: Canvas
    let glyphs: Glyphs
    /// Screen row of the focused panel's cursor.
    var cursorRow: Int?
    /// The rows of the panels drawn so far: filtering and sorting ten thousand clients is done once a frame.
    var lists: [PanelName: RowList] = [:]
    /// How many rows each panel has room for, for page keys.
    var pageRows: [PanelName: Int] = [:]

    init(size: Size, glyphs: Glyphs) {
        canvas = Canvas(size: size, ink: Ink(role: Role.text.rawValue, surface: Role.canvas.rawValue))
        self.glyphs = glyphs
    }

    /// Columns that `text` takes on the screen.
    func columns(_ text: String) -> Int { TextWidth.columns(glyphs.fit(text)) }

    /// Columns that `spans` take together.
    func columns(_ spans: [Span]) -> Int { spans.reduce(0) { $0 + columns($1.text) } }

    /// Draws `spans` from `column` on, cut with `…` before `end`; returns the column after them.
    @discardableResult
    mutating func put(_ spans: [Span], row: Int, column: Int, end: Int, surface: Role? = nil) -> Int {
        var at = column
        for (index, span) in spans.enumerated() where !span.text.isEmpty {
            let room = end - at
            guard room > 0 else { break }
            let text = glyphs.fit(span.text)
            let width = TextWidth.columns(text)
            // A span that fits exactly while more text follows would hide that something was cut.
            let isCut = width > room || (width == room && spans.dropFirst(index + 1).contains { !$0.text.isEmpty })
            let shown = isCut ? cut(text, to: room, mustMark: true) : text
            canvas.put(
                shown, row: row, column: at, role: span.role.rawValue, isBold: span.isBold,
                surface: surface?.rawValue)
            at += min(room, TextWidth.columns(shown))
            if isCut { break }
        }
        return at
    }

    /// Draws one span; see `put(_:row:column:end:surface:)`.
    @discardableResult
    mutating func put(_ span: Span, row: Int, column: Int, end: Int, surface: Role? = nil) -> Int {
        put([span], row: row, column: column, end: end, surface: surface)
    }

    /// Draws a sentence that is cut between two words, not within one, where there is no room for all of it.
    mutating func putWords(_ span: Span, row: Int, column: Int, end: Int) {
        var kept = span.text[...]
        while columns(String(kept)) + (kept.endIndex == span.text.endIndex ? 0 : 2) > end - column,
            let space = kept.lastIndex(of: " "), space > kept.startIndex
        {
            kept = kept[..<space]
        }
        let isCut = kept.endIndex != span.text.endIndex
        let text = isCut ? kept + " …" : kept
        put(Span(String(text), span.role, bold: span.isBold), row: row, column: column, end: end)
    }

    /// Draws `spans` so that they end before `end`; nothing where they would begin before `start`.
    ///
    /// - Returns: whether they were drawn.
    @discardableResult
    mutating func putRight(_ spans: [Span], row: Int, end: Int, start: Int = 0, surface: Role? = nil) -> Bool {
        let from = end - columns(spans)
        guard from >= start else { return false }
        put(spans, row: row, column: from, end: end, surface: surface)
        return true
    }

    /// `text` in at most `room` columns, its end marked where something is missing.
    private func cut(_ text: String, to room: Int, mustMark: Bool) -> String {
        if room <= 0 { return "" }
        if TextWidth.columns(text) > room { return glyphs.fit(TextWidth.cut(text, to: room)) }
        // It fits to the column, but more was to follow.
        return glyphs.fit(TextWidth.cut(text + "  ", to: room))
    }

    /// Gives the cells of a rectangle a surface and leaves their text.
    mutating func tint(_ rect: Rect, _ surface: Role) {
        for row in rect.row..<rect.bottom {
            canvas.fill(row: row, columns: rect.column..<rect.right, surface: surface.rawValue)
        }
    }

    /// Blanks a rectangle onto a surface.
    mutating func clear(_ rect: Rect, _ surface: Role) {
        canvas.clear(rect, surface: surface.rawValue)
    }

    /// Draws single cells of our own glyphs, `role` by cell, joined into runs.
    mutating func cells(_ cells: [(glyph: String, role: Role)], row: Int, column: Int, bold: Bool = false) {
        var start = 0
        while start < cells.count {
            var stop = start
            var text = ""
            while stop < cells.count, cells[stop].role == cells[start].role {
                text += cells[stop].glyph
                stop += 1
            }
            canvas.put(text, row: row, column: column + start, role: cells[start].role.rawValue, isBold: bold)
            start = stop
        }
    }
}
