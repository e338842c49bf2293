package import Domain
import Synchronization
import Threads

/// The telemetry thread and its one door: event loops hand batches in, dashboards take snapshots out.
///
/// Everything that enters waits in a bounded inbox under a mutex that is held for an append; everything that leaves is
/// made on the thread, which sleeps while nothing happens and nobody watches.
package final class Collector: Sendable {
    /// Facts that may wait for the thread; a batch that would exceed it is counted as lost.
    package static let defaultBound = 200_000
    /// Questions that may wait.
    private static let askBound = 1000

    private let surroundings: Surroundings
    private let clock: MeterClock
    private let version: String
    private let bound: Int
    private let doorbell = Doorbell()
    private let ended = Doorbell()
    private let inbox = Mutex(Inbox())
    private let scrape: Mutex<[UInt8]>

    /// - Parameters:
    ///   - surroundings: what snapshots ask the rest of the gateway, always on the telemetry thread.
    ///   - clock: where moments come from.
    ///   - version: told by `tollgate_build_info`.
    ///   - bound: facts that may wait for the thread.
    package init(
        surroundings: Surroundings, clock: MeterClock = .system, version: String = "",
        bound: Int = Collector.defaultBound
    ) {
        self.surroundings = surroundings
        self.clock = clock
        self.version = version
        self.bound = bound
        scrape = Mutex(PrometheusText.render(LiveState(began: clock.now()), gauges: [:], version: version))
    }

    /// Starts the thread; a second call does nothing.
    ///
    /// - Returns: false where the system gave no thread.
    @discardableResult
    package func start() -> Bool {
        let isFirst = inbox.withLock { inbox in
            defer { inbox.isStarted = true }
            return !inbox.isStarted
        }
        guard isFirst else { return true }
        let began = NamedThread.start("telemetry") { [self] in
            run()
            ended.ring()
        }
        if !began { inbox.withLock { $0.isStarted = false } }
        return began
    }

    /// Counts what has been handed in, answers what has been asked, and ends the thread.
    ///
    /// - Parameter milliseconds: how long to wait for that; after it the thread is left to itself.
    package func stop(within milliseconds: UInt64 = 1000) {
        let wasRunning = inbox.withLock { inbox in
            defer { inbox.isStopping = true }
            return inbox.isStarted && !inbox.isStopping
        }
        guard wasRunning else { return }
        doorbell.ring()
        ended.sleep(nanoseconds: milliseconds.multipliedSaturated(by: 1_000_000))
    }

    /// Hands in what an event loop saw.
    ///
    /// Never waits for the thread: a batch that does not fit is counted and dropped.
    package func submit(_ batch: MeterBatch) {
        if batch.isEmpty { return }
        let mustRing = inbox.withLock { inbox in
            let size = batch.opened.count &+ batch.finished.count
            guard !inbox.isStopping, inbox.facts &+ size <= bound else {
                inbox.lost.add(contentsOf: batch)
                return false
            }
            inbox.facts &+= size
            inbox.batches.append(batch)
            return inbox.batches.count == 1
        }
        if mustRing { doorbell.ring() }
    }

    /// Sends a snapshot at once and then every `intervalMilliseconds` until the subscription is cancelled.
    ///
    /// - Parameters:
    ///   - windowSeconds: 60 to 86,400.
    ///   - intervalMilliseconds: 100 to 60,000; where nothing happens it is a second at least.
    ///   - onSnapshot: called on the telemetry thread; it must not block.
    package func subscribe(
        windowSeconds: Int, intervalMilliseconds: Int, onSnapshot: @escaping @Sendable (LiveSnapshot) -> Void
    ) -> Subscription {
        let id = inbox.withLock { inbox in
            inbox.lastSubscriber &+= 1
            inbox.subscribers[inbox.lastSubscriber] = Subscriber(
                window: windowSeconds, interval: Collector.nanoseconds(intervalMilliseconds), onSnapshot: onSnapshot)
            return inbox.lastSubscriber
        }
        doorbell.ring()
        return Subscription(collector: self, id: id)
    }

    /// One snapshot, made now.
    ///
    /// - Returns: false where the thread has stopped or too many questions wait; `completion` is not called then.
    @discardableResult
    package func snapshot(windowSeconds: Int, completion: @escaping @Sendable (LiveSnapshot) -> Void) -> Bool {
        ask { [surroundings] state, now in
            completion(state.snapshot(window: windowSeconds, at: now, surroundings))
        }
    }

    /// The newest finished requests that match, newest first; see `snapshot` for the result.
    @discardableResult
    package func records(
        matching filter: RecordFilter, limit: Int, completion: @escaping @Sendable ([RequestRecord]) -> Void
    ) -> Bool {
        ask { state, _ in completion(state.records(matching: filter, limit: limit)) }
    }

    /// What a limit would have refused in the last seconds; see `snapshot` for the result.
    @discardableResult
    package func preview(
        _ scope: LimitScope, _ limit: Limit, seconds: Int, completion: @escaping @Sendable (LimitPreview) -> Void
    ) -> Bool {
        ask { [surroundings] state, now in
            completion(state.preview(scope, limit, seconds: seconds, at: now, surroundings))
        }
    }

    /// Prometheus text made now; see `snapshot` for the result.
    @discardableResult
    package func scrape(completion: @escaping @Sendable ([UInt8]) -> Void) -> Bool {
        ask { [surroundings, version] state, now in
            state.advance(to: now)
            completion(PrometheusText.render(state, gauges: surroundings.upstreamGauges(), version: version))
        }
    }

    /// The cached Prometheus text, at most a second behind the facts.
    package var prometheusText: [UInt8] { scrape.withLock { $0 } }

    private func ask(_ question: @escaping @Sendable (inout LiveState, Moment) -> Void) -> Bool {
        let isTaken = inbox.withLock { inbox in
            guard inbox.isStarted, !inbox.isStopping, inbox.asks.count < Collector.askBound else { return false }
            inbox.asks.append(question)
            return true
        }
        if isTaken { doorbell.ring() }
        return isTaken
    }

    fileprivate func change(_ id: UInt64, window: Int?, interval: Int?) {
        inbox.withLock { inbox in
            if let window { inbox.subscribers[id]?.window = window }
            if let interval { inbox.subscribers[id]?.interval = Collector.nanoseconds(interval) }
            inbox.subscribers[id]?.due = 0
        }
        doorbell.ring()
    }

    fileprivate func cancel(_ id: UInt64) { inbox.withLock { $0.subscribers[id] = nil } }

    private static func nanoseconds(_ milliseconds: Int) -> UInt64 {
        UInt64(min(max(milliseconds, 100), 60_000)) * 1_000_000
    }

    /// Someone who is sent snapshots.
    private struct Subscriber {
        var window: Int
        var interval: UInt64
        /// Monotonic nanoseconds of the next snapshot; 0: at once.
        var due: UInt64 = 0
        let onSnapshot: @Sendable (LiveSnapshot) -> Void
    }

    /// What waits for the thread.
    private struct Inbox {
        var batches: [MeterBatch] = []
        var facts = 0
        var lost = LostFacts()
        var asks: [@Sendable (inout LiveState, Moment) -> Void] = []
        var subscribers: [UInt64: Subscriber] = [:]
        var lastSubscriber: UInt64 = 0
        var isStarted = false
        var isStopping = false

        /// The waiting work, subscribers and flags left in place.
        mutating func take() -> Inbox {
            let taken = self
            batches = []
            facts = 0
            lost = LostFacts()
            asks = []
            return taken
        }
    }
}

