import Settings
import Terminal

/// Labelled facts of a detail page, in as many columns as there is room for.
struct Facts {
    /// A label and what it says.
    struct Fact {
        var label: String
        var value: [Span]
    }

    var facts: [Fact] = []

    /// Adds a fact; one that says nothing is left out.
    mutating func add(_ label: String, _ value: [Span]) {
        if value.contains(where: { !$0.text.isEmpty }) { facts.append(Fact(label: label, value: value)) }
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
        let label = min(14, max(8, width / 4))
        for (index, fact) in facts.enumerated() {
            let column = index / lines
            guard column < columns else { break }
            let start = rect.column + 1 + column * width
            let row = rect.row + index % lines
            let end = min(rect.right, start + width - 2)
            pen.put(.muted(fact.label), row: row, column: start, end: start + label - 1)
            pen.put(fact.value, row: row, column: start + label, end: end)
        }
    }
}
