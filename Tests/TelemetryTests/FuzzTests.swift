import Domain
import Testing

@testable import Telemetry

@Suite struct FuzzTests {
    /// Random facts with numbers and clocks at their edges: nothing may trap, no gauge may be negative, the gateway's
    /// figures are the sums that a plain loop makes, and every output can be made at any moment.
    @Test(arguments: [UInt64(1), 2, 3, 4, 5, 6])
    func noFactEndsTheProcess(seed: UInt64) {
        var random = Pseudorandom(seed: seed)
        var bounds = LiveState.Bounds()
        bounds.clients = 12
        bounds.keys = 12
        bounds.records = 30
        bounds.errorRecords = 20
        let directory = Directory.with(
            clients: [.named("c1"), .named("c2", suspended: true)],
            models: [.init(name: "m1", upstreams: ["u1"], price: nil)], upstreams: [.init(name: "u1", origin: "")])
        let edge = QuotaReading(limit: Limit(kind: .budgetMonth, amount: .max), source: .tier, used: .min)
        var stage = Stage(
            bounds: bounds, surroundings: .of(directory, quotas: { _ in [edge] }, scopes: [("gateway", [edge])]))
        var arrivals: Int64 = 0
        var requests: Int64 = 0
        var inFlight: Int64 = 0
        for round in 0..<300 {
            var opened: [Opened] = []
            var finished: [RequestRecord] = []
            for _ in 0..<Int.random(in: 0...8, using: &random) {
                let fact = Self.fact(stage, &random)
                opened.append(fact)
                arrivals += 1
                if fact.decision == .admitted { inFlight += 1 }
            }
            for _ in 0..<Int.random(in: 0...8, using: &random) {
                let record = Self.record(stage, &random)
                finished.append(record)
                if record.attempt > 0 { requests += 1 }
            }
            for record in finished where record.wasAdmitted { inFlight = max(0, inFlight - 1) }
            stage.fold(opened, finished)
            let steps: [Int64] = [0, 1, -1, 86_400, -86_400, .max / 1000, .min / 1000]
            stage.stepWall(seconds: steps.randomElement(using: &random) ?? 0)
            stage.pass(seconds: [0, 0.1, 1, 7, 4000, 100_000].randomElement(using: &random) ?? 0)
            if round % 20 == 0 {
                let windows = [Int.min, 60, 300, 900, 3600, 21_600, 86_400, Int.max]
                let snapshot = stage.snapshot(windows.randomElement(using: &random) ?? 60)
                Self.check(snapshot)
                _ = SnapshotJSON.encode(snapshot)
                _ = PrometheusText.render(stage.state, gauges: [:], version: "")
                let limit = Limit(
                    kind: LimitKind.allCases.randomElement(using: &random) ?? .requests, amount: Self.number(&random),
                    windowSeconds: Self.number(&random))
                let preview = stage.state.preview(
                    [LimitScope.gateway, .client("c1"), .tier("pro"), .model("m1")].randomElement(using: &random)
                        ?? .gateway, limit, seconds: Int(Self.number(&random)), at: stage.now, stage.surroundings)
                #expect(preview.refused >= 0 && preview.refused <= preview.asked)
            }
        }
        let snapshot = stage.snapshot(300)
        if seed == 1 {
            let page = PrometheusText.render(stage.state, gauges: [:], version: "")
            #expect(throws: Never.self) { try Exposition(String(decoding: page, as: UTF8.self)) }
        }
        #expect(snapshot.totals.arrivals == arrivals)
        #expect(snapshot.totals.requests == requests)
        #expect(Int64(snapshot.gateway.inFlight) == inFlight)
    }

    private static func check(_ snapshot: LiveSnapshot) {
        #expect(snapshot.gateway.inFlight >= 0 && snapshot.gateway.streams >= 0)
        #expect(
            snapshot.clients.allSatisfy { $0.inFlight >= 0 && $0.streams >= 0 && (0...1).contains($0.refusedShare) })
        #expect(snapshot.models.allSatisfy { $0.inFlight >= 0 && (0...1).contains($0.upstreamErrorShare) })
        #expect((0...1).contains(snapshot.gateway.errorShare))
        #expect(snapshot.gateway.errorSeries.compactMap { $0 }.allSatisfy { (0...1).contains($0) })
        #expect(snapshot.gateway.requestSeries.compactMap { $0 }.allSatisfy { $0 >= 0 && $0.isFinite })
        #expect(snapshot.clients.count <= snapshot.clientCount)
    }

    private static func number(_ random: inout Pseudorandom) -> Int64 {
        [.min, .min + 1, -1, 0, 1, 60, 1 << 31, 1 << 40, .max - 1, .max, Int64.random(in: 0...5000, using: &random)]
            .randomElement(using: &random) ?? 0
    }

    private static func fact(_ stage: Stage, _ random: inout Pseudorandom) -> Opened {
        let codes = ErrorCode.allCases
        return Opened(
            time: Timestamp(milliseconds: number(&random)), client: name("c", &random), keyID: key(&random),
            model: name("m", &random), upstream: name("u", &random), isStream: Bool.random(using: &random),
            decision: Bool.random(using: &random)
                ? .admitted : .refused(codes.randomElement(using: &random) ?? .internalError))
    }

    private static func record(_ stage: Stage, _ random: inout Pseudorandom) -> RequestRecord {
        var record = RequestRecord(
            time: Timestamp(milliseconds: number(&random)), requestID: .given(name("r", &random)))
        record.client = name("c", &random)
        record.keyID = key(&random)
        record.model = name("m", &random)
        record.upstream = name("u", &random)
        record.attempt = UInt8.random(in: 0...2, using: &random)
        record.status = UInt16.random(in: 0...UInt16.max, using: &random)
        record.upstreamStatus = UInt16.random(in: 0...UInt16.max, using: &random)
        record.error = ErrorCode(rawValue: UInt8.random(in: 0...40, using: &random))
        record.detail = String(repeating: "💥\u{1b}", count: Int.random(in: 0...200, using: &random))
        record.isStream = Bool.random(using: &random)
        record.usage = TokenUsage(
            inputUncached: number(&random), cacheRead: number(&random), outputVisible: number(&random),
            source: UsageSource.allCases.randomElement(using: &random) ?? .none)
        record.cost = NanoDollars(nanos: number(&random))
        record.isPriced = Bool.random(using: &random)
        record.firstByteMilliseconds = number(&random)
        record.totalMilliseconds = number(&random)
        record.wasAdmitted = Bool.random(using: &random)
        return record
    }

    private static func name(_ prefix: String, _ random: inout Pseudorandom) -> String {
        let number = Int.random(in: 0...20, using: &random)
        return number == 0 ? "" : "\(prefix)\(number)"
    }

    private static func key(_ random: inout Pseudorandom) -> KeyID? {
        Bool.random(using: &random) ? KeyID(packed: UInt64.random(in: 0...20, using: &random)) : nil
    }
}
