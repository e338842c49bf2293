import GRDB
import Glibc
import Synchronization

/// The database of a data folder: keys, clients, suspensions, overrides, audit and spend.
///
/// Every call blocks on the disk: they come from Control's thread, the recorder's thread or a command, never from an
/// event loop. One connection, so that there is exactly one writer; all calls are serialised.
package final class Store: Sendable {
    package let folder: DataFolder
    let queue: DatabaseQueue
    /// Held as long as the database is open for writing: nobody else writes meanwhile.
    private let lock: DataLock?
    /// The file that was opened.
    private let file: FileIdentity?
    private let use = Mutex(Use())

    /// Who is at work on the database, and whether anybody may begin.
    private struct Use {
        var isClosed = false
        var calls = 0
    }

    private init(folder: DataFolder, queue: DatabaseQueue, lock: DataLock?) {
        self.folder = folder
        self.queue = queue
        self.lock = lock
        file = Files.status(folder.database).map { FileIdentity($0) }
    }

    /// How long a call waits for another program that holds the database, in seconds.
    static let patience = 1.0

    /// Opens the folder's database for writing, and creates it where the folder never had one.
    ///
    /// - Throws: `LedgerError`. A database that is damaged, foreign or newer is refused and left untouched: a new one in
    ///   its place would bring revoked keys back to life and forget what was spent.
    package static func open(_ lock: DataLock) throws(LedgerError) -> Store {
        let folder = lock.folder
        if try !Store.exists(in: folder) { try create(in: folder) }
        // Keys and their owners are nobody else's business, whatever mode a restored backup came with.
        _ = chmod(folder.database, 0o600)
        // Opening for writing already changes the file, so it is judged through a connection that cannot.
        let judged = try connect(folder, readOnly: true, lock: nil)
        defer { judged.close() }
        let store = try connect(folder, readOnly: false, lock: lock)
        try store.migrate()
        try store.recordWaiting()
        return store
    }

    /// Opens the database of a stopped gateway to read from it.
    ///
    /// - Throws: `.missing` where there is none, and whatever `open` throws.
    package static func openReadOnly(_ folder: DataFolder) throws(LedgerError) -> Store {
        guard try Store.exists(in: folder) else {
            throw LedgerError(.missing, "no database in data folder \(folder.path)")
        }
        let store = try connect(folder, readOnly: true, lock: nil)
        let version = try store.read { db in try Int64.fetchOne(db, sql: "PRAGMA user_version") ?? 0 }
        if version < Schema.version {
            throw LedgerError(.locked, "\(folder.database) is of an older form; start the gateway once to renew it")
        }
        return store
    }

    /// Writes what is pending into the main file and closes it; every later call fails.
    package func close() {
        use.withLock { $0.isClosed = true }
        // A call that is under way ends by itself within the patience; SQLite must not be closed under it.
        for _ in 0..<2000 where use.withLock({ $0.calls > 0 }) { usleep(1000) }
        guard use.withLock({ $0.calls == 0 }) else { return }
        // A clean end leaves one file, which is what a backup or a move of the folder wants to find.
        if lock != nil { _ = try? queue.writeWithoutTransaction { try $0.checkpoint(.truncate) } }
        try? queue.close()
    }

    private static func exists(in folder: DataFolder) throws(LedgerError) -> Bool {
        let path = folder.database
        guard let status = Files.status(path) else {
            guard errno == ENOENT || errno == ENOTDIR else {
                throw LedgerError(.unwritable, "\(path): \(Files.text(of: errno))")
            }
            // A log without its database would be replayed into the new one.
            for suffix in ["-wal", "-journal"] where (Files.status(path + suffix)?.st_size ?? 0) > 0 {
                throw LedgerError(
                    .damaged,
                    "\(path) is missing but \(path)\(suffix) is there; restore the database, or move that away too")
            }
            return false
        }
        if status.st_mode & S_IFMT != S_IFREG { throw LedgerError(.unwritable, "\(path) is not a file") }
        try checkHead(of: path)
        return true
    }

    /// Refuses a file without the head of a database: SQLite takes an empty or very short one for a new database.
    private static func checkHead(of path: String) throws(LedgerError) {
        let descriptor = Files.open(path, O_RDONLY)
        guard descriptor >= 0 else { throw failure(errno, path) }
        defer { _ = Glibc.close(descriptor) }
        guard let head = Files.read(descriptor, count: 100, at: 0) else { throw failure(errno, path) }
        if head.isEmpty { throw damaged(path, "it is empty") }
        guard head.count == 100, head.starts(with: Array("SQLite format 3\0".utf8)) else {
            throw damaged(path, "it does not begin as a database")
        }
    }

    /// Builds a database under another name and moves it into place whole, so that a crash leaves no half of one.
    private static func create(in folder: DataFolder) throws(LedgerError) {
        let draft = folder.database + ".new"
        for suffix in ["", "-journal", "-wal", "-shm"] { _ = unlink(draft + suffix) }
        let descriptor = Files.open(draft, O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW)
        guard descriptor >= 0 else { throw failure(errno, folder.database) }
        defer { _ = Glibc.close(descriptor) }
        do {
            let queue = try DatabaseQueue(path: draft)
            try queue.write { db in
                try db.execute(sql: "PRAGMA application_id = \(Schema.applicationID)")
                for step in Schema.steps { try step(db) }
                try db.execute(sql: "PRAGMA user_version = \(Schema.version)")
            }
            try queue.close()
        } catch {
            _ = unlink(draft)
            throw Store.failure(error, folder.database)
        }
        guard fsync(descriptor) == 0, rename(draft, folder.database) == 0 else { throw failure(errno, folder.database) }
        Files.synchronizeFolder(folder.path)
    }

    private static func connect(
        _ folder: DataFolder, readOnly: Bool, lock: DataLock?
    ) throws(LedgerError) -> Store {
        var configuration = Configuration()
        configuration.readonly = readOnly
        configuration.busyMode = .timeout(Store.patience)
        configuration.label = "tollgate.ledger"
        if !readOnly { configuration.journalMode = .wal }
        configuration.prepareDatabase { db in
            // An act that was confirmed survives a power cut as well; batches keep the price low.
            try db.execute(sql: "PRAGMA synchronous = FULL")
            try db.execute(sql: "PRAGMA cache_size = -4096")
        }
        do {
            let queue = try DatabaseQueue(path: folder.database, configuration: configuration)
            let store = Store(folder: folder, queue: queue, lock: lock)
            if readOnly { try store.verify() }
            return store
        } catch {
            throw failure(error, folder.database)
        }
    }

    /// Refuses what is not a whole database of ours, before anything is read from it or written to it.
    private func verify() throws {
        let path = folder.database
        try queue.read { db in
            let application = try Int64.fetchOne(db, sql: "PRAGMA application_id") ?? 0
            guard application == Schema.applicationID else {
                throw LedgerError(.foreign, "\(path) is not a database of Tollgate; move it away")
            }
            let version = try Int64.fetchOne(db, sql: "PRAGMA user_version") ?? 0
            guard version <= Schema.version else {
                throw LedgerError(
                    .newerSchema,
                    "\(path) was written by a newer Tollgate (form \(version), this one knows \(Schema.version)); "
                        + "run that version, or name another folder with --data")
            }
            if let verdict = try String.fetchOne(db, sql: "PRAGMA quick_check(1)"), verdict != "ok" {
                // A verdict has a line for the database and one for the fault; the fault is what tells.
                throw Store.damaged(path, verdict.split(separator: "\n").last.map(String.init) ?? verdict)
            }
        }
    }

    private func migrate() throws(LedgerError) {
        try write { db in
            let version = try Int.fetchOne(db, sql: "PRAGMA user_version") ?? 0
            guard version < Schema.steps.count else { return }
            for step in Schema.steps.dropFirst(max(0, version)) { try step(db) }
            try db.execute(sql: "PRAGMA user_version = \(Schema.version)")
        }
    }

    /// Runs `body` in one transaction: all of it is written, or nothing.
    func write<T>(_ body: (Database) throws -> T) throws(LedgerError) -> T {
        try begin()
        defer { end() }
        try checkPlace()
        do { return try queue.write(body) } catch { throw Store.failure(error, folder.database) }
    }

    /// Refuses to write into a file that has been deleted: SQLite would say yes, and the next start know nothing of it.
    private func checkPlace() throws(LedgerError) {
        let status = Files.status(folder.database)
        if status == nil, errno != ENOENT { return }
        if let status, FileIdentity(status) == file { return }
        throw LedgerError(
            .unwritable, "\(folder.database) was removed or replaced while in use; restart to go on with what is there")
    }

    /// Runs `body` on one state of the database.
    func read<T>(_ body: (Database) throws -> T) throws(LedgerError) -> T {
        try begin()
        defer { end() }
        do { return try queue.read(body) } catch { throw Store.failure(error, folder.database) }
    }

    /// Refuses a call on a database that has been closed: SQLite would end the process.
    private func begin() throws(LedgerError) {
        let isOpen = use.withLock { use in
            if !use.isClosed { use.calls += 1 }
            return !use.isClosed
        }
        if !isOpen { throw LedgerError(.unwritable, "\(folder.database) is closed: the gateway is stopping") }
    }

    private func end() { use.withLock { $0.calls -= 1 } }
}
