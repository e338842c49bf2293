import Dispatch
import Domain
package import Ledger
import Proxy
package import Settings
import Synchronization

// Clients and limits.
extension ControlDesk {
    func suspend(_ name: String, seconds: Int64?, _ order: Order) -> Outcome {
        guard isKnown(name) else { return Outcome(.notFound, noClient(name)) }
        if let changed = changed(order, version: version(of: name), what: name) { return changed }
        if let seconds, seconds <= 0 || seconds > 366 * 86_400 {
            return Outcome(.refused, "suspend for 1 s to 366 days, or until resumed")
        }
        let now = parts.wall()
        let until = seconds.map { now.adding(seconds: $0) }
        let before = desk.withLock { $0.book.suspensions[name] }
        let suspension = Suspension(client: name, since: now, until: until, by: order.actor.user)
        let span = seconds.map { "for \(DurationText.short($0))" } ?? "until resumed"
        let act = row(
            order.actor, act: "client.suspend", target: name,
            before: before == nil ? "active" : "suspended", after: "suspended \(span)")
        let denial = deny(act, .setSuspension(suspension)) { $0.deny(.clientSuspended) { client, _ in client == name } }
        var outcome = Outcome(
            denial.result, "suspended \(name) \(span), \(denial.endedWords)" + denial.tail(", u undo"))
        (outcome.state, outcome.streamsEnded, outcome.audit) = ("suspended", denial.ended, denial.row?.id)
        outcome.instancesAcknowledged = 1
        return outcome
    }

    func resume(_ name: String, _ order: Order) -> Outcome {
        guard desk.withLock({ $0.book.suspensions[name] }) != nil else {
            guard isKnown(name) else { return Outcome(.notFound, noClient(name)) }
            var outcome = Outcome(.unchanged, "\(name) is not suspended")
            outcome.state = "active"
            return outcome
        }
        if let changed = changed(order, version: version(of: name), what: name) { return changed }
        return attempt(
            row(order.actor, act: "client.resume", target: name, before: "suspended", after: "active"),
            .removeSuspension(client: name)
        ) {
            var outcome = Outcome(.done, "resumed \(name), u undo")
            outcome.state = "active"
            return outcome
        }
    }

    private func version(of name: String) -> Int64 { desk.withLock { $0.book.versions[name] ?? 0 } }

    func setLimit(_ scope: LimitScope, _ limit: Limit, seconds: Int64?, why: String, _ order: Order) -> Outcome {
        if let refusal = limitFault(scope, limit, seconds) { return refusal }
        if case .client(let name) = scope, let changed = changed(order, version: version(of: name), what: name) {
            return changed
        }
        let before = effective(scope).first { $0.limit.kind == limit.kind }
        let now = parts.wall()
        let override = LimitOverride(
            scope: scope, limit: limit, until: seconds.map { now.adding(seconds: $0) }, why: why, by: order.actor.user,
            since: now)
        if before?.limit == limit, before?.source == .override, before?.until == override.until {
            return Outcome(.unchanged, "\(scope.text) \(limit.kind.word) is \(limit.text) already")
        }
        let span = seconds.map { " for \(DurationText.short($0))" } ?? ""
        let act = row(
            order.actor, act: "limit.set", target: scope.text,
            before: before.map { "\(limit.kind.word) \($0.limit.text)" } ?? "\(limit.kind.word) none",
            after: "\(limit.kind.word) \(limit.text)\(span)", why: why)
        let message =
            "\(scope.text) \(limit.kind.word) \(before?.limit.text ?? "none") → \(limit.text)\(span), u undo"
        if isTighter(limit, than: before?.limit) {
            return outcome(of: deny(act, .setOverride(override)), message)
        }
        return attempt(act, .setOverride(override)) { Outcome(.done, message) }
    }

    private func ended(_ denial: Denial, _ message: String) -> Outcome {
        var outcome = outcome(of: denial, "\(message), \(denial.endedWords)")
        outcome.streamsEnded = denial.ended
        return outcome
    }

