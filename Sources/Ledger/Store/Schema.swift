import GRDB

/// The tables, and the steps that bring an older database to this version's form.
enum Schema {
    /// `Toll` in ASCII: says that a SQLite file is ours.
    static let applicationID: Int64 = 0x546f_6c6c

    /// One step per version; step n leads from version n to n + 1, and a published step is never edited.
    static let steps: [@Sendable (Database) throws -> Void] = [createTables, addStanding]

    /// The version that this program writes.
    static var version: Int64 { Int64(steps.count) }

    /// What a temporary override lies over, as JSON.
    private static func addStanding(_ db: Database) throws {
        try db.execute(sql: "ALTER TABLE overrides ADD COLUMN standing BLOB")
    }

    private static func createTables(_ db: Database) throws {
        try db.execute(
            sql: """
                CREATE TABLE keys (
                    id TEXT PRIMARY KEY CHECK (length(id) = 8),
                    client TEXT NOT NULL,
                    digest BLOB NOT NULL UNIQUE CHECK (length(digest) = 32),
                    created INTEGER NOT NULL,
                    expires INTEGER,
                    models TEXT,
                    note TEXT NOT NULL,
                    revoked INTEGER,
                    last_used INTEGER,
                    version INTEGER NOT NULL
                ) STRICT;
                CREATE INDEX keys_client ON keys(client);
                CREATE TABLE clients (
                    name TEXT PRIMARY KEY CHECK (name <> ''),
                    tier TEXT NOT NULL,
                    owner TEXT NOT NULL,
                    since INTEGER NOT NULL
                ) STRICT;
                CREATE TABLE suspensions (
                    client TEXT PRIMARY KEY CHECK (client <> ''),
                    since INTEGER NOT NULL,
                    until INTEGER,
                    by TEXT NOT NULL
                ) STRICT;
                CREATE TABLE overrides (
                    scope TEXT NOT NULL,
                    kind TEXT NOT NULL,
                    amount INTEGER NOT NULL CHECK (amount >= 0),
                    window_s INTEGER NOT NULL CHECK (window_s BETWEEN 0 AND 86400),
                    until INTEGER,
                    why TEXT NOT NULL,
                    by TEXT NOT NULL,
                    since INTEGER NOT NULL,
                    PRIMARY KEY (scope, kind)
                ) STRICT;
                CREATE TABLE audit (
                    id INTEGER PRIMARY KEY AUTOINCREMENT,
                    time INTEGER NOT NULL,
                    user TEXT NOT NULL,
                    terminal TEXT NOT NULL,
                    act TEXT NOT NULL,
                    target TEXT NOT NULL,
                    before TEXT NOT NULL,
                    after TEXT NOT NULL,
                    why TEXT NOT NULL,
                    undoes INTEGER,
                    slot TEXT,
                    inverse BLOB
                ) STRICT;
                CREATE UNIQUE INDEX audit_undoes ON audit(undoes) WHERE undoes IS NOT NULL;
                CREATE INDEX audit_slot ON audit(slot, id) WHERE slot IS NOT NULL;
                CREATE INDEX audit_undoable ON audit(id) WHERE inverse IS NOT NULL AND undoes IS NULL;
                CREATE TRIGGER audit_no_update BEFORE UPDATE ON audit
                    BEGIN SELECT RAISE(ABORT, 'the audit is append-only'); END;
                CREATE TRIGGER audit_no_delete BEFORE DELETE ON audit
                    BEGIN SELECT RAISE(ABORT, 'the audit is append-only'); END;
                CREATE TABLE spend (
                    hour INTEGER NOT NULL,
                    client TEXT NOT NULL,
                    model TEXT NOT NULL,
                    requests INTEGER NOT NULL,
                    input INTEGER NOT NULL,
                    cached INTEGER NOT NULL,
                    output INTEGER NOT NULL,
                    reasoning INTEGER NOT NULL,
                    cost_nano INTEGER NOT NULL,
                    reported INTEGER NOT NULL,
                    estimated INTEGER NOT NULL,
                    partial INTEGER NOT NULL,
                    unpriced INTEGER NOT NULL,
                    PRIMARY KEY (hour, client, model)
                ) STRICT, WITHOUT ROWID;
                """)
    }
}
