import Terminal
extension CommandRegistry {
    /// Keys of the views.
    static let table: [CommandEntry] = moving + picture + acts + leaving

    private static let moving: [CommandEntry] = [
        CommandEntry(
            .view, .table, (1...9).map { .character(Character(String($0))) }, "1–9", ascii: "1-9", hint: "view",
            help: "go to a view", palette: "view NAME"),
        CommandEntry(.nextPanel, .table, [.tab], "Tab", hint: "panel", help: "next panel", palette: "panel"),
        CommandEntry(
            .previousPanel, .table, [.backTab], "Shift-Tab", hint: "panel", help: "previous panel",
            palette: "panel previous"),
        CommandEntry(
            .down, .table, [.character("j"), .down], "j ↓", ascii: "j Down", hint: "down", help: "next row",
            palette: "down"),
        CommandEntry(
            .up, .table, [.character("k"), .up], "k ↑", ascii: "k Up", hint: "up", help: "previous row", palette: "up"),
        CommandEntry(
            .first, .table, [.character("g"), .home], "g Home", hint: "first", help: "first row", palette: "first"),
        CommandEntry(.last, .table, [.character("G"), .end], "G End", hint: "last", help: "last row", palette: "last"),
        CommandEntry(
            .halfDown, .table, [.control("d")], "Ctrl-d", hint: "half down", help: "half a page down",
            palette: "half down"),
        CommandEntry(
            .halfUp, .table, [.control("u")], "Ctrl-u", hint: "half up", help: "half a page up", palette: "half up"),
        CommandEntry(
            .pageDown, .table, [.pageDown], "PgDn", hint: "page down", help: "a page down", palette: "page down"),
        CommandEntry(.pageUp, .table, [.pageUp], "PgUp", hint: "page up", help: "a page up", palette: "page up"),
        CommandEntry(
            .columnsLeft, .table, [.character("h"), .left], "h ←", ascii: "h Left", hint: "columns",
            help: "columns further left", palette: "columns left"),
        CommandEntry(
            .columnsRight, .table, [.character("l"), .right], "l →", ascii: "l Right", hint: "columns",
            help: "columns further right", palette: "columns right"),
        CommandEntry(
            .open, .table, [.enter], "Enter", hint: "open",
            help: "open the row: client, key, model, error, request, act",
            palette: "open"),
        CommandEntry(
            .back, .table, [.escape], "Esc", hint: "back", help: "one step back; never quits", palette: "back"),
        CommandEntry(
            .filter, .table, [.character("/")], "/", hint: "filter",
            help: "show only what matches, in every panel and export: acme status>=500 p95>2s quota>90%",
            palette: "filter EXPR"),
        CommandEntry(.next, .table, [.character("n")], "n", hint: "next", help: "next match", palette: "next"),
        CommandEntry(
            .previous, .table, [.character("N")], "N", hint: "previous", help: "previous match", palette: "previous"),
        CommandEntry(.palette, .table, [.character(":")], ":", hint: "command", help: "run a command by its name"),
        CommandEntry(
            .help, .table, [.character("?")], "?", hint: "help", help: "this page; / filters it", palette: "help"),
    ]

    private static let picture: [CommandEntry] = [
        CommandEntry(
            .pause, .table, [.character(" ")], "Space", hint: "pause", help: "hold the picture, keep collecting",
            palette: "pause"),
        CommandEntry(
            .windowShorter, .table, [.character("[")], "[", hint: "window",
            help: "shorter window: 1m 5m 15m 1h 6h 24h, all panels", palette: "window shorter"),
        CommandEntry(
            .windowLonger, .table, [.character("]")], "]", hint: "window", help: "longer window",
            palette: "window longer"),
        CommandEntry(
            .faster, .table, [.character("+")], "+", hint: "faster", help: "refresh faster", palette: "faster"),
        CommandEntry(
            .slower, .table, [.character("_")], "_", hint: "slower", help: "refresh slower, down to every 30 s",
            palette: "slower"),
        CommandEntry(
            .sort, .table, [.character("s")], "s", hint: "sort", help: "choose the column to sort by",
            palette: "sort COLUMN"),
        CommandEntry(
            .sortPrevious, .table, [.character("<")], "<", hint: "sort", help: "sort by the previous column",
            palette: "sort previous"),
        CommandEntry(
            .sortNext, .table, [.character(">")], ">", hint: "sort", help: "sort by the next column",
            palette: "sort next"),
        CommandEntry(
            .reverse, .table, [.character("!")], "!", hint: "reverse", help: "reverse the sort order",
            palette: "reverse"),
        CommandEntry(
            .mark, .table, [.character("m")], "m", hint: "mark", help: "mark the row for an act on many",
            palette: "mark"),
        CommandEntry(
            .unmark, .table, [.character("M")], "M", hint: "unmark", help: "clear all marks", palette: "unmark"),
        CommandEntry(
            .theme, .table, [.character("T")], "T", hint: "theme", help: "choose a theme, seen at once",
            palette: "theme NAME"),
        CommandEntry(.zone, .table, [.character("t")], "t", hint: "zone", help: "local time or UTC", palette: "zone"),
        CommandEntry(
            .zoom, .table, [.character("z")], "z", hint: "zoom", help: "the focused panel alone, or all",
            palette: "zoom"),
        CommandEntry(
            .follow, .table, [.character("F")], "F", hint: "follow", help: "follow the newest line", palette: "follow"),
        CommandEntry(
            .copy, .table, [.character("y")], "y", hint: "copy", help: "copy what names the row (OSC 52)",
            palette: "copy"),
        CommandEntry(
            .write, .table, [.character("w")], "w", hint: "write", help: "write the view to a file: json, csv or txt",
            palette: "write FILE"),
        CommandEntry(
            .incidents, .table, [.character("i")], "i", hint: "incidents", help: "list of incidents",
            palette: "incidents"),
        CommandEntry(
            .repaint, .table, [.control("l")], "Ctrl-l", hint: "repaint", help: "paint the screen anew",
            palette: "repaint"),
    ]