/// The hold on a stream of snapshots; it goes on until `cancel` is called.
package struct Subscription: Sendable {
    fileprivate let collector: Collector
    fileprivate let id: UInt64

    /// Changes the window, the interval or both; the next snapshot comes at once.
    package func change(windowSeconds: Int? = nil, intervalMilliseconds: Int? = nil) {
        collector.change(id, window: windowSeconds, interval: intervalMilliseconds)
    }

    /// Ends the stream; one snapshot that is being made may still arrive.
    package func cancel() { collector.cancel(id) }
}

extension Collector {
    /// When the thread last did what it does once a second, in monotonic nanoseconds.
    private struct Rhythm {
        var lastFact: UInt64 = 0
        var lastAssessment: UInt64 = 0
        var mustAssess = true
        var lastText: UInt64 = 0
        var isTextStale = true
    }

    private static var second: UInt64 { 1_000_000_000 }

    /// The body of the thread.
    private func run() {
        var state = LiveState(began: clock.now())
        var rhythm = Rhythm()
        while true {
            let work = inbox.withLock { $0.take() }
            let now = clock.now()
            fold(work, into: &state, at: now, &rhythm)
            for question in work.asks { question(&state, now) }
            assessIfDue(&state, at: now, &rhythm, isLast: work.isStopping)
            sendSnapshots(&state, at: now, lastFact: rhythm.lastFact)
            renderIfDue(state, at: now, &rhythm, isLast: work.isStopping)
            if work.isStopping { return }
            doorbell.sleep(nanoseconds: pause(state, rhythm, at: clock.now().nanoseconds))
        }
    }

