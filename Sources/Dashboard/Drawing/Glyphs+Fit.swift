import Domain
import Settings
import Terminal

extension Glyphs {
    /// Whether nothing but ASCII may reach the screen: outside text is then translated too.
    var isASCII: Bool { frameHorizontal.isASCII && critical.isASCII && ellipsis.isASCII }

    /// The glyph of a severity.
    func severity(_ severity: Severity) -> String {
        switch severity {
        case .critical: String(critical)
        case .error: String(error)
        case .suspended: String(suspended)
        case .ok: String(ok)
        }
    }

    /// A graph's step of 1 to 8 eighths.
    func step(_ eighths: Int) -> String {
        guard !graph.isEmpty else { return "#" }
        return String(graph[min(graph.count - 1, max(0, eighths - 1))])
    }

    /// `text` as this set can show it, one column for one column: in ASCII, dashes and arrows become their nearest
    /// sign and every other character a question mark for each of its columns.
    func fit(_ text: String) -> String {
        guard isASCII, !text.utf8.allSatisfy({ $0 >= 0x20 && $0 < 0x7f }) else { return text }
        var out = ""
        for character in text {
            if let byte = character.asciiValue, byte >= 0x20, byte < 0x7f {
                out.append(character)
            } else if let sign = Glyphs.signs[character] {
                out.append(sign)
            } else if character.isASCII {
                out.append("?")
            } else {
                out += String(repeating: "?", count: min(2, max(0, TextWidth.columns(String(character)))))
            }
        }
        return out
    }

    private static let signs: [Character: Character] = [
        "–": "-", "—": "-", "→": ">", "←": "<", "↑": "^", "↓": "v", "×": "x", "…": "~", "·": ".", "•": "*", "›": ">",
        "▲": "!", "◆": "x", "●": ".", "‖": "=", "▼": "v", "≥": ">", "≤": "<", "─": "-", "│": "|",
    ]
}

extension Severity {
    /// The colour of the severity's glyph.
    var role: Role {
        switch self {
        case .critical: .critical
        case .error: .error
        case .suspended: .suspended
        case .ok: .ok
        }
    }

    /// The hot colour of a row's graph; nil where the row is well.
    var hot: Role? { self >= .error ? .error : nil }
}
