package import Terminal

/// The one list of commands: keys, footer, help, palette, README table and tests come from it.
package enum CommandRegistry {
    /// Every entry.
    package static let all: [CommandEntry] = table + paletteOnly + dialogs

    private static let bindings: [KeyContext: [Key: CommandEntry]] = {
        var map: [KeyContext: [Key: CommandEntry]] = [:]
        for entry in all { for key in entry.keys { map[entry.context, default: [:]][key] = entry } }
        return map
    }()

    /// What `key` means in `context`.
    package static func entry(for key: Key, in context: KeyContext) -> CommandEntry? { bindings[context]?[key] }

    /// The entry of a command in a context.
    package static func entry(_ name: CommandName, in context: KeyContext = .table) -> CommandEntry? {
        all.first { $0.name == name && $0.context == context }
    }

    /// The lines of the help page: what works now, filtered by the help's own search.
    package static func help(for state: DashboardState) -> [CommandEntry] {
        let word = state.helpFilter.lowercased()
        return (table + paletteOnly).filter { entry in
            if entry.name == .arm, !state.needsArming { return false }
            return word.isEmpty
                || [entry.keyLabel, entry.asciiLabel, entry.help, entry.palette ?? "", entry.name.rawValue].contains {
                    $0.lowercased().contains(word)
                }
        }
    }

    /// Where keys go now.
    package static func context(of state: DashboardState) -> KeyContext {
        switch state.dialog {
        case .revoke: return .revoke
        case .limits: return .limits
        case .suspend: return .suspend
        case .create: return .create
        case .secret: return .secret
        case .undo: return .undo
        case .quit: return .quit
        case .picker: return .picker
        case .many: return .many
        case nil: break
        }
        if state.prompt != nil { return .prompt }
        return state.isHelpShown ? .help : .table
    }

    /// The footer's hints, most wanted first: what the keys do now.
    ///
    /// The drawing takes whole hints while they fit.
    package static func footer(for state: DashboardState) -> [CommandEntry] {
        let context = context(of: state)
        if context == .table { return tableFooter(state) }
        var entries = all.filter { $0.context == context }
        if context == .picker, case .picker(let picker) = state.dialog, case .theme = picker.purpose { return entries }
        if context == .prompt, state.prompt?.purpose != .palette { entries.removeAll { $0.name == .select } }
        if context == .limits { entries.removeAll { $0.name == .clear } }
        return entries
    }

    private static func tableFooter(_ state: DashboardState) -> [CommandEntry] {
        var names: [CommandName] = []
        let panel = Panels.focused(state)
        if panel != .detail { names.append(.open) }
        if !state.crumbs.isEmpty { names.append(.back) }
        names.append(.filter)
        if state.needsArming, state.armedUntil == nil { names.append(.arm) }
        switch panel {
        case .clients, .costs, .errors, .records, .live: names += [.limits, .suspend, .revoke, .undo]
        case .keys: names += [.revoke, .create, .limits, .suspend, .undo]
        case .models, .costModels: names += [.limits, .undo, .sort]
        case .audit, .done: names += [.undo, .undoList]
        case .logs: names += [.follow, .write]
        default: names += [.undo, .sort]
        }
        if panel == .live { names.append(.follow) }
        names += [.pause, .palette, .help, .quit]
        return names.compactMap { entry($0) }
    }

    /// The key table of the README, as Markdown.
    package static var markdown: String {
        var lines = ["| key | command | does |", "| --- | --- | --- |"]
        for entry in table {
            lines.append("| `\(entry.keyLabel)` | \(entry.palette.map { "`:\($0)`" } ?? "") | \(entry.help) |")
        }
        for entry in paletteOnly { lines.append("| | `:\(entry.palette ?? "")` | \(entry.help) |") }
        return lines.joined(separator: "\n")
    }
}
