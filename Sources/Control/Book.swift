import Domain
import Ledger

/// The operator's facts in memory: keys, clients, suspensions and overrides, as the store holds them.
///
/// A value on the control queue. `apply` takes the same `StoreChange` that the store writes, so memory and disk cannot
/// come to mean different things.
struct Book: Sendable {
    var keys: [KeyID: StoredKey] = [:]
    /// Clients made by `keys create` or seen in tokens; the configuration's win over them.
    var clients: [String: ClientRecord] = [:]
    var suspensions: [String: Suspension] = [:]
    var overrides: [LimitSlot: LimitOverride] = [:]
    /// Versions of clients: the audit number of the newest act on them.
    var versions: [String: Int64] = [:]
    /// Ids of each client's keys.
    var keysOfClient: [String: [KeyID]] = [:]

    /// One limit of one scope.
    struct LimitSlot: Hashable, Sendable {
        var scope: LimitScope
        var kind: LimitKind
    }

    /// What a change touched, so that only that part of the policy is made anew.
    struct Touched {
        var keys: Set<KeyID> = []
        var clients: Set<String> = []
        var tiers: Set<String> = []
        var models: Set<String> = []
        var gateway = false
    }

    /// What the store holds, without what ended while nothing ran.
    ///
    /// From then on an ending is an act of the clock of durations, see `Endings`: what is in the book is in force.
    init(_ state: StoredState, at now: Timestamp) {
        for key in state.keys {
            keys[key.record.id] = key
            keysOfClient[key.record.client, default: []].append(key.record.id)
        }
        for client in state.clients { clients[client.name] = client }
        for suspension in state.suspensions where !suspension.until.isOver(at: now) {
            suspensions[suspension.client] = suspension
        }
        for override in state.overrides {
            let slot = LimitSlot(scope: override.scope, kind: override.limit.kind)
            overrides[slot] = override.until.isOver(at: now) ? override.afterwards : override
        }
    }

    /// Makes `change` true in memory.
    mutating func apply(_ change: StoreChange, version: Int64) -> Touched {
        var touched = Touched()
        apply(change, version: version, into: &touched)
        return touched
    }

    private mutating func apply(_ change: StoreChange, version: Int64, into touched: inout Touched) {
        switch change {
        case .none: break
        case .insertKey(let record, let client):
            keys[record.id] = StoredKey(record: record, version: version)
            keysOfClient[record.client, default: []].append(record.id)
            if let client, clients[client.name] == nil { clients[client.name] = client }
            touched.keys.insert(record.id)
            touched.clients.insert(record.client)
        case .revokeKey(let id, let time): changeKey(id, version, &touched) { $0.revoked = time }
        case .restoreKey(let id): changeKey(id, version, &touched) { $0.revoked = nil }
        case .expireKey(let id, let time): changeKey(id, version, &touched) { $0.expires = time }
        case .setSuspension(let suspension):
            suspensions[suspension.client] = suspension
            touchClient(suspension.client, version, &touched)
        case .removeSuspension(let client):
            suspensions[client] = nil
            touchClient(client, version, &touched)
        case .setOverride(let override):
            overrides[LimitSlot(scope: override.scope, kind: override.limit.kind)] = override
            touch(override.scope, version, &touched)
        case .removeOverride(let scope, let kind):
            overrides[LimitSlot(scope: scope, kind: kind)] = nil
            touch(scope, version, &touched)
        case .all(let changes):
            for change in changes { apply(change, version: version, into: &touched) }
        }
    }

    private mutating func changeKey(
        _ id: KeyID, _ version: Int64, _ touched: inout Touched, _ change: (inout KeyRecord) -> Void
    ) {
        guard var key = keys[id] else { return }
        change(&key.record)
        key.version = version
        keys[id] = key
        touched.keys.insert(id)
        touched.clients.insert(key.record.client)
    }

    private mutating func touchClient(_ name: String, _ version: Int64, _ touched: inout Touched) {
        versions[name] = version
        touched.clients.insert(name)
    }

    private mutating func touch(_ scope: LimitScope, _ version: Int64, _ touched: inout Touched) {
        switch scope {
        case .client(let name): touchClient(name, version, &touched)
        case .tier(let name): touched.tiers.insert(name)
        case .model(let name): touched.models.insert(name)
        case .gateway: touched.gateway = true
        }
    }

    /// The overrides of a scope.
    func overrides(of scope: LimitScope) -> [LimitOverride] {
        LimitKind.allCases.compactMap { overrides[LimitSlot(scope: scope, kind: $0)] }
    }

    /// What ends by itself, and when.
    func endings() -> [Ending: Timestamp] {
        var endings: [Ending: Timestamp] = [:]
        for (client, suspension) in suspensions { endings[.suspension(client: client)] = suspension.until }
        for (slot, override) in overrides { endings[.override(slot)] = override.until }
        return endings
    }
}

extension Timestamp? {
    /// Whether an end has come; what has no end never does.
    func isOver(at now: Timestamp) -> Bool { map { $0 <= now } ?? false }
}