    private func fold(_ work: Inbox, into state: inout LiveState, at now: Moment, _ rhythm: inout Rhythm) {
        if work.batches.isEmpty, work.lost.isEmpty { return }
        for batch in work.batches { state.fold(batch, at: now) }
        if !work.lost.isEmpty { state.lose(work.lost) }
        rhythm.lastFact = now.nanoseconds
        rhythm.mustAssess = true
        rhythm.isTextStale = true
    }

    private func assessIfDue(_ state: inout LiveState, at now: Moment, _ rhythm: inout Rhythm, isLast: Bool) {
        guard rhythm.mustAssess || state.needsTicks else { return }
        guard isLast || now.nanoseconds >= rhythm.lastAssessment.addingSaturated(Collector.second) else { return }
        state.assess(at: now, surroundings)
        rhythm.lastAssessment = now.nanoseconds
        rhythm.mustAssess = false
    }

    /// Sends what is due; subscribers of one window get the same snapshot.
    private func sendSnapshots(_ state: inout LiveState, at now: Moment, lastFact: UInt64) {
        let isQuiet = now.nanoseconds > lastFact.addingSaturated(10 * Collector.second)
        let due = inbox.withLock { inbox in
            var due: [Subscriber] = []
            for (id, subscriber) in inbox.subscribers where subscriber.due <= now.nanoseconds {
                due.append(subscriber)
                let interval = isQuiet ? max(subscriber.interval, Collector.second) : subscriber.interval
                // From the due time on, so that a rhythm does not drift; from now on after a pause.
                let next = subscriber.due.addingSaturated(interval)
                inbox.subscribers[id]?.due = next > now.nanoseconds ? next : now.nanoseconds.addingSaturated(interval)
            }
            return due
        }
        var made: [Int: LiveSnapshot] = [:]
        for subscriber in due {
            let snapshot = made[subscriber.window] ?? state.snapshot(window: subscriber.window, at: now, surroundings)
            made[subscriber.window] = snapshot
            subscriber.onSnapshot(snapshot)
        }
    }

    private func renderIfDue(_ state: LiveState, at now: Moment, _ rhythm: inout Rhythm, isLast: Bool) {
        guard rhythm.isTextStale else { return }
        guard isLast || now.nanoseconds >= rhythm.lastText.addingSaturated(Collector.second) else { return }
        let text = PrometheusText.render(state, gauges: surroundings.upstreamGauges(), version: version)
        scrape.withLock { $0 = text }
        rhythm.lastText = now.nanoseconds
        rhythm.isTextStale = false
    }

    /// How long nothing is due; nil: until somebody rings.
    private func pause(_ state: LiveState, _ rhythm: Rhythm, at now: UInt64) -> UInt64? {
        var due = inbox.withLock { $0.subscribers.values.map(\.due).min() }
        if rhythm.mustAssess || state.needsTicks {
            due = min(due ?? .max, rhythm.lastAssessment.addingSaturated(Collector.second))
        }
        if rhythm.isTextStale { due = min(due ?? .max, rhythm.lastText.addingSaturated(Collector.second)) }
        return due.map { $0 > now ? $0 - now : 0 }
    }
}
