package import Domain
import FoundationEssentials
import GRDB

extension Store {
    /// How long a revocation can be taken back, in seconds.
    package static let revokeGraceSeconds: Int64 = 15 * 60

    /// Whether a newer act on the same thing is in force: one that is no undo and was not taken back itself, so that
    /// undo after undo goes back step by step.
    private static let superseded =
        "EXISTS (SELECT 1 FROM audit n WHERE n.slot = a.slot AND n.id > a.id AND n.undoes IS NULL "
        + "AND NOT EXISTS (SELECT 1 FROM audit t WHERE t.undoes = n.id))"

    private static let columns =
        "a.id, a.time, a.user, a.terminal, a.act, a.target, a.before, a.after, a.why, a.undoes, a.slot, "
        + "a.inverse IS NOT NULL AND a.undoes IS NULL, "
        + "\(superseded), "
        + "(SELECT u.id FROM audit u WHERE u.undoes = a.id), a.inverse"

    /// Acts, newest first.
    ///
    /// - Parameters:
    ///   - limit: how many at most.
    ///   - before: only acts with a smaller number; nil from the newest on.
    ///   - now: when it is, for `isUndoable`.
    /// - Throws: what any read throws, see `LedgerError.Code`.
    package func audit(limit: Int, before: Int64? = nil, now: Timestamp) throws(LedgerError) -> [AuditRow] {
        try read { db in
            let rows = try Row.fetchCursor(
                db,
                sql: "SELECT \(Store.columns) FROM audit a WHERE a.id < ? ORDER BY a.id DESC LIMIT ?",
                arguments: [before ?? Int64.max, max(0, limit)])
            var acts: [AuditRow] = []
            while let row = try rows.next() { acts.append(Store.act(row, now: now)) }
            return acts
        }
    }

    /// How many acts there were since a moment.
    ///
    /// - Throws: what any read throws, see `LedgerError.Code`.
    package func auditCount(since: Timestamp) throws(LedgerError) -> Int {
        try read { db in
            let sql = "SELECT count(*) FROM audit WHERE time >= ?"
            return try Int.fetchOne(db, sql: sql, arguments: [since.milliseconds]) ?? 0
        }
    }

    /// One act with what takes it back; nil where there is no such act or `undo` can no longer take it back.
    ///
    /// - Throws: what any read throws, see `LedgerError.Code`.
    package func undoable(id: Int64, now: Timestamp) throws(LedgerError) -> UndoableAct? {
        try undoable(where: "a.id = ?1", id, now: now)
    }

    /// The newest act of this user that can be taken back, from whatever terminal it came.
    ///
    /// - Throws: what any read throws, see `LedgerError.Code`.
    package func undoable(actor: Actor, now: Timestamp) throws(LedgerError) -> UndoableAct? {
        try undoable(where: "a.user = ?1", actor.user, now: now)
    }

    /// The newest act of this user that is no undo and was not taken back, whether it can be or not.
    ///
    /// - Throws: what any read throws.
    package func newest(by actor: Actor, now: Timestamp) throws(LedgerError) -> AuditRow? {
        try read { db in
            let sql = """
                SELECT \(Store.columns) FROM audit a WHERE a.user = ? AND a.undoes IS NULL
                AND NOT EXISTS (SELECT 1 FROM audit t WHERE t.undoes = a.id) ORDER BY a.id DESC LIMIT 1
                """
            return try Row.fetchOne(db, sql: sql, arguments: [actor.user]).map { Store.act($0, now: now) }
        }
    }

    private func undoable(
        where filter: String, _ argument: any DatabaseValueConvertible, now: Timestamp
    ) throws(LedgerError) -> UndoableAct? {
        try read { db in
            let rows = try Row.fetchCursor(
                db,
                sql: """
                    SELECT \(Store.columns) FROM audit a
                    WHERE a.inverse IS NOT NULL AND a.undoes IS NULL AND \(filter)
                      AND NOT \(Store.superseded)
                      AND NOT EXISTS (SELECT 1 FROM audit t WHERE t.undoes = a.id)
                    ORDER BY a.id DESC
                    """,
                arguments: [argument])
            while let row = try rows.next() {
                let act = Store.act(row, now: now)
                if act.isUndoable, let inverse = Store.inverse(row) { return UndoableAct(row: act, inverse: inverse) }
            }
            return nil
        }
    }

    /// What takes an act back; nil where nothing does.
    ///
    /// An inverse of another version's making cannot be obeyed; the act just cannot be taken back.
    private static func inverse(_ row: Row) -> StoreChange? {
        let data: Data? = row[14]
        return data.flatMap { try? JSONDecoder().decode(StoreChange.self, from: $0) }
    }

    private static func act(_ row: Row, now: Timestamp) -> AuditRow {
        let time = Timestamp(milliseconds: row[1])
        let name: String = row[4]
        var act = AuditRow(
            id: row[0], time: time, actor: Actor(user: row[2], terminal: row[3]), act: name, target: row[5],
            before: row[6], after: row[7], why: row[8], undoes: row[9], undoneBy: row[13])
        let isReversible: Bool = row[11]
        let isSuperseded: Bool = row[12]
        guard isReversible, !isSuperseded, act.undoneBy == nil, let inverse = inverse(row) else { return act }
        let end = undoEnd(of: inverse, act: name, time: time)
        act.isUndoable = end.map { now < $0 } ?? true
        act.undoableUntil = act.isUndoable ? end : nil
        return act
    }

    /// Until when an act can be taken back by time alone; nil where only a newer act ends that.
    ///
    /// A suspension or a limit that the undo would bring back must not be over by then.
    static func undoEnd(of inverse: StoreChange, act: String, time: Timestamp) -> Timestamp? {
        switch inverse {
        case .setSuspension(let suspension): suspension.until
        case .setOverride(let override): override.until
        default: act == "key.revoke" ? time.adding(seconds: revokeGraceSeconds) : nil
        }
    }
}
