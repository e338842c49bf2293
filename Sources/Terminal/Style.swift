/// A colour in each depth that a terminal may have; which one is used is the painter's choice.
package struct Colour: Hashable, Sendable {
    /// Red, green and blue, `0xRRGGBB`.
    package var rgb: UInt32
    /// The nearest of the 256 colours of xterm.
    package var c256: UInt8
    /// The nearest of the 16 named colours; nil for the terminal's own, where no named one is near enough.
    package var c16: UInt8?

    /// A colour in all depths.
    package init(rgb: UInt32, c256: UInt8, c16: UInt8?) {
        self.rgb = rgb & 0xFF_FFFF
        self.c256 = c256
        self.c16 = c16.map { $0 & 15 }
    }
}

/// What a terminal can do to text besides colouring it.
package struct Attributes: OptionSet, Hashable, Sendable {
    package let rawValue: UInt8

    package init(rawValue: UInt8) { self.rawValue = rawValue }

    /// Strong.
    package static let bold = Attributes(rawValue: 1)
    /// Foreground and background exchanged.
    package static let reverse = Attributes(rawValue: 2)
    /// Underlined.
    package static let underline = Attributes(rawValue: 4)
    /// Faint.
    package static let dim = Attributes(rawValue: 8)
}

/// How one role or surface looks.
package struct Style: Hashable, Sendable {
    /// Colour of the text; nil for the terminal's own.
    package var foreground: Colour?
    /// Colour beneath it; nil for that of the surface, or the terminal's own.
    package var background: Colour?
    /// Strong text.
    package var isBold: Bool
    /// Foreground and background exchanged.
    package var isReverse: Bool
    /// Underlined text.
    package var isUnderlined: Bool
    /// What stands for all of the above on a terminal without colour; nil for the same attributes.
    package var mono: Attributes?

    /// A style; without arguments the terminal's own.
    package init(
        foreground: Colour? = nil, background: Colour? = nil, isBold: Bool = false, isReverse: Bool = false,
        isUnderlined: Bool = false, mono: Attributes? = nil
    ) {
        self.foreground = foreground
        self.background = background
        self.isBold = isBold
        self.isReverse = isReverse
        self.isUnderlined = isUnderlined
        self.mono = mono
    }

    /// The attributes where there is colour, or where there is none.
    func attributes(isMono: Bool) -> Attributes {
        if isMono, let mono { return mono }
        var result: Attributes = []
        if isBold { result.insert(.bold) }
        if isReverse { result.insert(.reverse) }
        if isUnderlined { result.insert(.underline) }
        return result
    }
}
