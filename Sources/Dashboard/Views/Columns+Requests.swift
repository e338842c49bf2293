import Domain
import Settings
import Telemetry
import Terminal

extension Columns {
    private static func group(
        _ heading: String, _ width: Int, rank: Int, right: Bool = false, most: Int? = nil,
        cell: @escaping (ErrorGroup) -> TableCell
    ) -> TableColumn {
        TableColumn(heading, width, rank: rank, right: right, most: most) { row in
            if case .error(let group) = row { cell(group) } else { .spans([]) }
        }
    }

    private static func record(
        _ heading: String, _ width: Int, rank: Int, right: Bool = false, most: Int? = nil,
        cell: @escaping (RequestRecord) -> TableCell
    ) -> TableColumn {
        TableColumn(heading, width, rank: rank, right: right, most: most) { row in
            if case .record(let record) = row { cell(record) } else { .spans([]) }
        }
    }

    /// Errors grouped by client and cause, for a panel of `width` columns; `isFull` adds what only their own view has
    /// room for.
    static func errors(_ stage: Stage, width: Int, isFull: Bool) -> [TableColumn] {
        let isRoomy = stage.layout.hasFrames
        // The cause is what the panel is for: graph and model go before it is cut. Where no column can have the model,
        // it follows the cause: groups that differ by nothing else must not look alike.
        let tellsModel = (78..<(isFull ? 103 : 100)).contains(width)
        let isBroad = width >= 120
        let whole = isBroad ? (isFull ? 39 : 41) : 38
        let cause = stage.layout >= .compact ? whole : stage.layout == .narrow ? 26 : 14
        var columns = [
            group("LAST", 8, rank: stage.layout == .tiny ? 9 : 2) { .text(.muted(stage.time($0.last))) },
            group("STATUS", isFull ? 6 : 3, rank: 0) {
                .text(Span(Figures.status($0.status), role(ofStatus: $0.status, error: $0.error), bold: true))
            },
            group("CLIENT", isRoomy ? 14 : 12, rank: 0, most: isRoomy ? 18 : 12) { row in
                .text(row.client.isEmpty ? .muted("unknown") : .plain(row.client))
            },
            group("MODEL", isBroad ? 22 : 16, rank: tellsModel || !isRoomy ? 11 : 6, most: 24) {
                .text(.muted($0.model))
            },
            group("CAUSE", cause, rank: 1, most: 200) { row in
                tellsModel && !row.model.isEmpty
                    ? .spans([.plain(row.cause), .muted("  " + row.model)]) : .text(.plain(row.cause))
            },
            group(isFull ? "LAST \(stage.window)" : "", 8, rank: 7) {
                .spark($0.series, hot: nil, role: role(ofStatus: $0.status, error: $0.error))
            },
            group("COUNT", 7, rank: 1, right: true) { .text(.strong("× " + Figures.count($0.count))) },
        ]
        if isFull {
            columns.insert(group("UPSTREAM", 10, rank: 8, most: 16) { .text(.muted($0.upstream)) }, at: 4)
            columns.insert(
                group("WHOSE", 8, rank: 9) { row in
                    .text(row.error.origin == .gateway ? .muted("ours") : Span("theirs", .warn))
                }, at: 2)
            columns.insert(group("FIRST", 8, rank: 10) { .text(.muted(stage.time($0.first))) }, at: 0)
        }
        return columns
    }

    /// One line a request.
    static func records(_ stage: Stage) -> [TableColumn] {
        [
            // The moment of its end: rows come in that order, and a long stream would stand out of line by its start.
            record("ENDED", stage.layout == .tiny ? 8 : 12, rank: 0) {
                .text(.muted(stage.layout == .tiny ? stage.time($0.end) : stage.exactTime($0.end)))
            },
            record("STATUS", 6, rank: 0) {
                .text(
                    Span(Figures.status($0.status), role(ofStatus: $0.status, error: $0.error), bold: $0.status >= 400))
            },
            record("CLIENT", 13, rank: 1, most: 20) { row in
                .text(row.client.isEmpty ? .muted("unknown") : .plain(row.client))
            },
            record("MODEL", 16, rank: 4, most: 22) { .text(.muted($0.model)) },
            record("UPSTREAM", 10, rank: 9, most: 16) { .text(.muted($0.upstream)) },
            record("TTFT", 6, rank: 6, right: true) { .text(.figure(Figures.exactLatency($0.firstByteMilliseconds))) },
            record("TOTAL", 6, rank: 2, right: true) { row in
                .text(
                    .figure(Figures.exactLatency(row.totalMilliseconds), row.totalMilliseconds >= 5000 ? .warn : .text))
            },
            record("TOKENS", 6, rank: 5, right: true) { .text(.figure(Figures.count($0.usage.total))) },
            record("COST $", 8, rank: 3, right: true) { .text(cost($0)) },
            record("KEY", 11, rank: 10) { .text($0.keyID.map { .muted($0.shown) } ?? .faint(Figures.nothing)) },
            record("KIND", 6, rank: 11) { .text(.muted($0.isStream ? "stream" : "whole")) },
            record("CAUSE", stage.layout.hasFrames ? 32 : 16, rank: 7, most: 120) { .text(cause($0)) },
        ]
    }

    /// What a request cost; an unknown price is said, never zero.
    static func cost(_ record: RequestRecord) -> Span {
        record.isPriced || record.usage.total == 0
            ? .figure(Figures.smallMoney(record.cost.nanos), .text) : Span("no price", .warn)
    }

    private static func cause(_ record: RequestRecord) -> Span {
        let words = record.error.map { $0.cause(record.detail) } ?? record.detail
        return record.status < 400 && record.error == nil ? .muted(words) : .plain(words)
    }

    /// Theirs is red, ours a warning, a caller that left is neither; what went well has no colour at all.
    ///
    /// A stream that broke off keeps the status that was sent, so the error decides before the status.
    static func role(ofStatus status: UInt16, error: ErrorCode?) -> Role {
        if error == .clientGone { return .muted }
        switch status {
        case 0: return .faint
        case 499: return .muted
        case 500...: return .error
        case 400...: return .warn
        default: return error == nil ? .text : .error
        }
    }
}

extension ErrorGroup {
    /// The newest cause in words.
    var cause: String { error.cause(detail) }
}

extension ErrorCode {
    /// A record's own words of the cause, or the label's where they say no more than it.
    func cause(_ detail: String) -> String { detail.isEmpty || detail == label ? words : detail }

    /// The label as people write it: `key revoked`.
    var words: String { String(label.map { $0 == "_" ? " " : $0 }) }
}

extension Figures {
    /// A status that was sent; a dash where none was.
    static func status(_ status: UInt16) -> String { status == 0 ? nothing : String(status) }
}

extension Stage {
    /// Time of day with milliseconds: `14:03:22.118`.
    func exactTime(_ moment: Timestamp) -> String {
        let part = moment.milliseconds - Calendar.floorDivide(moment.milliseconds, 1000) * 1000
        return time(moment) + "." + Calendar.pad(part, 3)
    }
}
