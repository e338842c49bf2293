import Domain
import Ledger
import Proxy
import Settings
import Synchronization

// Keys.
extension ControlDesk {
    func revoke(_ id: KeyID, _ order: Order) -> Outcome {
        guard let key = desk.withLock({ $0.book.keys[id] }) else {
            return Outcome(.notFound, "there is no key \(id.shown)")
        }
        if let changed = changed(order, version: key.version, what: id.shown) { return changed }
        if key.record.revoked != nil {
            var outcome = Outcome(.unchanged, "\(id.shown) is revoked already")
            (outcome.keyID, outcome.state, outcome.streamsEnded) = (id, KeyState.revoked.rawValue, 0)
            return outcome
        }
        let now = parts.wall()
        let act = row(
            order.actor, act: "key.revoke", target: id.shown, before: key.record.state(at: now).rawValue,
            after: "revoked",
            why: "client \(key.record.client)")
        let denial = deny(act, .revokeKey(id, at: now)) { $0.deny(.keyRevoked) { _, keyID in keyID == id } }
        let last = desk.withLock { $0.maker.activities[id]?.lastAccepted.load(ordering: .relaxed) } ?? 0
        var outcome = Outcome(denial.result, "")
        outcome.lastAccepted = last > 0 ? Timestamp(milliseconds: last) : key.record.lastUsed
        let lastText = outcome.lastAccepted.map { "last accepted \(Calendar.rfc3339($0).dropFirst(11).dropLast())" }
        outcome.message =
            "revoked \(id.shown): \(lastText ?? "never used"), \(denial.endedWords), 1/1 instances"
            + denial.tail
        (outcome.keyID, outcome.state, outcome.streamsEnded) = (id, KeyState.revoked.rawValue, denial.ended)
        outcome.instancesAcknowledged = 1
        outcome.audit = denial.row?.id
        outcome.undoableUntil = denial.row?.undoableUntil
        return outcome
    }

    func restore(_ id: KeyID, _ order: Order) -> Outcome {
        guard let key = desk.withLock({ $0.book.keys[id] }) else {
            return Outcome(.notFound, "there is no key \(id.shown)")
        }
        if let changed = changed(order, version: key.version, what: id.shown) { return changed }
        guard let revoked = key.record.revoked else {
            var outcome = Outcome(.unchanged, "\(id.shown) is not revoked")
            (outcome.keyID, outcome.state, outcome.streamsEnded) = (id, key.record.state(at: parts.wall()).rawValue, 0)
            return outcome
        }
        let limit = revoked.adding(seconds: Store.revokeGraceSeconds)
        if parts.wall() > limit {
            return Outcome(
                .refused, "\(id.shown) was revoked more than 15 minutes ago: create a new key (keys create) instead")
        }
        var restored = key.record
        restored.revoked = nil
        // Its own end may have come meanwhile.
        let state = restored.state(at: parts.wall()).rawValue
        return attempt(
            row(order.actor, act: "key.restore", target: id.shown, before: "revoked", after: state), .restoreKey(id)
        ) {
            var outcome = Outcome(.done, "restored \(id.shown)" + (state == "active" ? "" : ", which is \(state)"))
            (outcome.keyID, outcome.state, outcome.streamsEnded) = (id, state, 0)
            outcome.instancesAcknowledged = 1
            return outcome
        }
    }

    func create(
        client name: String, tier: String?, seconds: Int64?, models: [String]?, note: String, _ order: Order
    ) -> Outcome {
        let now = parts.wall()
        let (configuration, known) = desk.withLock { desk in
            (desk.configuration, PolicyMaker.record(name, desk.configuration, desk.book))
        }
        if let fault = NameRule.fault(name) { return Outcome(.refused, "client name: \(fault)") }
        if let tier, configuration.tier(tier) == nil {
            return Outcome(.refused, noTier(tier))
        }
        if let tier, let known, known.tier != tier {
            return Outcome(.refused, "client \(name) is of tier \(known.tier): a key cannot change that")
        }
        for model in models ?? [] where configuration.model(model) == nil {
            return Outcome(.refused, noModel(model))
        }
        if let seconds, seconds <= 0 { return Outcome(.refused, "the key would have expired already") }
        guard let key = newKey() else { return Outcome(.failed, "no random numbers to make a key of") }
        let id = key.id
        let record = KeyRecord(
            id: id, client: name, digest: key.digest, created: now,
            expires: seconds.map { now.adding(seconds: $0) }, models: models, note: note)
        let client = known == nil ? ClientRecord(name: name, tier: tier ?? configuration.defaultTier, since: now) : nil
        return attempt(
            row(
                order.actor, act: "key.create", target: id.shown, before: "none", after: "active",
                why: "client \(name)"),
            .insertKey(record, client: client)
        ) {
            var outcome = Outcome(.done, "created \(id.shown) for \(name)")
            (outcome.keyID, outcome.state, outcome.secret) = (id, KeyState.active.rawValue, key.text)
            return outcome
        }
    }

    /// A key that no other has; nil where the system gives no random numbers.
    func newKey() -> NewKey? {
        for _ in 0..<8 {
            if let key = NewKey(), desk.withLock({ $0.book.keys[key.id] }) == nil { return key }
        }
        return nil
    }

    /// Refuses an act whose target is no longer what its author saw.
    func changed(_ order: Order, version: Int64, what: String) -> Outcome? {
        guard let expected = order.expectedVersion, expected != version else { return nil }
        let by = desk.withLock { $0.audit.first { $0.id == version } }
        let who = by.map { "\($0.act) by \($0.actor.user)" } ?? "another act"
        return Outcome(.changedMeanwhile, "changed meanwhile: \(what), \(who); look again and repeat")
    }

    /// Carries out an allowance and puts the audit's number into the outcome.
    func attempt(_ act: AuditRow, _ change: StoreChange, _ outcome: () -> Outcome) -> Outcome {
        do throws(LedgerError) {
            let written = try allow(act, change)
            var done = outcome()
            done.audit = written.id
            done.undoableUntil = written.undoableUntil
            return done
        } catch {
            return Outcome(.failed, "nothing was changed: \(error.message)")
        }
    }
}
