import Domain
import Telemetry

/// A field that filters compare.
package enum FilterField: String, Sendable, CaseIterable {
    case status, refused = "429%", failed = "5xx%", quota = "quota%", p50, p95, p99, ttft, took, cost, today
    case rate = "req/s", tokenRate = "tok/s", tokens, inFlight = "inflight", streams, requests, count
    case client, key, model, upstream, state, tier, owner, error, path, method, id, act, by, target, level, message
    case usage

    /// What values it takes.
    enum Kind: Sendable { case status, share, milliseconds, money, rate, count, text }

    var kind: Kind {
        switch self {
        case .status: .status
        case .refused, .failed, .quota: .share
        case .p50, .p95, .p99, .ttft, .took: .milliseconds
        case .cost, .today: .money
        case .rate, .tokenRate: .rate
        case .tokens, .inFlight, .streams, .requests, .count: .count
        default: .text
        }
    }

    /// What people also call it.
    private static let aliases: [String: FilterField] = [
        "429": .refused, "429s": .refused, "refused": .refused, "refused%": .refused, "5xx": .failed,
        "errors": .failed, "errors%": .failed, "quota": .quota, "budget": .quota, "rps": .rate, "req": .rate,
        "rate": .rate, "tok": .tokenRate, "latency": .took, "total": .took, "ms": .took, "firstbyte": .ttft,
        "$": .cost, "$/h": .cost, "spend": .today, "in_flight": .inFlight, "in-flight": .inFlight,
        "stream": .streams, "keys": .key, "key_id": .key, "clients": .client, "models": .model,
        "upstreams": .upstream, "request_id": .id, "request": .id, "who": .by, "actor": .by, "user": .by,
        "code": .error, "usage_source": .usage, "name": .client,
    ]

    /// The field of that name, in any case.
    static func named(_ name: String) -> FilterField? {
        let name = name.lowercased()
        return FilterField(rawValue: name) ?? aliases[name]
    }

    /// Whether a field's name begins so, or is that.
    static func isStart(_ word: String) -> Bool {
        let word = word.lowercased()
        return names.contains { $0.hasPrefix(word) } || aliases.keys.contains { $0.hasPrefix(word) }
    }

    /// What completion offers.
    package static var names: [String] { allCases.map(\.rawValue) }

    /// What `row` says; nil where rows of its kind have no such field.
    func reading(of row: Row) -> FilterReading? {
        switch row {
        case .client(let row): reading(client: row)
        case .key(let row): reading(key: row)
        case .model(let row): reading(model: row)
        case .upstream(let row): reading(upstream: row)
        case .error(let group): reading(group: group)
        case .record(let record): reading(record: record)
        case .audit(let row): reading(audit: row)
        case .spend(let line): reading(spend: line)
        case .log(let line): reading(log: line)
        case .incident, .ghost: nil
        }
    }

    private func reading(client row: ClientRow) -> FilterReading? {
        switch self {
        case .refused: .number(row.refusedShare)
        case .failed: .number(row.upstreamErrorShare)
        case .quota: .optional(row.tightest.flatMap { row.quotas.indices.contains($0) ? row.quotas[$0].share : nil })
        case .p50: .optional(row.p50Milliseconds)
        case .p95: .optional(row.p95Milliseconds)
        case .p99: .optional(row.p99Milliseconds)
        case .cost: .number(Double(row.costPerHourNanoUSD) / 1e9)
        case .today: .number(Double(row.costTodayNanoUSD) / 1e9)
        case .rate: .number(row.requestsPerSecond)
        case .tokenRate: .number(row.tokensPerSecond)
        case .tokens: .whole(row.totals.tokens)
        case .inFlight: .whole(row.inFlight)
        case .streams: .whole(row.streams)
        case .requests: .whole(row.arrivals)
        case .client: .text(row.card.name)
        case .key: .texts(row.card.keys.flatMap { [$0.text, $0.shown] })
        case .state: .text(row.state)
        case .tier: .text(row.card.tier)
        case .owner: .text(row.card.owner)
        default: nil
        }
    }

    private func reading(key row: KeyRow) -> FilterReading? {
        switch self {
        case .refused: .number(row.refusedShare)
        case .cost: .number(Double(row.costHourNanoUSD) / 1e9)
        case .rate: .number(row.requestsPerSecond)
        case .tokens: .whole(row.totals.tokens)
        case .inFlight: .whole(row.inFlight)
        case .streams: .whole(row.streams)
        case .requests: .whole(row.totals.arrivals)
        case .client: .text(row.card.client)
        case .key, .id: .texts([row.card.id.text, row.card.id.shown])
        case .model: row.card.models.map { .texts($0) } ?? FilterReading.none
        case .state: .text(row.card.state.rawValue)
        default: nil
        }
    }

    private func reading(model row: ModelRow) -> FilterReading? {
        switch self {
        case .refused: .number(row.tooManyShare)
        case .failed: .number(row.upstreamErrorShare)
        case .p50: .optional(row.p50Milliseconds)
        case .p95: .optional(row.p95Milliseconds)
        case .ttft: .optional(row.firstByteMilliseconds)
        case .cost: .number(Double(row.costPerHourNanoUSD) / 1e9)
        case .today: .number(Double(row.costTodayNanoUSD) / 1e9)
        case .rate: .number(row.requestsPerSecond)
        case .tokenRate: .number(row.tokensPerSecond)
        case .tokens: .whole(row.totals.tokens)
        case .inFlight: .whole(row.inFlight)
        case .requests: .whole(row.totals.requests)
        case .model: .text(row.name)
        case .upstream: .texts(row.upstreams)
        default: nil
        }
    }

    private func reading(upstream row: UpstreamRow) -> FilterReading? {
        switch self {
        case .refused: .number(row.throttledShare)
        case .failed: .number(row.upstreamErrorShare)
        case .p50: .optional(row.p50Milliseconds)
        case .p95: .optional(row.p95Milliseconds)
        case .ttft: .optional(row.firstByteMilliseconds)
        case .rate: .number(row.requestsPerSecond)
        case .inFlight: .whole(row.inFlight)
        case .requests: .whole(row.totals.requests)
        case .model: .texts(row.models)
        case .upstream: .text(row.name)
        default: nil
        }
    }

    private func reading(group: ErrorGroup) -> FilterReading? {
        switch self {
        case .status: .whole(group.status)
        case .count, .requests: .whole(group.count)
        case .client: .text(group.client)
        case .model: .text(group.model)
        case .upstream: .text(group.upstream)
        case .error: .text(group.error.label)
        case .message: .text(group.detail)
        default: nil
        }
    }

    private func reading(record: RequestRecord) -> FilterReading? {
        switch self {
        case .status: .whole(record.status)
        case .took: .whole(record.totalMilliseconds)
        case .ttft: record.firstByteMilliseconds < 0 ? FilterReading.none : .whole(record.firstByteMilliseconds)
        case .cost: record.isPriced ? .number(record.cost.dollars) : FilterReading.none
        case .tokens: .whole(record.usage.total)
        case .client: .text(record.client)
        case .key: record.keyID.map { .texts([$0.text, $0.shown]) } ?? FilterReading.none
        case .model: .text(record.model)
        case .upstream: .text(record.upstream)
        case .error: .text(record.error?.label ?? "")
        case .path: .text(record.path)
        case .method: .text(record.method)
        case .id: .text(record.requestID.text)
        case .usage: .text(record.usage.source.label)
        case .message: .text(record.detail)
        default: nil
        }
    }

    private func reading(audit row: AuditRow) -> FilterReading? {
        switch self {
        case .act: .text(row.act)
        case .by: .text(row.actor.user)
        case .target: .text(row.target)
        case .message: .texts([row.before, row.after, row.why])
        case .id: .text(String(row.id))
        default: nil
        }
    }

    private func reading(spend line: CostFigures.Line) -> FilterReading? {
        switch self {
        case .cost: .number(Double(line.perHourNanoUSD) / 1e9)
        case .today: .number(Double(line.costNanoUSD) / 1e9)
        case .requests: .whole(line.requests)
        case .tokens: .number(Double(line.inputTokens) + Double(line.outputTokens))
        default: nil
        }
    }

    private func reading(log line: LogLine) -> FilterReading? {
        switch self {
        case .level: .text(line.level.rawValue)
        case .message: .text(line.message)
        default: nil
        }
    }
}
