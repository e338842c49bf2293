import Settings
import Terminal

/// Labelled facts of a detail page, in as many columns as there is room for.
struct Facts {
    /// A label and what it says.
    struct Fact {
        var label: String
        /// Pieces of the value: the first may be cut, any other is whole or left out.
        var value: [[Span]]
    }

    var facts: [Fact] = []

    /// Adds a fact; one that says nothing is left out.
    mutating func add(_ label: String, _ value: [Span]) { add(label, pieces: [value]) }

    /// Adds a fact in pieces, most wanted first.
    mutating func add(_ label: String, pieces: [[Span]]) {
        if pieces.joined().contains(where: { !$0.text.isEmpty }) { facts.append(Fact(label: label, value: pieces)) }
    }

    mutating func add(_ label: String, _ text: String, _ role: Role = .text) { add(label, [Span(text, role)]) }

    /// Lines that the facts take in `width` columns.
    func lines(width: Int) -> Int {
        let columns = Facts.columns(width)
        return (facts.count + columns - 1) / columns
    }

    private static func columns(_ width: Int) -> Int { width >= 150 ? 3 : width >= 90 ? 2 : 1 }

    /// Draws the facts column by column; those that do not fit at the end are left out.
    func draw(in rect: Rect, pen: inout Pen) {
        let columns = Facts.columns(rect.columns)
        let lines = min(rect.rows, lines(width: rect.columns))
        guard lines > 0 else { return }
        let width = rect.columns / columns
        let label = min(14, max(11, width / 4))
        for (index, fact) in facts.enumerated() {
            let column = index / lines
            guard column < columns else { break }
            let start = rect.column + 1 + column * width
            let row = rect.row + index % lines
            let end = min(rect.right, start + width - 2)
            pen.put(.muted(fact.label), row: row, column: start, end: start + label - 1)
            TableCell.pieces(fact.value).draw(
                row: row, column: start + label, width: end - start - label, isRight: false, pen: &pen)
        }
    }
}
