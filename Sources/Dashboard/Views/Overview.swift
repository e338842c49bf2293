import Domain
import Settings
import Telemetry
import Terminal

/// The first screen, in reading order: tiles, clients, upstreams, errors, what was done.
enum Overview {
    static func draw(in rect: Rect, stage: Stage, pen: inout Pen) {
        switch stage.layout {
        case .wide: wide(in: rect, stage: stage, pen: &pen)
        case .standard: standard(in: rect, stage: stage, pen: &pen)
        case .compact, .narrow: compact(in: rect, stage: stage, pen: &pen)
        case .tiny, .none: tiny(in: rect, stage: stage, pen: &pen)
        }
    }

    /// How many rows the lower panels have; the clients' table gets everything else.
    private struct Shares {
        var upstreams: Int
        var errors: Int
        var done: Int

        init(rows: Int, upstreams count: Int) {
            let isTall = rows >= 50
            upstreams = min(max(1, count), isTall ? 6 : 3)
            errors = isTall ? 6 : 3
            done = isTall ? 5 : 3
            // A frame takes two rows; a table of clients with fewer than six of them answers nothing.
            while rows - 5 - (upstreams + errors + done + 6) < 9, max(upstreams, errors, done) > 1 {
                // What was done is on a view of its own, and so are errors; an upstream that is not seen is a question
                // that is not answered.
                if done > 1 {
                    done -= 1
                } else if errors > 2 || upstreams == 1 {
                    errors -= 1
                } else {
                    upstreams -= 1
                }
            }
        }
    }

    private static func standard(in rect: Rect, stage: Stage, pen: inout Pen) {
        Tiles.draw(in: rect.top(5), stage: stage, pen: &pen)
        let shares = Shares(rows: rect.rows, upstreams: stage.snapshot.upstreams.count)
        var rest = rect.droppingTop(5)
        let table = rest.rows - shares.upstreams - shares.errors - shares.done - 6
        for (name, rows) in [
            (PanelName.clients, table), (.upstreams, shares.upstreams + 2), (.errors, shares.errors + 2),
            (.done, shares.done + 2),
        ] {
            Panel.draw(name, in: rest.top(rows), stage: stage, isBrief: true, pen: &pen)
            rest = rest.droppingTop(rows)
        }
    }

    private static func wide(in rect: Rect, stage: Stage, pen: inout Pen) {
        Tiles.draw(in: rect.top(5), stage: stage, pen: &pen)
        let body = rect.droppingTop(5)
        let lower = min(14, max(8, body.rows / 3))
        let upper = body.top(body.rows - lower)
        let foot = body.droppingTop(upper.rows)
        let left = max(100, rect.columns * 3 / 5)
        Panel.draw(.clients, in: upper.slice(from: 0, columns: left), stage: stage, isBrief: true, pen: &pen)
        let right = upper.slice(from: left, columns: rect.columns - left)
        let upstreams = min(max(1, stage.snapshot.upstreams.count) + 3, right.rows / 2)
        Panel.draw(.models, in: right.top(right.rows - upstreams), stage: stage, pen: &pen)
        Panel.draw(.upstreams, in: right.droppingTop(right.rows - upstreams), stage: stage, pen: &pen)
        Panel.draw(.errors, in: foot.slice(from: 0, columns: left), stage: stage, isBrief: true, pen: &pen)
        Panel.draw(
            .done, in: foot.slice(from: left, columns: rect.columns - left), stage: stage, isBrief: true, pen: &pen)
    }

    /// Without frames: one line for the tiles, one for the upstreams, a rule above the errors.
    private static func compact(in rect: Rect, stage: Stage, pen: inout Pen) {
        Tiles.line(row: rect.row, stage: stage, pen: &pen)
        let body = rect.droppingTop(1)
        let isNarrow = stage.layout == .narrow
        let errors = isNarrow ? 3 : 4
        let done = isNarrow ? 0 : min(4, max(2, body.rows - 17)) + 1
        let table = max(2, body.rows - 1 - errors - done)
        Panel.draw(.clients, in: body.top(table), stage: stage, isBrief: true, hasEdge: false, pen: &pen)
        var rest = body.droppingTop(table)
        upstreams(row: rest.row, stage: stage, pen: &pen)
        rest = rest.droppingTop(1)
        Panel.draw(.errors, in: rest.top(errors), stage: stage, isBrief: true, pen: &pen)
        rest = rest.droppingTop(errors)
        if done > 0 { Panel.draw(.done, in: rest, stage: stage, isBrief: true, pen: &pen) }
    }

    private static func tiny(in rect: Rect, stage: Stage, pen: inout Pen) {
        Tiles.line(row: rect.row, stage: stage, pen: &pen)
        Panel.draw(.clients, in: rect.droppingTop(1), stage: stage, isBrief: true, hasEdge: false, pen: &pen)
    }

    /// The upstreams beside each other, the worst first, each whole or counted at the end.
    private static func upstreams(row: Int, stage: Stage, pen: inout Pen) {
        let width = stage.size.columns
        let all = stage.snapshot.upstreams.enumerated().sorted {
            ($1.element.severity, $0.offset) < ($0.element.severity, $1.offset)
        }.map(\.element)
        guard !all.isEmpty else {
            pen.put(.muted("no upstreams"), row: row, column: 1, end: width)
            return
        }
        var at = 1
        for (index, upstream) in all.enumerated() {
            let spans: [Span] = [
                Span(pen.glyphs.severity(upstream.severity) + " ", upstream.severity.role, bold: true),
                .plain(upstream.name + " "), .muted("\(upstream.inFlight) open "),
                .figure(
                    Figures.latency(upstream.p95Milliseconds), upstream.severity >= .error ? .error : .muted),
            ]
            let isLast = index == all.count - 1
            guard at + pen.columns(spans) <= width - (isLast ? 1 : 12) else {
                let more = Span.muted("+\(all.count - index) more")
                if at + pen.columns(more.text) < width { pen.put(more, row: row, column: at, end: width) }
                return
            }
            at = pen.put(spans, row: row, column: at, end: width) + 3
        }
    }
}