    private func outcome(of denial: Denial, _ message: String) -> Outcome {
        var outcome = Outcome(denial.result, message + denial.tail())
        outcome.audit = denial.row?.id
        return outcome
    }

    /// Whether a change of overrides leaves less room than there is now.
    private func tightens(_ change: StoreChange) -> Bool {
        switch change {
        case .setOverride(let override):
            return isTighter(
                override.limit, than: effective(override.scope).first { $0.limit.kind == override.limit.kind }?.limit)
        case .removeOverride(let scope, let kind):
            guard let current = effective(scope).first(where: { $0.limit.kind == kind }), current.source == .override,
                let underneath = current.underneath
            else { return false }
            return isTighter(underneath, than: current.limit)
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
        let underneath = effective(scope).first { $0.limit.kind == kind }?.underneath
        let act = row(
            order.actor, act: "limit.clear", target: scope.text, before: "\(kind.word) \(override.limit.text)",
            after: "\(kind.word) \(underneath?.text ?? "none")")
        let message = "\(scope.text) \(kind.word) \(override.limit.text) → \(underneath?.text ?? "none"), u undo"
        let change = StoreChange.removeOverride(scope, kind)
        if tightens(change) { return outcome(of: deny(act, change), message) }
        return attempt(act, change) { Outcome(.done, message) }
    }

    /// Takes an act back by its exact inverse; the audit gets one more row.
    func undo(_ audit: Int64?, _ order: Order) -> Outcome {
        let now = parts.wall()
        let found: UndoableAct?
        do throws(LedgerError) {
            if let audit {
                found = try parts.store.undoable(id: audit, now: now)
            } else {
                found = try parts.store.undoable(actor: order.actor, now: now)
            }
        } catch {
            return Outcome(.failed, "nothing was changed: \(error.message)")
        }
        guard let undone = found else {
            return Outcome(
                .notFound,
                audit == nil ? "there is no act of yours to take back" : "act \(audit ?? 0) cannot be taken back")
        }
        let act = row(
            order.actor, act: "undo", target: undone.row.target, before: undone.row.after, after: undone.row.before,
            why: "takes back \(undone.row.act) of \(undone.row.actor.user)", undoes: undone.row.id)
        let message = "took back \(undone.row.act) \(undone.row.target): \(undone.row.after) → \(undone.row.before)"
        switch undone.inverse {
        case .setSuspension(let suspension):
            return ended(
                deny(act, undone.inverse) { $0.deny(.clientSuspended) { client, _ in client == suspension.client } },
                message)
        case .revokeKey(let id, _):
            return ended(deny(act, undone.inverse) { $0.deny(.keyRevoked) { _, keyID in keyID == id } }, message)
        case let change where tightens(change):
            return outcome(of: deny(act, change), message)
        default: break
        }
        return attempt(act, undone.inverse) { Outcome(.done, message) }
    }

    /// Reads the configuration again; a bad one leaves the old one in force and says so.
    func reload(_ order: Order) -> Outcome {
        let loaded: LoadedConfiguration
        do {
            loaded = try parts.reload()
        } catch let problems as ConfigurationProblems {
            return refuseReload(
                problems.problems.map(\.description), order)
        } catch {
            return refuseReload(["the configuration cannot be read"], order)
        }
        let now = parts.wall()
        let old = configuration
        let oldPolicy = self.policy
        var made: Policy?
        var fault: UpstreamFault?
        desk.withLock { desk in
            do throws(UpstreamFault) {
                made = try desk.maker.make(loaded.configuration, desk.book, now: now)
            } catch {
                fault = error
            }
            guard let policy = made else { return }
            desk.configuration = loaded.configuration
            desk.policy = policy
            desk.remarks = ControlDesk.remarks(loaded)
            desk.directoryIsStale = true
        }
        guard let policy = made else {
            return refuseReload([fault?.reason ?? "the configuration is not usable"], order)
        }
        withExtendedLifetime(oldPolicy) { gateway.withLock { $0 }?.apply(policy) }
        parts.recorder.apply(RecorderSettings(loaded.configuration.log))
        parts.log.setLevel(Ledger.LogLevel(rawValue: loaded.configuration.log.level.rawValue) ?? .info)
        parts.reconfigured(loaded.configuration)
        for warning in loaded.warnings { parts.log.log(.warning, warning.description) }
        let needs = ControlDesk.needsRestart(old, loaded.configuration)
        let left = keysLeft(by: old)
        let row = note(
            order.actor, act: "config.reload", target: loaded.file ?? "environment", before: "", after: "in force",
            why: (left + (needs.isEmpty ? [] : ["needs a restart: \(needs.joined(separator: ", "))"]))
                .joined(separator: "; "))
        cards.async { [weak self] in self?.refreshDirectory() }
        var outcome = Outcome(
            .done,
            (["configuration read again"] + left
                + (needs.isEmpty ? [] : ["\(needs.joined(separator: ", ")) only change with a restart"]))
                .joined(separator: "; "))
        outcome.audit = row?.id
        return outcome
    }

    /// Clients that are no longer in the file and have keys: who takes a client out should see what becomes of them.
    private func keysLeft(by old: Configuration) -> [String] {
        let now = parts.wall()
        let (configuration, book) = desk.withLock { ($0.configuration, $0.book) }
        return old.clients.compactMap { client in
            guard PolicyMaker.record(client.name, configuration, book) == nil else { return nil }
            let keys = (book.keysOfClient[client.name] ?? []).count { book.keys[$0]?.record.state(at: now) == .active }
            guard keys > 0 else { return nil }
            return "client \(client.name) is gone and its \(keys == 1 ? "key is" : "\(keys) keys are") refused"
        }
    }

    private func refuseReload(_ problems: [String], _ order: Order) -> Outcome {
        for problem in problems { parts.log.log(.error, "configuration: \(problem)") }
        let first = problems.first ?? ""
        // Short, so that a status line has room for it; the log and the audit have the problems.
        let remark = "reload refused"
        desk.withLock { if !$0.remarks.contains(remark) { $0.remarks.insert(remark, at: 0) } }
        note(
            order.actor, act: "config.reload", target: parts.loaded.file ?? "environment", before: "", after: "refused",
            why: "\(problems.count) problem\(problems.count == 1 ? "" : "s"), first: \(first)")
        return Outcome(
            .refused, "configuration not reloaded, the old one stays in force:\n" + problems.joined(separator: "\n"))
    }

    /// What a reload cannot change.
    private static func needsRestart(_ old: Configuration, _ new: Configuration) -> [String] {
        var names: [String] = []
        if old.listen != new.listen { names.append("listen") }
        if old.data != new.data { names.append("data") }
        if old.adminSocket != new.adminSocket { names.append("admin.socket") }
        if old.maxBodyBytes != new.maxBodyBytes { names.append("max_body") }
        if old.name != new.name { names.append("name") }
        if old.drain != new.drain { names.append("drain") }
        if old.theme != new.theme { names.append("theme") }
        return names
    }

    /// Standing remarks that follow from the configuration.
    static func remarks(_ loaded: LoadedConfiguration) -> [String] {
        var remarks: [String] = []
        if loaded.wantsRedis { remarks.append("limits local") }
        let configuration = loaded.configuration
        let sets =
            configuration.tiers.map(\.limits) + configuration.clients.map(\.limits) + configuration.models.map(\.limits)
            + [configuration.limits]
        // These are checked against what has been settled, not against what is open.
        let kinds = Set(sets.flatMap { $0.all.map(\.kind) })
        let soft = (kinds.contains(.tokens) ? ["tokens"] : []) + (kinds.contains(where: \.isMoney) ? ["budgets"] : [])
        if !soft.isEmpty { remarks.append(soft.joined(separator: ", ") + " soft") }
        return remarks
    }
}

extension RecorderSettings {
    /// The recorder's settings as the configuration gives them.
    package init(_ log: LogSettings) {
        self.init(
            file: log.file, level: Ledger.LogLevel(rawValue: log.level.rawValue) ?? .info,
            rotateBytes: Int64(log.rotateBytes), keep: log.keep)
    }
}
