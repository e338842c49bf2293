import Settings
import Terminal

/// A box with its name at the upper left and one fact at the upper right.
struct Frame {
    var title: Span
    /// What stands beside it on the edge: sort order, filter.
    var extra: [Span]
    /// Muted text at the right of the upper edge; left out where it does not fit whole.
    var fact: [Span] = []
    var isFocused = false
    /// The surface it lies on; nil keeps what is there.
    var surface: Role?

    init(_ title: String, extra: [Span] = [], fact: String = "", isFocused: Bool = false, surface: Role? = nil) {
        self.self.title = Span(title, isFocused ? .strong : .title, bold: true)
        self.extra = extra
        self.fact = fact.isEmpty ? [] : [.muted(fact)]
        self.isFocused = isFocused
        self.surface = surface
    }

    /// Draws the box and returns what it encloses, one column of air at each side.
    @discardableResult
    func draw(in rect: Rect, pen: inout Pen) -> Rect {
        guard rect.rows >= 2, rect.columns >= 4 else { return rect }
        if let surface { pen.clear(rect, surface) }
        let edge: Role = isFocused ? .focus : .border
        let glyphs = pen.glyphs
        let line = String(repeating: glyphs.frameHorizontal, count: rect.columns - 2)
        let last = rect.bottom - 1
        let upper = "\(glyphs.frameTopLeft)\(line)\(glyphs.frameTopRight)"
        let lower = "\(glyphs.frameBottomLeft)\(line)\(glyphs.frameBottomRight)"
        pen.put(Span(upper, edge), row: rect.row, column: rect.column, end: rect.right)
        pen.put(Span(lower, edge), row: last, column: rect.column, end: rect.right)
        for row in (rect.row + 1)..<max(rect.row + 1, last) {
            pen.put(Span(String(glyphs.frameVertical), edge), row: row, column: rect.column, end: rect.right)
            pen.put(Span(String(glyphs.frameVertical), edge), row: row, column: rect.right - 1, end: rect.right)
        }
        labels(in: rect, pen: &pen)
        return rect.inset(horizontal: 1, vertical: 1)
    }

    /// Title and fact, each with a space at both ends so that the edge does not touch it.
    private func labels(in rect: Rect, pen: inout Pen) {
        let end = rect.right - 2
        var after = pen.put([.plain(" "), title, .plain(" ")], row: rect.row, column: rect.column + 2, end: end)
        let beside = [Span.plain(" ")] + extra + [.plain(" ")]
        if !extra.isEmpty, after + 1 + pen.columns(beside) <= end {
            after = pen.put(beside, row: rect.row, column: after + 1, end: end)
        }
        if !fact.isEmpty {
            pen.putRight([.plain(" ")] + fact + [.plain(" ")], row: rect.row, end: end, start: after + 1)
        }
    }

    /// The same labels on a rule instead of a box, for screens too small for frames; returns the lines below it.
    @discardableResult
    func rule(in rect: Rect, pen: inout Pen) -> Rect {
        guard rect.rows > 0 else { return rect }
        let row = rect.row
        var after = pen.put(title, row: row, column: rect.column + 1, end: rect.right - 1) + 1
        if !extra.isEmpty, after + pen.columns(extra) < rect.right - 1 {
            after = pen.put(extra, row: row, column: after, end: rect.right - 1) + 1
        }
        var end = rect.right - 1
        if !fact.isEmpty, pen.putRight(fact, row: row, end: end, start: after + 4) { end -= pen.columns(fact) + 1 }
        if end > after {
            after = pen.put(
                Span(String(repeating: pen.glyphs.frameHorizontal, count: end - after), isFocused ? .focus : .border),
                row: row, column: after, end: end)
        }
        return rect.droppingTop(1)
    }
}
