/// The look of every role: what turns a canvas of roles into colours.
package struct Palette: Hashable, Sendable {
    /// Styles by role; a role beyond the end looks like the terminal's own text.
    package var styles: [Style]

    /// A palette of styles by role.
    package init(styles: [Style]) {
        self.styles = styles
    }

    /// How an ink looks at a depth.
    ///
    /// The text's colour is that of its role; beneath it lies the role's background, else the surface's, else the
    /// terminal's own. Text that came out in the colour of its background is given one that can be read: a severity
    /// must never be invisible, whatever the theme says.
    package func look(of ink: Ink, depth: ColourDepth) -> Look {
        let role = style(ink.role)
        let surface = style(ink.surface)
        let isMono = depth == .mono
        var attributes = role.attributes(isMono: isMono)
        attributes.formUnion(surface.attributes(isMono: isMono).intersection(.reverse))
        if ink.isBold {
            attributes.insert(.bold)
            attributes.remove(.dim)
        }
        guard !isMono else { return Look(foreground: nil, background: nil, attributes: attributes) }
        let beneath = role.background ?? surface.background
        var foreground = role.foreground.flatMap { depth.index(of: $0) }
        let background = beneath.flatMap { depth.index(of: $0) }
        if depth == .c8, let number = role.foreground?.c16, number > 8 { attributes.insert(.bold) }
        if let beneath, background != nil, foreground == background { foreground = depth.contrast(to: beneath) }
        return Look(foreground: foreground, background: background, attributes: attributes)
    }

    private func style(_ index: UInt8) -> Style {
        Int(index) < styles.count ? styles[Int(index)] : Style()
    }
}

/// What is sent to a terminal for an ink.
package struct Look: Hashable, Sendable {
    /// The text's colour as a number of the depth (`0xRRGGBB` in direct colour); nil for the terminal's own.
    package var foreground: UInt32?
    /// The colour beneath; nil for the terminal's own.
    package var background: UInt32?
    /// Bold, reverse, underline, dim.
    package var attributes: Attributes
}
