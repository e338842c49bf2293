/// What a cell looks like, as indexes into a `Palette`: colours are chosen by the painter, never by who draws.
package struct Ink: Hashable, Sendable {
    /// The style of the text.
    package var role: UInt8
    /// The style whose background lies beneath the text when the role has none of its own.
    package var surface: UInt8
    /// Whether the text is strong whatever its role says.
    package var isBold: Bool

    /// An ink of a role on a surface.
    package init(role: UInt8 = 0, surface: UInt8 = 0, isBold: Bool = false) {
        self.role = role
        self.surface = surface
        self.isBold = isBold
    }
}

/// One cell of a canvas.
package struct Cell: Hashable, Sendable {
    /// One cluster (a base and at most four marks), a space, or nothing: the right half of the wide glyph on its left.
    package internal(set) var text: String
    /// How it is drawn.
    package internal(set) var ink: Ink

    /// A cell; `text` has been neutralised by whoever calls.
    init(text: String, ink: Ink) {
        self.text = text
        self.ink = ink
    }

    /// Whether this is the right half of a wide glyph.
    package var isContinuation: Bool { text.isEmpty }
}
