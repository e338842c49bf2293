import Domain
import Settings
import Telemetry
import Terminal

extension LimitsDialog {
    /// One line a limit, the end time, and what the selected value would have done.
    func content(_ stage: Stage) -> DialogContent {
        var rows: [DialogContent.Line] = lines.indices.map { line(at: $0, stage: stage) }
        rows.append(until(stage))
        rows += previewLines(stage)
        if let fault { rows.append(DialogContent.Line([Span(fault, .error)])) }
        if isLoading { rows.append(DialogContent.Line([.muted("asking for the limits of \(scope.text)…")], rank: 1)) }
        let isNarrow = stage.size.columns < 80
        // Where not every answer has room, the way out goes before the change of scope, which the footer has too.
        let change = isNarrow ? [] : [("Tab", "scope", false)]
        rows.append(
            DialogContent.answers(
                [("Enter", "apply", false), ("-", "halve", false), ("+", "double", false)] + change + [
                    ("Esc", "cancel", false)
                ], gap: isNarrow ? 2 : 4))
        rows[rows.count - 1].rank = 1
        return DialogContent(
            title: "limits \(scope.text)", fact: stage.checked, lines: rows, width: 80,
            selected: isAtEndTime ? lines.count : selected)
    }

    private func line(at index: Int, stage: Stage) -> DialogContent.Line {
        let line = lines[index]
        let isSelected = index == selected && !isAtEndTime
        let isNarrow = stage.size.columns < 80
        let name = line.kind.word.padded(to: isNarrow ? 10 : 11)
        let widest = lines.reduce(isNarrow ? 6 : 11) { max($0, LimitsDialog.value(of: $1).count) }
        let value = Figures.leading(LimitsDialog.value(of: line), width: min(widest, 20))
        let source = self.source(of: line, stage: stage)
        let sources = lines.reduce(12) { max($0, self.source(of: $1, stage: stage).count) }
        let before: [Span] = [
            isSelected ? .strong(name) : .plain(name), line.current == nil ? .faint(value) : .plain(value),
        ]
        let arrow: [Span] = [.muted(isNarrow ? " → " : "→ ")] + typed(line, at: index, isSelected: isSelected)
        // Where there is little room the new value comes before the source of the old one.
        let spent = line.kind.isMoney ? spent(line.kind, stage: stage) : nil
        let spans =
            isNarrow
            ? before + arrow + (spent == nil ? [.muted("  " + source)] : [])
            : before + [.muted("  " + source.padded(to: min(sources, 24) + 2))] + arrow
        let rank = isSelected || line.typed != nil ? 0 : 7
        var tail: [Span] = []
        if let spent { tail = [.muted((isNarrow ? "  " : "   ") + spent)] }
        return DialogContent.Line(spans, rank: rank, selected: isSelected, tail: tail)
    }

    /// The field: what is typed, and what it means where that is not the same.
    private func typed(_ line: Line, at index: Int, isSelected: Bool) -> [Span] {
        guard let typed = line.typed else { return [isSelected ? Span("_", .focus) : .faint(Figures.nothing)] }
        let isValid = newLimit(at: index) != nil || typed.isEmpty
        let meant = newLimit(at: index)?.text ?? typed
        guard isSelected else { return [Span(meant, isValid ? .diffUp : .error, bold: true)] }
        let spans = [Span(typed, isValid ? .diffUp : .error, bold: true), Span("_", .focus)]
        return isValid && meant != typed ? spans + [.muted(" = \(meant)")] : spans
    }

    private static func value(of line: Line) -> String { line.current?.limit.text ?? "none" }

    private func source(of line: Line, stage: Stage) -> String {
        if let until = line.current?.until { return "set until \(stage.endTime(until))" }
        return line.current.map { source(of: $0) } ?? ""
    }

    private func source(of limit: EffectiveLimit) -> String {
        switch limit.source {
        case .override: "set here"
        case .client: "from client"
        case .tier: tier.isEmpty ? "from tier" : "from tier \(tier)"
        case .default: "default"
        }
    }

    /// `spent 171.20, 4 d left` of a client's budget.
    private func spent(_ kind: LimitKind, stage: Stage) -> String? {
        guard case .client(let name) = scope, let row = stage.live.clients.first(where: { $0.card.name == name }),
            let reading = row.quotas.first(where: { $0.limit.kind == kind })
        else { return nil }
        return "spent \(Figures.money(reading.used)), \(Figures.spaced(kind.secondsLeft(at: stage.clock))) left"
    }

