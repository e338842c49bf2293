package import Domain
import Threads

/// Takes finished requests from the event loops and writes them down: lines to the log, money to the store.
///
/// One thread of its own does all the work. `submit` never waits for the disk. The thread sleeps without a wake-up
/// while nothing happens, and collects a moment's records into one write while something does.
package final class Recorder: Sendable {
    private struct Inbox {
        var batches: [[RequestRecord]] = []
        var queued = 0
        var bound: Int
        /// Spend of records that found no room: their lines are lost, their money is not.
        var overflow = SpendTable()
        var dropped: Int64 = 0
        var settings: RecorderSettings?
        var wantsReopen = false
        /// Flushes asked for and answered; the answer to the newest.
        var asked = 0
        var answered = 0
        var isClean = true
        /// When to give up writing the rest; set once, by `stop`.
        var stopDeadline: Int64?
        var hasStopped = false
        /// The thread waits for the first record, so that this one must wake it.
        var isAsleep = false
        var status = RecorderStatus()

        var isUrgent: Bool {
            asked > answered || stopDeadline != nil || wantsReopen || settings != nil || queued >= Recorder.wakeAt
        }
    }

    /// How long the first record of a burst waits for company, in ns; and how many end the wait.
    private static let gathering: Int64 = 50_000_000
    private static let wakeAt = 4096

    /// Spend of the month, what is not yet in the store included.
    package let settled: SpendBook
    private let gate: Gate<Inbox>
    private let uses: KeyUses

    /// Opens the log and starts the thread.
    ///
    /// - Parameters:
    ///   - settings: where records go.
    ///   - store: where spend goes; nil keeps it in memory only.
    ///   - settled: spend of the month so far, see `SpendBook.init(rows:)`.
    /// - Throws: where the log file cannot be opened for writing.
    package convenience init(
        settings: RecorderSettings, store: Store?, settled: SpendBook
    ) throws(LedgerError) {
        try self.init(settings: settings, store: store, settled: settled, sink: .kernel)
    }

    init(
        settings: RecorderSettings, store: Store?, settled: SpendBook, sink: LogFile.Sink
    ) throws(LedgerError) {
        self.settled = settled
        let gate = Gate(Inbox(bound: max(1, settings.queueBound)))
        self.gate = gate
        // The file is opened here once to tell a wrong path at start, and again by the thread that owns it.
        let uses = KeyUses()
        self.uses = uses
        try RecorderWorker(settings: settings, store: nil, book: settled, uses: uses, sink: sink).openLog()
        let isRunning = NamedThread.start("tg-recorder") {
            let worker = RecorderWorker(settings: settings, store: store, book: settled, uses: uses, sink: sink)
            Recorder.run(gate, worker)
        }
        guard isRunning else { throw LedgerError(.failed, "no thread for the recorder") }
    }

    /// Hands over finished requests; from any thread, never blocks on the disk.
    package func submit(_ batch: [RequestRecord]) {
        guard !batch.isEmpty else { return }
        let mustWake = gate.withLock { inbox in
            guard inbox.queued &+ batch.count <= inbox.bound, !inbox.hasStopped else {
                inbox.dropped &+= Int64(batch.count)
                for record in batch { inbox.overflow.add(record) }
                return false
            }
            inbox.batches.append(batch)
            let before = inbox.queued
            inbox.queued &+= batch.count
            return inbox.isAsleep || (before < Recorder.wakeAt && inbox.queued >= Recorder.wakeAt)
        }
        if mustWake { gate.wake() }
    }

    /// When each key was last used since the start; the store has these a minute later at most.
    package func keyUses() -> [KeyID: Timestamp] { uses.all() }

    /// How it is doing; cheap enough to ask for each frame.
    package var status: RecorderStatus {
        gate.withLock { inbox in
            var status = inbox.status
            status.droppedLines &+= inbox.dropped
            status.queuedRecords = inbox.queued
            return status
        }
    }

    /// Closes the log file and opens whatever has its name then (SIGUSR1, after a rename by another program).
    package func reopen() {
        gate.withLock { $0.wantsReopen = true }
        gate.wake()
    }

    /// Goes on with other settings, at a reload.
    package func apply(_ settings: RecorderSettings) {
        gate.withLock {
            $0.settings = settings
            $0.bound = max(1, settings.queueBound)
        }
        gate.wake()
    }

    /// Writes everything that was submitted before, and waits for it.
    ///
    /// - Parameter seconds: how long to wait at most.
    /// - Returns: whether all of it is in the file and in the store.
    @discardableResult
    package func flush(within seconds: Double = 5) -> Bool {
        let ticket = gate.withLock { inbox in
            inbox.asked += 1
            return inbox.asked
        }
        gate.wake()
        return gate.wait(until: Recorder.deadline(seconds)) { inbox in
            inbox.answered >= ticket || inbox.hasStopped ? inbox.isClean : nil
        } ?? false
    }

    /// Writes the last rows and ends the thread; tries until the deadline where disk or database refuse.
    ///
    /// - Returns: whether everything is written. Records that come later are counted as dropped.
    @discardableResult
    package func stop(within seconds: Double) -> Bool {
        let deadline = Recorder.deadline(seconds)
        gate.withLock { inbox in
            if inbox.stopDeadline == nil { inbox.stopDeadline = deadline }
        }
        gate.wake()
        // The thread may sit in one last write when the deadline comes; a moment more lets it say how that went.
        return gate.wait(until: deadline.addingSaturated(500_000_000)) { $0.hasStopped ? $0.isClean : nil } ?? false
    }

    private static func deadline(_ seconds: Double) -> Int64 {
        Monotonic.now().addingSaturated(Int64(min(max(seconds, 0), 1e6) * 1e9))
    }
}

