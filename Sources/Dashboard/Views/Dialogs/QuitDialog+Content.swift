import Domain
import Settings
import Telemetry

extension QuitDialog {
    /// How to leave: stop the gateway, leave it serving, or stay.
    func content(_ stage: Stage) -> DialogContent {
        let figures = stage.live.gateway
        let (requests, streams) = (
            Figures.counted(figures.inFlight, "request"), Figures.counted(figures.streams, "stream")
        )
        let open: [Span] = [.plain("\(requests) in flight, \(streams) among them")]
        let name = stage.live.instance
        let lines: [DialogContent.Line] = [
            DialogContent.labelled("gateway", [.strong(name), .muted("  on \(stage.live.listen)")], rank: 4),
            DialogContent.labelled("open", open, rank: 3), .blank,
            DialogContent.Line(pieces: [
                .chip("d", danger: true), .span(.plain(" drain and stop")),
                .span(.muted("   open requests may end first")),
            ]),
            DialogContent.Line(pieces: [
                .chip("k", danger: false), .span(.plain(" keep serving")),
                .span(.muted("     only the dashboard closes")),
            ]),
            DialogContent.Line(pieces: [.chip("Esc", danger: false), .span(.plain(" stay"))]),
        ]
        return DialogContent(title: "quit", fact: "", lines: lines, width: 56)
    }
}

extension UndoDialog {
    /// The newest act and what taking it back does.
    func content(_ stage: Stage) -> DialogContent {
        let left = Acts.undo(row, now: stage.clock)
        let lines: [DialogContent.Line] = [
            DialogContent.labelled(
                "act \(row.id)",
                [
                    .plain(stage.dayTime(row.time)), .muted(" by "), Span(row.actor.user, .info),
                    .muted(" \(row.actor.terminal)"),
                ], rank: 3),
            DialogContent.labelled("did", [.strong(row.target), .plain("  ")] + Acts.change(row).joined(), rank: 1),
            DialogContent.labelled("undoing", [.plain(inverse)]),
            DialogContent.labelled(
                "way back", [left.text.isEmpty ? .muted("the inverse is one more act") : .muted(left.text)], rank: 4),
            .blank,
            DialogContent.answers([("y", "undo", false), ("n", "cancel", false)]),
        ]
        return DialogContent(title: "undo", fact: "", lines: lines, width: 60)
    }
}
