import Domain
import Settings
import Telemetry

extension SuspendDialog {
    /// For how long; the first entry is selected, so that `x` `Enter` is the short way.
    func content(_ stage: Stage) -> DialogContent {
        let row = stage.live.clients.first { $0.card.name == client }
        var lines: [DialogContent.Line] = [DialogContent.labelled("effect", effect(row, stage: stage), rank: 2)]
        lines += choices.enumerated().map { index, choice in
            let end =
                choice.seconds.map { "until \(stage.endTime(stage.clock.adding(seconds: $0))) \(stage.zone)" } ?? ""
            let isSelected = index == selected
            return DialogContent.Line(
                [isSelected ? .strong(choice.label.padded(to: 16)) : .plain(choice.label.padded(to: 16)), .muted(end)],
                selected: isSelected)
        }
        lines.append(.blank)
        lines.append(DialogContent.answers([("Enter", selectedWords, !isResume), ("Esc", "cancel", false)]))
        return DialogContent(
            title: "suspend \(client)", fact: stage.checked, lines: lines, width: 64, selected: selected + 1)
    }

    private var isResume: Bool { choices.indices.contains(selected) && choices[selected].resumes }

    private var selectedWords: String { isResume ? "resume" : "suspend" }

    private func effect(_ row: ClientRow?, stage: Stage) -> [Span] {
        if let suspension = row?.card.suspension {
            let until = suspension.until.map { "until \(stage.endTime($0))" } ?? "until resumed"
            return [Span("suspended by \(suspension.by), \(until)", .suspended)]
        }
        guard let row else { return [.plain("its requests get 403")] }
        let rate = row.requestsPerSecond > 0 ? "\(Tiles.rate(row.requestsPerSecond)) req/s" : "every request"
        let streams = Figures.counted(row.streams, "open stream") + (row.streams == 1 ? " ends" : " end")
        return [
            Span(rate, .critical, bold: true), .plain(" get\(row.requestsPerSecond > 0 ? "" : "s") 403"),
            .plain(row.streams > 0 ? ", " : ", no open stream"),
        ] + (row.streams > 0 ? [Span(streams, .critical, bold: true)] : [])
    }
}
