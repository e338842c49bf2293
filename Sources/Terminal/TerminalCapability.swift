internal import CNcurses

/// What the terminal database says about the open screen's type.
enum TerminalCapability {
    /// A string capability, empty where the type has none.
    static func bytes(_ name: String) -> [UInt8] {
        [UInt8](unsafeUninitializedCapacity: 128) { buffer, count in
            let room = buffer.count
            count = buffer.withMemoryRebound(to: CChar.self) { tg_capability(name, $0.baseAddress, room) }
        }
    }

    /// What takes the terminal over: alternate screen, all rows of it, plain text, keypad, no cursor, bracketed paste.
    ///
    /// Harmless when repeated.
    static func enterSequence() -> [UInt8] {
        var sequence = bytes("enacs") + bytes("smcup") + noMargins()
        for name in ["sgr0", "rmir", "smam", "smkx", "civis"] { sequence += bytes(name) }
        return sequence + Array("\u{1B}[?2004h".utf8)
    }

    /// Makes every row scroll again, where the type has margins; the cursor goes to the first row.
    private static func noMargins() -> [UInt8] {
        let change = bytes("csr")
        return change.starts(with: Array("\u{1B}[".utf8)) && change.last == UInt8(ascii: "r")
            ? Array("\u{1B}[r".utf8) : []
    }

    /// What gives the terminal back: ends any sequence that was cut off, bracketed paste, keypad, colours, the
    /// hidden cursor, margins and the alternate screen, which brings the cursor back to its place.
    static func restoreSequence() -> [UInt8] {
        var sequence = Array("\u{1B}\\\u{1B}[?2004l".utf8)
        for name in ["rmkx", "sgr0", "op", "cnorm"] { sequence += bytes(name) }
        let leave = bytes("rmcup")
        sequence += noMargins() + (leave.isEmpty ? bytes("clear") : leave)
        return sequence
    }

    /// The keys as the type says it sends them.
    static func keys() -> [[UInt8]: Key] {
        let names: [(String, Key)] = [
            ("kcuu1", .up), ("kcud1", .down), ("kcub1", .left), ("kcuf1", .right), ("khome", .home), ("kend", .end),
            ("kpp", .pageUp), ("knp", .pageDown), ("kich1", .insert), ("kdch1", .delete), ("kcbt", .backTab),
            ("kf1", .function(1)), ("kf2", .function(2)), ("kf3", .function(3)), ("kf4", .function(4)),
        ]
        var keys: [[UInt8]: Key] = [:]
        for (name, key) in names {
            let sequence = bytes(name)
            if sequence.count > 1, sequence[0] == 0x1B { keys[sequence] = key }
        }
        return keys
    }
}
