import Domain
import Settings
import Telemetry

extension Columns {
    private static func model(
        _ heading: String, _ width: Int, rank: Int, right: Bool = false, most: Int? = nil,
        cell: @escaping (ModelRow) -> TableCell
    ) -> TableColumn {
        TableColumn(heading, width, rank: rank, right: right, most: most) { row in
            if case .model(let model) = row { cell(model) } else { .spans([]) }
        }
    }

    private static func upstream(
        _ heading: String, _ width: Int, rank: Int, right: Bool = false, most: Int? = nil,
        cell: @escaping (UpstreamRow) -> TableCell
    ) -> TableColumn {
        TableColumn(heading, width, rank: rank, right: right, most: most) { row in
            if case .upstream(let upstream) = row { cell(upstream) } else { .spans([]) }
        }
    }

    /// The models table.
    static func models(_ stage: Stage) -> [TableColumn] {
        [
            model("MODEL", 16, rank: 0, most: 30) { .text(.plain($0.name)) },
            model("UPSTREAM", 10, rank: 9, most: 20) { .text(.muted($0.upstreams.joined(separator: ", "))) },
            model("REQ/S", 5, rank: 1, right: true) { .text(.figure(Figures.rate($0.requestsPerSecond))) },
            model("LAST \(stage.window)", 12, rank: 8) { .spark($0.series, hot: $0.severity.hot, role: .graph1) },
            model("IN FLIGHT", 9, rank: 6, right: true) { count($0.inFlight) },
            model("P50", 5, rank: 7, right: true) { latency($0.p50Milliseconds) },
            model("P95", 5, rank: 2, right: true) { latency($0.p95Milliseconds) },
            model("TTFT", 5, rank: 5, right: true) { latency($0.firstByteMilliseconds) },
            model("5xx %", 5, rank: 3, right: true) { share($0.upstreamErrorShare, limit: 0.05, role: .error) },
            model("429 %", 5, rank: 4, right: true) { share($0.tooManyShare, limit: 0.05, role: .warn) },
            model("TOK/S", 6, rank: 10, right: true) { .text(.figure(Figures.rate($0.tokensPerSecond))) },
            model("$/H", 6, rank: 4, right: true) { money($0.costPerHourNanoUSD) },
            model("$ IN / OUT PER M", 16, rank: 11, right: true) { .text(price($0.price)) },
        ]
    }

    /// Input and output price of a million tokens; without one its cost is unknown, which is never nothing.
    static func price(_ price: Price?) -> Span {
        guard let price else { return Span("no price", .warn) }
        return .muted("\(Figures.money(price.inputNanosPerMillion)) / \(Figures.money(price.outputNanosPerMillion))")
    }

    /// The upstreams table of the Models view.
    static func upstreams(_ stage: Stage) -> [TableColumn] {
        let now = stage.now
        return [
            upstream("UPSTREAM", 12, rank: 0, most: 24) { .text(.plain($0.name)) },
            upstream("REQ/S", 5, rank: 1, right: true) { .text(.figure(Figures.rate($0.requestsPerSecond))) },
            upstream("LAST \(stage.window)", 12, rank: 9) { .spark($0.series, hot: $0.severity.hot, role: .graph1) },
            upstream("IN FLIGHT", 9, rank: 5, right: true) { count($0.inFlight) },
            upstream("CONNS", 5, rank: 10, right: true) { count($0.connections) },
            upstream("P50", 5, rank: 11, right: true) { latency($0.p50Milliseconds) },
            upstream("P95", 5, rank: 2, right: true) { latency($0.p95Milliseconds) },
            upstream("TTFT", 5, rank: 6, right: true) { latency($0.firstByteMilliseconds) },
            upstream("5xx %", 5, rank: 3, right: true) { share($0.upstreamErrorShare, limit: 0.05, role: .error) },
            upstream("429 %", 5, rank: 4, right: true) { share($0.throttledShare, limit: 0.05, role: .warn) },
            upstream("LAST FAILURE", 30, rank: 5, most: 60) { .pieces(failure($0, now: now)) },
        ]
    }

    /// The headless upstream lines of the Overview: each figure beside its label.
    static func upstreamLines(_ stage: Stage, isNarrow: Bool) -> [TableColumn] {
        let now = stage.now
        return [
            upstream("", 10, rank: 0, most: isNarrow ? 16 : 18) { .text(.plain($0.name)) },
            upstream("", 15, rank: 6) { row in
                .text(.muted(row.models.count == 1 ? row.models[0] : "\(row.models.count) models"))
            },
            upstream("", 14, rank: 2) { row in
                .spans([.muted("in flight "), .figure(Figures.count(Int64(clamping: row.inFlight)))])
            },
            upstream("", 10, rank: 9) { row in
                .spans([.muted("conns "), .figure(Figures.count(Int64(clamping: row.connections)))])
            },
            upstream("", 9, rank: 1) { row in
                .spans([.muted("p95 "), .figure(Figures.latency(row.p95Milliseconds), row.latencyRole)])
            },
            upstream("", 10, rank: 7) { row in
                .spans([.muted("ttft "), .figure(Figures.latency(row.firstByteMilliseconds))])
            },
            upstream("", 8, rank: 3) { row in
                let share = row.upstreamErrorShare
                let isHigh = share >= 0.05
                return .spans([.muted("5xx "), .figure(Figures.percent(share), isHigh ? .error : .text, bold: isHigh)])
            },
            upstream("", 8, rank: 4) { .spark($0.series, hot: $0.severity.hot, role: .graph1) },
            upstream("", 30, rank: 5, most: 80) { .pieces(failure($0, now: now)) },
        ]
    }

    /// The newest failure, and when where there is room to say so; what a calm upstream shows is muted.
    static func failure(_ row: UpstreamRow, now: Timestamp) -> [[Span]] {
        guard let detail = row.lastFailure else { return [[.muted("no failure")]] }
        // Whose it is stands in front of the line already.
        let owner = ["the provider's ", "the provider "].first { detail.hasPrefix($0) } ?? ""
        let words = Span(String(detail.dropFirst(owner.count)), row.severity >= .error ? .warn : .muted)
        guard let at = row.lastFailureAt else { return [[words]] }
        return [[words], [.muted(", " + Figures.ago(at, now: now))]]
    }
}

extension UpstreamRow {
    /// Red where the upstream is in trouble, warning where it is only slow.
    var latencyRole: Role { severity >= .error ? .error : (p95Milliseconds ?? 0) >= 5000 ? .warn : .text }
}
