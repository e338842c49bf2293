/// A colour of a theme file: the terminal's own, a palette name, or a literal.
enum ColorReference: Hashable, Sendable {
    case terminal
    case named(String)
    case literal(RGB)
}

/// A number of a palette, or the terminal's own colour.
enum PaletteNumber: Hashable, Sendable {
    case terminal
    case number(UInt8)

    var value: UInt8? {
        if case .number(let number) = self { return number }
        return nil
    }
}

/// A role as a file writes it; what is nil is computed.
struct RoleDraft: Sendable {
    var fg: ColorReference?
    var bg: ColorReference?
    var attributes: TextAttributes = []
    var c256fg: PaletteNumber?
    var c256bg: PaletteNumber?
    var c16fg: PaletteNumber?
    var c16bg: PaletteNumber?
    var mono: TextAttributes?
}

/// A theme before its names are resolved, so that one that inherits can change a colour for every role that uses it.
struct ThemeDraft: Sendable {
    var name: String
    var variant: ThemeVariant
    var palette: [String: RGB] = [:]
    var roles: [Role: RoleDraft] = [:]
    var glyphs: Glyphs = .standard

    /// Resolves names, and computes what the file leaves out.
    func theme() -> Theme {
        var styles: [Role: RoleStyle] = [:]
        for (role, draft) in roles { styles[role] = style(role, draft) }
        return Theme(name: name, variant: variant, styles: styles, glyphs: glyphs)
    }

    private func style(_ role: Role, _ draft: RoleDraft) -> RoleStyle {
        let (fg, bg) = (color(draft.fg), color(draft.bg))
        return RoleStyle(
            fg: fg, bg: bg, bold: draft.attributes.contains(.bold), reverse: draft.attributes.contains(.reverse),
            underline: draft.attributes.contains(.underline),
            c256fg: draft.c256fg.map(\.value) ?? fg.map { text256(role, $0) },
            c256bg: draft.c256bg.map(\.value) ?? bg.map { TerminalPalette.nearest256($0) },
            c16fg: draft.c16fg.map(\.value) ?? fg.map { TerminalPalette.nearest16($0, variant: variant) },
            c16bg: draft.c16bg.map(\.value) ?? bg.flatMap { surface16(role, $0) },
            mono: draft.mono ?? role.mono.union(draft.attributes))
    }

    private func color(_ reference: ColorReference?) -> RGB? {
        switch reference {
        case .none, .terminal: nil
        case .named(let name): palette[name]
        case .literal(let color): color
        }
    }

    /// Text is kept readable; frames and tracks, and text on a surface of its own, take what is nearest.
    private func text256(_ role: Role, _ color: RGB) -> UInt8 {
        if role.isBanner || ThemeCheck.exempt.contains(role) { return TerminalPalette.nearest256(color) }
        return TerminalPalette.nearestText256(color, variant: variant)
    }

    /// Surfaces are shades of one dark or light colour, which 16 colours do not have: what must stand out gets a colour
    /// that does, the others the terminal's own.
    private func surface16(_ role: Role, _ color: RGB) -> UInt8? {
        switch role {
        case .cursor, .selection: variant == .dark ? 4 : 7
        case .danger: variant == .dark ? 1 : 9
        case .canvas, .bar, .dialog: nil
        default: TerminalPalette.nearest16(color, variant: variant)
        }
    }
}

extension Role {
    /// How the role is set off without colour where a theme does not say.
    var mono: TextAttributes {
        switch self {
        case .strong, .title, .focus, .key, .error, .money, .graphPeak: .bold
        case .critical: [.bold, .reverse]
        case .warn, .link, .input, .diffUp, .diffDown: .underline
        case .mark: [.bold, .underline]
        case .cursor, .selection, .bannerReadOnly: .reverse
        case .danger, .bannerPause: [.bold, .reverse]
        case .faint, .suspended, .stale, .barEmpty: .dim
        case .text, .muted, .border, .ok, .info, .graph1, .graph2, .barFill, .bar, .dialog, .canvas: []
        }
    }
}
