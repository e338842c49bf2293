import Domain
import Ledger
import Proxy
import Synchronization

// Keys that are replaced without a gap.
extension ControlDesk {
    /// The longest time for which an old key may live beside its successor, in seconds.
    private static let longestGrace: Int64 = 366 * 86_400

    /// Makes a successor with the same client, models and lifetime; the old key ends when the grace time is over, so
    /// that its owner can change over without a refused request.
    ///
    /// No undo: taking it back would end a key that its owner may have begun to use.
    func rotate(_ id: KeyID, graceSeconds: Int64, _ order: Order) -> Outcome {
        guard let key = desk.withLock({ $0.book.keys[id] }) else {
            return Outcome(.notFound, "there is no key \(id.shown)")
        }
        if let changed = changed(order, version: key.version, what: id.shown) { return changed }
        let now = parts.wall()
        let state = key.record.state(at: now)
        guard state == .active else {
            return Outcome(.refused, "\(id.shown) is \(state.rawValue): create a new key (keys create) instead")
        }
        guard (0...ControlDesk.longestGrace).contains(graceSeconds) else {
            return Outcome(.refused, "the grace time of the old key is at most 366 days")
        }
        guard let fresh = newKey() else { return Outcome(.failed, "no random numbers to make a key of") }
        let successor = fresh.id
        let old = key.record
        let record = KeyRecord(
            id: successor, client: old.client, digest: fresh.digest, created: now,
            expires: old.expires.map { now.adding(milliseconds: $0.milliseconds(since: old.created)) },
            models: old.models, note: old.note)
        let end = min(now.adding(seconds: graceSeconds), old.expires ?? Timestamp(milliseconds: .max))
        var outcome = attempt(
            row(
                order.actor, act: "key.rotate", target: id.shown, before: "active",
                after: "ends \(Calendar.rfc3339(end))", why: "client \(old.client), successor \(successor.shown)"),
            .all([.insertKey(record, client: nil), .expireKey(id, at: end)])
        ) {
            var outcome = Outcome(
                .done, "created \(successor.shown) for \(old.client); \(id.shown) ends \(Calendar.rfc3339(end))")
            (outcome.keyID, outcome.secret, outcome.instancesAcknowledged) = (successor, fresh.text, 1)
            outcome.state = (end <= now ? KeyState.expired : .active).rawValue
            return outcome
        }
        if outcome.result == .done {
            // Without a grace time the old key is over now, and so are its streams.
            outcome.streamsEnded =
                end <= now ? gateway.withLock { $0 }?.deny(.keyRevoked) { _, keyID in keyID == id } ?? 0 : 0
        }
        return outcome
    }
}
