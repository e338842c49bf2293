import Domain
import Settings

/// Acts as sentences: what happened, to what, and whether it can be taken back.
enum Acts {
    /// `acme-batch  requests 600/1m → 300/1m  u undoes, 4m left`.
    static func sentence(_ row: AuditRow, stage: Stage) -> [[Span]] {
        var pieces = change(row)
        pieces[0].insert(contentsOf: [.plain(row.target.isEmpty ? row.act : row.target), .plain("  ")], at: 0)
        let end = undo(row, now: stage.now)
        if !end.text.isEmpty { pieces.append([.plain("  "), end]) }
        if !row.why.isEmpty { pieces.append([.muted("  " + row.why)]) }
        return pieces
    }

    /// What the act changed: before and after where both say something, else the act's name; what a narrow panel can
    /// leave out whole is a piece of its own.
    static func change(_ row: AuditRow) -> [[Span]] {
        let isPair = !row.before.isEmpty && !row.after.isEmpty
        if row.act.hasPrefix("limit.") || row.act.hasPrefix("client.") || row.act.hasPrefix("key.") {
            if isPair {
                let (value, length) = lasting(afterOnly(row))
                return [[.plain(row.before), .muted(" → "), .plain(value)]] + (length.isEmpty ? [] : [[.plain(length)]])
            }
            let rest = row.after.isEmpty ? row.before : row.after
            return [[.muted(verb(row.act))]] + (rest.isEmpty ? [] : [[.plain(" " + rest)]])
        }
        let rest = isPair ? "\(row.before) → \(row.after)" : row.after.isEmpty ? row.before : row.after
        return [[.muted(verb(row.act))]] + (rest.isEmpty ? [] : [[.plain("  " + rest)]])
    }

    /// `300/1m for 30m` as its value and how long it holds, ` for 30m`.
    private static func lasting(_ after: String) -> (value: String, length: String) {
        guard let end = after.firstRange(of: " for ") else { return (after, "") }
        return (String(after[..<end.lowerBound]), String(after[end.lowerBound...]))
    }

    /// What stands after the arrow: `requests 600/1m → 300/1m` need not say `requests` twice.
    private static func afterOnly(_ row: AuditRow) -> String {
        guard let space = row.before.firstIndex(of: " ") else { return row.after }
        let lead = row.before[...space]
        return row.after.hasPrefix(lead) ? String(row.after.dropFirst(lead.count)) : row.after
    }

    /// `key.revoke` as a word for people.
    static func verb(_ act: String) -> String {
        switch act {
        case "key.revoke": "revoked"
        case "key.restore": "restored"
        case "key.create": "created"
        case "client.suspend": "suspended"
        case "client.resume": "resumed"
        case "limit.set": "limit set"
        case "limit.clear": "limit cleared"
        case "limit.end": "limit ended"
        case "config.reload": "configuration reloaded"
        case "alert.open": "alert"
        case "alert.close": "alert over"
        default: act
        }
    }

    /// Whether the act can be taken back, how long still unless it is short, or that it was.
    static func undo(_ row: AuditRow, now: Timestamp, isShort: Bool = false) -> Span {
        if let by = row.undoneBy { return .muted("undone by \(by)") }
        if let what = row.undoes { return .muted("undid \(what)") }
        guard row.isUndoable, !row.isOwnEnd else { return Span("", .faint) }
        guard let until = row.undoableUntil else { return Span("u undoes", .warn) }
        let left = Figures.secondsLeft(until: until, now: now)
        guard left > 0 else { return .faint("past undoing") }
        return Span(isShort ? "u undoes" : "u undoes, \(Figures.coarse(left)) left", .warn)
    }
}

extension AuditRow {
    /// Whether it is the end that a suspension or a limit had from its start: there is nothing in it to take back.
    var isOwnEnd: Bool { actor.user == Actor.auto.user && (act == "limit.end" || act == "client.resume") }
}
