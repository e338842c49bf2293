import Domain

/// The registry's entries as the footer and the help page show them.
enum Hints {
    /// What the keys do now, most wanted first.
    static func current(_ stage: Stage, isASCII: Bool) -> [Hint] {
        CommandRegistry.footer(for: stage.state).map { entry in
            Hint(key: label(entry, isASCII: isASCII), words: entry.hint)
        }
    }

    /// The lines of the help page: key, what it does, and its name in the palette.
    static func help(_ stage: Stage, isASCII: Bool) -> [(key: String, words: String, palette: String)] {
        CommandRegistry.help(for: stage.state).map { entry in
            (label(entry, isASCII: isASCII), entry.help, entry.palette.map { ":" + $0 } ?? "")
        }
    }

    private static func label(_ entry: CommandEntry, isASCII: Bool) -> String {
        isASCII ? entry.asciiLabel : entry.keyLabel
    }
}
