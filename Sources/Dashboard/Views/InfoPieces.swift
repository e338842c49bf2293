import Domain
import Settings
import Telemetry

/// A row in words, piece by piece.
enum InfoPieces {
    static func client(_ row: ClientRow, stage: Stage) -> [[Span]] {
        var pieces: [[Span]] = [[.strong(row.card.name)]]
        if !row.card.owner.isEmpty { pieces.append([.muted(row.card.owner)]) }
        pieces.append([.muted("tier "), .plain(row.card.tier)])
        pieces += row.card.limits.map { limit($0, stage: stage) }
        if row.card.keyCount != 1 { pieces.append([.muted("\(row.card.keyCount) keys")]) }
        if let since = row.card.since { pieces.append([.muted("since \(Calendar.date(since).prefix(7))")]) }
        return pieces
    }

    /// `requests 300/1m until 14:33`; what an operator changed stands out.
    static func limit(_ limit: EffectiveLimit, stage: Stage) -> [Span] {
        let isChanged = limit.source == .override
        var spans: [Span] = [
            .muted("\(limit.limit.kind.word) "), Span(limit.limit.text, isChanged ? .warn : .text),
        ]
        if let until = limit.until { spans.append(.muted(" until \(stage.endTime(until))")) }
        return spans
    }

    static func key(_ row: KeyRow, stage: Stage) -> [[Span]] {
        var pieces: [[Span]] = [
            [.strong(row.card.id.shown)], [.muted("client "), .plain(row.card.client)],
            [Span(row.card.state.rawValue, Columns.role(of: row.card.state))],
            [.muted("created "), .plain(stage.moment(row.card.created))],
        ]
        if let used = row.card.lastUsed { pieces.append([.muted("used "), .plain(Figures.ago(used, now: stage.now))]) }
        pieces.append([.muted("expires "), Columns.expiry(row.card, now: stage.now)])
        if let models = row.card.models { pieces.append([.muted("models "), .plain(models.joined(separator: ", "))]) }
        if !row.card.note.isEmpty { pieces.append([.muted(row.card.note)]) }
        return pieces
    }

    static func model(_ row: ModelRow) -> [[Span]] {
        [
            [.strong(row.name)], [.muted("via "), .plain(row.upstreams.joined(separator: ", "))],
            [.muted("$ in / out per M "), Columns.price(row.price)],
            [.muted("today "), Span(Figures.dollars(row.costTodayNanoUSD), .money)],
            [.muted("since start "), .plain("\(Figures.tally(row.totals.requests)) requests")],
        ]
    }

    static func upstream(_ row: UpstreamRow, stage: Stage) -> [[Span]] {
        var pieces: [[Span]] = [
            [.strong(row.name)], [.muted(row.origin)], Array(Columns.failure(row, now: stage.now).joined()),
            [.muted("connections "), .plain("\(row.connections)")],
        ]
        if row.connectFailures > 0 {
            pieces.append([.muted("connect failures "), Span(Figures.count(row.connectFailures), .warn)])
        }
        pieces.append([.muted("models "), .plain(row.models.joined(separator: ", "))])
        return pieces
    }

    static func group(_ group: ErrorGroup, stage: Stage) -> [[Span]] {
        [
            [.strong(group.client.isEmpty ? "unknown caller" : group.client)],
            [
                Span(
                    "\(Figures.status(group.status)) \(group.error.label)",
                    Columns.role(ofStatus: group.status, error: group.error))
            ],
            [.muted("model "), .plain(group.model.isEmpty ? "none" : group.model)],
            group.upstream.isEmpty ? [.muted("refused here")] : [.muted("upstream "), .plain(group.upstream)],
            [.muted("first "), .plain(stage.time(group.first)), .muted(" last "), .plain(stage.time(group.last))],
        ]
    }

    static func record(_ record: RequestRecord) -> [[Span]] {
        var pieces: [[Span]] = [
            [.strong(record.requestID.text)], [.muted("\(record.method) "), .plain(record.path)],
        ]
        if !record.detail.isEmpty { pieces.append([.plain(record.detail)]) }
        pieces += [
            [
                .muted("in "), .plain(Figures.tally(record.usage.input)), .muted(" out "),
                .plain(Figures.tally(record.usage.output)), .muted(" \(record.usage.source.label)"),
            ],
            [.muted("gateway "), .plain("\(record.gatewayMicroseconds) µs")],
        ]
        return pieces
    }

    static func act(_ row: AuditRow, stage: Stage) -> [[Span]] {
        [
            [.strong("act \(row.id)")], [.muted("by "), .plain(row.actor.user)],
            row.actor.terminal.isEmpty ? [] : [.muted("from \(row.actor.terminal)")],
            [.plain(row.target), .plain(" ")] + Acts.change(row).joined(), [Acts.undo(row, now: stage.now)],
            row.why.isEmpty ? [] : [.muted(row.why)],
        ].filter { !$0.isEmpty && !($0.count == 1 && $0[0].text.isEmpty) }
    }

    static func incident(_ incident: Incident, stage: Stage) -> [[Span]] {
        let end = incident.end.map { "until \(stage.time($0))" } ?? "ongoing"
        return [
            [.strong(incident.subject)], [Span(incident.what, incident.severity.role)],
            [.muted("from "), .plain(stage.time(incident.start)), .muted(" \(end)")],
            [.muted("peak "), .plain(incident.peak), .muted(" at \(stage.time(incident.peakAt))")],
        ]
    }

    static func spend(_ line: CostFigures.Line) -> [[Span]] {
        [
            [.strong(line.name)], [Span(Figures.dollars(line.costNanoUSD), .money)],
            [.plain(Figures.tally(line.requests)), .muted(" requests")],
            [.muted("in "), .plain(Figures.tally(line.inputTokens)), .muted(" tokens")],
            [.muted("cached "), .plain(Figures.tally(line.cachedTokens))],
            [.muted("out "), .plain(Figures.tally(line.outputTokens))],
        ]
    }
}
