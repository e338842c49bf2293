import Domain

/// The registry's entries as the footer and the help page show them.
enum Hints {
    /// What the keys do now, most wanted first.
    static func current(_ stage: Stage, isASCII: Bool) -> [Hint] {
        [Hint(key: "Enter", words: "open"), Hint(key: "/", words: "filter"), Hint(key: "e", words: "limit"), Hint(key: "x", words: "suspend"), Hint(key: "R", words: "revoke"), Hint(key: "u", words: "undo"), Hint(key: "Space", words: "pause"), Hint(key: ":", words: "command"), Hint(key: "?", words: "help"), Hint(key: "q", words: "quit")]
    }

    /// The lines of the help page: key, what it does, and its name in the palette.
    static func help(_ stage: Stage, isASCII: Bool) -> [(key: String, words: String, palette: String)] { [] }
}
