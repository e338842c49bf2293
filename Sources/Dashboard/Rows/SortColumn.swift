import Domain
import Telemetry

/// A column that rows can be sorted by.
package struct SortColumn: Sendable {
    /// What sorting compares: missing values are lowest.
    enum Value: Comparable, Sendable {
        case missing
        case number(Double)
        case text(String)
    }

    /// Its heading.
    package let title: String
    /// Whether the first sort by it is from high to low: figures yes, names no.
    package let startsDescending: Bool
    let value: @Sendable (Row) -> Value

    /// The column of `panel` with this heading.
    package static func named(_ title: String, of panel: PanelName) -> SortColumn? {
        all(of: panel).first { $0.title == title }
    }

    /// The columns of `panel` in the order of the picker; none where the order is that of time.
    package static func all(of panel: PanelName) -> [SortColumn] {
        switch panel {
        case .clients: clients
        case .keys: keys
        case .models: models
        case .upstreams: upstreams
        case .errors: errors
        case .live, .records: records
        case .costs, .costModels: spend
        case .done, .days, .audit, .logs, .detail, .incidents: []
        }
    }

    private static func number(_ title: String, _ read: @escaping @Sendable (Row) -> Double?) -> SortColumn {
        SortColumn(title: title, startsDescending: true) { row in read(row).map { .number($0) } ?? .missing }
    }

    private static func text(_ title: String, _ read: @escaping @Sendable (Row) -> String?) -> SortColumn {
        SortColumn(title: title, startsDescending: false) { row in read(row).map { .text($0) } ?? .missing }
    }

    private static func client(_ title: String, _ read: @escaping @Sendable (ClientRow) -> Double?) -> SortColumn {
        number(title) { if case .client(let row) = $0 { read(row) } else { nil } }
    }

    private static let clients: [SortColumn] = [
        client("SEVERITY") { Double($0.severity.rawValue) },
        text("CLIENT") { if case .client(let row) = $0 { row.card.name } else { nil } },
        client("REQ/S") { $0.requestsPerSecond },
        client("429 %") { $0.refusedShare },
        client("5xx %") { $0.upstreamErrorShare },
        client("P50") { $0.p50Milliseconds },
        client("P95") { $0.p95Milliseconds },
        client("P99") { $0.p99Milliseconds },
        client("TOK/S") { $0.tokensPerSecond },
        client("$/H") { Double($0.costPerHourNanoUSD) },
        client("QUOTA") { row in row.tightest.flatMap { row.quotas.indices.contains($0) ? row.quotas[$0].share : nil }
        },
        client("IN FLIGHT") { Double($0.inFlight) },
        client("STREAMS") { Double($0.streams) },
        text("TIER") { if case .client(let row) = $0 { row.card.tier } else { nil } },
    ]

    private static func key(_ title: String, _ read: @escaping @Sendable (KeyRow) -> Double?) -> SortColumn {
        number(title) { if case .key(let row) = $0 { read(row) } else { nil } }
    }

    private static let keys: [SortColumn] = [
        text("KEY") { if case .key(let row) = $0 { row.card.id.text } else { nil } },
        text("CLIENT") { if case .key(let row) = $0 { row.card.client } else { nil } },
        text("STATE") { if case .key(let row) = $0 { row.card.state.rawValue } else { nil } },
        key("REQ/S") { $0.requestsPerSecond },
        key("429 %") { $0.refusedShare },
        key("STREAMS") { Double($0.streams) },
        key("IN FLIGHT") { Double($0.inFlight) },
        key("$ LAST HOUR") { Double($0.costHourNanoUSD) },
        key("CREATED") { Double($0.card.created.milliseconds) },
        key("LAST USED") { $0.card.lastUsed.map { Double($0.milliseconds) } },
    ]

    private static func model(_ title: String, _ read: @escaping @Sendable (ModelRow) -> Double?) -> SortColumn {
        number(title) { if case .model(let row) = $0 { read(row) } else { nil } }
    }

    private static let models: [SortColumn] = [
        model("SEVERITY") { Double($0.severity.rawValue) },
        text("MODEL") { if case .model(let row) = $0 { row.name } else { nil } },
        model("REQ/S") { $0.requestsPerSecond },
        model("IN FLIGHT") { Double($0.inFlight) },
        model("P50") { $0.p50Milliseconds },
        model("P95") { $0.p95Milliseconds },
        model("TTFT") { $0.firstByteMilliseconds },
        model("5xx %") { $0.upstreamErrorShare },
        model("429 %") { $0.tooManyShare },
        model("TOK/S") { $0.tokensPerSecond },
        model("$/H") { Double($0.costPerHourNanoUSD) },
    ]

    private static func upstream(_ title: String, _ read: @escaping @Sendable (UpstreamRow) -> Double?) -> SortColumn {
        number(title) { if case .upstream(let row) = $0 { read(row) } else { nil } }
    }

    private static let upstreams: [SortColumn] = [
        upstream("SEVERITY") { Double($0.severity.rawValue) },
        text("UPSTREAM") { if case .upstream(let row) = $0 { row.name } else { nil } },
        upstream("REQ/S") { $0.requestsPerSecond },
        upstream("IN FLIGHT") { Double($0.inFlight) },
        upstream("P50") { $0.p50Milliseconds },
        upstream("P95") { $0.p95Milliseconds },
        upstream("TTFT") { $0.firstByteMilliseconds },
        upstream("5xx %") { $0.upstreamErrorShare },
        upstream("429 %") { $0.throttledShare },
    ]

    private static func group(_ title: String, _ read: @escaping @Sendable (ErrorGroup) -> Double?) -> SortColumn {
        number(title) { if case .error(let group) = $0 { read(group) } else { nil } }
    }

    private static let errors: [SortColumn] = [
        group("LAST") { Double($0.last.milliseconds) },
        group("COUNT") { Double($0.count) },
        group("STATUS") { Double($0.status) },
        text("CLIENT") { if case .error(let group) = $0 { group.client } else { nil } },
        text("MODEL") { if case .error(let group) = $0 { group.model } else { nil } },
        group("FIRST") { Double($0.first.milliseconds) },
    ]

    private static func record(_ title: String, _ read: @escaping @Sendable (RequestRecord) -> Double?) -> SortColumn {
        number(title) { if case .record(let record) = $0 { read(record) } else { nil } }
    }

    private static let records: [SortColumn] = [
        record("ENDED") { Double($0.end.milliseconds) },
        record("STATUS") { Double($0.status) },
        text("CLIENT") { if case .record(let record) = $0 { record.client } else { nil } },
        text("MODEL") { if case .record(let record) = $0 { record.model } else { nil } },
        record("TOTAL") { Double($0.totalMilliseconds) },
        record("TTFT") { $0.firstByteMilliseconds < 0 ? nil : Double($0.firstByteMilliseconds) },
        record("TOKENS") { Double($0.usage.total) },
        record("COST") { Double($0.cost.nanos) },
    ]

    private static func line(_ title: String, _ read: @escaping @Sendable (CostFigures.Line) -> Double?) -> SortColumn {
        number(title) { if case .spend(let line) = $0 { read(line) } else { nil } }
    }

    private static let spend: [SortColumn] = [
        line("TODAY") { Double($0.costNanoUSD) },
        text("NAME") { if case .spend(let line) = $0 { line.name } else { nil } },
        line("$/H") { Double($0.perHourNanoUSD) },
        line("REQUESTS") { Double($0.requests) },
        line("TOKENS") { Double($0.inputTokens) + Double($0.outputTokens) },
    ]
}
