import Domain
import Settings
import Telemetry
import Terminal

extension PickerDialog {
    /// A list with one entry selected; of a long one the part around the selection.
    func content(_ stage: Stage) -> DialogContent {
        let visible = max(3, min(12, stage.size.rows - 12))
        let first = min(max(0, selected - visible / 2), max(0, items.count - visible))
        let shown = items.indices.dropFirst(first).prefix(visible)
        // Labels may be names from outside: their columns are measured, not their characters.
        let width = shown.map { TextWidth.columns(items[$0].label) }.max() ?? 0
        var lines: [DialogContent.Line] = shown.map { index in
            let item = items[index]
            let gap = String(repeating: " ", count: max(0, min(width, 40) - TextWidth.columns(item.label)) + 3)
            let isSelected = index == selected
            return DialogContent.Line(
                [isSelected ? .strong(item.label) : .plain(item.label), .plain(gap), .muted(item.detail)],
                selected: isSelected)
        }
        if items.isEmpty { lines.append(DialogContent.Line([.muted("nothing to choose from")])) }
        lines.append(.blank)
        lines.append(DialogContent.answers([("Enter", words, false), ("Esc", "cancel", false)]))
        return DialogContent(
            title: title, fact: items.isEmpty ? "" : "\(min(items.count, selected + 1)) of \(items.count)",
            lines: lines,
            width: 48, selected: selected - first)
    }

    private var words: String {
        switch purpose {
        case .sort: "sort"
        case .theme: "take"
        case .clientKeys: "choose"
        case .undo: "choose"
        }
    }
}

extension ManyDialog {
    /// What would be done to how many; their number has to be typed.
    func content(_ stage: Stage) -> DialogContent {
        let verb = act == .revoke ? "revoke" : "suspend"
        let noun = act == .revoke ? (targets.count == 1 ? "key" : "keys") : (targets.count == 1 ? "client" : "clients")
        let names = targets.prefix(4).map(\.row.label).joined(separator: ", ")
        let more = targets.count > 4 ? " and \(targets.count - 4) more" : ""
        let isRight = typed == String(targets.count)
        let lines: [DialogContent.Line] = [
            DialogContent.labelled("targets", [.plain(names + more)], rank: 2),
            DialogContent.labelled("effect", effect(stage), rank: 3),
            DialogContent.labelled(
                "number",
                [
                    Span(typed, isRight ? .ok : .input, bold: true), Span("_", .focus),
                    .muted("   type \(targets.count) to \(verb) \(targets.count) \(noun)"),
                ]),
            .blank,
            DialogContent.answers([("Enter", verb, true), ("Esc", "cancel", false)]),
        ]
        return DialogContent(title: "\(verb) \(targets.count) \(noun)", fact: stage.checked, lines: lines, width: 64)
    }

    private func effect(_ stage: Stage) -> [Span] {
        var rate = 0.0
        var streams = 0
        for target in targets {
            switch target.row {
            case .key(let id):
                guard let row = stage.live.keys.first(where: { $0.card.id == id }) else { continue }
                rate += row.requestsPerSecond
                streams = streams.addingSaturated(row.streams)
            case .client(let name):
                guard let row = stage.live.clients.first(where: { $0.card.name == name }) else { continue }
                rate += row.requestsPerSecond
                streams = streams.addingSaturated(row.streams)
            default: continue
            }
        }
        let length = act == .suspend ? ", for \(Figures.coarse(ManyDialog.suspensionSeconds))" : ""
        return [
            Span("\(Tiles.rate(rate)) req/s", .critical, bold: true),
            .plain(act == .revoke ? " get 401, " : " get 403, "),
            Span(Figures.counted(streams, "open stream"), .critical, bold: true),
            .plain((streams == 1 ? " ends" : " end") + length),
        ]
    }
}