extension Recorder {
    /// What the thread takes out of the inbox at once.
    private struct Load {
        var batches: [[RequestRecord]]
        var overflow: SpendTable
        var settings: RecorderSettings?
        var wantsReopen: Bool
        var asked: Int
        var isForced: Bool
        var stopDeadline: Int64?
    }

    /// The thread: sleep, gather, take, write, answer.
    private static func run(_ gate: Gate<Inbox>, _ worker: RecorderWorker) {
        var isRetrying = false
        while true {
            awaitWork(gate, until: worker.nextDue, isRetrying: isRetrying)
            let load = gate.withLock { Recorder.take(&$0) }
            let now = Monotonic.now()
            if let settings = load.settings { worker.apply(settings, now: now) }
            if load.wantsReopen { worker.reopen() }
            for batch in load.batches { worker.add(batch, now: now) }
            worker.add(load.overflow, now: now)
            let isClean = worker.writeOut(now: now, force: load.isForced)
            let isOver = gate.withLock { inbox in
                inbox.status = worker.status
                inbox.answered = load.asked
                inbox.isClean = isClean && inbox.batches.isEmpty
                guard let deadline = load.stopDeadline, inbox.batches.isEmpty else { return false }
                inbox.hasStopped = isClean || Monotonic.now() >= deadline
                return inbox.hasStopped
            }
            if load.isForced { gate.wake() }
            if isOver { return }
            isRetrying = load.stopDeadline != nil && !isClean
        }
    }

    private static func awaitWork(_ gate: Gate<Inbox>, until due: Int64?, isRetrying: Bool) {
        if isRetrying {
            // While stopping, what the disk refused is tried ten times a second until the deadline.
            let _: Void? = gate.wait(until: Monotonic.now().addingSaturated(100_000_000)) { _ in nil }
            return
        }
        let first: Void? = gate.wait(until: due) { inbox in
            inbox.isAsleep = inbox.batches.isEmpty && !inbox.isUrgent
            return inbox.isAsleep ? nil : ()
        }
        gate.withLock { $0.isAsleep = false }
        guard first != nil else { return }
        let _: Void? = gate.wait(until: Monotonic.now().addingSaturated(gathering)) { $0.isUrgent ? () : nil }
    }

    private static func take(_ inbox: inout Inbox) -> Load {
        let load = Load(
            batches: inbox.batches, overflow: inbox.overflow, settings: inbox.settings,
            wantsReopen: inbox.wantsReopen, asked: inbox.asked,
            isForced: inbox.asked > inbox.answered || inbox.stopDeadline != nil, stopDeadline: inbox.stopDeadline)
        inbox.batches = []
        inbox.queued = 0
        inbox.overflow = SpendTable()
        inbox.settings = nil
        inbox.wantsReopen = false
        return load
    }
}
