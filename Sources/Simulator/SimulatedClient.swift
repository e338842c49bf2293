import Glibc
import HTTP
import NIOCore
import NIOPosix
import Synchronization

/// The figures of a client that other threads may read.
package final class ClientFigures: Sendable {
    private let storage = Mutex((tally: ClientTally(), sent: RecentRate(), costly: RecentRate()))
    private let start = NIODeadline.now()

    package init() {}

    /// A copy of the tally as it stands.
    package var tally: ClientTally { storage.withLock { $0.tally } }

    /// Requests sent a second, over the last three.
    var sentPerSecond: Double { storage.withLock { $0.sent.perSecond(at: elapsed) } }

    /// Answers with status 200 a second, over the last three, to requests that a story made costly.
    var costlyPerSecond: Double { storage.withLock { $0.costly.perSecond(at: elapsed) } }

    func change(_ body: (inout ClientTally) -> Void) { storage.withLock { body(&$0.tally) } }

    func countSent() {
        storage.withLock {
            $0.tally.sent += 1
            $0.tally.inFlight += 1
            $0.sent.count(at: elapsed)
        }
    }

    func countCostly() { storage.withLock { $0.costly.count(at: elapsed) } }

    private var elapsed: Double { (NIODeadline.now() - start).seconds }
}

/// A program that uses the gateway.
///
/// Poisson arrivals, a bound on what is under way, back-off as SDKs do, a pool of keep-alive connections. It lives on
/// one event loop.
final class SimulatedClient {
    private let profile: ClientProfile
    private let key: String
    private let address: SocketAddress
    private let host: String
    private let scenario: Scenario
    private let loop: any EventLoop
    private let figures: ClientFigures
    private let start = NIODeadline.now()
    private var random: SeededRandom
    private var idle: [ClientConnection] = []
    private var all: [ObjectIdentifier: ClientConnection] = [:]
    private var inFlight = 0
    private var isStopped = false
    private var isResting = false
    /// Nothing new is sent before this time.
    private var pausedUntil = NIODeadline.uptimeNanoseconds(0)
    /// Grows while every answer is 401 or 403: a program that is locked out tries now and then.
    private var lockedOut = 0

    init(
        profile: ClientProfile, key: String, address: SocketAddress, scenario: Scenario, seed: UInt64,
        figures: ClientFigures, loop: any EventLoop
    ) {
        self.profile = profile
        self.key = key
        self.address = address
        self.scenario = scenario
        self.figures = figures
        self.loop = loop
        host = "\(address.ipAddress ?? "127.0.0.1"):\(address.port ?? 80)"
        random = SeededRandom(seed: seed)
    }

    /// Begins to send.
    func run() {
        // The first request comes at once: a screen must show life within a second or two.
        arrive()
    }

    /// Sends no new request; those under way come to their end.
    func rest() { isResting = true }

    /// Ends everything; requests under way are broken off.
    func stop() {
        isStopped = true
        for connection in all.values { connection.close() }
        all = [:]
        idle = []
    }

    private var elapsed: Double { (NIODeadline.now() - start).seconds }

    // MARK: - Arrivals

    private func arrive() {
        guard !isStopped, !isResting else { return }
        let now = elapsed
        let pressure = scenario.pressure(on: profile.name, at: now)
        after(random.exponential(mean: 1 / max(0.05, rate(at: now) * pressure.rateFactor))) { self.arrive() }
        let bound = pressure.rateFactor > 1 ? profile.concurrency * 8 : profile.concurrency
        guard inFlight < bound, NIODeadline.now() >= pausedUntil else {
            figures.change { $0.skipped += 1 }
            return
        }
        guard let request = draw(pressure) else { return }
        launch(request, isCostly: pressure.errand != nil)
    }

    /// The wanted rate: a slow wave as of a day in three minutes, and bursts.
    private func rate(at now: Double) -> Double {
        let phase = Double(profile.name.utf8.reduce(0) { $0 &+ Int($1) } % 100) / 100
        var rate = profile.requestsPerSecond * (1 + 0.25 * sin(2 * .pi * (now / 180 + phase)))
        if let burst = profile.burst, burst.periodSeconds > 0 {
            let position = (now / burst.periodSeconds + phase).truncatingRemainder(dividingBy: 1) * burst.periodSeconds
            if position < burst.lengthSeconds { rate *= burst.factor }
        }
        return rate
    }

