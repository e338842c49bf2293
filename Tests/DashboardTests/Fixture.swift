import Domain
import Telemetry

@testable import Dashboard

/// A made-up gateway at one moment: the figures of the target pictures, the same at every run.
enum Fixture {
    /// 2026-11-25 14:03:22 UTC.
    static let now = Timestamp(milliseconds: 1_795_615_402_000)

    static func ago(_ seconds: Int64) -> Timestamp { now.adding(seconds: -seconds) }

    /// A cursor on a row, as it was put there at `index`.
    static func cursor(_ row: RowID, index: Int) -> Cursor {
        var cursor = Cursor()
        cursor.row = row
        cursor.index = index
        cursor.top = max(0, index - 3)
        return cursor
    }

    static func empty() -> LiveSnapshot {
        var snapshot = LiveSnapshot(time: now, windowSeconds: 300)
        snapshot.startedAt = ago(3)
        snapshot.instance = "prod-eu-1"
        snapshot.listen = "127.0.0.1:8080"
        snapshot.status = .serving
        return snapshot
    }

    static func busy() -> LiveSnapshot {
        var snapshot = empty()
        snapshot.startedAt = ago(3 * 86_400 + 4 * 3600)
        snapshot.totals.arrivals = 1_204_331
        snapshot.gateway = gateway()
        snapshot.clients = clients()
        snapshot.clientCount = 41
        snapshot.keys = keys()
        snapshot.keyCount = snapshot.keys.count
        snapshot.models = models()
        snapshot.upstreams = upstreams()
        snapshot.errors = errors()
        snapshot.costs = costs()
        snapshot.recent = records()
        snapshot.audit = acts()
        snapshot.actsToday = 8
        snapshot.incidents = incidents()
        snapshot.log = log()
        return snapshot
    }

    private static func gateway() -> GatewayFigures {
        var figures = GatewayFigures()
        figures.requestsPerSecond = 412
        figures.peakPerSecond = 446
        figures.requestSeries = [3, 3, 3, 4, 4, 4, 5, 5, 6, 6, 7, 7, 7, 8, 8, 9, 9, 10, 10, 10, 9, 10, 10, 10]
        figures.inFlight = 97
        figures.streams = 61
        figures.errorShare = 0.061
        figures.calmErrorShare = 0.004
        figures.calmErrorAt = ago(292)
        figures.errorSeries = [1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 2, 2, 3, 4, 6, 8, 9, 9, 10, 10, 10, 9, 10]
        figures.oursShare = 0.05
        figures.theirsShare = 0.011
        figures.refusedShare = 0.049
        figures.upstreamErrorShare = 0.011
        figures.p50Milliseconds = 810
        figures.p95Milliseconds = 4100
        figures.p99Milliseconds = 9700
        figures.firstByteMilliseconds = 400
        figures.costPerHourNanoUSD = 41_200_000_000
        figures.costTodayNanoUSD = 512_880_000_000
        figures.budgetNanoUSD = 900_000_000_000
        figures.budgetSpentNanoUSD = 512_880_000_000
        figures.tokensPerSecond = 161_000
        figures.severity = .critical
        return figures
    }

    static func client(
        _ name: String, key: String, severity: Severity = .ok, rate: Double = 0, series: Series = [],
        refused: Double = 0, failed: Double = 0, p95: Double? = nil, tokens: Double = 0, cost: Int64 = 0,
        share: Double? = nil, left: Double? = nil
    ) -> ClientRow {
        let id = KeyID(text: key)
        let limits = [
            EffectiveLimit(limit: Limit(kind: .tokens, amount: 200_000, windowSeconds: 60), source: .client),
            EffectiveLimit(limit: Limit(kind: .budgetDay, amount: 40_000_000_000), source: .tier),
        ]
        var row = ClientRow(
            card: ClientCard(
                name: name, tier: "pro", owner: "data-platform@", since: Timestamp(milliseconds: 1_770_000_000_000),
                suspension: nil, limits: limits, keys: id.map { [$0] } ?? [], keyCount: id == nil ? 0 : 1, version: 3))
        row.severity = severity
        row.requestsPerSecond = rate
        row.series = series
        row.refusedShare = refused
        row.upstreamErrorShare = failed
        row.p50Milliseconds = p95.map { $0 / 4 }
        row.p95Milliseconds = p95
        row.p99Milliseconds = p95.map { $0 * 2 }
        row.tokensPerSecond = tokens
        row.costPerHourNanoUSD = cost
        row.costTodayNanoUSD = cost * 11
        row.inFlight = Int(rate / 4)
        row.streams = Int(rate / 6)
        row.arrivals = Int64(rate * 300)
        row.totals.arrivals = row.arrivals
        row.lastKey = id
        if let share {
            let limit = Limit(kind: .budgetDay, amount: 40_000_000_000)
            row.quotas = [
                QuotaReading(limit: limit, source: .tier, used: Int64(40_000_000_000 * share), secondsLeft: left)
            ]
            row.tightest = 0
        }
        return row
    }

