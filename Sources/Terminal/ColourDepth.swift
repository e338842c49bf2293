/// How many colours a terminal shows.
package enum ColourDepth: Int, Comparable, Hashable, Sendable, CaseIterable {
    /// None: attributes only.
    case mono
    /// The eight of 1979.
    case c8
    /// The eight and their bright halves.
    case c16
    /// The cube of xterm.
    case c256
    /// Red, green and blue.
    case direct

    package static func < (left: ColourDepth, right: ColourDepth) -> Bool { left.rawValue < right.rawValue }

    /// The depth of a terminal with so many colours.
    init(colours: Int) {
        switch colours {
        case ..<8: self = .mono
        case ..<16: self = .c8
        case ..<256: self = .c16
        case ..<0x100_0000: self = .c256
        default: self = .direct
        }
    }

    /// The number of a colour at this depth; nil for the terminal's own.
    func index(of colour: Colour) -> UInt32? {
        switch self {
        case .direct: colour.rgb
        case .c256: UInt32(colour.c256)
        case .c16: colour.c16.map { UInt32($0) }
        case .c8: colour.c16.map { UInt32($0 & 7) }
        case .mono: 0
        }
    }

    /// A number that can be read on a background: black or white.
    func contrast(to background: Colour) -> UInt32 {
        let red = background.rgb >> 16 & 0xFF
        let green = background.rgb >> 8 & 0xFF
        let isLight = red &* 299 &+ green &* 587 &+ (background.rgb & 0xFF) &* 114 > 128_000
        switch self {
        case .direct: return isLight ? 0 : 0xFF_FFFF
        case .c256: return isLight ? 16 : 231
        case .c16: return background.c16 == 0 || (background.c16 == 8 && !isLight) ? 15 : 0
        case .c8: return (background.c16 ?? 0) & 7 == 0 ? 7 : 0
        case .mono: return 0
        }
    }
}

/// What the operator asked for with `--color`.
package enum ColourChoice: String, Hashable, Sendable, CaseIterable {
    /// As much as the terminal has, unless `NO_COLOR` is set.
    case auto
    /// As much as the terminal has.
    case always
    /// None.
    case never
    /// At most 16 colours.
    case c16 = "16"
    /// At most 256 colours.
    case c256 = "256"
    /// Direct colour where the terminal's type has such a form.
    case direct

    /// The deepest that is used.
    ///
    /// - Parameter environment: `NO_COLOR` (any text but an empty one), `COLORTERM` and `TERM` are read.
    package func ceiling(environment: [String: String]) -> ColourDepth {
        switch self {
        case .auto where environment["NO_COLOR"].map { !$0.isEmpty } ?? false: .mono
        case .auto, .always:
            ["truecolor", "24bit"].contains(environment["COLORTERM"]) || ColourChoice.isDirect(environment["TERM"])
                ? .direct : .c256
        case .never: .mono
        case .c16: .c16
        case .c256: .c256
        case .direct: .direct
        }
    }

    private static func isDirect(_ type: String?) -> Bool { type?.hasSuffix("-direct") ?? false }

    /// The terminal types to try, best first: forms with direct colour where it is wanted, the type itself, and one
    /// that nearly every terminal of today understands.
    ///
    /// A type with direct colour takes every number as red, green and blue: where fewer colours are wanted it must not
    /// be the one.
    func types(for type: String, environment: [String: String]) -> [String] {
        var names: [String] = []
        var base = type
        for suffix in ["-256color", "-direct"] where base.hasSuffix(suffix) { base.removeLast(suffix.count) }
        guard ceiling(environment: environment) == .direct || !ColourChoice.isDirect(type) else {
            return [base + "-256color", base, "xterm-256color"]
        }
        if ceiling(environment: environment) == .direct {
            if base.hasPrefix("xterm-") {
                names.append("\(base.dropFirst(6))-direct")
            }
            names.append(base + "-direct")
            if base.hasPrefix("xterm") { names.append("xterm-direct") }
        }
        names.append(type)
        names.append("xterm-256color")
        return names
    }
}