    private func draw(_ pressure: Pressure) -> ClientRequest? {
        guard var errand = pressure.errand ?? random.pick(profile.errands, weight: { $0.weight }) else { return nil }
        let isWrongModel = random.chance(profile.wrongModelRate)
        if isWrongModel { errand.model = "gpt-5-ultra" }
        let isMistyped = random.chance(profile.wrongKeyRate)
        let size = random.logNormal(median: errand.promptBytes, spread: 0.6)
        var request = ClientRequest.make(
            errand, user: profile.name, userAgent: profile.userAgent,
            key: isMistyped ? String(key.dropLast()) + "_" : key,
            host: host, promptBytes: Int(min(max(size, 8), 400_000)), asksForUsage: random.chance(0.5))
        request.isMistake = isWrongModel || isMistyped
        if request.isStream, random.chance(profile.leaveRate) { request.leavesAfter = random.integer(in: 2...6) }
        return request
    }

    // MARK: - Requests

    private func launch(_ request: ClientRequest, isCostly: Bool) {
        inFlight += 1
        figures.countSent()
        connected { connection in
            guard let connection else { return self.ended(request, ClientResult(), nil, isCostly: isCostly) }
            connection.send(request) { self.ended(request, $0, connection, isCostly: isCostly) }
        }
    }

    private func ended(
        _ request: ClientRequest, _ result: ClientResult, _ connection: ClientConnection?, isCostly: Bool
    ) {
        inFlight -= 1
        figures.change {
            $0.inFlight -= 1
            if result.status > 0 { $0.answered[Int(result.status), default: 0] += 1 }
            if result.hasLeft { $0.left += 1 } else if !result.isWhole { $0.broken += 1 }
            if result.hasErrorEvent { $0.errorEvents += 1 }
        }
        guard !isStopped else { return }
        if let connection, connection.isOpen, result.isWhole { idle.append(connection) }
        if result.status == 200, isCostly { figures.countCostly() }
        react(request, result, isCostly: isCostly)
    }

    private func react(_ request: ClientRequest, _ result: ClientResult, isCostly: Bool) {
        switch result.status {
        case 401, 403:
            guard !request.isMistake else { return }
            lockedOut += 1
            pause(min(0.25 * Double(lockedOut), 2))
        case 429 where !profile.obeysRetryAfter:
            retry(request, after: 0.05, isCostly: isCostly)
        case 429:
            let wait = Double(result.retryAfterSeconds ?? 1)
            // A client with many workers: those who were refused wait, at most eight seconds, as SDKs do.
            pause(min(wait, 8) * (0.5 + 0.5 * random.unit()))
            if !result.forbidsRetry { retry(request, after: min(wait, 8), isCostly: isCostly) }
        case 0, 500...:
            if !result.hasLeft, !result.forbidsRetry {
                let backoff = 0.5 * Double(1 << min(request.attempt, 4)) * (0.75 + 0.25 * random.unit())
                retry(request, after: min(8, Double(result.retryAfterSeconds ?? 0) + backoff), isCostly: isCostly)
            }
        default:
            lockedOut = 0
        }
    }

    private func pause(_ seconds: Double) {
        pausedUntil = max(pausedUntil, .now() + TimeAmount(seconds: seconds))
    }

    private func retry(_ request: ClientRequest, after seconds: Double, isCostly: Bool) {
        guard request.attempt < profile.retries else { return }
        var again = request
        again.attempt += 1
        after(seconds) {
            guard !self.isStopped, !self.isResting, self.inFlight < self.profile.concurrency else { return }
            self.launch(again, isCostly: isCostly)
        }
    }

    // MARK: - Connections

    /// A connection without a request: the one used last, or a new one; nil where none can be had.
    private func connected(_ use: @escaping (ClientConnection?) -> Void) {
        while let connection = idle.popLast() {
            if connection.isOpen { return use(connection) }
        }
        let connecting = ClientBootstrap(group: loop)
            .channelOption(.tcpOption(.tcp_nodelay), value: 1)
            .connectTimeout(.seconds(5))
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(ClientConnection())
                }
            }
            .connect(to: address)
        connecting.assumeIsolated().whenComplete { result in
            guard !self.isStopped, case .success(let channel) = result,
                let connection = try? channel.pipeline.syncOperations.handler(type: ClientConnection.self)
            else {
                if case .success(let channel) = result { channel.close(promise: nil) }
                return use(nil)
            }
            self.all[ObjectIdentifier(connection)] = connection
            connection.onClose = { [weak self] in self?.all[ObjectIdentifier($0)] = nil }
            use(connection)
        }
    }

    private func after(_ seconds: Double, _ body: @escaping () -> Void) {
        loop.assumeIsolated().scheduleTask(in: TimeAmount(seconds: seconds), body)
    }
}