    private static func clients() -> [ClientRow] {
        var acme = client(
            "acme-batch", key: "7Q2fA9xk", severity: .critical, rate: 188.2,
            series: [1, 1, 1, 2, 3, 5, 6, 8, 9, 9, 9, 9], refused: 0.104, failed: 0.002, p95: 5200, tokens: 91_300,
            cost: 22_100_000_000, share: 0.99, left: 250)
        acme.card.keyCount = 2
        acme.card.limits.insert(
            EffectiveLimit(
                limit: Limit(kind: .requests, amount: 300, windowSeconds: 60), source: .override,
                until: now.adding(seconds: 1778), underneath: Limit(kind: .requests, amount: 600, windowSeconds: 60)),
            at: 0)
        var sandbox = client("intern-sandbox", key: "0RrTn6Yd", severity: .suspended)
        sandbox.series = [2, 2, 1, 1] + Series(repeating: nil, count: 8)
        sandbox.card.suspension = Suspension(
            client: "intern-sandbox", since: ago(720), until: now.adding(seconds: 1085), by: "ops")
        return [
            acme,
            client(
                "legacy-etl", key: "aa19QeR2", severity: .error, rate: 31.7,
                series: [1, 1, 1, 1, 1, 1, 1, 1, 1, 7, 9, 9], failed: 0.148, p95: 9900, tokens: 3100,
                cost: 1_200_000_000, share: 0.18),
            client(
                "研究チーム", key: "p0ZxW3ba", rate: 61, series: [4, 4, 5, 5, 4, 4, 4, 3, 4, 4, 5, 4], refused: 0.001,
                p95: 2200, tokens: 40_700, cost: 9_770_000_000, share: 0.83, left: 7300),
            client(
                "checkout-bot", key: "Kd81mT0v", rate: 96.4, series: [7, 6, 7, 7, 8, 7, 7, 6, 7, 7, 7, 7], p95: 900,
                tokens: 12_000, cost: 4_020_000_000, share: 0.36),
            client(
                "support-chat", key: "m4Vw8sJc", rate: 22.9, series: [4, 4, 4, 3, 4, 5, 5, 4, 4, 4, 4, 4], p95: 1400,
                tokens: 8800, cost: 2_750_000_000, share: 0.45),
            client(
                "search-api", key: "b77RkLp5", rate: 11.3, series: [2, 3, 3, 2, 3, 3, 4, 3, 3, 3, 3, 3], p95: 700,
                tokens: 5200, cost: 1_110_000_000, share: 0.22),
            sandbox,
        ]
    }

    private static func keys() -> [KeyRow] {
        func key(
            _ id: String, _ client: String, _ state: KeyState, rate: Double, streams: Int, cost: Int64,
            models: [String]? = nil, note: String = "", expires: Int64? = nil, used: Int64? = 1
        ) -> KeyRow? {
            guard let id = KeyID(text: id) else { return nil }
            var row = KeyRow(
                card: KeyCard(
                    id: id, client: client, state: state, created: ago(8_640_000), lastUsed: used.map(ago),
                    expires: expires.map { now.adding(seconds: $0) }, models: models, note: note, version: 1))
            row.requestsPerSecond = rate
            row.streams = streams
            row.inFlight = streams
            row.costHourNanoUSD = cost
            row.series = [1, 2, 3, 4, 5, 6, 6, 6, 7, 7, 7, 7]
            row.refusedShare = client == "acme-batch" ? 0.104 : 0
            return row
        }
        return [
            key(
                "7Q2fA9xk", "acme-batch", .active, rate: 188.2, streams: 61, cost: 22_100_000_000, note: "nightly batch"
            ),
            key("Hh3kQ0pT", "acme-batch", .active, rate: 0, streams: 0, cost: 0, used: 86_400 * 3),
            key("p0ZxW3ba", "研究チーム", .active, rate: 61, streams: 10, cost: 9_770_000_000, models: ["claude-sonnet-4"]),
            key("Kd81mT0v", "checkout-bot", .active, rate: 96.4, streams: 4, cost: 4_020_000_000, expires: 43_200),
            key("aa19QeR2", "legacy-etl", .active, rate: 31.7, streams: 2, cost: 1_200_000_000, expires: 2_592_000),
            key("0RrTn6Yd", "intern-sandbox", .suspended, rate: 0, streams: 0, cost: 0, used: 720),
            key("zzOldKey", "legacy-etl", .revoked, rate: 0, streams: 0, cost: 0, used: 90_000),
            key("Expired1", "search-api", .expired, rate: 0, streams: 0, cost: 0, expires: -3600, used: nil),
        ].compactMap(\.self)
    }