    private func until(_ stage: Stage) -> DialogContent.Line {
        let presets = Span.muted("f: 15m 30m 2h keep")
        let isNarrow = stage.size.columns < 80
        let label = "until".padded(to: isNarrow ? 10 : 11)
        var spans: [Span] = [isAtEndTime ? .strong(label) : .plain(label)]
        let field = Span(endText, isAtEndTime ? .input : .text, bold: isAtEndTime)
        let caret: [Span] = isAtEndTime ? [Span("_", .focus)] : []
        let words: [Span]
        switch endSeconds {
        case nil: words = [.muted("  "), Span("no duration", .error)]
        case 0?: words = [.muted("  until it is changed or cleared")]
        case let seconds?:
            let zone = isNarrow ? "" : " \(stage.zone)"
            spans.append(.plain("\(stage.endTime(stage.clock.adding(seconds: seconds)))\(zone), "))
            words = after.map { [.muted(isNarrow ? ", then \($0)" : ", then \($0) again")] } ?? []
        }
        spans += [field] + caret + words
        let used = spans.reduce(0) { $0 + $1.text.count }
        let air = Span.plain(String(repeating: " ", count: max(isNarrow ? 2 : 3, (isNarrow ? 0 : 56) - used)))
        return DialogContent.Line(
            spans, rank: isAtEndTime ? 0 : 4, selected: isAtEndTime, tail: [air, presets])
    }

    /// What holds again when the override of the selected limit ends.
    private var after: String? {
        guard lines.indices.contains(selected), let current = lines[selected].current else { return nil }
        return (current.source == .override ? current.underneath : current.limit)?.text
    }

    private func previewLines(_ stage: Stage) -> [DialogContent.Line] {
        let label = "preview".padded(to: 11)
        guard let preview else {
            let words = previewed == nil ? "type a value, or - halves and + doubles" : "asking…"
            return [DialogContent.Line([.muted(label), .muted(words)], rank: 5)]
        }
        guard preview.seconds > 0, preview.asked > 0 else {
            return [DialogContent.Line([.muted(label), .plain("nothing was asked for in the last minutes")], rank: 3)]
        }
        let share = Double(preview.refused) / Double(preview.asked)
        let role: Role = preview.refused == 0 ? .ok : share >= 0.2 ? .error : .warn
        let span = preview.seconds % 60 == 0 ? "\(preview.seconds / 60) min" : "\(preview.seconds) s"
        let words: [Span] = [
            .muted(label), .plain("of the last \(span): "),
            Span("\(preview.refused) of \(preview.asked)", role, bold: preview.refused > 0),
            .plain(" requests would be refused (\(Figures.wholePercent(share)) %)"),
        ]
        let short: [Span] = [
            .muted("preview "), Span("\(preview.refused) of \(preview.asked)", role, bold: preview.refused > 0),
            .plain(" refused (\(Figures.wholePercent(share)) %)"),
        ]
        return [DialogContent.Line(stage.size.columns < 80 ? short : words, rank: 2), graphs(preview, stage: stage)]
    }

    /// Asked and admitted beside each other on one scale.
    private func graphs(_ preview: LimitPreview, stage: Stage) -> DialogContent.Line {
        let asked = preview.askedSeries.map { Optional(Double($0)) }
        let admitted = preview.admittedSeries.map { Optional(Double($0)) }
        let top = asked.reduce(1) { max($0, $1 ?? 0) }
        let width = 12
        let glyphs = stage.glyphs
        return DialogContent.Line(
            pieces: [
                .span(.plain("".padded(to: 11))),
                .cells(Sparkline.cells(asked, width: width, glyphs: glyphs, role: .graph1, top: top)),
                .span(.muted(" asked   ")),
                .cells(Sparkline.cells(admitted, width: width, glyphs: glyphs, role: .ok, top: top)),
                .span(.muted(" admitted")),
            ], rank: 6)
    }
}

extension Figures {
    /// `text` with spaces before it up to `width` characters; for our own ASCII texts only.
    static func leading(_ text: String, width: Int) -> String {
        String(repeating: " ", count: max(0, width - text.count)) + text
    }
}
