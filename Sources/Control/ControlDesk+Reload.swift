import Dispatch
import Domain
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
