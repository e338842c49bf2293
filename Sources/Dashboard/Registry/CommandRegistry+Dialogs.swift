import Terminal
extension CommandRegistry {
    /// Keys of dialogs, help and prompts.
    static let dialogs: [CommandEntry] = help + prompt + confirmations + editors + pickers

    private static let help: [CommandEntry] = [
        CommandEntry(
            .down, .help, [.character("j"), .down, .character(" "), .pageDown, .control("d")], "j ↓",
            ascii: "j Down", hint: "down", help: "scroll down"),
        CommandEntry(
            .up, .help, [.character("k"), .up, .pageUp, .control("u")], "k ↑", ascii: "k Up", hint: "up",
            help: "scroll up"),
        CommandEntry(.first, .help, [.character("g"), .home], "g Home", hint: "first", help: "to the start"),
        CommandEntry(.last, .help, [.character("G"), .end], "G End", hint: "last", help: "to the end"),
        CommandEntry(.filter, .help, [.character("/")], "/", hint: "filter", help: "filter the help"),
        CommandEntry(
            .back, .help, [.escape, .character("q"), .character("?"), .control("c")], "Esc", hint: "close",
            help: "close the help"),
    ]

    private static let prompt: [CommandEntry] = [
        CommandEntry(.confirm, .prompt, [.enter], "Enter", hint: "take", help: "take the line"),
        CommandEntry(.choose, .prompt, [.tab], "Tab", hint: "complete", help: "complete the word"),
        CommandEntry(.clear, .prompt, [.control("u")], "Ctrl-u", hint: "clear", help: "empty the line"),
        CommandEntry(
            .select, .prompt, [.up, .down], "↑ ↓", ascii: "Up Down", hint: "history", help: "lines taken before"),
        CommandEntry(.cancel, .prompt, [.escape, .control("c")], "Esc", hint: "cancel", help: "restore what was"),
    ]

    private static let confirmations: [CommandEntry] = [
        CommandEntry(
            .confirm, .revoke, [.character("y")], "y", hint: "revoke", help: "revoke the key", writes: true),
        CommandEntry(
            .cancel, .revoke, [.character("n"), .escape, .control("c")], "n", hint: "cancel", help: "leave it"),
        CommandEntry(.confirm, .undo, [.character("y")], "y", hint: "undo", help: "take the act back", writes: true),
        CommandEntry(
            .cancel, .undo, [.character("n"), .escape, .control("c")], "n", hint: "cancel", help: "leave it"),
        CommandEntry(
            .drainAndStop, .quit, [.character("d")], "d", hint: "drain and stop",
            help: "finish open requests, then stop", writes: true),
        CommandEntry(
            .keepServing, .quit, [.character("k")], "k", hint: "keep serving", help: "leave the dashboard only"),
        CommandEntry(.stay, .quit, [.escape, .control("c")], "Esc", hint: "stay", help: "stay here"),
        CommandEntry(.copy, .secret, [.character("y")], "y", hint: "copy", help: "copy the key (OSC 52); it goes"),
        CommandEntry(.dismiss, .secret, [], "any key", hint: "gone for good", help: "the key is not shown again"),
        CommandEntry(
            .confirm, .many, [.enter], "Enter", hint: "apply", help: "do it, once their number is typed",
            writes: true),
        CommandEntry(.clear, .many, [.control("u"), .backspace], "Ctrl-u", hint: "clear", help: "empty the field"),
        CommandEntry(.type, .many, digits, "0–9", ascii: "0-9", hint: "number", help: "type how many they are"),
        CommandEntry(.cancel, .many, [.escape, .control("c")], "Esc", hint: "cancel", help: "leave them"),
    ]

    private static let digits: [Key] = (0...9).map { .character(Character(String($0))) }

    private static let editors: [CommandEntry] = [
        CommandEntry(.confirm, .limits, [.enter], "Enter", hint: "apply", help: "apply what changed", writes: true),
        CommandEntry(.halve, .limits, [.character("-")], "-", hint: "halve", help: "halve the limit"),
        CommandEntry(.double, .limits, [.character("+")], "+", hint: "double", help: "double the limit"),
        CommandEntry(
            .select, .limits, [.up, .down], "↑ ↓", ascii: "Up Down", hint: "limit", help: "choose the limit"),
        CommandEntry(
            .endTime, .limits, [.character("f")], "f", hint: "end time",
            help: "to the end time: type 45m, or f again through 15m 30m 2h keep"),
        CommandEntry(.scope, .limits, [.tab], "Tab", hint: "scope", help: "client, its tier, gateway"),
        CommandEntry(.clear, .limits, [.control("u")], "Ctrl-u", hint: "clear", help: "empty the field"),
        CommandEntry(.cancel, .limits, [.escape, .control("c")], "Esc", hint: "cancel", help: "change nothing"),
        CommandEntry(
            .confirm, .create, [.enter], "Enter", hint: "create", help: "create the key as it stands", writes: true),
        CommandEntry(
            .select, .create, [.up, .down, .tab, .backTab], "↑ ↓", ascii: "Up Down", hint: "field",
            help: "choose the field"),
        CommandEntry(.clear, .create, [.control("u")], "Ctrl-u", hint: "clear", help: "empty the field"),
        CommandEntry(.cancel, .create, [.escape, .control("c")], "Esc", hint: "cancel", help: "create nothing"),
    ]

    private static let pickers: [CommandEntry] = [
        CommandEntry(
            .confirm, .suspend, [.enter, .character("y")], "Enter", hint: "do it", help: "do what is selected",
            writes: true),
        CommandEntry(
            .select, .suspend, [.up, .down, .character("j"), .character("k")], "↑ ↓", ascii: "Up Down",
            hint: "choose", help: "choose for how long"),
        CommandEntry(
            .cancel, .suspend, [.escape, .character("n"), .character("q"), .control("c")], "Esc", hint: "cancel",
            help: "leave the client as it is"),
        CommandEntry(.confirm, .picker, [.enter], "Enter", hint: "choose", help: "take what is selected"),
        CommandEntry(
            .select, .picker,
            [
                .up, .down, .character("j"), .character("k"), .character("g"), .character("G"), .home, .end, .pageUp,
                .pageDown,
            ], "↑ ↓", ascii: "Up Down", hint: "move", help: "move the selection"),
        CommandEntry(
            .cancel, .picker, [.escape, .character("q"), .control("c")], "Esc", hint: "cancel",
            help: "choose nothing"),
    ]
}
