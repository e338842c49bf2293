import Dispatch
package import Domain
package import Ledger
import Proxy
package import Settings
import Synchronization

// The configuration read again, and what it leaves to be seen.
extension ControlDesk {
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
        // Only this queue changes them, so the policy is made beside the desk: who asks for it meanwhile does not wait.
        let (old, oldPolicy, book, oldMaker) = desk.withLock { ($0.configuration, $0.policy, $0.book, $0.maker) }
        let faults = ControlDesk.budgetFaults(loaded.configuration, book)
        guard faults.isEmpty else { return refuseReload(faults, order) }
        var maker = oldMaker
        let policy: Policy
        do throws(UpstreamFault) {
            policy = try maker.make(loaded.configuration, book, now: now)
        } catch {
            return refuseReload([error.reason], order)
        }
        desk.withLock { desk in
            desk.maker = maker
            desk.configuration = loaded.configuration
            desk.policy = policy
            desk.remarks = ControlDesk.remarks(loaded)
            desk.directoryIsStale = true
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

    /// Overrides of money beside a model without a price: a budget that cannot hold it is refused, wherever it comes from.
    ///
    /// - Returns: a line for each, with what to do.
    package static func budgetFaults(
        _ configuration: Configuration, _ state: StoredState, at now: Timestamp
    ) -> [String] {
        budgetFaults(configuration, Book(state, at: now))
    }

    private static func budgetFaults(_ configuration: Configuration, _ book: Book) -> [String] {
        book.overrides.values.compactMap { held in
            guard held.limit.kind.isMoney else { return nil }
            let unpriced: String? =
                switch held.scope {
                case .model(let name): configuration.model(name).flatMap { $0.price == nil ? name : nil }
                case .client, .tier, .gateway: configuration.models.first { $0.price == nil }?.name
                }
            return unpriced.map { model in
                "model \(model) has no price: the \(held.limit.kind.word) of \(held.scope.text), set by \(held.by), could "
                    + "not hold it; price it, or: tollgate limits clear \(held.scope.text) \(held.limit.kind.rawValue)"
            }
        }.sorted()
    }

    /// Clients with keys that lost their entry or their tier: who takes one out should see what becomes of the keys.
    private func keysLeft(by old: Configuration) -> [String] {
        let now = parts.wall()
        let (configuration, book) = desk.withLock { ($0.configuration, $0.book) }
        func active(_ name: String) -> Int {
            (book.keysOfClient[name] ?? []).count { book.keys[$0]?.record.state(at: now) == .active }
        }
        func refused(_ name: String, _ what: String) -> String? {
            let keys = active(name)
            return keys == 0 ? nil : "\(what), its \(keys == 1 ? "key is" : "\(keys) keys are") refused"
        }
        let gone = old.clients.map(\.name).filter { PolicyMaker.record($0, configuration, book) == nil }
        return gone.sorted().compactMap { refused($0, "client \($0) is gone") }
            + tiersLost(configuration, book, refused)
    }

    private func tiersLost(
        _ configuration: Configuration, _ book: Book, _ refused: (String, String) -> String?
    ) -> [String] {
        book.clients.values.filter { configuration.client($0.name) == nil && configuration.tier($0.tier) == nil }
            .sorted { $0.name < $1.name }
            .compactMap { refused($0.name, "client \($0.name) is of tier \($0.tier), which is not configured") }
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
