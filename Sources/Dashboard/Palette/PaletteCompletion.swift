import Domain
import Telemetry

extension CommandRegistry {
    /// The names that the palette knows, sorted.
    package static let names: [String] = {
        let entries = (table + paletteOnly).filter { $0.palette != nil }
        return Set(entries.map(\.name.rawValue)).sorted()
    }()

    /// The names that begin with `word` and a space: `keys create`, `keys restore`, `keys revoke`.
    static func forms(of word: String) -> [String] { names.filter { $0.hasPrefix(word + " ") } }
}

/// What can follow in a line that is typed.
enum PaletteCompletion {
    /// Whole lines that the text can become, best first, at most 8.
    static func lines(for text: String, state: DashboardState, snapshot: LiveSnapshot) -> [String] {
        var head = ""
        var words = candidates(for: text, head: &head, state: state, snapshot: snapshot)
        let typed = String(text.dropFirst(head.count))
        words = words.filter { $0.hasPrefix(typed) && $0 != typed }
        if words.isEmpty, head.isEmpty, !typed.isEmpty {
            words = CommandRegistry.names.filter { $0.contains(typed) && $0 != typed }
        }
        return words.prefix(8).map { head + $0 }
    }

    /// The words that can stand at the end of `text` after `head`.
    private static func candidates(
        for text: String, head: inout String, state: DashboardState, snapshot: LiveSnapshot
    ) -> [String] {
        let clients = { snapshot.clients.lazy.map { quoted($0.card.name) } }
        let keys = { snapshot.keys.lazy.map(\.card.id.text) }
        let scopes = {
            ["gateway"] + Set(snapshot.clients.lazy.map { "tier:\($0.card.tier)" }).sorted()
                + snapshot.models.map { "model:\($0.name)" } + clients()
        }
        let sources: [(String, () -> [String])] = [
            ("limits set ", scopes), ("limits clear ", scopes), ("limits ", { ["set", "clear"] + scopes() }),
            ("keys revoke ", { Array(keys()) }), ("keys restore ", { Array(keys()) }),
            ("keys create --client ", { Array(clients()) }), ("keys create ", { ["--client "] }),
            ("clients suspend ", { Array(clients()) }), ("clients resume ", { Array(clients()) }),
            ("revoke ", { Array(keys()) }), ("suspend ", { Array(clients()) }), ("create ", { Array(clients()) }),
            ("view ", { ViewName.allCases.map { $0.title.lowercased() } }), ("theme ", { state.themes }),
            ("window ", { ["1m", "5m", "15m", "1h", "6h", "24h"] }), ("refresh ", { ["250ms", "1s", "5s", "30s"] }),
            ("sort ", { SortColumn.all(of: Panels.focused(state)).map(\.title) }),
        ]
        guard let source = sources.first(where: { text.hasPrefix($0.0) }) else { return CommandRegistry.names }
        head = source.0
        let rest = text.dropFirst(head.count)
        guard let space = rest.firstIndex(of: " "), source.0.hasPrefix("limits") || source.0.hasPrefix("clients s")
        else { return source.1() }
        // After the scope or the client: limits and options.
        let last = rest.lastIndex(of: " ") ?? space
        head += rest[...last]
        if rest[..<last].hasSuffix("--for") { return ["5m", "15m", "30m", "1h", "2h"] }
        if source.0 == "clients suspend " { return ["--for "] }
        if source.0 == "limits clear " { return LimitKind.allCases.map(\.rawValue) }
        return ["requests=", "tokens=", "concurrent=", "budget=", "--for ", "--why "]
    }

    private static func quoted(_ name: String) -> String { name.contains(" ") ? "\"\(name)\"" : name }

    /// Filter lines that the text can become: names of fields for the word at its end.
    static func filters(for text: String) -> [String] {
        let start = text.lastIndex { " (".contains($0) }.map { text.index(after: $0) } ?? text.startIndex
        let word = text[start...].lowercased()
        if word.isEmpty { return [] }
        return FilterField.names.filter { $0.hasPrefix(word) && $0 != word }.prefix(8).map { text[..<start] + $0 }
    }

    /// What all of them begin with.
    static func shared(_ lines: [String]) -> String {
        guard var prefix = lines.first else { return "" }
        for line in lines.dropFirst() {
            while !line.hasPrefix(prefix) { prefix.removeLast() }
        }
        return prefix
    }
}
