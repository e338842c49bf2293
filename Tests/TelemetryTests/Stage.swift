import Domain
import Synchronization

@testable import Telemetry

/// A live state with a clock in the test's hand, and short ways to tell it what happened.
struct Stage {
    var state: LiveState
    private(set) var now: Moment
    var surroundings: Surroundings

    init(bounds: LiveState.Bounds = LiveState.Bounds(), surroundings: Surroundings = .empty) {
        now = Moment(wall: Timestamp(milliseconds: 1_790_000_000_000), nanoseconds: 5_000_000_000)
        state = LiveState(began: now, bounds: bounds)
        self.surroundings = surroundings
    }

    /// Both clocks go on.
    mutating func pass(seconds: Double) {
        now.nanoseconds += UInt64(seconds * 1e9)
        now.wall = now.wall.adding(milliseconds: Int64(seconds * 1000))
    }

    /// Only the wall clock steps.
    mutating func stepWall(seconds: Int64) { now.wall = now.wall.adding(seconds: seconds) }

    mutating func fold(_ opened: [Opened], _ finished: [RequestRecord] = []) {
        var batch = MeterBatch()
        batch.opened = opened
        batch.finished = finished
        state.fold(batch, at: now)
    }

    /// `count` requests that arrive and finish at once.
    mutating func serve(
        _ count: Int, client: String = "acme", error: ErrorCode? = nil, milliseconds: Int64 = 100, tokens: Int64 = 10,
        cost: Int64 = 1000
    ) {
        let opened = Array(repeating: self.opened(client: client), count: count)
        let finished = Array(
            repeating: record(client: client, error: error, milliseconds: milliseconds, tokens: tokens, cost: cost),
            count: count)
        fold(opened, finished)
    }

    /// `count` requests that a limit refuses.
    mutating func refuse(_ count: Int, client: String = "acme", code: ErrorCode = .rateLimitExceeded) {
        var refused = record(client: client, error: code, milliseconds: 0, tokens: 0, cost: 0)
        refused.attempt = 0
        refused.wasAdmitted = false
        refused.upstream = ""
        fold(
            Array(repeating: opened(client: client, decision: .refused(code)), count: count),
            Array(repeating: refused, count: count))
    }

    mutating func assess() { state.assess(at: now, surroundings) }

    mutating func snapshot(_ window: Int = 300) -> LiveSnapshot {
        state.snapshot(window: window, at: now, surroundings)
    }

    func opened(
        client: String = "acme", key: KeyID? = nil, model: String = "gpt", upstream: String = "north",
        stream: Bool = false, decision: Decision = .admitted
    ) -> Opened {
        Opened(
            time: now.wall, client: client, keyID: key, model: model,
            upstream: decision == .admitted ? upstream : "", isStream: stream, decision: decision)
    }

    func record(
        client: String = "acme", key: KeyID? = nil, model: String = "gpt", upstream: String = "north",
        stream: Bool = false, error: ErrorCode? = nil, milliseconds: Int64 = 100, tokens: Int64 = 10,
        cost: Int64 = 1000, id: UInt64 = 1
    ) -> RequestRecord {
        var record = RequestRecord(time: now.wall, requestID: .made(boot: 1, counter: id))
        record.client = client
        record.keyID = key
        record.model = model
        record.upstream = upstream
        record.path = "/v1/chat/completions"
        record.attempt = 1
        record.status = error?.status ?? 200
        record.error = error
        record.isStream = stream
        record.usage = TokenUsage(inputUncached: tokens, source: tokens > 0 ? .reported : .none)
        record.cost = NanoDollars(nanos: cost)
        record.totalMilliseconds = milliseconds
        record.firstByteMilliseconds = milliseconds / 2
        record.wasAdmitted = true
        return record
    }
}

extension Surroundings {
    /// A gateway in which nothing exists.
    static var empty: Surroundings { of(Directory.with()) }

    static func of(
        _ directory: Directory, quotas: @escaping @Sendable (String) -> [QuotaReading] = { _ in [] },
        scopes: [(scope: String, readings: [QuotaReading])] = [], audit: [AuditRow] = [], spend: [UsageRow] = [],
        incidentChanged: @escaping @Sendable (Incident) -> Void = { _ in }
    ) -> Surroundings {
        Surroundings(
            directory: { directory }, quotas: { $0.map(quotas) }, scopeQuotas: { scopes }, upstreamGauges: { [:] },
            audit: { (audit, audit.count) }, spend: { spend }, remarks: { [] }, log: { [] }, status: { .serving },
            incidentChanged: incidentChanged)
    }
}

extension Directory {
    static func with(
        epoch: UInt64 = 1, clients: [ClientCard] = [], keys: [KeyCard] = [], models: [Model] = [],
        upstreams: [Upstream] = [], alerts: Alerts = Alerts()
    ) -> Directory {
        Directory(
            epoch: epoch, instance: "test", listen: "127.0.0.1:8080", clients: clients, keys: keys, models: models,
            upstreams: upstreams, alerts: alerts)
    }
}

extension ClientCard {
    static func named(
        _ name: String, tier: String = "pro", suspended: Bool = false, limits: [EffectiveLimit] = []
    ) -> ClientCard {
        ClientCard(
            name: name, tier: tier, owner: "", since: nil,
            suspension: suspended
                ? Suspension(client: name, since: Timestamp(milliseconds: 0), until: nil, by: "ops") : nil,
            limits: limits, keys: [], keyCount: 0, version: 1)
    }
}

/// Values that another thread adds to.
final class Gathered<Value: Sendable>: Sendable {
    private let values = Mutex<[Value]>([])
    func add(_ value: Value) { values.withLock { $0.append(value) } }
    var all: [Value] { values.withLock { $0 } }
}
