package import Terminal
package import Domain

/// The dialog that is open.
///
/// Its target is captured by identity and version when it opens; figures stay live.
package enum Dialog: Sendable {
    case revoke(RevokeDialog)
    case limits(LimitsDialog)
    case suspend(SuspendDialog)
    case create(CreateDialog)
    /// The key just created, shown once and gone at the next key.
    case secret(SecretDialog)
    case undo(UndoDialog)
    case quit(QuitDialog)
    /// A list to choose from: sort column, theme, a client's keys, undoable acts.
    case picker(PickerDialog)
    /// Many targets at once: the number of them has to be typed.
    case many(ManyDialog)
}

/// Since when a dialog is open; it is deaf for the first 300 ms.
package struct DialogOpening: Sendable, Equatable {
    package var at: Timestamp
    /// The key that opened it, until another one was pressed: it never confirms.
    package var by: Key?
    package init(at: Timestamp, by: Key? = nil) {
        self.at = at
        self.by = by
    }

    package static let deafMilliseconds: Int64 = 300

    /// Whether keys still fall on deaf ears at `now`.
    package func isDeaf(at now: Timestamp) -> Bool {
        let age = now.milliseconds(since: at)
        return age >= 0 && age < DialogOpening.deafMilliseconds
    }
}

/// `R`: revoke one key.
package struct RevokeDialog: Sendable, Equatable {
    package var opening: DialogOpening
    package var key: KeyID
    package var client: String
    package var version: Int64
    package init(opening: DialogOpening, key: KeyID, client: String, version: Int64) {
        self.opening = opening
        self.key = key
        self.client = client
        self.version = version
    }
}

/// `e`: the limits of one scope.
package struct LimitsDialog: Sendable, Equatable {
    /// One limit's line; `typed` is what stands in the field, nil where untouched.
    package struct Line: Sendable, Equatable {
        package var kind: LimitKind
        package var current: EffectiveLimit?
        package var typed: String?
        package init(kind: LimitKind, current: EffectiveLimit?, typed: String? = nil) {
            self.kind = kind
            self.current = current
            self.typed = typed
        }
    }

    package var opening: DialogOpening
    /// The client it was opened for; `scope` walks from it to its tier and the gateway.
    package var client: String
    package var tier: String
    package var scope: LimitScope
    package var version: Int64
    package var lines: [Line]
    package var selected = 0
    /// Whether the end-time field has the keys instead of a line.
    package var isAtEndTime = false
    /// `30m`, `keep`, or what is being typed.
    package var endText = "30m"
    /// Whether the next character typed at the end time starts it anew.
    package var isEndFresh = true
    /// Whether the limits of `scope` were asked for and have not come yet.
    package var isLoading = false
    /// The preview of the selected line's new value, and what it was asked for.
    package var preview: LimitPreview?
    package var previewed: Limit?
    /// Why `Enter` cannot be obeyed, shown in the dialog.
    package var fault: String?

    package init(
        opening: DialogOpening, client: String, tier: String, scope: LimitScope, version: Int64, lines: [Line]
    ) {
        self.opening = opening
        self.client = client
        self.tier = tier
        self.scope = scope
        self.version = version
        self.lines = lines
    }
}

/// `x`: suspend a client for a while, or resume it.
package struct SuspendDialog: Sendable, Equatable {
    package var opening: DialogOpening
    package var client: String
    package var version: Int64
    /// Whether it is suspended now, so that the dialog offers to resume.
    package var isSuspended: Bool
    package var selected = 0

    /// What can be chosen; `seconds` nil: until resumed.
    package struct Choice: Sendable, Equatable {
        package var label: String
        package var resumes: Bool
        package var seconds: Int64?
    }

    /// The entries of the picker, in order.
    package var choices: [Choice] {
        let durations = [("5m", 300), ("15m", 900), ("1h", 3600)].map { label, seconds in
            Choice(label: label, resumes: false, seconds: Int64(seconds))
        }
        let suspensions = durations + [Choice(label: "until resumed", resumes: false, seconds: nil)]
        return (isSuspended ? [Choice(label: "resume", resumes: true, seconds: nil)] : []) + suspensions
    }

    package init(opening: DialogOpening, client: String, version: Int64, isSuspended: Bool) {
        self.opening = opening
        self.client = client
        self.version = version
        self.isSuspended = isSuspended
    }
}

