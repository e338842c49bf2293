package import Domain
import FoundationEssentials
import GRDB

extension Store {
    /// Writes an act down together with what it changes: both, or neither.
    ///
    /// - Parameters:
    ///   - act: the audit row; its number is given here, `isUndoable` and what follows it are worked out here.
    ///   - change: what the act does to keys, suspensions and overrides.
    /// - Returns: the row as it stands in the audit.
    /// - Throws: `.notFound` where a key to be changed is not there, `.alreadyUndone` where the row that `act.undoes`
    ///   names has been taken back already, `.invalid` for a key that exists, and what any write throws.
    @discardableResult
    package func record(act: AuditRow, change: StoreChange) throws(LedgerError) -> AuditRow {
        try write { db in
            let inverse = try Store.inverse(of: change, in: db)
            let statement = try db.cachedStatement(
                sql: """
                    INSERT INTO audit (time, user, terminal, act, target, before, after, why, undoes, slot, inverse)
                    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
                    """)
            if let undone = act.undoes { try Store.checkNotUndone(undone, in: db) }
            try statement.execute(arguments: [
                act.time.milliseconds, act.actor.user.kept, act.actor.terminal.kept, act.act.kept, act.target.kept,
                act.before.kept, act.after.kept, act.why.kept, act.undoes, change.slot?.kept,
                try inverse.map { try JSONEncoder().encode($0) },
            ])
            let id = db.lastInsertedRowID
            try Store.apply(change, version: id, at: act.time, in: db)
            var row = act
            row.id = id
            row.undoneBy = nil
            row.isUndoable = inverse != nil && act.undoes == nil
            if let inverse, row.isUndoable {
                row.undoableUntil = Store.undoEnd(of: inverse, act: act.act, time: act.time)
            }
            return row
        }
    }

    /// Keeps when keys were last used; unknown keys are passed over, a time never goes back.
    ///
    /// - Throws: what any write throws, see `LedgerError.Code`.
    package func touchKeys(_ uses: [KeyID: Timestamp]) throws(LedgerError) {
        guard !uses.isEmpty else { return }
        try write { db in
            let statement = try db.cachedStatement(
                sql: "UPDATE keys SET last_used = max(coalesce(last_used, ?1), ?1) WHERE id = ?2")
            for (id, time) in uses { try statement.execute(arguments: [time.milliseconds, id.text]) }
        }
    }

    private static func checkNotUndone(_ id: Int64, in db: Database) throws {
        guard try Int64.fetchOne(db, sql: "SELECT id FROM audit WHERE id = ?", arguments: [id]) != nil else {
            throw LedgerError(.notFound, "there is no act \(id)")
        }
        if let by = try Int64.fetchOne(db, sql: "SELECT id FROM audit WHERE undoes = ?", arguments: [id]) {
            throw LedgerError(.alreadyUndone, "act \(id) was taken back already, by act \(by)")
        }
    }

    /// What would take `change` back, from the store as it is before it; nil where nothing exactly would.
    private static func inverse(of change: StoreChange, in db: Database) throws -> StoreChange? {
        switch change {
        case .none, .insertKey, .expireKey, .all:
            return nil
        case .revokeKey(let id, _):
            return .restoreKey(id)
        case .restoreKey(let id):
            let sql = "SELECT revoked FROM keys WHERE id = ?"
            let revoked = try Int64.fetchOne(db, sql: sql, arguments: [id.text])
            return revoked.map { .revokeKey(id, at: Timestamp(milliseconds: $0)) }
        case .setSuspension(let suspension):
            let before = try suspensions(in: db, client: suspension.client).first
            return before.map { .setSuspension($0) } ?? .removeSuspension(client: suspension.client)
        case .removeSuspension(let client):
            return try suspensions(in: db, client: client).first.map { .setSuspension($0) }
        case .setOverride(let new):
            let before = try overrides(in: db, scope: new.scope, kind: new.limit.kind).first
            return before.map { .setOverride($0) } ?? .removeOverride(new.scope, new.limit.kind)
        case .removeOverride(let scope, let kind):
            return try overrides(in: db, scope: scope, kind: kind).first.map { .setOverride($0) }
        }
    }

