import Domain
import Settings
import Telemetry

/// The columns of each panel's table.
enum Columns {
    /// A latency, coloured from where it hurts: 5 s is slow.
    static func latency(_ milliseconds: Double?) -> TableCell {
        .text(.figure(Figures.latency(milliseconds), (milliseconds ?? 0) >= 5000 ? .warn : .text))
    }

    /// A percentage, strong in `role` from `limit` on.
    static func share(_ value: Double, limit: Double, role: Role) -> TableCell {
        .text(.figure(Figures.percent(value), value >= limit ? role : .text, bold: value >= limit))
    }

    /// Money an hour; from 5 dollars on in the colour of money.
    static func money(_ nanos: Int64, from: Int64 = 5_000_000_000) -> TableCell {
        .text(.figure(Figures.money(nanos), nanos >= from ? .money : .text))
    }

    /// A count, faint where nothing.
    static func count(_ value: Int) -> TableCell { .text(.figure(Figures.count(Int64(clamping: value)))) }

    static let nothing = TableCell.text(.faint(Figures.nothing))

    private static func client(
        _ heading: String, _ width: Int, rank: Int, right: Bool = false, most: Int? = nil, sort: String? = nil,
        cell: @escaping (ClientRow) -> TableCell
    ) -> TableColumn {
        TableColumn(heading, width, rank: rank, right: right, most: most, sort: sort) { row in
            if case .client(let client) = row { cell(client) } else { .spans([]) }
        }
    }

    /// The clients table; `isFull` adds what only its own view has room for.
    static func clients(_ stage: Stage, isFull: Bool) -> [TableColumn] {
        let now = stage.now
        let isRoomy = stage.layout.hasFrames
        var columns = [
            client("CLIENT", 14, rank: 0, most: isRoomy ? 32 : 20) { .text(.plain($0.card.name)) },
            client("KEY", 11, rank: 12) { .text(key($0)) },
            client("REQ/S", 5, rank: 1, right: true) { .text(.figure(Figures.rate($0.requestsPerSecond))) },
            client("LAST \(stage.window)", 12, rank: 7) {
                .spark($0.series, hot: $0.severity.hot, role: $0.severity == .suspended ? .muted : .graph1)
            },
            client("429 %", 5, rank: 4, right: true) { share($0.refusedShare, limit: 0.05, role: .warn) },
            client("5xx %", 5, rank: 5, right: true) { share($0.upstreamErrorShare, limit: 0.05, role: .error) },
            client("P95", 5, rank: 6, right: true) { latency($0.p95Milliseconds) },
            client("TOK/S", 6, rank: 11, right: true) { .text(.figure(Figures.rate($0.tokensPerSecond))) },
            client("$/H", 6, rank: 3, right: true) { money($0.costPerHourNanoUSD) },
        ]
        if isFull {
            columns.insert(
                client("TIER", 6, rank: 14, most: 10) { .text(.muted($0.card.tier)) }, at: 2)
            columns.insert(
                client("P50", 5, rank: 15, right: true) { latency($0.p50Milliseconds) }, at: 7)
            columns.append(client("IN FLIGHT", 9, rank: 13, right: true) { count($0.inFlight) })
            columns.append(client("STREAMS", 7, rank: 16, right: true) { count($0.streams) })
        }
        columns.append(
            client(
                isRoomy ? "TIGHTEST LIMIT" : "LIMIT", isRoomy ? 27 : 12, rank: 2, most: isRoomy ? 40 : 27, sort: "QUOTA"
            ) { quota($0, isRoomy: isRoomy, now: now) })
        return columns
    }

    /// The one key, how many there are, or how a client without one comes in.
    private static func key(_ row: ClientRow) -> Span {
        if row.card.keyCount > 1 { return .muted("\(row.card.keyCount) keys") }
        if row.card.keyCount == 1 { return .muted((row.card.keys.first ?? row.lastKey)?.shown ?? "1 key") }
        // Without a key a request can only have come with a token.
        return .faint(row.lastKey == nil && row.totals.arrivals > 0 ? "jwt" : Figures.nothing)
    }

    /// The tightest limit as a bar, or what keeps the client out.
    private static func quota(_ row: ClientRow, isRoomy: Bool, now: Timestamp) -> TableCell {
        if let suspension = row.card.suspension {
            let left = suspension.until.map { Figures.coarse(Figures.secondsLeft(until: $0, now: now)) }
            let text =
                isRoomy
                ? "suspended by \(suspension.by)" + (left.map { ", \($0) left" } ?? "")
                : "susp" + (left.map { " \($0)" } ?? "")
            return .text(Span(text, .suspended))
        }
        guard let index = row.tightest, row.quotas.indices.contains(index) else { return nothing }
        let reading = row.quotas[index]
        let kind = reading.limit.kind
        let left = reading.left
        let notes = left.isEmpty ? [kind.shortName, kind.shortestName] : ["\(kind.shortName), \(left)", left]
        return .quota(share: reading.share, notes: notes)
    }
}

extension LimitKind {
    /// The limit in a word: `requests`, `day budget`.
    var shortName: String { period.map { "\($0) budget" } ?? rawValue }

    /// The same where ten columns are too many.
    var shortestName: String { self == .concurrent ? "in flight" : period == nil ? rawValue : "budget" }
}

extension QuotaReading {
    /// `4m left` at this rate, `used up`, or nothing where no end is in sight.
    var left: String { share >= 1 ? "used up" : Figures.left(secondsLeft) }
}
