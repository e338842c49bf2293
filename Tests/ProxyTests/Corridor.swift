import Crypto
import Dispatch
import Domain
import Glibc
import NIOCore
import Synchronization
import Telemetry
import Wire

@testable import Proxy

/// The whole corridor on a port of its own, with one scripted provider behind it.
final class Corridor: Sendable {
    let gateway: Gateway
    let port: Int
    let provider: ScriptedProvider
    private let facts: Facts
    let isReady: Atomic<Bool>

    /// What the corridor reported.
    private final class Facts: Sendable {
        let batches = Mutex<MeterBatch>(MeterBatch())
        let arrived = DispatchSemaphore(value: 0)
    }

    /// What a test sets up; the rest is usual.
    struct Setup {
        var limits: [Limit] = []
        var gatewayLimits: [Limit] = []
        var models: Set<String>?
        var timeouts = Timeouts(connect: .seconds(2), firstToken: .seconds(10), idle: .seconds(10), total: .seconds(20))
        var passthrough: [String] = []
        var maximumBody = 4 << 20
        var trustedProxies: [String] = []
        var metricsAllow: [String] = ["127.0.0.1"]
        var threads = 1
        var basePath = "/v1"
        /// Where the provider is, if not at the script's port.
        var providerPort: Int?
        var jwt: JWTPolicy?
        var suspended = false
        /// Subjects of tokens that an operator's act names.
        var subjects: [ClientPolicy] = []
    }

    static let secret = "sk-provider-0123456789"
    static let key = Credential(1)
    static let otherKey = Credential(2)
    static let revokedKey = Credential(3)
    static let expiredKey = Credential(4)
    static let boundKey = Credential(5)

    /// A client key of a test, always the same for the same seed.
    struct Credential {
        let text: String
        let id: KeyID

        init(_ seed: UInt64) {
            var dice = Dice(seed: seed)
            let random = (0..<96).map { _ in UInt8.random(in: 0...255, using: &dice) }
            text = KeyText.make(random: random.span) ?? ""
            id = KeyID(bytes: Array(text.utf8).dropFirst(3).prefix(8)) ?? KeyID(packed: 0)
        }

        func entry(
            client: String, isRevoked: Bool = false, expires: Int64 = .max, models: Set<String>? = nil
        ) -> KeyEntry {
            KeyEntry(
                id: id, client: client, digest: KeyEntry.Digest(SHA256.hash(data: Array(text.utf8))),
                isRevoked: isRevoked, expires: expires, models: models, activity: KeyActivity())
        }
    }

    init(_ setup: Setup = Setup(), _ script: @escaping @Sendable (ProviderSide) -> Void) throws {
        let facts = Facts()
        self.facts = facts
        isReady = Atomic(true)
        provider = try ScriptedProvider(script)
        let table = ClientTable()
        let environment = GatewayEnvironment(
            onBatch: { batch in
                facts.batches.withLock {
                    $0.opened += batch.opened
                    $0.finished += batch.finished
                }
                facts.arrived.signal()
            },
            metrics: { Array("up 1\n".utf8) }, openAPI: Array("{}".utf8),
            docs: [UInt8](repeating: UInt8(ascii: "d"), count: 32_768), maximumBody: setup.maximumBody,
            isReady: { true })
        gateway = try Gateway(
            threads: setup.threads, policy: Corridor.policy(setup, port: provider.port, table: table, epoch: 1),
            table: table,
            boot: 7, environment: environment)
        port = try gateway.listen(host: "127.0.0.1", port: 0).port
    }

    deinit {
        gateway.stop()
        provider.stop()
    }