    private static func models() -> [ModelRow] {
        func model(
            _ name: String, _ upstream: String, rate: Double, failed: Double, p95: Double, input: Int64?
        ) -> ModelRow {
            var row = ModelRow(
                name: name, upstreams: [upstream],
                price: input.map { Price(inputNanosPerMillion: $0, outputNanosPerMillion: $0 * 4) })
            row.requestsPerSecond = rate
            row.series = [3, 4, 4, 3, 4, 4, 4, 4, 5, 4, 4, 4]
            row.inFlight = Int(rate / 4)
            row.p50Milliseconds = p95 / 4
            row.p95Milliseconds = p95
            row.firstByteMilliseconds = p95 / 9
            row.upstreamErrorShare = failed
            row.severity = failed > 0.05 ? .error : .ok
            row.tokensPerSecond = rate * 390
            row.costPerHourNanoUSD = Int64(rate * 1e8)
            row.totals.requests = 120_000
            return row
        }
        return [
            model("gpt-4.1", "openai-eu", rate: 31.7, failed: 0.148, p95: 9900, input: 8_000_000_000),
            model("claude-sonnet-4", "anthropic", rate: 249.2, failed: 0, p95: 3100, input: 15_000_000_000),
            model("gemini-2.5-flash", "holysheep", rate: 96.4, failed: 0, p95: 900, input: 2_500_000_000),
            model("deepseek-v3.2", "holysheep", rate: 34.2, failed: 0, p95: 1200, input: 420_000_000),
            model("house-embed", "holysheep", rate: 0, failed: 0, p95: 700, input: nil),
        ]
    }

    private static func upstreams() -> [UpstreamRow] {
        func upstream(
            _ name: String, _ models: [String], flight: Int, p95: Double, failed: Double, series: Series
        ) -> UpstreamRow {
            var row = UpstreamRow(name: name, origin: "https://\(name).example.com:443", models: models)
            row.inFlight = flight
            row.connections = flight + 4
            row.requestsPerSecond = Double(flight) * 3
            row.p50Milliseconds = p95 / 3
            row.p95Milliseconds = p95
            row.firstByteMilliseconds = p95 / 8
            row.upstreamErrorShare = failed
            row.severity = failed > 0.05 ? .error : .ok
            row.series = series
            if failed > 0 {
                row.lastFailure = "tls handshake timeout"
                row.lastFailureAt = ago(2)
                row.connectFailures = 38
            }
            return row
        }
        return [
            upstream("openai-eu", ["gpt-4.1"], flight: 12, p95: 9900, failed: 0.148, series: [1, 1, 1, 2, 1, 6, 9, 9]),
            upstream(
                "anthropic", ["claude-sonnet-4"], flight: 41, p95: 3100, failed: 0, series: [3, 4, 4, 3, 4, 4, 4, 4]),
            upstream(
                "holysheep", ["gemini-2.5-flash", "deepseek-v3.2", "house-embed", "gpt-4.1"], flight: 44, p95: 1200,
                failed: 0, series: [4, 4, 5, 5, 4, 4, 5, 4]),
        ]
    }

    private static func errors() -> [ErrorGroup] {
        [
            ErrorGroup(
                client: "acme-batch", model: "claude-sonnet-4", upstream: "", status: 429, error: .rateLimitExceeded,
                detail: "requests 300/1m, retry after 41 s", count: 612, first: ago(280), last: ago(1),
                series: [1, 2, 3, 5, 7, 8, 9, 9]),
            ErrorGroup(
                client: "legacy-etl", model: "gpt-4.1", upstream: "openai-eu", status: 502, error: .upstreamError,
                detail: "tls handshake timeout, upstream openai-eu", count: 38, first: ago(140), last: ago(2),
                series: [0, 0, 0, 0, 1, 7, 9, 9]),
            ErrorGroup(
                client: "checkout-bot", model: "gpt-4.1", upstream: "openai-eu", status: 499, error: .clientGone,
                detail: "client left, 310 tokens billed", count: 4, first: ago(250), last: ago(11),
                series: [1, 0, 0, 2, 0, 0, 1, 0]),
        ]
    }

