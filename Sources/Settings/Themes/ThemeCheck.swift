/// One place where a theme is hard to read.
package struct ThemeFinding: Hashable, Sendable, CustomStringConvertible {
    /// What was measured, such as `muted on cursor` or `ok and error, deuteranopia`.
    package var subject: String
    /// Contrast ratio, or distance in CIELAB.
    package var measured: Double
    package var required: Double

    /// `muted on cursor: 3.83, at least 4.50`.
    package var description: String {
        "\(subject): \(ThemeFinding.text(measured)), at least \(ThemeFinding.text(required))"
    }

    private static func text(_ value: Double) -> String {
        let hundredths = Int(max(0, min(value, 10_000)) * 100)
        let fraction = String(hundredths % 100)
        return "\(hundredths / 100)." + (fraction.utf8.count == 1 ? "0" + fraction : fraction)
    }
}

/// Measures whether a theme can be read, with any kind of colour vision.
///
/// Text keeps 4.5:1 on every surface that it is laid upon, graphs and bars 3:1 (WCAG 2, AA). `faint`, `border` and
/// `bar_empty` are exempt: they carry no figure, and are meant not to be read. The terminal's own background counts as
/// black in a dark theme and white in a light one; a role without a colour, the terminal's own text, is not measured, nor
/// are the sixteen colours, which are the owner's.
///
/// Severities keep a distance of 7 in CIELAB for every kind of vision, about three times what is just noticeable: enough
/// to tell two of them apart side by side, and no more is asked because each severity has a glyph of its own.
package enum ThemeCheck {
    package static let textContrast = 4.5
    package static let graphContrast = 3.0
    package static let severityDistance = 7.0

    /// Roles that are never read.
    package static let exempt: [Role] = [.faint, .border, .barEmpty]
    private static let graphs: [Role] = [.graph1, .graph2, .graphPeak, .barFill]
    private static let severities: [Role] = [.ok, .warn, .error, .critical, .suspended]
    /// Text that is laid upon chips and the active tab, and upon the chip that hurts.
    private static let chipText: [Role] = [.text, .strong, .title, .focus, .key, .input]
    private static let dangerText: [Role] = [.text, .strong]

    /// Everything that is hard to read, in the order of the roles; empty where the theme passes.
    package static func report(_ theme: Theme) -> [ThemeFinding] {
        var findings: [ThemeFinding] = []
        for role in Role.allCases where !role.isSurface && !exempt.contains(role) {
            let required = graphs.contains(role) ? graphContrast : textContrast
            for surface in surfaces(of: role) {
                findings += contrast(role, surface, theme, required)
            }
        }
        for (index, first) in severities.enumerated() {
            for second in severities[(index + 1)...] { findings += distances(first, second, theme) }
        }
        return findings
    }

    private static func surfaces(of role: Role) -> [Role] {
        if role.isBanner { return [role] }
        var surfaces: [Role] = [.canvas, .cursor, .bar, .dialog]
        if chipText.contains(role) { surfaces.append(.selection) }
        if dangerText.contains(role) { surfaces.append(.danger) }
        return surfaces
    }

    private static func contrast(
        _ role: Role, _ surface: Role, _ theme: Theme, _ required: Double
    ) -> [ThemeFinding] {
        let (style, ground) = (theme[role], theme[surface])
        let own = theme.variant == .dark ? black : white
        var findings: [ThemeFinding] = []
        if let text = style.fg {
            let measured = text.contrast(to: ground.bg ?? theme[.canvas].bg ?? own)
            if measured < required {
                let subject = "\(role.name) on \(surface.name)"
                findings.append(ThemeFinding(subject: subject, measured: measured, required: required))
            }
        }
        if let text = style.c256fg.flatMap(TerminalPalette.color) {
            let number = ground.c256bg ?? theme[.canvas].c256bg
            let measured = text.contrast(to: number.map { TerminalPalette.color($0) ?? own } ?? own)
            if measured < required {
                let subject = "\(role.name) on \(surface.name), 256 colours"
                findings.append(ThemeFinding(subject: subject, measured: measured, required: required))
            }
        }
        return findings
    }

    private static func distances(_ first: Role, _ second: Role, _ theme: Theme) -> [ThemeFinding] {
        guard let left = theme[first].fg, let right = theme[second].fg else { return [] }
        return Vision.allCases.compactMap { vision in
            let measured = left.distance(to: right, vision: vision)
            guard measured < severityDistance else { return nil }
            let subject = "\(first.name) and \(second.name), \(vision.rawValue) vision"
            return ThemeFinding(subject: subject, measured: measured, required: severityDistance)
        }
    }

    private static let black = RGB(red: 0, green: 0, blue: 0)
    private static let white = RGB(red: 255, green: 255, blue: 255)
}
