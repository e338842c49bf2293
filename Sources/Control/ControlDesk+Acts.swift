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

    /// An allowance: it counts only once it is written down.
    func allow(_ row: AuditRow, _ change: StoreChange) throws(LedgerError) -> AuditRow {
        let written = try parts.store.record(act: row, change: change)
        apply(change, version: written.id)
        refreshAudit()
        return written
    }

    /// A denial: in force on every loop before anything is written; a disk that refuses only delays the writing.
    ///
    /// - Returns: the row as written; nil where it could not be written yet, with the reason.
    func deny(_ row: AuditRow, _ change: StoreChange) -> (row: AuditRow?, fault: LedgerError?) {
        let version = desk.withLock { desk in
            desk.lastAudit += 1
            return desk.lastAudit
        }
        apply(change, version: version)
        do throws(LedgerError) {
            let written = try parts.store.record(act: row, change: change)
            desk.withLock { $0.lastAudit = max($0.lastAudit, written.id) }
            refreshAudit()
            return (written, nil)
        } catch {
            desk.withLock { $0.unwritten.append((row, change)) }
            parts.log.log(.error, "an act is in force but not written down: \(error.message)")
            queue.asyncAfter(deadline: DispatchTime.now() + DispatchTimeInterval.seconds(2)) { [weak self] in
                self?.writeUnwritten()
            }
            return (nil, error)
        }
    }

    /// Tries again to write down the denials that the disk refused.
    func writeUnwritten() {
        let waiting = desk.withLock { desk in
            defer { desk.unwritten = [] }
            return desk.unwritten
        }
        guard !waiting.isEmpty else { return }
        for (row, change) in waiting {
            do throws(LedgerError) {
                _ = try parts.store.record(act: row, change: change)
            } catch {
                desk.withLock { $0.unwritten.append((row, change)) }
            }
        }
        refreshAudit()
        if desk.withLock({ !$0.unwritten.isEmpty }) {
            queue.asyncAfter(deadline: DispatchTime.now() + DispatchTimeInterval.seconds(2)) { [weak self] in
                self?.writeUnwritten()
            }
        }
    }

    /// Makes a change true in memory and on every loop.
    func apply(_ change: StoreChange, version: Int64) {
        let now = parts.wall()
        let policy = desk.withLock { desk in
            desk.lastAudit = max(desk.lastAudit, version)
            let touched = desk.book.apply(change, version: version)
            desk.policy = desk.maker.update(touched, desk.configuration, desk.book, now: now)
            desk.directoryIsStale = true
            return desk.policy
        }
        gateway.withLock { $0 }?.apply(policy)
        scheduleEnd()
        // After the reply: building the cards of 100,000 keys must not delay an act.
        queue.async { [weak self] in self?.refreshDirectory() }
    }

    /// A row without a change.
    @discardableResult
    func note(
        _ actor: Actor, act: String, target: String, before: String, after: String, why: String = ""
    ) -> AuditRow? {
        do throws(LedgerError) {
            let written = try parts.store.record(
                act: row(actor, act: act, target: target, before: before, after: after, why: why), change: .none)
            refreshAudit()
            return written
        } catch {
            parts.log.log(.error, "the audit cannot be written: \(error.message)")
            return nil
        }
    }

    /// Ends suspensions and overrides whose time has come; each is one more row, by `auto`.
    func expireEnded() {
        let now = parts.wall()
        let (suspensions, overrides) = desk.withLock { desk in
            (
                desk.book.suspensions.values.filter { $0.until.map { $0 <= now } ?? false },
                desk.book.overrides.values.filter { $0.until.map { $0 <= now } ?? false }
            )
        }
        for suspension in suspensions {
            end(
                row(
                    .auto, act: "client.resume", target: suspension.client, before: "suspended", after: "active",
                    why: "its time was over"),
                .removeSuspension(client: suspension.client))
        }
        for override in overrides {
            let underneath = effective(override.scope).first { $0.limit.kind == override.limit.kind }
            let after = underneath.flatMap { $0.source == .override ? $0.underneath : $0.limit }
            end(
                row(
                    .auto, act: "limit.end", target: override.scope.text,
                    before: "\(override.limit.kind.word) \(override.limit.text)", after: after?.text ?? "none",
                    why: "its time was over"),
                .removeOverride(override.scope, override.limit.kind))
        }
    }

    private func end(_ row: AuditRow, _ change: StoreChange) {
        do throws(LedgerError) {
            _ = try allow(row, change)
        } catch {
            // Its time is over all the same: the policy judges by the clock, and the row is written later.
            _ = deny(row, change)
        }
    }

    /// The limits in force for a scope.
    func effective(_ scope: LimitScope) -> [EffectiveLimit] {
        let now = parts.wall()
        return desk.withLock { desk in
            let limits = EffectiveLimits(configuration: desk.configuration, book: desk.book, now: now)
            switch scope {
            case .gateway: return limits.gateway()
            case .tier(let name): return limits.tier(name)
            case .model(let name): return limits.model(name)
            case .client(let name):
                let record = PolicyMaker.record(name, desk.configuration, desk.book)
                return limits.client(
                    name, tier: record?.tier ?? desk.configuration.defaultTier, own: record?.limits ?? LimitSet())
            }
        }
    }
}