    private static let acts: [CommandEntry] = [
        CommandEntry(
            .limits, .table, [.character("e")], "e", hint: "limit",
            help: "edit limits of a client, its tier, a model or the gateway", palette: "limits [SCOPE]", writes: true),
        CommandEntry(
            .suspend, .table, [.character("x")], "x", hint: "suspend",
            help: "suspend or resume a client, its streams end too",
            palette: "suspend [CLIENT]", writes: true),
        CommandEntry(
            .revoke, .table, [.character("R")], "R", hint: "revoke", help: "revoke a key, its streams end too",
            palette: "revoke [ID]", writes: true),
        CommandEntry(
            .create, .table, [.character("c")], "c", hint: "create", help: "create a key for the client, shown once",
            palette: "create [CLIENT]", writes: true),
        CommandEntry(
            .undo, .table, [.character("u")], "u", hint: "undo", help: "name my newest act and its inverse; y does it",
            palette: "undo", writes: true),
        CommandEntry(
            .undoList, .table, [.character("U")], "U", hint: "undo list", help: "acts that can be undone, others' too",
            palette: "undo list", writes: true),
        CommandEntry(
            .arm, .table, [.character("A")], "A", hint: "arm", help: "with --arm: unlock acts for 10 minutes",
            palette: "arm"),
    ]

    private static let leaving: [CommandEntry] = [
        CommandEntry(
            .quit, .table, [.character("q")], "q", hint: "quit",
            help: "close what is open; at the root ask how to leave",
            palette: "quit"),
        CommandEntry(
            .detach, .table, [.character("D")], "D", hint: "detach", help: "leave the dashboard, keep serving",
            palette: "detach"),
        CommandEntry(
            .interrupt, .table, [.control("c")], "Ctrl-c", hint: "cancel",
            help: "cancel; twice at the root asks to quit"),
        CommandEntry(
            .suspendTerminal, .table, [.control("z")], "Ctrl-z", hint: "detach",
            help: "never stops the gateway; offers to detach"),
    ]

    /// Commands without a key: the palette's own.
    static let paletteOnly: [CommandEntry] = [
        CommandEntry(
            .window, .table, [], "", hint: "window", help: "window of 1m 5m 15m 1h 6h 24h", palette: "window 15m"),
        CommandEntry(
            .refresh, .table, [], "", hint: "refresh", help: "refresh every 250ms to 30s", palette: "refresh 2s"),
        CommandEntry(
            .limitsSet, .table, [], "", hint: "limits set",
            help: "set limits of NAME, tier:NAME, model:NAME or gateway",
            palette: "limits set SCOPE KIND=VALUE [--for 30m] [--why TEXT]", writes: true),
        CommandEntry(
            .limitsClear, .table, [], "", hint: "limits clear", help: "end a limit that was set here",
            palette: "limits clear SCOPE KIND", writes: true),
        CommandEntry(
            .keysRevoke, .table, [], "", hint: "revoke", help: "revoke a key", palette: "keys revoke ID", writes: true),
        CommandEntry(
            .keysRestore, .table, [], "", hint: "restore", help: "restore a key revoked within 15 minutes",
            palette: "keys restore ID", writes: true),
        CommandEntry(
            .keysCreate, .table, [], "", hint: "create", help: "create a key",
            palette: "keys create --client NAME [--tier T] [--expires 30d] [--models a,b] [--note TEXT]", writes: true),
        CommandEntry(
            .clientsSuspend, .table, [], "", hint: "suspend", help: "suspend a client",
            palette: "clients suspend NAME [--for 15m]", writes: true),
        CommandEntry(
            .clientsResume, .table, [], "", hint: "resume", help: "resume a client", palette: "clients resume NAME",
            writes: true),
        CommandEntry(
            .reload, .table, [], "", hint: "reload", help: "read the configuration again", palette: "reload",
            writes: true),
        CommandEntry(
            .drain, .table, [], "", hint: "drain", help: "finish open requests and stop; asks first", palette: "drain",
            writes: true),
    ]
}
