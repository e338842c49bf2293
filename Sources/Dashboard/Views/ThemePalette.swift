package import Settings
package import Terminal

extension Palette {
    /// The looks of a theme's roles, in the order of `Role`.
    package init(theme: Theme) {
        self.init(styles: theme.roles.map(Style.init(roleStyle:)))
    }
}

extension Style {
    /// A theme's style as a painter takes it.
    init(roleStyle style: RoleStyle) {
        self.init(
            foreground: Style.colour(style.fg, c256: style.c256fg, c16: style.c16fg),
            background: Style.colour(style.bg, c256: style.c256bg, c16: style.c16bg), isBold: style.bold,
            isReverse: style.reverse, isUnderlined: style.underline, mono: Attributes(rawValue: style.mono.rawValue))
    }
}

extension Style {
    /// A colour in all depths; a theme that gives only some of them gets the nearest it gave, or the terminal's own.
    private static func colour(_ rgb: RGB?, c256: UInt8?, c16: UInt8?) -> Colour? {
        guard rgb != nil || c256 != nil || c16 != nil else { return nil }
        return Colour(rgb: rgb?.packed ?? 0x808080, c256: c256 ?? c16 ?? 7, c16: c16)
    }
}