/// `c`: create a key for a client.
package struct CreateDialog: Sendable, Equatable {
    package var opening: DialogOpening
    package var client: String
    /// The fields in order: client, expires, models, note.
    package var fields: [Field]
    package var selected = 0
    package var fault: String?

    package struct Field: Sendable, Equatable {
        package var name: String
        package var text: String
        package var hint: String
        package init(name: String, text: String, hint: String) {
            self.name = name
            self.text = text
            self.hint = hint
        }
    }

    package init(opening: DialogOpening, client: String, fields: [Field]) {
        self.opening = opening
        self.client = client
        self.fields = fields
    }
}

/// A new key, shown once.
package struct SecretDialog: Sendable, Equatable {
    package var opening: DialogOpening
    package var client: String
    package var secret: String
    package init(opening: DialogOpening, client: String, secret: String) {
        self.opening = opening
        self.client = client
        self.secret = secret
    }
}

/// `u`: names the newest act of mine and its inverse.
package struct UndoDialog: Sendable, Equatable {
    package var opening: DialogOpening
    package var row: AuditRow

    /// What taking the act back does, in words: `restore tg_7Q2fA9xk`, `requests of acme back to 600/1m`.
    package var inverse: String {
        switch row.act {
        case "key.revoke": "restore \(row.target)"
        case "key.restore", "key.create": "revoke \(row.target)"
        case "client.suspend": "resume \(row.target)"
        case "client.resume": "suspend \(row.target) again"
        default: row.before.isEmpty ? "take it back" : "\(row.target) back to \(row.before)"
        }
    }

    package init(opening: DialogOpening, row: AuditRow) {
        self.opening = opening
        self.row = row
    }
}

/// `q` at the root.
package struct QuitDialog: Sendable, Equatable {
    package var opening: DialogOpening
    package init(opening: DialogOpening) { self.opening = opening }
}

/// A list to choose from.
package struct PickerDialog: Sendable, Equatable {
    package enum Purpose: Sendable, Equatable {
        case sort(PanelName)
        case theme(original: String)
        case clientKeys(String)
        case undo
    }
    package struct Item: Sendable, Equatable {
        package var label: String
        /// Shown at the right, muted.
        package var detail: String
        /// What choosing it means: a column, a theme, a key id, an audit number.
        package var value: String
        package init(label: String, detail: String, value: String) {
            self.label = label
            self.detail = detail
            self.value = value
        }
    }
    package var opening: DialogOpening
    package var purpose: Purpose
    package var title: String
    package var items: [Item]
    package var selected = 0
    package init(opening: DialogOpening, purpose: Purpose, title: String, items: [Item]) {
        self.opening = opening
        self.purpose = purpose
        self.title = title
        self.items = items
    }
}

/// The same act on all marked rows, confirmed by typing how many they are.
package struct ManyDialog: Sendable, Equatable {
    package enum Act: Sendable, Equatable { case revoke, suspend }
    package var opening: DialogOpening
    package var act: Act
    package var targets: [Target]
    package var typed = ""
    /// How long a suspension of many lasts.
    package static let suspensionSeconds: Int64 = 900

    package struct Target: Sendable, Equatable {
        package var row: RowID
        package var version: Int64
        package init(row: RowID, version: Int64) {
            self.row = row
            self.version = version
        }
    }

    package init(opening: DialogOpening, act: Act, targets: [Target]) {
        self.opening = opening
        self.act = act
        self.targets = targets
    }
}
