import Domain
import FoundationEssentials
import GRDB

extension Store {
    /// Everything a gateway needs at start, as one state of the database.
    ///
    /// - Complexity: O(keys); 100,000 keys take about a quarter of a second.
    /// - Throws: `.damaged` where a row makes no sense: passing over a suspension or a limit would open what is closed.
    package func loadAll() throws(LedgerError) -> StoredState {
        try read { db in
            var state = StoredState()
            state.keys = try self.keys(in: db)
            state.clients = try Store.clients(in: db)
            state.suspensions = try Store.suspensions(in: db)
            state.overrides = try Store.overrides(in: db)
            state.lastAuditID = try Int64.fetchOne(db, sql: "SELECT max(id) FROM audit") ?? 0
            return state
        }
    }

    private func keys(in db: Database) throws -> [StoredKey] {
        let columns = "id, client, digest, created, expires, models, note, revoked, last_used, version"
        let rows = try Row.fetchCursor(db, sql: "SELECT \(columns) FROM keys ORDER BY created, id")
        var keys: [StoredKey] = []
        while let row = try rows.next() {
            let text: String = row[0]
            let digest = try row.withUnsafeData(atIndex: 2) { data in data.map { [UInt8]($0) } ?? [] }
            guard let id = KeyID(bytes: text.utf8), digest.count == 32 else {
                throw Store.damaged(folder.database, "a row of keys makes no sense")
            }
            let models: String? = row[5]
            let record = KeyRecord(
                id: id, client: row[1], digest: digest, created: Timestamp(milliseconds: row[3]),
                expires: Store.moment(row[4]), models: models.map { Store.lines($0) }, note: row[6],
                revoked: Store.moment(row[7]), lastUsed: Store.moment(row[8]))
            keys.append(StoredKey(record: record, version: row[9]))
        }
        return keys
    }

    private static func clients(in db: Database) throws -> [ClientRecord] {
        let rows = try Row.fetchCursor(db, sql: "SELECT name, tier, owner, since FROM clients ORDER BY name")
        var clients: [ClientRecord] = []
        while let row = try rows.next() {
            clients.append(ClientRecord(name: row[0], tier: row[1], owner: row[2], since: moment(row[3])))
        }
        return clients
    }

    /// The suspensions of all clients, or of one; ended ones too.
    static func suspensions(in db: Database, client: String? = nil) throws -> [Suspension] {
        let rows = try Row.fetchCursor(
            db, sql: "SELECT client, since, until, by FROM suspensions WHERE ?1 IS NULL OR client = ?1 ORDER BY client",
            arguments: [client?.kept])
        var suspensions: [Suspension] = []
        while let row = try rows.next() {
            suspensions.append(
                Suspension(
                    client: row[0], since: Timestamp(milliseconds: row[1]), until: moment(row[2]), by: row[3]))
        }
        return suspensions
    }

    /// All overrides, or the one of a scope and kind; ended ones too.
    static func overrides(
        in db: Database, scope: LimitScope? = nil, kind: LimitKind? = nil
    ) throws -> [LimitOverride] {
        let rows = try Row.fetchCursor(
            db,
            sql: """
                SELECT scope, kind, amount, window_s, until, why, by, since, standing FROM overrides
                WHERE ?1 IS NULL OR (scope = ?1 AND kind = ?2) ORDER BY scope, kind
                """,
            arguments: [scope?.text.kept, kind?.rawValue])
        var overrides: [LimitOverride] = []
        while let row = try rows.next() {
            let name: String = row[1]
            let standing: Data? = row[8]
            let under = standing.map { try? JSONDecoder().decode(StandingLimit.self, from: $0) }
            guard let scope = LimitScope(text: row[0]), let kind = LimitKind(rawValue: name),
                under.map({ $0 != nil }) ?? true
            else { throw LedgerError(.damaged, "a row of overrides makes no sense; restore a backup of the database") }
            overrides.append(
                LimitOverride(
                    scope: scope, limit: Limit(kind: kind, amount: row[2], windowSeconds: row[3]),
                    until: moment(row[4]), why: row[5], by: row[6], since: Timestamp(milliseconds: row[7]),
                    standing: under ?? nil))
        }
        return overrides
    }

    /// A column that may be empty as a moment.
    static func moment(_ milliseconds: Int64?) -> Timestamp? { milliseconds.map { Timestamp(milliseconds: $0) } }

    /// The lines that `joined(separator: "\n")` made; an empty text is an empty list, not a list of nothing.
    private static func lines(_ text: String) -> [String] {
        text.utf8.split(separator: 0x0a).map { String(decoding: $0, as: UTF8.self) }
    }
}
