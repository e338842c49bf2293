/// A colour of 24 bits in sRGB.
package struct RGB: Hashable, Sendable {
    package var red: UInt8
    package var green: UInt8
    package var blue: UInt8

    package init(red: UInt8, green: UInt8, blue: UInt8) {
        self.red = red
        self.green = green
        self.blue = blue
    }

    /// Reads `#rrggbb`; nil otherwise.
    package init?(text: String) {
        let bytes = Array(text.utf8)
        guard bytes.count == 7, bytes[0] == UInt8(ascii: "#") else { return nil }
        var value: UInt32 = 0
        for byte in bytes.dropFirst() {
            let digit: UInt8
            switch byte {
            case UInt8(ascii: "0")...UInt8(ascii: "9"): digit = byte - UInt8(ascii: "0")
            case UInt8(ascii: "a")...UInt8(ascii: "f"): digit = byte - UInt8(ascii: "a") + 10
            case UInt8(ascii: "A")...UInt8(ascii: "F"): digit = byte - UInt8(ascii: "A") + 10
            default: return nil
            }
            value = value << 4 | UInt32(digit)
        }
        self.init(packed: value)
    }

    /// The colour of the lower 24 bits, red first.
    package init(packed: UInt32) {
        red = UInt8(truncatingIfNeeded: packed >> 16)
        green = UInt8(truncatingIfNeeded: packed >> 8)
        blue = UInt8(truncatingIfNeeded: packed)
    }

    /// The lower 24 bits, red first: what a direct-colour terminal takes as its colour number.
    package var packed: UInt32 { UInt32(red) << 16 | UInt32(green) << 8 | UInt32(blue) }

    /// `#rrggbb` in lower case.
    package var text: String {
        let digits = String(packed, radix: 16)
        return "#" + String(repeating: "0", count: 6 - digits.utf8.count) + digits
    }
}

/// How text is set off without colour.
package struct TextAttributes: OptionSet, Hashable, Sendable {
    package let rawValue: UInt8

    package init(rawValue: UInt8) { self.rawValue = rawValue }

    package static let bold = TextAttributes(rawValue: 1)
    package static let reverse = TextAttributes(rawValue: 2)
    package static let underline = TextAttributes(rawValue: 4)
    package static let dim = TextAttributes(rawValue: 8)

    /// The words of theme files, in the order in which they are listed.
    package static let words: [(word: String, attribute: TextAttributes)] = [
        ("bold", .bold), ("reverse", .reverse), ("underline", .underline), ("dim", .dim),
    ]
}

/// How one role looks at each colour depth.
///
/// A nil colour is the terminal's own. A painter takes the foreground of the text's role and, unless that role has a
/// background itself (banners), the background of the surface it is laid upon; attributes of both are joined. At
/// direct colour it uses `fg` and `bg`, at 256 colours `c256fg` and `c256bg`, at 16 and 8 `c16fg` and `c16bg`, and
/// without colour `mono` in place of `bold`, `reverse` and `underline`.
package struct RoleStyle: Hashable, Sendable {
    package var fg: RGB?
    package var bg: RGB?
    package var bold: Bool
    package var reverse: Bool
    package var underline: Bool
    /// 0 to 255 of the xterm palette.
    package var c256fg: UInt8?
    package var c256bg: UInt8?
    /// 0 to 15; 8 to 15 are the bright ones, which a terminal of 8 colours shows as bold 0 to 7.
    package var c16fg: UInt8?
    package var c16bg: UInt8?
    /// The attributes where there is no colour at all.
    package var mono: TextAttributes

    package init(
        fg: RGB? = nil, bg: RGB? = nil, bold: Bool = false, reverse: Bool = false, underline: Bool = false,
        c256fg: UInt8? = nil, c256bg: UInt8? = nil, c16fg: UInt8? = nil, c16bg: UInt8? = nil,
        mono: TextAttributes = []
    ) {
        self.fg = fg
        self.bg = bg
        self.bold = bold
        self.reverse = reverse
        self.underline = underline
        self.c256fg = c256fg
        self.c256bg = c256bg
        self.c16fg = c16fg
        self.c16bg = c16bg
        self.mono = mono
    }

    /// `bold`, `reverse` and `underline` as a set: the attributes at any depth with colour.
    package var attributes: TextAttributes {
        var set: TextAttributes = []
        if bold { set.insert(.bold) }
        if reverse { set.insert(.reverse) }
        if underline { set.insert(.underline) }
        return set
    }
}
