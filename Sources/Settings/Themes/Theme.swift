/// Whether a theme is made for a dark or a light terminal.
package enum ThemeVariant: String, Sendable, CaseIterable {
    case dark
    case light
}

/// The look of the dashboard: a style for every role, and the glyphs that carry meaning by shape.
package struct Theme: Sendable {
    package var name: String
    package var variant: ThemeVariant
    /// One style for each role, at the role's raw value; always `Role.allCases.count` of them.
    package private(set) var roles: [RoleStyle]
    package var glyphs: Glyphs

    /// Makes a theme of the styles that are given; the others follow `Role.fallback`.
    ///
    /// Whatever is given, `critical` never looks like plain text.
    package init(name: String, variant: ThemeVariant, styles: [Role: RoleStyle], glyphs: Glyphs = .standard) {
        self.name = name
        self.variant = variant
        self.glyphs = glyphs
        roles = Role.allCases.map { role in
            var current = role
            while true {
                if let style = styles[current] { return style }
                guard let next = current.fallback else { return RoleStyle() }
                current = next
            }
        }
        keepCriticalVisible()
        keepSurfacesVisible()
    }

    /// The style of a role.
    package subscript(role: Role) -> RoleStyle { roles[Int(role.rawValue)] }

    private mutating func keepCriticalVisible() {
        let index = Int(Role.critical.rawValue)
        let text = self[.text]
        var style = roles[index]
        if style.fg == text.fg, style.bg == text.bg, style.attributes == text.attributes {
            style.bold = true
            style.reverse = true
        }
        if style.c16fg == text.c16fg, style.c16bg == text.c16bg, style.attributes == text.attributes {
            style.bold = true
        }
        if style.mono == text.mono { style.mono = [.bold, .reverse] }
        roles[index] = style
    }

    /// The selected row and the chips are where the next key acts: at no depth may they look like their surroundings.
    private mutating func keepSurfacesVisible() {
        for role in [Role.cursor, .selection, .danger] {
            let index = Int(role.rawValue)
            if roles[index].mono.isEmpty { roles[index].mono = .reverse }
            let isPlain = roles[index].bg == self[.canvas].bg && roles[index].c16bg == self[.canvas].c16bg
            if isPlain, roles[index].attributes.isEmpty { roles[index].reverse = true }
        }
    }
}
