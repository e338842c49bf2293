package import Terminal
/// Every command of the dashboard, by the name that the palette takes.
package enum CommandName: String, CaseIterable, Hashable, Sendable {
    // Views and moving about.
    case view, nextPanel = "panel", previousPanel = "panel previous"
    case down, up, first, last, halfDown = "half down", halfUp = "half up", pageDown = "page down", pageUp = "page up"
    case columnsLeft = "columns left", columnsRight = "columns right"
    case open, back, filter, next, previous, palette, help
    // The picture.
    case pause, windowShorter = "window shorter", windowLonger = "window longer", window, faster, slower, refresh
    case sort, sortPrevious = "sort previous", sortNext = "sort next", reverse, mark, unmark, theme, zone, zoom, follow
    case copy, write, incidents, repaint
    // Acts.
    case limits, suspend, revoke, create, undo, undoList = "undo list", arm, reload, drain
    // Command-line forms.
    case limitsSet = "limits set", limitsClear = "limits clear"
    case keysRevoke = "keys revoke", keysRestore = "keys restore", keysCreate = "keys create"
    case clientsSuspend = "clients suspend", clientsResume = "clients resume"
    // Leaving.
    case quit, detach, interrupt, suspendTerminal = "suspend terminal"
    // Answers of dialogs; never in the palette.
    case confirm, cancel, choose, select, halve, double, endTime = "end time", scope, field, type, clear
    case drainAndStop = "drain and stop", keepServing = "keep serving", stay, dismiss
}

/// Where a key has a meaning.
///
/// A key means at most one thing in a context.
package enum KeyContext: String, CaseIterable, Hashable, Sendable {
    case table, help, prompt
    case revoke, limits, suspend, create, secret, undo, quit, picker, many
}

/// One command: its keys in a context, its words, and whether it changes the gateway.
package struct CommandEntry: Sendable {
    package let name: CommandName
    package let context: KeyContext
    package let keys: [Key]
    /// The keys as people write them, `↑ k`; ASCII alone where the glyphs are.
    package let keyLabel: String
    package let asciiLabel: String
    /// One or two words for the footer.
    package let hint: String
    /// One sentence for help and README.
    package let help: String
    /// What the palette takes, `limits set SCOPE KIND=VALUE [--for 30m]`; nil where it is a key only.
    package let palette: String?
    /// Whether it leads to an act: refused while read-only or not armed.
    package let writes: Bool

    init(
        _ name: CommandName, _ context: KeyContext = .table, _ keys: [Key], _ keyLabel: String,
        ascii: String? = nil, hint: String, help: String, palette: String? = nil, writes: Bool = false
    ) {
        self.name = name
        self.context = context
        self.keys = keys
        self.keyLabel = keyLabel
        asciiLabel = ascii ?? keyLabel
        self.hint = hint
        self.help = help
        self.palette = palette
        self.writes = writes
    }
}
