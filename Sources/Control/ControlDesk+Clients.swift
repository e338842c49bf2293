import Domain
import Ledger
import Proxy
import Synchronization

// Clients: who may not call for a while.
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
            denial.result, "suspended \(name) \(span), \(denial.endedWords)" + denial.tail)
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
            var outcome = Outcome(.done, "resumed \(name)")
            outcome.state = "active"
            return outcome
        }
    }

    func version(of name: String) -> Int64 { desk.withLock { $0.book.versions[name] ?? 0 } }
}
