import Domain
import Settings
import Telemetry
import Terminal

/// The line above the footer: the prompt that is typed, else what just happened, else the row under the cursor.
enum InfoLine {
    static func draw(_ stage: Stage, row: Int, pen: inout Pen) {
        let width = stage.size.columns
        if let prompt = stage.state.prompt {
            PromptLine.draw(prompt, row: row, stage: stage, pen: &pen)
            return
        }
        var start = 1
        if let paused = stage.state.paused {
            start = banner(paused, stage: stage, row: row, pen: &pen)
        }
        if let act = stage.state.pending.first {
            let seconds = max(0, stage.clock.milliseconds(since: act.at) / 1000)
            let more = stage.state.pending.count > 1 ? " and \(stage.state.pending.count - 1) more" : ""
            let age = seconds > 0 ? ", \(Figures.spaced(seconds))" : ""
            pen.put(
                Span("under way: \(act.order.command.words)\(more)\(age)", .info), row: row, column: start, end: width)
            return
        }
        if let notice = stage.state.notice {
            let span = Span(notice.text, notice.kind.role, bold: notice.kind == .done)
            pen.putWords(span, row: row, column: start, end: width)
            return
        }
        let focused = Panels.focused(stage.state)
        let rows =
            pen.lists[focused] ?? RowModel.rows(of: focused, state: stage.state, snapshot: stage.live)
        guard let current = rows.current else { return }
        var at = start
        for (index, piece) in pieces(of: current, stage: stage).enumerated() {
            let piece = index == 0 ? piece : [.plain("  ")] + piece
            if index > 0 || start > 1, at + pen.columns(piece) > width - 1 { break }
            at = pen.put(piece, row: row, column: at, end: width)
        }
    }

    /// `PAUSED 12 s, 340 requests missed`; returns the column after it.
    private static func banner(_ paused: PausedPicture, stage: Stage, row: Int, pen: inout Pen) -> Int {
        let seconds = max(0, stage.clock.milliseconds(since: paused.since) / 1000)
        let missed = max(0, stage.live.totals.arrivals.subtractingSaturated(paused.snapshot.totals.arrivals))
        let text = " PAUSED \(Figures.spaced(seconds)), \(missed) requests missed "
        return pen.put(
            Span(text, .bannerPause, bold: true), row: row, column: 1, end: stage.size.columns, surface: .bannerPause)
            + 2
    }

    /// The row in words, most important first; pieces that do not fit are left out whole.
    private static func pieces(of row: Row, stage: Stage) -> [[Span]] {
        switch row {
        case .client(let client): InfoPieces.client(client, stage: stage)
        case .key(let key): InfoPieces.key(key, stage: stage)
        case .model(let model): InfoPieces.model(model)
        case .upstream(let upstream): InfoPieces.upstream(upstream, stage: stage)
        case .error(let group): InfoPieces.group(group, stage: stage)
        case .record(let record): InfoPieces.record(record)
        case .audit(let act): InfoPieces.act(act, stage: stage)
        case .incident(let incident): InfoPieces.incident(incident, stage: stage)
        case .spend(let line): InfoPieces.spend(line)
        case .log(let line): [[.plain(line.message)]]
        case .ghost(let id): [[.strong(id.label)], [.muted("is gone; the cursor keeps its place")]]
        }
    }
}

extension Notice.Kind {
    /// The colour of the line.
    var role: Role {
        switch self {
        case .done: .ok
        case .info: .info
        case .warning: .warn
        case .failed: .error
        }
    }
}