    private static func costs() -> CostFigures {
        var costs = CostFigures()
        costs.perHourNanoUSD = 41_200_000_000
        costs.todayNanoUSD = 512_880_000_000
        costs.monthNanoUSD = 9_904_120_000_000
        costs.burnSeries = [
            20, 21, 20, 22, 24, 25, 24, 26, 28, 28, 30, 31, 31, 33, 34, 36, 38, 38, 39, 41, 41, 40, 41, 41,
        ]
        func line(_ name: String, _ cost: Int64, _ perHour: Int64) -> CostFigures.Line {
            CostFigures.Line(
                name: name, costNanoUSD: cost, perHourNanoUSD: perHour, requests: cost / 4_000_000,
                inputTokens: cost / 9000, cachedTokens: cost / 40_000, outputTokens: cost / 60_000)
        }
        costs.byClient = [
            line("acme-batch", 243_100_000_000, 22_100_000_000), line("研究チーム", 107_470_000_000, 9_770_000_000),
            line("checkout-bot", 84_220_000_000, 4_020_000_000), line("support-chat", 44_250_000_000, 2_750_000_000),
            line("legacy-etl", 19_830_000_000, 1_200_000_000), line("search-api", 14_010_000_000, 1_110_000_000),
        ]
        costs.byModel = [
            line("claude-sonnet-4", 341_000_000_000, 28_000_000_000), line("gpt-4.1", 121_880_000_000, 9_000_000_000),
            line("gemini-2.5-flash", 44_000_000_000, 4_000_000_000), line("deepseek-v3.2", 6_000_000_000, 200_000_000),
        ]
        costs.byDay = (0..<14).map { day in
            let step = Int64((day * 37) % 14)
            return line("2026-11-\(12 + day)", 300_000_000_000 + step * 41_000_000_000, 0)
        }
        costs.budgets = [
            CostFigures.Projection(
                scope: "gateway", limit: Limit(kind: .budgetDay, amount: 900_000_000_000),
                spentNanoUSD: 512_880_000_000, projectedNanoUSD: 922_000_000_000, usedUpAt: now.adding(seconds: 33_800)),
            CostFigures.Projection(
                scope: "acme-batch", limit: Limit(kind: .budgetDay, amount: 250_000_000_000),
                spentNanoUSD: 243_100_000_000, projectedNanoUSD: 460_000_000_000, usedUpAt: now.adding(seconds: 250)),
            CostFigures.Projection(
                scope: "search-api", limit: Limit(kind: .budgetMonth, amount: 200_000_000_000),
                spentNanoUSD: 44_000_000_000, projectedNanoUSD: 58_000_000_000, usedUpAt: nil),
        ]
        costs.reported = 41_200
        costs.estimated = 310
        costs.partial = 44
        costs.unpriced = 12
        return costs
    }

    static func records() -> [RequestRecord] { (0..<30).map(record) }

    private static func record(_ index: Int) -> RequestRecord {
        var record = RequestRecord(
            time: now.adding(milliseconds: Int64(index) * -137),
            requestID: .made(boot: 7, counter: UInt64(9000 - index)))
        let isRefused = index % 4 == 1
        let isFailed = index % 11 == 5
        record.client = isRefused ? "acme-batch" : ["checkout-bot", "研究チーム", "search-api"][index % 3]
        record.keyID = KeyID(text: isRefused ? "7Q2fA9xk" : "Kd81mT0v")
        record.address = "10.0.0.\(index)"
        record.userAgent = "OpenAI/Python 1.99.1"
        record.method = "POST"
        record.path = "/v1/chat/completions"
        record.model = isFailed ? "gpt-4.1" : "claude-sonnet-4"
        record.upstream = isRefused ? "" : isFailed ? "openai-eu" : "anthropic"
        record.status = isRefused ? 429 : isFailed ? 502 : 200
        record.upstreamStatus = isRefused ? 0 : record.status
        record.error = isRefused ? .rateLimitExceeded : isFailed ? .upstreamError : nil
        record.detail = isRefused ? "requests 300/1m, retry after 41 s" : isFailed ? "tls handshake timeout" : ""
        record.isStream = index % 2 == 0
        record.messageCount = 3
        record.promptLength = 4120
        record.firstByteMilliseconds = isRefused ? -1 : 380 + Int64(index)
        record.totalMilliseconds = isRefused ? 0 : 900 + Int64(index) * 301
        record.gatewayMicroseconds = 140
        record.usage =
            isRefused || isFailed
            ? TokenUsage() : TokenUsage(inputUncached: 1200, cacheRead: 300, outputVisible: 410, source: .reported)
        record.cost = NanoDollars(nanos: isRefused || isFailed ? 0 : 31_234_000)
        record.bytesIn = 5120
        record.bytesOut = 18_200
        return record
    }

