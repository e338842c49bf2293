import Dispatch
import Domain
import FoundationEssentials
import Glibc
import Ledger
import NIOCore
import Proxy
import Settings
import Synchronization
import Telemetry

@testable import Control

/// A folder of one test, gone with it.
final class Scratch: Sendable {
    let path: String

    init() {
        // Short: the path of a socket has 107 bytes at most.
        var template = Array("/tmp/tg-XXXXXX".utf8CString)
        guard mkdtemp(&template) != nil else { preconditionFailure("no temporary folder") }
        path = String(decoding: template.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    var folder: DataFolder { DataFolder(path: path + "/data") }
}

/// A desk with everything that it needs around it: a store on disk, a gateway on a port, a clock that is moved by hand.
final class Office: Sendable {
    let scratch: Scratch
    let desk: ControlDesk
    let store: Store
    let gateway: Gateway
    let collector: Collector
    let recorder: Recorder
    let port: Int
    let clock: Clock
    private let closed = Atomic<Bool>(false)

    /// The wall clock of a test.
    final class Clock: Sendable {
        // It begins at the real time, which the loops judge keys by.
        private let time = Mutex((wall: Timestamp(milliseconds: wallMilliseconds()), monotonic: Int64(1)))
        var now: Timestamp { time.withLock { $0.wall } }
        /// The clock of durations, in nanoseconds.
        var monotonic: Int64 { time.withLock { $0.monotonic } }
        func pass(seconds: Int64) {
            step(seconds: seconds)
            time.withLock { $0.monotonic += seconds * 1_000_000_000 }
        }
        /// Only the wall clock is set.
        func step(seconds: Int64) { time.withLock { $0.wall = $0.wall.adding(seconds: seconds) } }
    }

    static let usual = """
        upstreams:
          p: { url: "http://127.0.0.1:9/v1", dialect: openai, key: sk-1 }
        models:
          gpt: { via: [p], input: 1.00, output: 2.00 }
          dear: { via: [p], input: 9.00, output: 9.00 }
        default_tier: free
        tiers:
          free: { requests: 60/1m, concurrent: 4 }
          pro: { requests: 600/1m }
        clients:
          acme: { tier: pro, owner: team, requests: 300/1m }
        limits: { concurrent: 2000 }
        """

    /// - Parameters:
    ///   - isReadOnly: whether the store refuses every write.
    ///   - keys: how many keys are there from the beginning.
    init(
        _ scratch: Scratch = Scratch(), text: String = Office.usual, clock: Clock = Clock(), isReadOnly: Bool = false,
        keys: Int = 0
    ) throws {
        self.scratch = scratch
        self.clock = clock
        let held = Mutexed(text)
        _ = try scratch.folder.prepare()
        let store = isReadOnly ? try Store.openReadOnly(scratch.folder) : try Store.open(try scratch.folder.lock())
        self.store = store
        var state = try store.loadAll()
        for number in 0..<keys { state.keys.append(Office.sampleKey(number)) }
        for name in Set(state.keys.map(\.record.client)) where name.hasPrefix("client-") {
            state.clients.append(ClientRecord(name: name, tier: "free"))
        }
        let book = SpendBook(rows: try store.spend(since: Calendar.monthStart(of: clock.now)))
        recorder = try Recorder(
            settings: RecorderSettings(file: nil), store: isReadOnly ? nil : store, settled: book)
        let table = ClientTable()
        let draining = Mutexed(false)
        drained = draining
        source = held
        desk = try ControlDesk(
            ControlDesk.Parts(
                loaded: try Configuration.parse(text), store: store, state: state, recorder: recorder,
                log: OperatorLog(level: .error, descriptor: -1), table: table,
                reload: { try Configuration.parse(held.value) }, reconfigured: { _ in },
                drain: { draining.value = true },
                wall: { clock.now }, monotonic: { clock.monotonic }),
            hostName: "host")
        collector = Collector(surroundings: desk.surroundings(), version: "1")
        gateway = try Gateway(
            threads: 2, policy: desk.policy, table: table, boot: 1,
            environment: GatewayEnvironment(
                onBatch: { _ in }, metrics: { [] }, openAPI: [], docs: [], maximumBody: 1 << 20, isReady: { true }))
        port = try gateway.listen(host: "127.0.0.1", port: 0).port
        collector.start()
        desk.begin(gateway: gateway, collector: collector, listen: "127.0.0.1:\(port)")
    }

    let drained: Mutexed<Bool>
    let source: Mutexed<String>

    /// Closes everything, so that another office may open on the same folder.
    func close() {
        guard !closed.exchange(true, ordering: .sequentiallyConsistent) else { return }
        gateway.stop()
        collector.stop()
        _ = desk.stop()
        recorder.stop(within: 2)
        store.close()
    }

    deinit { close() }

    /// Another gateway's life on the same data: a copy, since this one's lock lasts as long as its objects.
    func restarted(isReadOnly: Bool = false) throws -> Office {
        close()
        let next = Scratch()
        try FileManager.default.copyItem(atPath: scratch.folder.path, toPath: next.folder.path)
        return try Office(next, text: source.value, clock: clock, isReadOnly: isReadOnly)
    }

    static let ops = Actor(user: "ops", terminal: "pts/3")
    static let other = Actor(user: "eve", terminal: "cli")

    /// Carries out an order and waits for what became of it.
    @discardableResult
    func act(_ command: Command, by actor: Actor = Office.ops, expecting version: Int64? = nil) -> Outcome {
        let answer = Mutexed<Outcome?>(nil)
        let done = DispatchSemaphore(value: 0)
        desk.submit(Order(command: command, actor: actor, expectedVersion: version)) {
            answer.value = $0
            done.signal()
        }
        guard done.wait(timeout: .now() + .seconds(20)) == .success else { return Outcome(.failed, "no answer") }
        return answer.value ?? Outcome(.failed, "no answer")
    }

    func ask(_ query: Query) -> Answer {
        let answer = Mutexed<Answer?>(nil)
        let done = DispatchSemaphore(value: 0)
        desk.ask(query) {
            answer.value = $0
            done.signal()
        }
        guard done.wait(timeout: .now() + .seconds(20)) == .success else { return .failed("no answer") }
        return answer.value ?? .failed("no answer")
    }

    /// A new key: its id and its text.
    func key(client: String = "acme", tier: String? = nil) -> (id: KeyID, text: String) {
        let outcome = act(.createKey(client: client, tier: tier, expiresInSeconds: nil, models: nil, note: ""))
        return (outcome.keyID ?? KeyID(packed: 0), outcome.secret ?? "")
    }

    var audit: [AuditRow] { (try? store.audit(limit: 100, now: clock.now)) ?? [] }

    /// The limit of a kind that the path compares with.
    func limit(_ name: String, _ kind: LimitKind) -> Limit? { desk.policy.clients[name]?.scope.limits.limit(kind) }

    func card(_ id: KeyID) -> KeyCard? {
        guard case .keys(let cards) = ask(.keys(client: nil)) else { return nil }
        return cards.first { $0.id == id }
    }

    static func sampleKey(_ number: Int) -> StoredKey {
        var id = KeyID(packed: 0)
        var rest = number
        var bytes: [UInt8] = []
        for _ in 0..<8 {
            bytes.append(Base62.alphabet[rest % 62])
            rest /= 62
        }
        id = KeyID(bytes: bytes) ?? id
        return StoredKey(
            record: KeyRecord(
                id: id, client: "client-\(number % 1000)", digest: [UInt8](repeating: 7, count: 32),
                created: Timestamp(milliseconds: Int64(number))),
            version: 0)
    }

    /// The status of a request with this key, over the gateway's own port.
    func status(key: String, path: String = "/v1/models") -> Int {
        LoopbackRequest.status(
            port: port, "GET \(path) HTTP/1.1\r\nHost: g\r\nAuthorization: Bearer \(key)\r\nConnection: close\r\n\r\n")
    }
}

/// A value behind a lock that closures can share.
final class Mutexed<Value: Sendable>: Sendable {
    private let state: Mutex<Value>
    init(_ value: Value) { state = Mutex(value) }
    var value: Value {
        get { state.withLock { $0 } }
        set { state.withLock { $0 = newValue } }
    }
}

/// One request to a port of this machine.
enum LoopbackRequest {
    static func status(port: Int, _ request: String) -> Int {
        let made = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        defer { Glibc.close(made) }
        var limit = timeval(tv_sec: 10, tv_usec: 0)
        setsockopt(made, SOL_SOCKET, SO_RCVTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = in_port_t(truncatingIfNeeded: port).bigEndian
        address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
        let outcome = withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(made, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        let bytes = Array(request.utf8)
        guard outcome == 0, send(made, bytes, bytes.count, Int32(MSG_NOSIGNAL)) == bytes.count else { return 0 }
        var answer = [UInt8](repeating: 0, count: 1024)
        let size = recv(made, &answer, answer.count, 0)
        let words = String(decoding: answer.prefix(max(size, 0)), as: UTF8.self).split(separator: " ")
        return words.count > 1 ? Int(words[1]) ?? 0 : 0
    }
}

/// Milliseconds of the wall clock.
func wallMilliseconds() -> Int64 {
    var time = timespec()
    clock_gettime(CLOCK_REALTIME, &time)
    return Int64(time.tv_sec) * 1000 + Int64(time.tv_nsec) / 1_000_000
}

/// Milliseconds of the monotonic clock.
func milliseconds() -> Int64 {
    var time = timespec()
    clock_gettime(CLOCK_MONOTONIC, &time)
    return Int64(time.tv_sec) * 1000 + Int64(time.tv_nsec) / 1_000_000
}
