import Domain
import Ledger
import Testing

@Suite struct UndoTests {
    private let scratch = Scratch()
    private let key = sampleKey(1)

    private func opened() throws -> Store {
        let store = try scratch.open()
        try store.record(act: sampleAct("key.create", key.id.shown), change: .insertKey(key, client: nil))
        return store
    }

    @Test func aRevocationCanBeTakenBackForFifteenMinutes() throws {
        let store = try opened()
        let row = try store.record(act: sampleAct("key.revoke", "k"), change: .revokeKey(key.id, at: start))
        let end = start.adding(seconds: 900)
        #expect(row.isUndoable)
        #expect(row.undoableUntil == end)
        let before = try store.undoable(actor: .ops, now: end.adding(milliseconds: -1))
        #expect(before == UndoableAct(row: row, inverse: .restoreKey(key.id)))
        #expect(try store.undoable(actor: .ops, now: end) == nil)
        #expect(try store.undoable(id: row.id, now: end) == nil)
    }

    @Test func takingBackMarksTheActAndCanBeDoneOnce() throws {
        let store = try opened()
        let act = try store.record(act: sampleAct("key.revoke", "k"), change: .revokeKey(key.id, at: start))
        let undo = try store.record(
            act: sampleAct("key.restore", "k", undoes: act.id), change: .restoreKey(key.id))
        #expect(!undo.isUndoable)
        let rows = try store.audit(limit: 2, now: start)
        #expect(rows.map(\.undoneBy) == [nil, undo.id])
        #expect(rows.map(\.isUndoable) == [false, false])
        #expect(
            code {
                try store.record(act: sampleAct("key.restore", "k", undoes: act.id), change: .restoreKey(key.id))
            } == .alreadyUndone)
        #expect(code { try store.record(act: sampleAct("x", "k", undoes: 999), change: .none) } == .notFound)
        #expect(try store.loadAll().keys.map(\.record.revoked) == [nil])
        #expect(try store.undoable(actor: .ops, now: start) == nil)
    }

    @Test func theInverseOfALimitIsWhatWasInForceBefore() throws {
        let store = try opened()
        let first = sampleOverride(300)
        let act = try store.record(act: sampleAct("limit.set", "c"), change: .setOverride(first))
        let inverse = try store.undoable(actor: .ops, now: start)?.inverse
        #expect(inverse == .removeOverride(first.scope, .requests))
        try store.record(act: sampleAct("limit.set", "c"), change: .setOverride(sampleOverride(150)))
        let newest = try store.undoable(actor: .ops, now: start)
        #expect(newest?.inverse == .setOverride(first))
        #expect(try store.undoable(id: act.id, now: start) == nil)
        let undo = sampleAct("limit.set", "c", undoes: newest?.row.id)
        try store.record(act: undo, change: try #require(newest?.inverse))
        #expect(try store.loadAll().overrides == [first])
        // The first act is in force again, and the next undo goes one step further back.
        let before = try #require(try store.undoable(actor: .ops, now: start))
        #expect(before.row.id == act.id && before.row.isUndoable)
        #expect(try store.audit(limit: 9, now: start).filter(\.isUndoable).map(\.id) == [act.id])
        try store.record(act: sampleAct("limit.set", "c", undoes: act.id), change: before.inverse)
        #expect(try store.loadAll().overrides.isEmpty)
        #expect(try store.undoable(actor: .ops, now: start) == nil)
    }

    @Test func onlyANewerActOnTheSameThingSupersedes() throws {
        let store = try opened()
        let changes: [StoreChange] = [
            .setOverride(sampleOverride(300)), .setOverride(sampleOverride(9, kind: .tokens)),
            .setOverride(sampleOverride(5, scope: .gateway)),
            .setSuspension(Suspension(client: "search-api", since: start, until: nil, by: "ops")),
        ]
        for change in changes { try store.record(act: sampleAct("act", "c"), change: change) }
        func undoable(_ now: Timestamp) throws -> [Int64] {
            try store.audit(limit: 10, now: now).filter(\.isUndoable).map(\.id)
        }
        #expect(try undoable(start) == [5, 4, 3, 2])
        try store.record(act: sampleAct("limit.clear", "c"), change: .removeOverride(.gateway, .requests))
        #expect(try undoable(start) == [6, 5, 3, 2])
        // What the clearing ended would be over by then: nothing is left to bring back.
        #expect(try undoable(start.adding(seconds: 86_400 * 30)) == [5, 3, 2])
    }

    @Test func whatWouldBeOverByNowIsNotBroughtBack() throws {
        let store = try opened()
        let suspension = Suspension(client: "search-api", since: start, until: start.adding(seconds: 3), by: "ops")
        try store.record(act: sampleAct("client.suspend", "search-api"), change: .setSuspension(suspension))
        let resumed = try store.record(
            act: sampleAct("client.resume", "search-api"), change: .removeSuspension(client: "search-api"))
        #expect(resumed.undoableUntil == suspension.until)
        #expect(try store.undoable(id: resumed.id, now: start.adding(seconds: 2)) != nil)
        #expect(try store.undoable(id: resumed.id, now: start.adding(seconds: 3)) == nil)
    }

    @Test func theNewestActIsToldWhetherItCanBeTakenBackOrNot() throws {
        let store = try opened()
        let limit = try store.record(act: sampleAct("limit.set", "c"), change: .setOverride(sampleOverride(1)))
        #expect(try store.newest(by: .ops, now: start)?.id == limit.id)
        let reload = try store.record(act: sampleAct("config.reload", "f"), change: .none)
        #expect(try store.newest(by: .ops, now: start)?.id == reload.id)
        #expect(try store.newest(by: .other, now: start) == nil)
    }

    @Test func eachUserTakesBackTheirOwn() throws {
        let store = try opened()
        try store.record(act: sampleAct("limit.set", "c"), change: .setOverride(sampleOverride(1)))
        try store.record(
            act: sampleAct("limit.set", "g", by: .other), change: .setOverride(sampleOverride(2, scope: .gateway)))
        let mine = Actor(user: "ops", terminal: "elsewhere")
        #expect(try store.undoable(actor: mine, now: start)?.row.id == 2)
        #expect(try store.undoable(actor: .other, now: start)?.row.id == 3)
        #expect(try store.undoable(actor: .auto, now: start) == nil)
    }

    @Test func whatChangedNothingCannotBeTakenBack() throws {
        let store = try opened()
        try store.record(act: sampleAct("limit.clear", "c"), change: .removeOverride(.gateway, .tokens))
        try store.record(act: sampleAct("config.reload", ""), change: .none)
        #expect(try store.undoable(actor: .ops, now: start) == nil)
    }
}
