import Domain
import Settings
import Telemetry

extension Columns {
    private static func audit(
        _ heading: String, _ width: Int, rank: Int, right: Bool = false, shrunk: Int? = nil, most: Int? = nil,
        cell: @escaping (AuditRow) -> TableCell
    ) -> TableColumn {
        TableColumn(heading, width, rank: rank, right: right, shrunk: shrunk, most: most) { row in
            if case .audit(let act) = row { cell(act) } else { .spans([]) }
        }
    }

    /// What was done, one flowing sentence an act, for the Overview.
    static func done(_ stage: Stage) -> [TableColumn] {
        [
            audit("", 8, rank: 0) { .text(.muted(stage.dayTime($0.time))) },
            audit("", 5, rank: 1) { .text(author($0)) },
            audit("", 20, rank: 0, most: 400) { .pieces(Acts.sentence($0, stage: stage)) },
        ]
    }

    /// Every act: by whom, on what, before and after, and whether it can be taken back.
    static func audit(_ stage: Stage) -> [TableColumn] {
        [
            audit("TIME", stage.layout == .tiny ? 8 : 10, rank: 0) { .text(.muted(stage.moment($0.time))) },
            audit("WHO", 5, rank: 2, most: 10) { .text(author($0)) },
            audit("FROM", 6, rank: 8, most: 12) { .text(.muted($0.actor.terminal)) },
            audit("ACT", 14, rank: 1) { .text(.plain($0.act)) },
            audit("TARGET", stage.layout.hasFrames ? 14 : 11, rank: 0, most: 28) { .text(.plain($0.target)) },
            audit("BEFORE", stage.layout.hasFrames ? 15 : 10, rank: 5, shrunk: 8, most: 26) {
                .text($0.before.isEmpty ? .faint(Figures.nothing) : .muted($0.before))
            },
            audit("AFTER", stage.layout.hasFrames ? 21 : 10, rank: 4, shrunk: 8, most: 30) {
                .text($0.after.isEmpty ? .faint(Figures.nothing) : .plain($0.after))
            },
            audit("UNDO", stage.layout.hasFrames ? 18 : 8, rank: 3, most: 20) {
                .text(Acts.undo($0, now: stage.now, isShort: !stage.layout.hasFrames))
            },
            audit("WHY", 12, rank: 9, most: 60) { .text(.muted($0.why)) },
        ]
    }

    private static func author(_ row: AuditRow) -> Span {
        row.actor.user == Actor.auto.user ? .muted(row.actor.user) : Span(row.actor.user, .info)
    }

    private static func incident(
        _ heading: String, _ width: Int, rank: Int, right: Bool = false, most: Int? = nil,
        cell: @escaping (Incident) -> TableCell
    ) -> TableColumn {
        TableColumn(heading, width, rank: rank, right: right, most: most) { row in
            if case .incident(let incident) = row { cell(incident) } else { .spans([]) }
        }
    }

    /// Incidents with start, peak, and the act that ended them.
    static func incidents(_ stage: Stage) -> [TableColumn] {
        let acts = stage.snapshot.audit
        return [
            incident("SUBJECT", 18, rank: 0, most: 24) { .text(.plain($0.subject)) },
            incident("WHAT", stage.layout.hasFrames ? 22 : 16, rank: 1, most: 24) {
                .text(Span($0.what, $0.end == nil ? $0.severity.role : .text))
            },
            incident("START", 8, rank: 2) { .text(.muted(stage.dayTime($0.start))) },
            incident("LASTED", 15, rank: 3) { row in .text(lasted(row, now: stage.now)) },
            incident("PEAK", 22, rank: 4, most: 34) { row in
                .spans([.plain(row.peak), .muted(" at \(stage.shortTime(row.peakAt))")])
            },
            incident("ENDED BY", 18, rank: 5, most: 60) { row in
                guard let number = row.endedBy else { return .text(.faint(row.end == nil ? "" : "itself")) }
                guard let act = acts.first(where: { $0.id == number }) else { return .text(.muted("act \(number)")) }
                return .spans([Span(act.actor.user, .info), .plain(" \(act.act) \(act.target)")])
            },
        ]
    }

    private static func lasted(_ incident: Incident, now: Timestamp) -> Span {
        let end = incident.end ?? now
        let text = Figures.span(end.milliseconds(since: incident.start) / 1000)
        return incident.end == nil ? Span("ongoing \(text)", .warn) : .plain(text)
    }

    /// The operator's log.
    static func log(_ stage: Stage) -> [TableColumn] {
        func line(
            _ heading: String, _ width: Int, rank: Int, most: Int? = nil, cell: @escaping (LogLine) -> TableCell
        ) -> TableColumn {
            TableColumn(heading, width, rank: rank, most: most) { row in
                if case .log(let line) = row { cell(line) } else { .spans([]) }
            }
        }
        return [
            line("TIME", stage.layout == .tiny ? 8 : 12, rank: 0) {
                .text(.muted(stage.layout == .tiny ? stage.time($0.time) : stage.exactTime($0.time)))
            },
            line("LEVEL", 7, rank: 1) { .text(Span($0.level.rawValue, role(of: $0.level), bold: $0.level >= .error)) },
            line("MESSAGE", 12, rank: 0, most: 2000) { .text(.plain($0.message)) },
        ]
    }

    private static func role(of level: LogLine.Level) -> Role {
        switch level {
        case .debug: .faint
        case .info: .muted
        case .warning: .warn
        case .error: .error
        }
    }
}
