import Settings

/// A piece of text and its weight.
struct Span: Equatable, Sendable {
    var text: String
    var role: Role
    var isBold: Bool

    init(_ text: String, _ role: Role = .text, bold: Bool = false) {
        self.text = text
        self.role = role
        isBold = bold
    }

    /// A label or a unit.
    static func muted(_ text: String) -> Span { Span(text, .muted) }
    /// Nothing, or next to it.
    static func faint(_ text: String) -> Span { Span(text, .faint) }
    /// The figure that was asked for.
    static func strong(_ text: String) -> Span { Span(text, .strong, bold: true) }
    /// Ordinary text.
    static func plain(_ text: String) -> Span { Span(text, .text) }
    /// A key that can be pressed.
    static func key(_ text: String) -> Span { Span(text, .key, bold: true) }

    /// A figure, faint where it is nothing.
    static func figure(_ text: String, _ role: Role = .text, bold: Bool = false) -> Span {
        text == Figures.nothing ? faint(text) : Span(text, role, bold: bold)
    }
}