    static func policy(
        _ setup: Setup, port: Int, table: ClientTable, epoch: UInt64, revoked: Set<KeyID> = [],
        suspended: Set<String> = []
    ) -> Policy {
        let upstream = Upstream(
            name: "prov", host: "127.0.0.1", port: setup.providerPort ?? port, tls: nil, basePath: setup.basePath,
            key: secret)
        var keys = KeyTable()
        keys.set(key.entry(client: "acme", isRevoked: revoked.contains(key.id)))
        keys.set(otherKey.entry(client: "other", isRevoked: revoked.contains(otherKey.id)))
        keys.set(revokedKey.entry(client: "acme", isRevoked: true))
        keys.set(expiredKey.entry(client: "acme", expires: 1))
        keys.set(boundKey.entry(client: "acme", models: ["gpt"]))
        func client(_ name: String, limits: [Limit]) -> ClientPolicy {
            ClientPolicy(
                name: name, tier: "free",
                scope: Scope(limits: ScopeLimits(limits), counters: table.counters(for: "client:" + name, now: 0)),
                models: setup.models, isSuspended: setup.suspended || suspended.contains(name),
                limits: limits.map { EffectiveLimit(limit: $0, source: .client) })
        }
        let price = Price(inputNanosPerMillion: 1_000_000, outputNanosPerMillion: 10_000_000)
        func model(_ name: String) -> ModelPolicy {
            ModelPolicy(
                name: name, upstream: upstream, price: price,
                scope: Scope(limits: ScopeLimits(), counters: table.counters(for: "model:" + name, now: 0)),
                timeouts: nil)
        }
        return Policy(
            epoch: epoch, keys: keys,
            clients: Dictionary(
                uniqueKeysWithValues: ([client("acme", limits: setup.limits), client("other", limits: [])]
                    + setup.subjects).map { ($0.name, $0) }),
            tiers: [
                "free": TierPolicy(name: "free", limits: [], models: nil),
                "pro": TierPolicy(name: "pro", limits: [], models: nil),
            ],
            defaultTier: "free", models: ["gpt": model("gpt"), "dear": model("dear")],
            gateway: Scope(limits: ScopeLimits(setup.gatewayLimits), counters: table.counters(for: "gateway:", now: 0)),
            jwt: setup.jwt, passthrough: setup.passthrough, passthroughUpstream: upstream,
            trustedProxies: AddressList(setup.trustedProxies), metricsAllowed: AddressList(setup.metricsAllow),
            timeouts: setup.timeouts)
    }

    /// What an operator's revocation does, in the desk's order.
    func revoke(_ id: KeyID, _ setup: Setup = Setup()) -> Int {
        gateway.apply(Corridor.policy(setup, port: provider.port, table: gateway.table, epoch: 2, revoked: [id]))
        return gateway.deny(.keyRevoked) { _, key in key == id }
    }

    func connect(receiveBuffer: Int32? = nil) throws -> TestSocket {
        try TestSocket.connect(port: port, receiveBuffer: receiveBuffer)
    }

    /// A request's bytes; a chat unless told otherwise.
    static func request(
        _ body: String = Corridor.chat(), method: String = "POST", path: String = "/v1/chat/completions",
        key: String? = Corridor.key.text, fields: String = "", version: String = "1.1",
        type: String = "Content-Type: application/json\r\n"
    ) -> String {
        "\(method) \(path) HTTP/\(version)\r\nHost: gw\r\n"
            + (key.map { "Authorization: Bearer \($0)\r\n" } ?? "") + fields
            + (body.isEmpty ? "" : "\(type)Content-Length: \(body.utf8.count)\r\n") + "\r\n"
            + body
    }

    static func chat(model: String = "gpt", stream: Bool = false, text: String = "hello") -> String {
        #"{"model":"\#(model)","messages":[{"role":"user","content":"\#(text)"}]\#(stream ? #","stream":true"# : "")}"#
    }

    /// Sends one request on a connection of its own and reads its answer.
    func ask(_ request: String = Corridor.request()) throws -> Message {
        let socket = try connect()
        socket.send(request)
        guard let answer = socket.message() else { throw SocketFault(code: errno) }
        return answer
    }

    /// The records so far, once there are at least `count`.
    func records(_ count: Int) -> [RequestRecord] {
        let deadline = DispatchTime.now() + DispatchTimeInterval.seconds(10)
        while true {
            let records = facts.batches.withLock { $0.finished }
            if records.count >= count || facts.arrived.wait(timeout: deadline) == .timedOut { return records }
        }
    }

    /// The facts of arrivals so far.
    var opened: [Opened] { facts.batches.withLock { $0.opened } }

    static let whole = ScriptedProvider.text(200, Answers.whole)
}

/// Milliseconds of the monotonic clock.
func milliseconds() -> Int64 {
    var time = timespec()
    clock_gettime(CLOCK_MONOTONIC, &time)
    return Int64(time.tv_sec) * 1000 + Int64(time.tv_nsec) / 1_000_000
}
