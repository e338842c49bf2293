/// Who gives an order: the user and the place they sit at.
package struct Actor: Hashable, Sendable, Codable {
    /// Login name, or `auto` for the gateway's own acts.
    package var user: String
    /// `pts/3`, `cli`, `config`: where the order came from.
    package var terminal: String

    package init(user: String, terminal: String) {
        self.user = user
        self.terminal = terminal
    }

    package static let auto = Actor(user: "auto", terminal: "")
}

/// Everything an operator can do to a running gateway.
///
/// Screen, command line and admin socket all send these.
package enum Command: Hashable, Sendable, Codable {
    case revokeKey(KeyID)
    case restoreKey(KeyID)
    case createKey(client: String, tier: String?, expiresInSeconds: Int64?, models: [String]?, note: String)
    /// A successor with the same client and models; the old key ends after the grace time.
    case rotateKey(KeyID, graceSeconds: Int64)
    /// `forSeconds` nil: until resumed.
    case suspendClient(String, forSeconds: Int64?)
    case resumeClient(String)
    /// `forSeconds` nil: until cleared.
    case setLimit(LimitScope, Limit, forSeconds: Int64?, why: String)
    case clearLimit(LimitScope, LimitKind)
    /// Takes back the act with this audit number, or the newest undoable act of the actor.
    case undo(audit: Int64?)
    case reload
    case drain
}

/// A command with its author, and what the author saw when deciding.
package struct Order: Hashable, Sendable, Codable {
    package var command: Command
    package var actor: Actor
    /// The target's version on the author's screen (`ClientCard.version`, `KeyCard.version`); the act is refused with
    /// `changed meanwhile` where it is no longer that.
    ///
    /// Nil: act on whatever is there.
    package var expectedVersion: Int64?

    package init(command: Command, actor: Actor, expectedVersion: Int64? = nil) {
        self.command = command
        self.actor = actor
        self.expectedVersion = expectedVersion
    }
}

/// What became of an order.
package struct Outcome: Hashable, Sendable, Codable {
    /// How it went; everything but `.done` changed nothing.
    package enum Result: String, Sendable, Codable {
        case done
        /// It was already so.
        case unchanged
        /// The target is not there.
        case notFound
        /// The target is no longer what the author saw.
        case changedMeanwhile
        /// Not allowed, or makes no sense; the message says why.
        case refused
        /// It could not be written down; the message says what happened to the act.
        case failed
    }

    package var result: Result
    /// One line that says what happened, not what was asked; fit for the screen.
    package var message: String
    /// The audit row that it became.
    package var audit: Int64?
    /// Until when `undo` can take it back; nil where it cannot, or for ever where `audit` is set and the act allows.
    package var undoableUntil: Timestamp?
    package var streamsEnded: Int?
    package var instancesAcknowledged: Int?
    /// When the last request of a revoked key was accepted.
    package var lastAccepted: Timestamp?
    /// The key's or client's state after the act: `revoked`, `active`, `suspended`.
    package var state: String?
    package var keyID: KeyID?
    /// A new key, whole.
    ///
    /// It exists nowhere else and is shown once.
    package var secret: String?

    package init(_ result: Result, _ message: String) {
        self.result = result
        self.message = message
    }
}

/// One line of the audit log: an act, who did it, and what it changed.
package struct AuditRow: Hashable, Sendable, Codable {
    package var id: Int64
    package var time: Timestamp
    package var actor: Actor
    /// The kind of act.
    ///
    /// `key.revoke`, `key.restore`, `key.create`, `client.suspend`, `client.resume`, `limit.set`, `limit.clear`,
    /// `limit.end`, `config.reload`, `gateway.drain`, `undo`, `alert.open`, `alert.close`.
    package var act: String
    /// What it was done to: a key id with `tg_`, a client, a limit scope's text.
    package var target: String
    package var before: String
    package var after: String
    package var why: String
    /// The act that this one took back.
    package var undoes: Int64?
    /// The act that took this one back.
    package var undoneBy: Int64?
    /// Whether `undo` can still take it back, and until when (nil: until superseded).
    package var isUndoable: Bool
    package var undoableUntil: Timestamp?

    package init(
        id: Int64, time: Timestamp, actor: Actor, act: String, target: String, before: String, after: String,
        why: String = "", undoes: Int64? = nil, undoneBy: Int64? = nil, isUndoable: Bool = false,
        undoableUntil: Timestamp? = nil
    ) {
        self.id = id
        self.time = time
        self.actor = actor
        self.act = act
        self.target = target
        self.before = before
        self.after = after
        self.why = why
        self.undoes = undoes
        self.undoneBy = undoneBy
        self.isUndoable = isUndoable
        self.undoableUntil = undoableUntil
    }
}
