/// What a screen is opened with.
package struct TerminalConfiguration: Sendable {
    /// Where the terminal is.
    package enum Source: Hashable, Sendable {
        /// `/dev/tty`, whatever the standard descriptors are.
        case controlling
        /// The terminal that a descriptor refers to; it is opened anew and the descriptor's flags are left alone.
        case descriptor(Int32)
    }

    /// Where the terminal is.
    package var source: Source
    /// `TERM`, `COLORTERM`, `NO_COLOR`, `LC_ALL`, `LC_CTYPE` and `LANG` are read; `LINES` and `COLUMNS` never are.
    package var environment: [String: String]
    /// What `--color` says.
    package var colour: ColourChoice
    /// Milliseconds of silence after which a lone ESC byte is the key.
    package var escapeDelay: Int

    /// A configuration; the delay is 25 ms unless given.
    package init(
        source: Source = .controlling, environment: [String: String], colour: ColourChoice = .auto,
        escapeDelay: Int = 25
    ) {
        self.source = source
        self.environment = environment
        self.colour = colour
        self.escapeDelay = max(1, escapeDelay)
    }

    /// Whether the environment names a UTF-8 locale, installed or not.
    var namesUTF8: Bool {
        let name = ["LC_ALL", "LC_CTYPE", "LANG"].lazy.compactMap { environment[$0] }.first { !$0.isEmpty } ?? ""
        let upper = name.uppercased()
        return upper.hasSuffix("UTF-8") || upper.hasSuffix("UTF8")
    }
}
