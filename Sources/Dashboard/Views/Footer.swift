import Settings
import Terminal

/// A key and what it does here.
struct Hint: Equatable, Sendable {
    var key: String
    var words: String
}

/// The last line: the keys that matter here, each hint whole or left out; help and quit go last.
enum Footer {
    static func draw(_ stage: Stage, row: Int, pen: inout Pen) {
        let width = stage.size.columns
        pen.tint(Rect(row: row, column: 0, rows: 1, columns: width), .bar)
        if let prompt = stage.state.prompt, PromptLine.drawUnder(prompt, row: row, stage: stage, pen: &pen) { return }
        let gap = width >= 100 ? 3 : 2
        var hints = Hints.current(stage, isASCII: pen.glyphs.isASCII)
        func needed() -> Int {
            hints.reduce(1) { $0 + pen.columns($1.key) + 1 + pen.columns($1.words) + gap } - gap
        }
        // Whole hints or none; of a table's hints help and quit go last, of a dialog's its answers.
        let kept = stage.state.dialog == nil && stage.state.prompt == nil ? 2 : 0
        while needed() > width - 1, hints.count > 1 {
            hints.remove(at: max(0, hints.count - 1 - (hints.count > kept ? kept : 0)))
        }
        guard needed() <= width else { return }
        var at = 1
        for hint in hints {
            at = pen.put([.key(hint.key), .muted(" " + hint.words)], row: row, column: at, end: width) + gap
        }
    }
}
