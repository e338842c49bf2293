import Dispatch
import Domain
import Ledger
import Proxy
import Settings
import Synchronization

// How every act is made true: in memory, on disk, in the audit.
extension ControlDesk {
    /// The row of an act, not yet numbered.
    func row(
        _ actor: Actor, act: String, target: String, before: String, after: String, why: String = "",
        undoes: Int64? = nil
    ) -> AuditRow {
        AuditRow(
            id: 0, time: parts.wall(), actor: actor, act: act, target: target, before: before, after: after, why: why,
            undoes: undoes)
    }

    /// An allowance: it counts only once it is written down, and after every denial that came before it.
    func allow(_ row: AuditRow, _ change: StoreChange) throws(LedgerError) -> AuditRow {
        // Else a denial that the disk refused could be written over the allowance that took it back.
        if let fault = flushUnwritten() { throw fault }
        let written = try parts.store.record(act: row, change: change)
        apply(change, version: written.id)
        refreshAudit()
        return written
    }

    /// What became of a denial.
    struct Denial {
        /// The row as written; nil where it could not be written yet.
        var row: AuditRow?
        /// Why not.
        var fault: LedgerError?
        /// Open streams that were ended.
        var ended = 0

        var result: Outcome.Result { fault == nil ? .done : .failed }

        /// `61 streams ended`.
        var endedWords: String { "\(ended) stream\(ended == 1 ? "" : "s") ended" }

        /// What stands behind the message: nothing where all went well, else that the disk refused.
        var tail: String { fault.map { "; not written down yet: \($0.message)" } ?? "" }
    }

    /// A denial: in force on every loop, and open streams ended, before anything is written; a disk that refuses or
    /// hangs only delays the writing.
    ///
    /// - Parameter ending: ends what is open; answers how many streams that were.
    func deny(_ row: AuditRow, _ change: StoreChange, ending: (Gateway) -> Int = { _ in 0 }) -> Denial {
        apply(change, version: desk.withLock { $0.lastAudit.addingSaturated(1) })
        var denial = Denial()
        denial.ended = gateway.withLock { $0 }.map(ending) ?? 0
        do throws(LedgerError) {
            if let fault = flushUnwritten() { throw fault }
            let written = try parts.store.record(act: row, change: change)
            desk.withLock { $0.lastAudit = max($0.lastAudit, written.id) }
            denial.row = written
            refreshAudit()
        } catch {
            denial.fault = error
            desk.withLock { $0.unwritten.append(WaitingAct(row: row, change: change)) }
            keepUnwritten()
            parts.log.log(.error, "an act is in force but not written down: \(error.message)")
            writeUnwrittenLater()
        }
        return denial
    }

    private func writeUnwrittenLater() {
        guard !isStopped.load(ordering: .relaxed) else { return }
        queue.asyncAfter(deadline: DispatchTime.now() + DispatchTimeInterval.seconds(2)) { [weak self] in
            self?.writeUnwritten()
        }
    }

    /// Tries again to write down the denials that the disk refused.
    private func writeUnwritten() {
        guard !isStopped.load(ordering: .relaxed), desk.withLock({ !$0.unwritten.isEmpty }) else { return }
        if flushUnwritten() != nil { writeUnwrittenLater() }
        refreshAudit()
    }

    /// Writes down what waits, in its order.
    ///
    /// - Returns: why some of it still waits; nil where nothing does.
    func flushUnwritten() -> LedgerError? {
        let waiting = desk.withLock { $0.unwritten.count }
        defer { if desk.withLock({ $0.unwritten.count }) != waiting { keepUnwritten() } }
        while let act = desk.withLock({ $0.unwritten.first }) {
            do throws(LedgerError) {
                let written = try parts.store.record(act: act.row, change: act.change)
                desk.withLock { $0.lastAudit = max($0.lastAudit, written.id) }
            } catch {
                switch error.code {
                case .notFound, .alreadyUndone, .invalid:
                    // No later time makes it writable, and it must not hold up what comes after it.
                    let what = "\(act.row.act) \(act.row.target)"
                    parts.log.log(.error, "\(what) cannot be written down: \(error.message)")
                default:
                    return error
                }
            }
            desk.withLock { if !$0.unwritten.isEmpty { $0.unwritten.removeFirst() } }
        }
        return nil
    }

