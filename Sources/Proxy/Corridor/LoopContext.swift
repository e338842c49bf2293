import Domain
import NIOCore
package import Telemetry

/// What belongs to one event loop: its policy, provider connections, meter and open connections.
///
/// Touched on its loop only; that is the whole of its thread safety.
final class LoopContext {
    let eventLoop: any EventLoop
    let table: ClientTable
    private(set) var policy: Policy
    var check = CallerCheck()
    let pools: UpstreamPools
    var meter = MeterShard()
    let environment: GatewayEnvironment
    let boot: UInt64
    private var counter: UInt64
    private var fronts: [FrontHandler] = []
    private var openExchanges = 0
    private var tick: Scheduled<Void>?
    private var tickIsFast = false
    private(set) var isDraining = false
    private var dateSecond: Int64 = -1
    private var dateText = ""

    init(
        eventLoop: any EventLoop, index: Int, policy: Policy, table: ClientTable, boot: UInt64,
        environment: GatewayEnvironment
    ) {
        self.eventLoop = eventLoop
        self.policy = policy
        self.table = table
        self.boot = boot
        self.environment = environment
        // Each loop counts in a range of its own, so that ids need no shared counter.
        counter = UInt64(truncatingIfNeeded: index) << 40
        pools = UpstreamPools(eventLoop: eventLoop)
    }

    /// A new request id.
    func nextRequestID() -> RequestID {
        counter &+= 1
        return .made(boot: boot, counter: counter)
    }

    /// Puts a new policy in force on this loop.
    func apply(_ policy: Policy) {
        self.policy = policy
        check.policyChanged()
        var upstreams = Set(policy.models.values.map { ObjectIdentifier($0.upstream) })
        if let other = policy.passthroughUpstream { upstreams.insert(ObjectIdentifier(other)) }
        pools.retain(upstreams)
    }

    /// `Wed, 25 Nov 2026 14:03:22 GMT`, made once a second.
    func date(wall: Int64) -> String {
        let second = Calendar.floorDivide(wall, 1000)
        if second != dateSecond {
            dateSecond = second
            dateText = HTTPDate.text(Timestamp(milliseconds: wall))
        }
        return dateText
    }
}

// Connections and their clocks.
extension LoopContext {
    func opened(_ front: FrontHandler) {
        front.slot = fronts.count
        fronts.append(front)
        armTick()
    }

    func closed(_ front: FrontHandler) {
        let slot = front.slot
        guard slot >= 0, slot < fronts.count, fronts[slot] === front else { return }
        front.slot = -1
        let last = fronts.removeLast()
        if last !== front {
            fronts[slot] = last
            last.slot = slot
        }
    }

    /// An exchange began (`+1`) or ended (`-1`): decides how often the clocks are looked at.
    func exchangeCount(changedBy delta: Int) {
        openExchanges += delta
        if delta > 0, !tickIsFast { armTick() }
    }

    var exchangeCount: Int { openExchanges }

    /// Connections on which a request is open or may be on its way; while draining these are waited for.
    var busyCount: Int {
        let now = LoopClock.monotonic()
        return fronts.count { $0.isBusy(now: now) }
    }

    /// Facts were added; they are handed over at the next tick.
    func armTick() {
        let wantsFast = openExchanges > 0 || !meter.isEmpty || (isDraining && !fronts.isEmpty)
        if let tick {
            guard wantsFast, !tickIsFast else { return }
            tick.cancel()
        }
        guard wantsFast || !fronts.isEmpty || pools.hasConnections else {
            tick = nil
            return
        }
        tickIsFast = wantsFast
        // One timer a loop, not one a deadline: re-arming a NIO timer costs microseconds with thousands pending.
        tick = eventLoop.assumeIsolated().scheduleTask(in: wantsFast ? .milliseconds(100) : .seconds(1)) { [self] in
            tick = nil
            tickIsFast = false
            onTick()
        }
    }

    private func onTick() {
        handOver()
        let now = LoopClock.monotonic()
        // Copied: a deadline may close a connection and so change the list.
        for front in fronts { front.onTick(now: now) }
        pools.prune(now: now)
        armTick()
    }

    /// Gives the facts of this loop to telemetry and recorder.
    func handOver() {
        guard !meter.isEmpty else { return }
        environment.onBatch(meter.take())
    }
}

// The operator's acts, carried out on this loop.
extension LoopContext {
    /// Ends what `matches` has open; answers how many streams were ended.
    func deny(_ code: ErrorCode, where matches: (String, KeyID?) -> Bool) -> Int {
        var ended = 0
        for front in fronts where front.deny(code, where: matches) { ended += 1 }
        return ended
    }

    /// From now on answers say `Connection: close` and idle connections are closed.
    func beginDraining() {
        isDraining = true
        let now = LoopClock.monotonic()
        for front in fronts { front.closeIfIdle(now: now) }
        armTick()
    }

    /// Cuts everything that is still open.
    func cutAll() {
        for front in fronts { front.cutNow() }
        pools.closeAll()
        handOver()
        tick?.cancel()
        tick = nil
    }
}

/// What the corridor needs from the rooms above it; closures are called on the loops and must not block.
package struct GatewayEnvironment: Sendable {
    /// Takes the facts of a loop, at most ten times a second.
    package var onBatch: @Sendable (MeterBatch) -> Void
    /// Cached Prometheus text.
    package var metrics: @Sendable () -> [UInt8]
    /// The body of `/openapi.json`, JSON.
    package var openAPI: [UInt8]
    /// The body of `/docs`, HTML.
    package var docs: [UInt8]
    /// How large a request's body may be, in bytes.
    package var maximumBody: Int
    /// Whether the gateway takes requests: false while starting and draining.
    package var isReady: @Sendable () -> Bool

    package init(
        onBatch: @escaping @Sendable (MeterBatch) -> Void, metrics: @escaping @Sendable () -> [UInt8],
        openAPI: [UInt8], docs: [UInt8], maximumBody: Int, isReady: @escaping @Sendable () -> Bool
    ) {
        self.onBatch = onBatch
        self.metrics = metrics
        self.openAPI = openAPI
        self.docs = docs
        self.maximumBody = maximumBody
        self.isReady = isReady
    }
}