    private static func acts() -> [AuditRow] {
        let ops = Actor(user: "ops", terminal: "pts/3")
        return [
            AuditRow(
                id: 41, time: ago(32), actor: ops, act: "limit.set", target: "acme-batch", before: "requests 600/1m",
                after: "requests 300/1m", why: "for 30m", isUndoable: true, undoableUntil: now.adding(seconds: 250)),
            AuditRow(
                id: 40, time: ago(282), actor: .auto, act: "alert.open", target: "gateway", before: "",
                after: "error rate 6.1 %"),
            AuditRow(
                id: 39, time: ago(720), actor: ops, act: "client.suspend", target: "intern-sandbox", before: "active",
                after: "suspended until 14:21", isUndoable: true),
            AuditRow(
                id: 38, time: ago(90_000), actor: Actor(user: "mara", terminal: "cli"), act: "key.revoke",
                target: "tg_zzOldKey", before: "active", after: "revoked", why: "leaked in a build log"),
        ]
    }

    private static func incidents() -> [Incident] {
        var closed = Incident(
            id: 1, subject: "client search-api", severity: .critical, what: "quota 99 %", start: ago(9000))
        closed.end = ago(8000)
        closed.endedBy = 41
        return [
            Incident(id: 3, subject: "client acme-batch", severity: .critical, what: "10.4 % refused", start: ago(200)),
            Incident(
                id: 2, subject: "upstream openai-eu", severity: .error, what: "14.8 % provider errors", start: ago(282)),
            closed,
        ]
    }

    private static func log() -> [LogLine] {
        [
            LogLine(time: ago(300), level: .info, message: "configuration read again, 2 clients changed"),
            LogLine(time: ago(140), level: .warning, message: "upstream openai-eu: tls handshake timeout"),
            LogLine(time: ago(20), level: .error, message: "requests.jsonl: 3 lines dropped, disk slow"),
        ]
    }

    /// Ten thousand clients and five thousand keys.
    static func crowd() -> LiveSnapshot {
        var snapshot = busy()
        let more = (0..<9993).map(tenant)
        snapshot.clients += more
        snapshot.clientCount = snapshot.clients.count
        return snapshot
    }

    private static func tenant(_ index: Int) -> ClientRow {
        let series: Series = (0..<12).map { Double((index + $0) % 7) }
        let rate = Double((index * 7919) % 900) / 10
        let cost = Int64((index * 104_729) % 1_000_000_000)
        return client(
            "tenant-\(index)", key: "", rate: rate, series: series, p95: Double((index * 31) % 6000), tokens: 100,
            cost: cost, share: Double(index % 97) / 100)
    }

    /// Names that are wide, marked, joined, reversed or plainly hostile.
    static func hostile() -> LiveSnapshot {
        var snapshot = busy()
        let names = [
            "\u{1b}[31mred\u{1b}[0m", "семь\u{301}\u{301}\u{301}\u{301}\u{301}\u{301}\u{301}", "👩‍👩‍👧‍👦👍🏽",
            "مرحبا\u{202e}evil",
            "a\tb\nc\rd", String(repeating: "長", count: 60), "\u{0}\u{7f}\u{9b}2J",
        ]
        for (index, name) in names.enumerated() where index < snapshot.clients.count {
            snapshot.clients[index].card.name = name
            snapshot.clients[index].card.owner = name
        }
        for index in snapshot.errors.indices {
            snapshot.errors[index].client = names[index]
            snapshot.errors[index].detail = names[index + 2]
        }
        snapshot.upstreams[0].name = names[5]
        snapshot.instance = names[0]
        return snapshot
    }
}
