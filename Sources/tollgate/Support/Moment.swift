import Domain
import Terminal

/// Points of time as tables show them: to the second, in UTC.
enum Moment {
    /// `2026-11-25 14:03:22Z`; empty where there is none.
    static func text(_ time: Timestamp?) -> String {
        guard let time else { return "" }
        let text = Calendar.rfc3339(time)
        return text.prefix(10) + " " + text.dropFirst(11).prefix(8) + "Z"
    }
}

/// What is known about one thing, a line each.
enum Facts {
    /// Writes names and values; an empty value is `–`.
    static func say(_ facts: [(name: String, value: String)]) throws {
        let width = facts.map { TextWidth.columns($0.name) }.max() ?? 0
        for fact in facts {
            let blanks = String(repeating: " ", count: width - TextWidth.columns(fact.name) + 2)
            let value = fact.value.isEmpty ? TextTable.nothing : TextWidth.neutral(fact.value)
            try Output.line(fact.name + blanks + value)
        }
    }
}
