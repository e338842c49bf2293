import Domain
import FoundationEssentials
import GRDB
import Glibc
import Testing

@testable import Ledger

@Suite struct StoreTests {
    private let scratch = Scratch()

    @Test func everythingSurvivesARestart() throws {
        var key = sampleKey(1)
        key.models = ["gpt-4.1", "名前"]
        key.note = "it's \"quoted\"\u{1b}[31m"
        key.expires = start.adding(seconds: 60)
        let client = ClientRecord(name: "search-api", tier: "pro", owner: "search-team", since: start)
        let suspension = Suspension(client: "bad", since: start, until: nil, by: "ops")
        do {
            let store = try scratch.open()
            try store.record(act: sampleAct("key.create", key.id.shown), change: .insertKey(key, client: client))
            try store.record(act: sampleAct("client.suspend", "bad"), change: .setSuspension(suspension))
            try store.record(act: sampleAct("limit.set", "search-api"), change: .setOverride(sampleOverride(300)))
            try store.record(act: sampleAct("key.revoke", key.id.shown), change: .revokeKey(key.id, at: start))
            store.close()
        }
        let store = try scratch.open()
        let state = try store.loadAll()
        key.revoked = start
        #expect(state.keys == [StoredKey(record: key, version: 4)])
        #expect(state.clients == [client])
        #expect(state.suspensions == [suspension])
        #expect(state.overrides == [sampleOverride(300)])
        #expect(state.lastAuditID == 4)
        #expect(
            try store.audit(limit: 10, now: start).map(\.act) == [
                "key.revoke", "limit.set", "client.suspend", "key.create",
            ])
    }

    @Test func survivesAnEndWithoutClosing() throws {
        let store = try scratch.open()
        try store.record(act: sampleAct("key.create", "k"), change: .insertKey(sampleKey(1), client: nil))
        // A copy of the files as they are now is what a killed process leaves.
        let copy = DataFolder(path: scratch.path + "/copy")
        try copy.prepare()
        for suffix in ["", "-wal"] {
            let bytes = try Data(contentsOf: URL(filePath: scratch.folder.database + suffix))
            try bytes.write(to: URL(filePath: copy.database + suffix))
        }
        let recovered = try Store.open(try copy.lock())
        #expect(try recovered.loadAll().keys.map(\.record) == [sampleKey(1)])
    }

    @Test func filesAreForTheOwnerOnly() throws {
        let store = try scratch.open()
        try store.addSpend([UsageRow(client: "c", model: "m", hour: 3600)])
        #expect(Files.status(scratch.folder.path).map { $0.st_mode & 0o777 } == 0o700)
        for name in ["tollgate.sqlite", "tollgate.sqlite-wal", "tollgate.sqlite-shm", "lock"] {
            #expect(Files.status(scratch.folder.path + "/" + name).map { $0.st_mode & 0o777 } == 0o600, "\(name)")
        }
    }

    @Test func aSecondGatewayOnTheFolderIsRefusedAndToldWhoHasIt() throws {
        let store = try scratch.open()
        let error = #expect(throws: LedgerError.self) { try scratch.folder.lock() }
        #expect(error?.code == .inUse)
        #expect(error?.message.contains("pid \(getpid())") == true)
        #expect(scratch.folder.holder() == getpid())
        store.close()
    }

    /// SQLite itself goes on writing into a deleted file, and a revocation that was confirmed would be forgotten.
    @Test(arguments: [true, false])
    func aDatabaseThatWasRemovedOrReplacedIsNotWritten(isReplaced: Bool) throws {
        let store = try scratch.open()
        let path = scratch.folder.database
        try store.addSpend([UsageRow(client: "c", model: "m", hour: 3600)])
        #expect(rename(path, path + ".away") == 0)
        if isReplaced { try Data("another".utf8).write(to: URL(filePath: path)) }
        #expect(code { try store.addSpend([UsageRow(client: "c", model: "m", hour: 3600)]) } == .unwritable)
        #expect(rename(path + ".away", path) == 0)
        try store.addSpend([UsageRow(client: "c", model: "m", hour: 3600)])
    }

    @Test func aStaleLockFileIsNoObstacle() throws {
        try scratch.folder.prepare()
        try Data("99999\n".utf8).write(to: URL(filePath: scratch.folder.lockFile))
        #expect(scratch.folder.holder() == nil)
        #expect(code { _ = try scratch.open() } == nil)
    }

    @Test(arguments: [0, 512, 4096, 6000])
    func aDamagedFileIsRefusedAndLeftAlone(offset: Int) throws {
        try fill(scratch, keys: 200)
        let url = URL(filePath: scratch.folder.database)
        var bytes = try Data(contentsOf: url)
        bytes.replaceSubrange(offset..<(offset + 3000), with: [UInt8](repeating: 0xa5, count: 3000))
        try bytes.write(to: url)
        let error = #expect(throws: LedgerError.self) { try scratch.open() }
        #expect(error?.code == .damaged)
        #expect(error?.message.contains("restore a backup") == true && error?.message.contains("\n") == false)
        #expect(try Data(contentsOf: url) == bytes)
    }

    @Test(arguments: [0, 1, 100, 5000])
    func aTruncatedFileIsRefused(length: Int) throws {
        try fill(scratch, keys: 200)
        #expect(truncate(scratch.folder.database, length) == 0)
        #expect(code { _ = try scratch.open() } == .damaged)
        #expect(Files.status(scratch.folder.database)?.st_size == length)
    }

    @Test func aLogWithoutItsDatabaseIsRefused() throws {
        try scratch.folder.prepare()
        try Data([1, 2, 3]).write(to: URL(filePath: scratch.folder.database + "-wal"))
        #expect(code { _ = try scratch.open() } == .damaged)
        #expect(Files.status(scratch.folder.database) == nil)
    }

    @Test(arguments: [("user_version", 99, LedgerError.Code.newerSchema), ("application_id", 5, .foreign)])
    func whatAnotherProgramWroteIsRefused(pragma: String, value: Int, expected: LedgerError.Code) throws {
        let store = try scratch.open()
        try store.queue.writeWithoutTransaction { try $0.execute(sql: "PRAGMA \(pragma) = \(value)") }
        store.close()
        #expect(code { _ = try Store.openReadOnly(scratch.folder) } == expected)
    }

    @Test func aFolderThatCannotBeIsRefusedWithItsName() throws {
        try Data("x".utf8).write(to: URL(filePath: scratch.path + "/file"))
        for path in [scratch.path + "/file", scratch.path + "/file/below", "/proc/nothing/here", ""] {
            #expect(code { _ = try DataFolder(path: path).lock() } == .unwritable, "\(path)")
        }
    }

    @Test func aDatabaseThatAnotherProgramHoldsIsLockedNotBroken() throws {
        let store = try scratch.open()
        let other = try DatabaseQueue(path: scratch.folder.database)
        try other.writeWithoutTransaction { db in
            try db.execute(sql: "BEGIN IMMEDIATE")
            let row = UsageRow(client: "c", model: "m", hour: 0)
            #expect(code { try store.addSpend([row]) } == .locked)
            try db.execute(sql: "ROLLBACK")
            #expect(code { try store.addSpend([row]) } == nil)
        }
    }

    @Test func anActAndItsChangeAreWrittenTogetherOrNotAtAll() throws {
        let store = try scratch.open()
        let missing = sampleKey(9)
        #expect(
            code {
                try store.record(act: sampleAct("key.revoke", "x"), change: .revokeKey(missing.id, at: start))
            } == .notFound)
        let twice = StoreChange.all([.insertKey(sampleKey(1), client: nil), .insertKey(sampleKey(1), client: nil)])
        #expect(code { try store.record(act: sampleAct("key.rotate", "x"), change: twice) } == .invalid)
        #expect(try store.audit(limit: 10, now: start).isEmpty)
        #expect(try store.loadAll().keys.isEmpty)
    }

    @Test func theAuditCannotBeRewritten() throws {
        let store = try scratch.open()
        try store.record(act: sampleAct("config.reload", ""), change: .none)
        for sql in ["UPDATE audit SET user = 'nobody'", "DELETE FROM audit"] {
            #expect(throws: (any Error).self) { try store.queue.write { try $0.execute(sql: sql) } }
        }
        #expect(try store.audit(limit: 1, now: start).first?.actor == .ops)
    }

    @Test func auditIsReadInPagesNewestFirst() throws {
        let store = try scratch.open()
        for number in 1...7 { try store.record(act: sampleAct("config.reload", "\(number)"), change: .none) }
        #expect(try store.audit(limit: 3, now: start).map(\.id) == [7, 6, 5])
        #expect(try store.audit(limit: 3, before: 3, now: start).map(\.id) == [2, 1])
        #expect(try store.audit(limit: -1, now: start).isEmpty)
        #expect(try store.auditCount(since: start) == 7)
    }

    @Test func lastUseNeverGoesBack() throws {
        let store = try scratch.open()
        let key = sampleKey(1)
        try store.record(act: sampleAct("key.create", "x"), change: .insertKey(key, client: nil))
        try store.touchKeys([key.id: start.adding(seconds: 9), sampleKey(2).id: start])
        try store.touchKeys([key.id: start])
        #expect(try store.loadAll().keys.map(\.record.lastUsed) == [start.adding(seconds: 9)])
    }

    @Test func aStoppedGatewaysFolderCanBeReadButNotWritten() throws {
        #expect(code { _ = try Store.openReadOnly(scratch.folder) } == .missing)
        try fill(scratch, keys: 3)
        let store = try Store.openReadOnly(scratch.folder)
        #expect(try store.loadAll().keys.count == 3)
        #expect(code { try store.addSpend([UsageRow()]) } == .readOnly)
    }

    @Test func aClosedStoreRefusesEveryCall() throws {
        let store = try scratch.open()
        store.close()
        #expect(code { _ = try store.loadAll() } == .unwritable)
        #expect(code { try store.record(act: sampleAct("x", "y"), change: .none) } == .unwritable)
    }

    @Test func actsThatTheDatabaseRefusedAreWrittenDownByTheNextStart() throws {
        try fill(scratch, keys: 2)
        let store = try scratch.open()
        let acts = (1...3).map { number in
            WaitingAct(
                row: sampleAct("key.revoke", "k\(number)"), change: .revokeKey(sampleKey(number).id, at: start))
        }
        try store.keep(waiting: acts)
        store.close()
        // The third key does not exist: that holds up neither the others nor the start.
        let next = try Scratch.copy(of: scratch).open()
        #expect(try next.loadAll().keys.map(\.record.revoked) == [start, start])
        #expect(try next.audit(limit: 9, now: start).prefix(2).map(\.target) == ["k2", "k1"])
        #expect(!FileManager.default.fileExists(atPath: next.folder.path + "/unwritten.jsonl"))
    }

    @Test func waitingActsThatMakeNoSenseStopTheStart() throws {
        try fill(scratch, keys: 1)
        let copy = try Scratch.copy(of: scratch)
        try Data("{\"row\":1}\n".utf8).write(to: URL(filePath: copy.folder.path + "/unwritten.jsonl"))
        #expect(code { _ = try copy.open() } == .damaged)
    }

    private func fill(_ scratch: Scratch, keys: Int) throws {
        let store = try scratch.open()
        for number in 1...keys {
            try store.record(act: sampleAct("key.create", "k"), change: .insertKey(sampleKey(number), client: nil))
        }
        store.close()
    }
}
