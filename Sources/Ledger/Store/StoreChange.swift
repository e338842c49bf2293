package import Domain

/// What an act changes in the store, beside adding its row to the audit.
package enum StoreChange: Hashable, Sendable, Codable {
    /// Nothing but the audit row: a reload, an alert.
    case none
    /// A new key, and the client it belongs to where that is not known yet.
    case insertKey(KeyRecord, client: ClientRecord?)
    case revokeKey(KeyID, at: Timestamp)
    case restoreKey(KeyID)
    /// When a key ends by itself: the grace time of a rotated one. Nil: never.
    case expireKey(KeyID, at: Timestamp?)
    case setSuspension(Suspension)
    case removeSuspension(client: String)
    case setOverride(LimitOverride)
    case removeOverride(LimitScope, LimitKind)
    /// Several at once, all or none: a rotation inserts one key and ends another.
    indirect case all([StoreChange])

    /// Names what the change is about; a newer act on the same thing ends the undo of an older one.
    var slot: String? {
        switch self {
        case .none, .all: nil
        case .insertKey(let key, _): "key " + key.id.text
        case .revokeKey(let id, _), .restoreKey(let id), .expireKey(let id, _): "key " + id.text
        case .setSuspension(let suspension): "client " + suspension.client
        case .removeSuspension(let client): "client " + client
        case .setOverride(let override): "limit \(override.limit.kind.rawValue) \(override.scope.text)"
        case .removeOverride(let scope, let kind): "limit \(kind.rawValue) \(scope.text)"
        }
    }
}

/// A key as the store holds it.
package struct StoredKey: Hashable, Sendable {
    package var record: KeyRecord
    /// The audit number of the newest act on the key; see `Order.expectedVersion`.
    package var version: Int64

    package init(record: KeyRecord, version: Int64) {
        self.record = record
        self.version = version
    }
}

/// Everything that a gateway needs to know at start.
package struct StoredState: Sendable {
    package var keys: [StoredKey] = []
    package var clients: [ClientRecord] = []
    package var suspensions: [Suspension] = []
    package var overrides: [LimitOverride] = []
    /// Number of the newest audit row, 0 where there is none; versions of clients and limits start from it.
    package var lastAuditID: Int64 = 0

    package init() {}
}

/// An act that can be taken back, with what taking it back changes.
package struct UndoableAct: Hashable, Sendable {
    package var row: AuditRow
    /// The exact reverse, as the store was before the act.
    package var inverse: StoreChange

    package init(row: AuditRow, inverse: StoreChange) {
        self.row = row
        self.inverse = inverse
    }
}
