import Domain
import Settings
import Terminal

extension CreateDialog {
    /// The fields of the new key; `Enter` accepts them as they stand.
    func content(_ stage: Stage) -> DialogContent {
        var lines: [DialogContent.Line] = fields.enumerated().map { index, field in
            let isSelected = index == selected
            let name = field.name.padded(to: 10)
            let text: Span =
                field.text.isEmpty && !isSelected
                ? .faint(Figures.nothing) : Span(field.text, isSelected ? .input : .text)
            let caret: [Span] = isSelected ? [Span("_", .focus)] : []
            return DialogContent.Line(
                [isSelected ? .strong(name) : .muted(name), text] + caret + [.muted("   " + field.hint)],
                rank: isSelected ? 0 : 4, selected: isSelected)
        }
        if let fault { lines.append(DialogContent.Line([Span(fault, .error)])) }
        lines.append(.blank)
        lines.append(
            DialogContent.answers([("Enter", "create", false), ("↑ ↓", "field", false), ("Esc", "cancel", false)]))
        return DialogContent(
            title: "create key", fact: "shown once", lines: lines, width: 66, selected: selected)
    }
}

extension SecretDialog {
    /// The whole key, which exists nowhere else.
    func content(_ stage: Stage) -> DialogContent {
        // A key that was cut would be lost: it is broken into lines that fit instead.
        let room = max(8, min(64, stage.size.columns - 6))
        var parts: [DialogContent.Line] = []
        var rest = Substring(secret)
        while !rest.isEmpty {
            parts.append(DialogContent.Line([.strong(String(rest.prefix(room)))]))
            rest = rest.dropFirst(room)
        }
        let lines =
            [DialogContent.Line([.muted("client "), .plain(client)], rank: 3)] + parts + [
                DialogContent.Line([Span("shown once: the next key makes it vanish for good", .warn)], rank: 2), .blank,
                DialogContent.answers([("y", "copy", false), ("any key", "gone", false)]),
            ]
        return DialogContent(title: "new key", fact: "only its digest is kept", lines: lines, width: min(70, room + 6))
    }
}
