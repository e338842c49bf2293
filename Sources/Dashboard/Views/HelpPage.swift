import Settings
import Terminal

/// The help of everything the keys and the palette do, filtered as it is typed.
enum HelpPage {
    static func draw(in rect: Rect, stage: Stage, pen: inout Pen) {
        let lines = Hints.help(stage, isASCII: pen.glyphs.isASCII)
        let filter = stage.state.helpFilter
        let frame = Frame(
            "help", extra: filter.isEmpty ? [] : [.muted("filter "), Span(filter, .focus)],
            fact: "\(lines.count) commands", isFocused: true)
        let inner = stage.layout.hasFrames ? frame.draw(in: rect, pen: &pen) : frame.rule(in: rect, pen: &pen)
        guard !lines.isEmpty else {
            pen.put(
                .muted("nothing in the help matches \(filter)"), row: inner.row, column: inner.column + 1,
                end: inner.right)
            return
        }
        let keys = min(inner.columns / 3, lines.map { pen.columns($0.key) }.max() ?? 0)
        let named = lines.filter { !$0.key.isEmpty }.map { pen.columns($0.palette) }.max() ?? 0
        let names = inner.columns >= 80 ? min(22, named) : 0
        let top = min(max(0, stage.state.helpTop), max(0, lines.count - inner.rows))
        for (index, line) in lines.dropFirst(top).prefix(inner.rows).enumerated() {
            let row = inner.row + index
            let column = inner.column + 1
            guard !line.key.isEmpty || pen.columns(line.palette) <= names else {
                // A command without a key whose form in the palette has no column of its own, or not enough of it.
                let spans = [Span(line.palette, .key), .plain("  " + line.words)]
                pen.put(spans, row: row, column: column + keys + 2, end: inner.right)
                continue
            }
            pen.put(.key(line.key), row: row, column: column, end: column + keys)
            let end = inner.right - (names > 0 ? names + 3 : 1)
            pen.put(.plain(line.words), row: row, column: column + keys + 2, end: end)
            if names > 0 { pen.put(.muted(line.palette), row: row, column: end + 2, end: inner.right) }
        }
    }
}
