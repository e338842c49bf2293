import Domain
import Ledger
import Settings
import Synchronization

// Limits: overrides with an end, and what they leave underneath.
extension ControlDesk {
    func setLimit(_ scope: LimitScope, _ limit: Limit, seconds: Int64?, why: String, _ order: Order) -> Outcome {
        if let refusal = limitFault(scope, limit, seconds) { return refusal }
        if case .client(let name) = scope, let changed = changed(order, version: version(of: name), what: name) {
            return changed
        }
        let before = effective(scope).first { $0.limit.kind == limit.kind }
        let now = parts.wall()
        let slot = Book.LimitSlot(scope: scope, kind: limit.kind)
        let override = LimitOverride(
            scope: scope, limit: limit, until: seconds.map { now.adding(seconds: $0) }, why: why, by: order.actor.user,
            since: now,
            standing: seconds == nil ? nil : StandingLimit(under: desk.withLock { $0.book.overrides[slot] }))
        if before?.limit == limit, before?.source == .override, before?.until == override.until {
            return Outcome(.unchanged, "\(scope.text) \(limit.kind.word) is \(limit.text) already")
        }
        let span = seconds.map { " for \(DurationText.short($0))" } ?? ""
        let act = row(
            order.actor, act: "limit.set", target: scope.text,
            before: before.map { "\(limit.kind.word) \($0.limit.text)" } ?? "\(limit.kind.word) none",
            after: "\(limit.kind.word) \(limit.text)\(span)", why: why)
        let message =
            "\(scope.text) \(limit.kind.word) \(before?.limit.text ?? "none") → \(limit.text)\(span)"
        if isTighter(limit, than: before?.limit) {
            return outcome(of: deny(act, .setOverride(override)), message)
        }
        return attempt(act, .setOverride(override)) { Outcome(.done, message) }
    }

    func outcome(of denial: Denial, _ message: String) -> Outcome {
        var outcome = Outcome(denial.result, message + denial.tail)
        outcome.audit = denial.row?.id
        return outcome
    }

    /// Whether a change of overrides leaves less room than there is now.
    func tightens(_ change: StoreChange) -> Bool {
        switch change {
        case .setOverride(let override):
            return isTighter(
                override.limit, than: effective(override.scope).first { $0.limit.kind == override.limit.kind }?.limit)
        case .removeOverride(let scope, let kind):
            guard let current = effective(scope).first(where: { $0.limit.kind == kind }), current.source == .override,
                let left = limitWithoutOverride(scope, kind)
            else { return false }
            return isTighter(left, than: current.limit)
        default: return false
        }
    }

    /// Whether `limit` lets less through than `other`: then it is a denial.
    private func isTighter(_ limit: Limit, than other: Limit?) -> Bool {
        guard let other else { return true }
        let window = max(1, limit.windowSeconds)
        let otherWindow = max(1, other.windowSeconds)
        return Int128(limit.amount) * Int128(otherWindow) <= Int128(other.amount) * Int128(window)
    }

    /// What would hold if no operator had changed anything.
    func limitWithoutOverride(_ scope: LimitScope, _ kind: LimitKind) -> Limit? {
        var limits = effectiveLimits()
        limits.book.overrides[Book.LimitSlot(scope: scope, kind: kind)] = nil
        return limits.of(scope).first { $0.limit.kind == kind }?.limit
    }

    private func limitFault(_ scope: LimitScope, _ limit: Limit, _ seconds: Int64?) -> Outcome? {
        guard limit.amount >= 0 else { return Outcome(.refused, "a limit is not negative") }
        if limit.kind.isWindowed, !(1...86_400).contains(limit.windowSeconds) {
            return Outcome(.refused, "a window is 1 s to 1 d")
        }
        if let seconds, seconds <= 0 || seconds > 366 * 86_400 {
            return Outcome(.refused, "an end time lies 1 s to 366 days ahead")
        }
        if let fault = scopeFault(scope) { return Outcome(.notFound, fault) }
        let configuration = configuration
        if case .model(let name) = scope, limit.kind.isMoney, configuration.model(name)?.price == nil {
            return Outcome(.refused, "model \(name) has no price: a budget could not hold it")
        }
        if limit.kind.isMoney, let unpriced = configuration.models.first(where: { $0.price == nil }), !isModel(scope) {
            return Outcome(.refused, "model \(unpriced.name) has no price: a budget could not hold it; price it first")
        }
        return nil
    }

    private func isModel(_ scope: LimitScope) -> Bool { if case .model = scope { true } else { false } }

    func clearLimit(_ scope: LimitScope, _ kind: LimitKind, _ order: Order) -> Outcome {
        guard let override = desk.withLock({ $0.book.overrides[Book.LimitSlot(scope: scope, kind: kind)] }) else {
            if let fault = scopeFault(scope) { return Outcome(.notFound, fault) }
            return Outcome(.unchanged, "\(scope.text) has no override of \(kind.word)")
        }
        let underneath = limitWithoutOverride(scope, kind)
        let act = row(
            order.actor, act: "limit.clear", target: scope.text, before: "\(kind.word) \(override.limit.text)",
            after: "\(kind.word) \(underneath?.text ?? "none")")
        let message = "\(scope.text) \(kind.word) \(override.limit.text) → \(underneath?.text ?? "none")"
        let change = StoreChange.removeOverride(scope, kind)
        if tightens(change) { return outcome(of: deny(act, change), message) }
        return attempt(act, change) { Outcome(.done, message) }
    }
}
