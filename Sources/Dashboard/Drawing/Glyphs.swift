import Domain
import Terminal

/// The characters that pictures are made of: Unicode where the locale has it, ASCII where not.
package struct Glyphs: Sendable, Equatable {
    /// Whether nothing but ASCII may reach the screen: outside text is then translated too.
    package var isASCII: Bool
    package var critical: String
    package var error: String
    package var ok: String
    package var suspended: String
    package var cursor: String
    package var mark: String
    package var descending: String
    package var ascending: String
    /// Corners and edges: top left, top right, bottom left, bottom right, horizontal, vertical.
    package var corners: [String]
    package var horizontal: String
    package var vertical: String
    /// Heights of a graph's column from one eighth to full, lowest first, eight of them.
    package var heights: [String]
    /// A slice for which nothing was recorded.
    package var gap: String
    package var barFull: String
    package var barHalf: String
    package var barTrack: String

    /// Block elements, light frames, heavy bars.
    package static let unicode = Glyphs(
        isASCII: false, critical: "▲", error: "◆", ok: "●", suspended: "‖", cursor: "›", mark: "+", descending: "▼",
        ascending: "▲", corners: ["╭", "╮", "╰", "╯"], horizontal: "─", vertical: "│",
        heights: ["▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"], gap: "·", barFull: "━", barHalf: "╸", barTrack: "─")

    /// For locales that are not UTF-8.
    package static let ascii = Glyphs(
        isASCII: true, critical: "!", error: "x", ok: ".", suspended: "=", cursor: ">", mark: "+", descending: "v",
        ascending: "^", corners: ["+", "+", "+", "+"], horizontal: "-", vertical: "|",
        heights: [".", ":", "-", "=", "+", "*", "#", "#"], gap: " ", barFull: "=", barHalf: "=", barTrack: "-")

    /// The glyph of a severity.
    package func severity(_ severity: Severity) -> String {
        switch severity {
        case .critical: critical
        case .error: error
        case .suspended: suspended
        case .ok: ok
        }
    }

    /// `text` as this set can show it, one column for one column: in ASCII, dashes and arrows become their nearest
    /// sign and every other character a question mark for each of its columns.
    package func fit(_ text: String) -> String {
        guard isASCII, !text.utf8.allSatisfy({ $0 < 0x80 }) else { return text }
        var out = ""
        for character in text {
            if character.isASCII {
                out.append(character)
            } else if let sign = Glyphs.signs[character] {
                out.append(sign)
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
