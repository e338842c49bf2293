/// A key as the dashboard knows it.
///
/// Pasted text is never keys: see `TerminalEvent.paste`.
package enum Key: Hashable, Sendable {
    /// A key that types something, Space included.
    case character(Character)
    /// Ctrl with a lower-case letter or one of `@ \ ] ^ _`.
    case control(Character)
    case enter, escape, tab, backTab, backspace, delete, insert
    case up, down, left, right, home, end, pageUp, pageDown
    /// F1 and so on.
    case function(Int)
}

extension Key {
    /// The names in key scripts of the keys that have one; the first of a key is the one that is written.
    private static let names: [(name: String, key: Key)] = [
        ("enter", .enter), ("cr", .enter), ("return", .enter), ("esc", .escape), ("escape", .escape), ("tab", .tab),
        ("s-tab", .backTab), ("backtab", .backTab), ("bs", .backspace), ("backspace", .backspace), ("del", .delete),
        ("delete", .delete), ("ins", .insert), ("insert", .insert), ("up", .up), ("down", .down), ("left", .left),
        ("right", .right), ("home", .home), ("end", .end), ("pgup", .pageUp), ("pageup", .pageUp),
        ("pgdn", .pageDown), ("pagedown", .pageDown), ("space", .character(" ")), ("lt", .character("<")),
    ]

    /// The key in a key script: `R`, `<down>`, `<c-u>`, `<lt>`.
    package var script: String {
        if let found = Key.names.first(where: { $0.key == self }) { return "<\(found.name)>" }
        switch self {
        case .character(let character): return String(character)
        case .control(let character): return "<c-\(character)>"
        case .function(let number): return "<f\(number)>"
        default: return ""
        }
    }

    /// The key of a script's text, nil where it is none: the inverse of `script`, with a few other spellings.
    package init?(script: String) {
        if script.count == 1, let character = script.first, character != "<", !character.isNewline {
            self = .character(character)
            return
        }
        guard script.first == "<", script.last == ">", script.count > 2 else { return nil }
        let name = script.dropFirst().dropLast().lowercased()
        if let found = Key.names.first(where: { $0.name == name }) {
            self = found.key
            return
        }
        for prefix in ["c-", "ctrl-"] where name.hasPrefix(prefix) {
            let rest = name.dropFirst(prefix.count)
            guard rest.count == 1, let character = rest.first, character.isASCII,
                character.isLetter || "@\\]^_".contains(character)
            else { return nil }
            self = .control(character)
            return
        }
        guard name.first == "f", let number = Int(name.dropFirst()), (1...24).contains(number) else { return nil }
        self = .function(number)
    }

    /// The key as help and footer name it: `Enter`, `Ctrl-u`, `↓`.
    package var label: String {
        switch self {
        case .character(" "): "Space"
        case .character(let character): String(character)
        case .control(let character): "Ctrl-\(character)"
        case .enter: "Enter"
        case .escape: "Esc"
        case .tab: "Tab"
        case .backTab: "Shift-Tab"
        case .backspace: "Backspace"
        case .delete: "Del"
        case .insert: "Ins"
        case .up: "↑"
        case .down: "↓"
        case .left: "←"
        case .right: "→"
        case .home: "Home"
        case .end: "End"
        case .pageUp: "PgUp"
        case .pageDown: "PgDn"
        case .function(let number): "F\(number)"
        }
    }
}