    /// Puts what waits beside the database: a restart must not forget a denial.
    private func keepUnwritten() {
        do throws(LedgerError) {
            try parts.store.keep(waiting: desk.withLock { $0.unwritten })
        } catch {
            parts.log.log(.error, "an act that is in force would not survive a restart: \(error.message)")
        }
    }

    /// Makes a change true in memory and on every loop.
    func apply(_ change: StoreChange, version: Int64) {
        let now = parts.wall()
        let (old, policy) = desk.withLock { desk in
            let old = desk.policy
            desk.lastAudit = max(desk.lastAudit, version)
            let touched = desk.book.apply(change, version: version)
            desk.policy = desk.maker.update(touched, desk.configuration, desk.book, now: now)
            desk.directoryIsStale = true
            return (old, desk.policy)
        }
        // The old one is let go here, never on a loop.
        withExtendedLifetime(old) { gateway.withLock { $0 }?.apply(policy) }
        scheduleEnd()
        // On a queue of their own: building the cards of 100,000 keys must not delay the next act.
        cards.async { [weak self] in self?.refreshDirectory() }
    }

    /// A row without a change.
    @discardableResult
    func note(
        _ actor: Actor, act: String, target: String, before: String, after: String, why: String = ""
    ) -> AuditRow? {
        do throws(LedgerError) {
            let written = try parts.store.record(
                act: row(actor, act: act, target: target, before: before, after: after, why: why), change: .none)
            desk.withLock { $0.lastAudit = max($0.lastAudit, written.id) }
            refreshAudit()
            return written
        } catch {
            parts.log.log(.error, "the audit cannot be written: \(error.message)")
            return nil
        }
    }

    /// Ends suspensions and overrides whose time has come; each is one more row, by `auto`.
    func expireEnded() {
        let wall = parts.wall()
        let monotonic = parts.monotonic()
        let (suspensions, overrides) = desk.withLock { desk in
            desk.endings.note(desk.book.endings(), wall: wall, monotonic: monotonic)
            func isOver(_ ending: Ending) -> Bool { desk.endings.isOver(ending, monotonic: monotonic) }
            return (
                desk.book.suspensions.filter { isOver(.suspension(client: $0.key)) }.map(\.value),
                desk.book.overrides.filter { isOver(.override($0.key)) }.map(\.value)
            )
        }
        for suspension in suspensions { endSuspension(suspension) }
        for override in overrides { endOverride(override) }
    }

    /// Writes down what ended while no gateway ran; the book never had it.
    func noteEndedMeanwhile() {
        let now = parts.wall()
        for suspension in parts.state.suspensions where suspension.until.isOver(at: now) { endSuspension(suspension) }
        for override in parts.state.overrides where override.until.isOver(at: now) { endOverride(override) }
    }

    private func endSuspension(_ suspension: Suspension) {
        end(
            row(
                .auto, act: "client.resume", target: suspension.client, before: "suspended", after: "active",
                why: "its time was over"),
            .removeSuspension(client: suspension.client))
    }

    private func endOverride(_ override: LimitOverride) {
        let kind = override.limit.kind
        let rest = override.standing?.limit ?? limitWithoutOverride(override.scope, kind)
        end(
            row(
                .auto, act: "limit.end", target: override.scope.text, before: "\(kind.word) \(override.limit.text)",
                after: rest?.text ?? "none", why: "its time was over"),
            override.afterwards.map { .setOverride($0) } ?? .removeOverride(override.scope, kind))
    }

    private func end(_ row: AuditRow, _ change: StoreChange) {
        do throws(LedgerError) {
            _ = try allow(row, change)
        } catch {
            // Its time is over all the same: in memory it ends now, and the row is written later.
            _ = deny(row, change)
        }
    }

    /// The limits in force for a scope.
    func effective(_ scope: LimitScope) -> [EffectiveLimit] { effectiveLimits().of(scope) }

    /// The rules of limits over what holds now.
    func effectiveLimits() -> EffectiveLimits {
        let now = parts.wall()
        return desk.withLock {
            EffectiveLimits(configuration: $0.configuration, book: $0.book, table: parts.table, now: now)
        }
    }
}
