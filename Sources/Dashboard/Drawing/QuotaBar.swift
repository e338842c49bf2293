import Settings

/// How far a limit is used, as a heavy line over a light track.
enum QuotaBar {
    /// The colour of a share, 0 to 1 and above: used up at 95 %, near it from 80 %.
    static func role(of share: Double) -> Role { share >= 0.95 ? .error : share >= 0.8 ? .warn : .barFill }

    /// The colour of the percent beside the bar.
    static func textRole(of share: Double) -> Role { share >= 0.95 ? .error : share >= 0.8 ? .warn : .text }

    /// The bar's cells; a share above 1 or not a number fills it.
    ///
    /// A plain bar shows a part of a whole and has one colour.
    static func cells(
        share: Double, width: Int, glyphs: Glyphs, isPlain: Bool = false
    ) -> [(glyph: String, role: Role)] {
        guard width > 0 else { return [] }
        let held = share.isFinite ? min(1, max(0, share)) : 1
        var halves = Figures.whole(held * Double(width * 2))
        // Something used is never drawn as nothing, something left never as full.
        if held > 0, halves == 0 { halves = 1 }
        if held < 1, held < 0.995, halves == width * 2 { halves -= 1 }
        let full = halves / 2
        let colour: Role = isPlain ? .graph1 : role(of: held)
        return (0..<width).map { index in
            if index < full { return (String(glyphs.barFull), colour) }
            if index == full, halves % 2 == 1 { return (String(glyphs.barHalf), colour) }
            return (String(glyphs.barTrack), .barEmpty)
        }
    }
}
