import Settings
import Terminal

/// A line that is being typed, and under it what is wrong with it or how it could go on.
enum PromptLine {
    static func draw(_ prompt: Prompt, row: Int, stage: Stage, pen: inout Pen) {
        let width = stage.size.columns
        let label = label(of: prompt.purpose)
        let start = 1 + pen.columns(label)
        pen.put(Span(label, .focus, bold: true), row: row, column: 1, end: width)
        // Of a text that is too long the part before the caret is shown: that is where typing happens.
        let hidden = hiddenColumns(of: prompt, room: width - start - 2, pen: pen)
        let before = tail(of: String(prompt.text.prefix(prompt.caret)), hiding: hidden)
        let under = prompt.text.dropFirst(prompt.caret).first.map { String($0) } ?? " "
        let caret = pen.put(Span(before, .input), row: row, column: start, end: width - 1)
        var at = pen.put(Span(under, .input), row: row, column: caret, end: width, surface: .selection)
        let after = String(prompt.text.dropFirst(prompt.caret + 1))
        if !after.isEmpty { at = pen.put(Span(after, .input), row: row, column: at, end: width - 1) }
        if let fault = prompt.fault, !stage.state.isHelpShown {
            let right = "filter stays: \(stage.state.filterText)"
            if prompt.purpose == .filter, stage.state.filter != nil,
                at + 4 + pen.columns(right) < width
            {
                pen.putRight([.muted(right)], row: row, end: width - 1, start: at + 3)
            }
            _ = fault
        }
    }

    /// The line below: caret and reason, or completions; whether there was anything to say.
    static func drawUnder(_ prompt: Prompt, row: Int, stage: Stage, pen: inout Pen) -> Bool {
        let width = stage.size.columns
        let start = 1 + pen.columns(label(of: prompt.purpose))
        if let fault = prompt.fault {
            let before = String(prompt.text.prefix(max(0, fault.offset)))
            let hidden = hiddenColumns(of: prompt, room: width - start - 2, pen: pen)
            let caret = min(width - 2, max(start, start + pen.columns(before) - hidden))
            let reason = fault.reason
            pen.put(Span("^", .error, bold: true), row: row, column: caret, end: width)
            if caret + 2 + pen.columns(reason) <= width || caret - 1 < pen.columns(reason) {
                pen.put(Span(reason, .error), row: row, column: caret + 2, end: width)
            } else {
                pen.putRight([Span(reason, .error)], row: row, end: caret - 1)
            }
            return true
        }
        guard !prompt.completions.isEmpty else { return false }
        var at = start
        for (index, completion) in prompt.completions.enumerated() {
            guard at + pen.columns(completion) < width else { break }
            at = pen.put(Span(completion, index == 0 ? .text : .muted), row: row, column: at, end: width) + 2
        }
        return at > start
    }

    private static func label(of purpose: Prompt.Purpose) -> String {
        switch purpose {
        case .filter: "/ "
        case .palette: ": "
        case .helpSearch: "help / "
        case .export: "write to "
        }
    }

    private static func hiddenColumns(of prompt: Prompt, room: Int, pen: Pen) -> Int {
        max(0, pen.columns(String(prompt.text.prefix(prompt.caret))) - max(1, room))
    }

    private static func tail(of text: String, hiding columns: Int) -> String {
        guard columns > 0 else { return text }
        var hidden = 0
        var rest = Substring(text)
        while hidden < columns, let first = rest.first {
            hidden += max(0, TextWidth.columns(String(first)))
            rest.removeFirst()
        }
        return String(rest)
    }
}