    private static func apply(_ change: StoreChange, version: Int64, at time: Timestamp, in db: Database) throws {
        switch change {
        case .none:
            break
        case .all(let changes):
            for part in changes { try apply(part, version: version, at: time, in: db) }
        case .insertKey(let key, let client):
            if let client { try insert(client, at: time, in: db) }
            try insert(key, version: version, in: db)
        case .revokeKey(let id, let moment):
            // A second revocation keeps the first one's time.
            try update(id, set: "revoked = coalesce(revoked, ?)", moment.milliseconds, version: version, in: db)
        case .restoreKey(let id):
            try update(id, set: "revoked = ?", nil, version: version, in: db)
        case .expireKey(let id, let moment):
            try update(id, set: "expires = ?", moment?.milliseconds, version: version, in: db)
        case .setSuspension(let s):
            try db.execute(
                sql: "INSERT OR REPLACE INTO suspensions (client, since, until, by) VALUES (?, ?, ?, ?)",
                arguments: [s.client.kept, s.since.milliseconds, s.until?.milliseconds, s.by.kept])
        case .removeSuspension(let client):
            try db.execute(sql: "DELETE FROM suspensions WHERE client = ?", arguments: [client.kept])
        case .setOverride(let o):
            try db.execute(
                sql: """
                    INSERT OR REPLACE INTO overrides (scope, kind, amount, window_s, until, why, by, since, standing)
                    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
                    """,
                arguments: [
                    o.scope.text.kept, o.limit.kind.rawValue, o.limit.amount, o.limit.windowSeconds,
                    o.until?.milliseconds, o.why.kept, o.by.kept, o.since.milliseconds,
                    try o.standing.map { try JSONEncoder().encode($0) },
                ])
        case .removeOverride(let scope, let kind):
            try db.execute(
                sql: "DELETE FROM overrides WHERE scope = ? AND kind = ?", arguments: [scope.text.kept, kind.rawValue])
        }
    }

    private static func insert(_ client: ClientRecord, at time: Timestamp, in db: Database) throws {
        try db.execute(
            sql: "INSERT INTO clients (name, tier, owner, since) VALUES (?, ?, ?, ?) ON CONFLICT (name) DO NOTHING",
            arguments: [client.name.kept, client.tier.kept, client.owner.kept, (client.since ?? time).milliseconds])
    }

    private static func insert(_ key: KeyRecord, version: Int64, in db: Database) throws {
        guard key.digest.count == 32, !key.client.isEmpty else {
            throw LedgerError(.invalid, "key \(key.id.shown) has no digest or no client")
        }
        // The list is kept as lines, so a name with a line break or none at all would come back as another list.
        if let models = key.models, models.contains(where: { $0.isEmpty || $0.utf8.contains(0x0a) }) {
            throw LedgerError(.invalid, "a model name of key \(key.id.shown) is empty or has a line break")
        }
        let taken = "SELECT count(*) FROM keys WHERE id = ? OR digest = ?"
        if try Int.fetchOne(db, sql: taken, arguments: [key.id.text, Data(key.digest)]) ?? 0 > 0 {
            throw LedgerError(.invalid, "key \(key.id.shown) exists already")
        }
        let statement = try db.cachedStatement(
            sql: """
                INSERT INTO keys (id, client, digest, created, expires, models, note, revoked, last_used, version)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
                """)
        try statement.execute(arguments: [
            key.id.text, key.client.kept, Data(key.digest), key.created.milliseconds, key.expires?.milliseconds,
            key.models?.joined(separator: "\n").kept, key.note.kept, key.revoked?.milliseconds,
            key.lastUsed?.milliseconds,
            version,
        ])
    }

    private static func update(
        _ id: KeyID, set assignment: String, _ value: Int64?, version: Int64, in db: Database
    ) throws {
        try db.execute(
            sql: "UPDATE keys SET \(assignment), version = ? WHERE id = ?", arguments: [value, version, id.text])
        guard db.changesCount > 0 else { throw LedgerError(.notFound, "there is no key \(id.shown)") }
    }
}

extension String {
    /// The text as the database can keep it: SQLite's text ends at a NUL, and `a\0b` must not come back as `a`.
    var kept: String {
        guard utf8.contains(0) else { return self }
        return String(decoding: utf8.flatMap { $0 == 0 ? Array("\u{fffd}".utf8) : [$0] }, as: UTF8.self)
    }
}
