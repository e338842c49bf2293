import Dispatch
package import Domain
package import Ledger
package import Proxy
package import Settings
import Synchronization
package import Telemetry

/// The operator's desk: the one place where orders are carried out, written down and taken back.
///
/// It alone owns the `Policy`. Everything happens on one serial queue, off the event loops: acts wait for loops and disk.
/// Denials go memory first, then disk, so that a full disk cannot keep a stolen key alive; allowances go disk first.
package final class ControlDesk: Sendable {
    /// What the desk works with; values and rooms that were started before it.
    package struct Parts: Sendable {
        package var loaded: LoadedConfiguration
        package var store: Store
        package var state: StoredState
        package var recorder: Recorder
        package var log: OperatorLog
        package var table: ClientTable
        /// Reads the configuration again, as it was read at start.
        package var reload: @Sendable () throws -> LoadedConfiguration
        /// Tells the rooms above what a new configuration changes for them (the theme).
        package var reconfigured: @Sendable (Configuration) -> Void
        /// Begins to drain and stop the process.
        package var drain: @Sendable () -> Void
        package var wall: @Sendable () -> Timestamp
        package var monotonic: @Sendable () -> Int64

        package init(
            loaded: LoadedConfiguration, store: Store, state: StoredState, recorder: Recorder, log: OperatorLog,
            table: ClientTable, reload: @escaping @Sendable () throws -> LoadedConfiguration,
            reconfigured: @escaping @Sendable (Configuration) -> Void, drain: @escaping @Sendable () -> Void,
            wall: @escaping @Sendable () -> Timestamp, monotonic: @escaping @Sendable () -> Int64
        ) {
            self.loaded = loaded
            self.store = store
            self.state = state
            self.recorder = recorder
            self.log = log
            self.table = table
            self.reload = reload
            self.reconfigured = reconfigured
            self.drain = drain
            self.wall = wall
            self.monotonic = monotonic
        }
    }

    /// What changes with each act, under one lock.
    ///
    /// The control queue alone changes what acts change; the directory is the cards' queue's, `auditAt` whoever's
    /// looks at the audit.
    struct Desk: Sendable {
        var configuration: Configuration
        var book: Book
        var maker: PolicyMaker
        var policy: Policy
        var lastAudit: Int64
        /// Denials that are in force but could not be written down yet.
        var unwritten: [WaitingAct] = []
        var endings = Endings()
        var remarks: [String] = []
        var audit: [AuditRow] = []
        var auditToday = 0
        var auditAt: Timestamp = Timestamp(milliseconds: 0)
        var directory: Directory
        var directoryIsStale = true
    }

    let parts: Parts
    let queue = DispatchQueue(label: "tollgate.control", qos: .userInitiated)
    /// Where the cards that screens draw are made.
    let cards = DispatchQueue(label: "tollgate.cards", qos: .utility)
    let desk: Mutex<Desk>
    let gateway = Mutex<Gateway?>(nil)
    let collector = Mutex<Collector?>(nil)
    let listen = Mutex<String>("")
    let instance: String
    private let timer = Mutex<UInt64>(0)
    /// Nothing is begun any more: the store is about to be closed.
    let isStopped = Atomic(false)

    /// Makes the first policy.
    ///
    /// - Throws: `UpstreamFault` where a provider cannot be set up.
    package init(_ parts: Parts, hostName: String) throws(UpstreamFault) {
        self.parts = parts
        let configuration = parts.loaded.configuration
        instance = configuration.name ?? hostName
        let book = Book(parts.state, at: parts.wall())
        var maker = PolicyMaker(table: parts.table)
        let policy = try maker.make(configuration, book, now: parts.wall())
        let directory = Directory(
            epoch: 0, instance: instance, listen: "", clients: [], keys: [], models: [], upstreams: [],
            alerts: Directory.Alerts())
        desk = Mutex(
            Desk(
                configuration: configuration, book: book, maker: maker, policy: policy,
                lastAudit: parts.state.lastAuditID, remarks: ControlDesk.remarks(parts.loaded), directory: directory))
        seedBudgets()
    }

    /// The policy in force.
    package var policy: Policy { desk.withLock { $0.policy } }

    package var configuration: Configuration { desk.withLock { $0.configuration } }

    /// Connects the running rooms and starts what ends by itself.
    package func begin(gateway: Gateway, collector: Collector, listen: String) {
        self.gateway.withLock { $0 = gateway }
        self.collector.withLock { $0 = collector }
        self.listen.withLock { $0 = listen }
        queue.sync {
            refreshAudit()
            noteEndedMeanwhile()
            expireEnded()
            scheduleEnd()
        }
        cards.sync { refreshDirectory() }
    }

    /// Waits for acts that are under way and writes what is left.
    ///
    /// - Returns: whether everything is written down.
    package func stop() -> Bool {
        timer.withLock { $0 &+= 1 }
        isStopped.store(true, ordering: .relaxed)
        queue.sync {
            _ = flushUnwritten()
            try? parts.store.touchKeys(parts.recorder.keyUses())
        }
        let left = desk.withLock { $0.unwritten }
        for act in left {
            parts.log.log(.error, "\(act.row.act) \(act.row.target) is not in the database; the next start tries again")
        }
        collector.withLock { $0 = nil }
        gateway.withLock { $0 = nil }
        return left.isEmpty
    }

    /// Carries out an order; `reply` is called on the control queue.
    package func submit(_ order: Order, reply: @escaping @Sendable (Outcome) -> Void) {
        queue.async { [self] in reply(carryOut(order)) }
    }

    /// Answers a question; `reply` is called on the control queue or the telemetry thread.
    package func ask(_ query: Query, reply: @escaping @Sendable (Answer) -> Void) {
        queue.async { [self] in answer(query, reply: reply) }
    }

    private func carryOut(_ order: Order) -> Outcome {
        if let words = order.command.remark, words.utf8.count > 400 {
            return Outcome(.refused, "a note or reason has at most 400 bytes, this one \(words.utf8.count)")
        }
        return switch order.command {
        case .revokeKey(let id): revoke(id, order)
        case .restoreKey(let id): restore(id, order)
        case .createKey(let client, let tier, let seconds, let models, let note):
            create(client: client, tier: tier, seconds: seconds, models: models, note: note, order)
        case .rotateKey(let id, let seconds): rotate(id, graceSeconds: seconds, order)
        case .suspendClient(let name, let seconds): suspend(name, seconds: seconds, order)
        case .resumeClient(let name): resume(name, order)
        case .setLimit(let scope, let limit, let seconds, let why):
            setLimit(scope, limit, seconds: seconds, why: why, order)
        case .clearLimit(let scope, let kind): clearLimit(scope, kind, order)
        case .undo(let audit): undo(audit, order)
        case .reload: reload(order)
        case .drain: drain(order)
        }
    }

    private func drain(_ order: Order) -> Outcome {
        let row = note(order.actor, act: "gateway.drain", target: "gateway", before: "serving", after: "draining")
        parts.drain()
        var outcome = Outcome(.done, "draining: open requests may finish, then the gateway stops")
        outcome.audit = row?.id
        return outcome
    }

    /// Spend of the running hour, day and month goes back into the counters that budgets are checked against.
    private func seedBudgets() {
        let now = parts.wall()
        let totals = parts.recorder.settled.totals(at: now)
        let monotonic = parts.monotonic()
        func seed(_ name: String, _ spend: PeriodTotals) {
            parts.table.counters(for: name, now: monotonic).seed(
                hour: spend.hour, day: spend.day, month: spend.month, wallSeconds: now.seconds)
        }
        seed("gateway:", totals.gateway)
        for (name, spend) in totals.clients { seed("client:" + name, spend) }
        for (name, spend) in totals.models { seed("model:" + name, spend) }
    }

    /// Sets the timer for the next suspension or override that ends by itself.
    func scheduleEnd() {
        let wall = parts.wall()
        let monotonic = parts.monotonic()
        let next = desk.withLock { desk in
            desk.endings.note(desk.book.endings(), wall: wall, monotonic: monotonic)
            return desk.endings.wait(monotonic: monotonic)
        }
        guard let next else { return }
        let wait = min(max(1, next), 3_600_000)
        // A newer timer makes the older ones fall silent.
        let serial = timer.withLock { timer in
            timer &+= 1
            return timer
        }
        queue.asyncAfter(deadline: .now() + .milliseconds(Int(clamping: wait))) { [weak self] in
            guard let self, timer.withLock({ $0 }) == serial else { return }
            expireEnded()
            scheduleEnd()
        }
    }
}

extension Command {
    /// What an operator wrote beside an act.
    fileprivate var remark: String? {
        switch self {
        case .createKey(_, _, _, _, let note): note
        case .setLimit(_, _, _, let why): why
        default: nil
        }
    }
}
