/// The colours that terminals have by number.
enum TerminalPalette {
    /// The colour of a number of the xterm palette from 16 on; those below are the user's own and unknown.
    static func color(_ number: UInt8) -> RGB? {
        if number < 16 { return nil }
        if number >= 232 {
            let level = UInt8(8 &+ 10 &* Int(number - 232))
            return RGB(red: level, green: level, blue: level)
        }
        let levels: [UInt8] = [0, 95, 135, 175, 215, 255]
        let cell = Int(number) - 16
        return RGB(red: levels[cell / 36], green: levels[cell / 6 % 6], blue: levels[cell % 6])
    }

    /// The nearest of the 240 fixed colours by distance in CIELAB.
    static func nearest256(_ color: RGB) -> UInt8 {
        var best: (number: UInt8, distance: Double) = (16, .infinity)
        let own = color.lab()
        for (number, lab) in labs {
            let distance = zip(own, lab).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) }
            if distance < best.distance { best = (number, distance) }
        }
        return best.number
    }

    /// The nearest of the 240 fixed colours that stands out from the background a tenth more than the given one.
    ///
    /// The plainly nearest one is often a shade too dark, and surfaces are rounded as well: text that was measured at full
    /// depth would fall below its contrast at this one.
    static func nearestText256(_ color: RGB, variant: ThemeVariant) -> UInt8 {
        let own = color.lab()
        let light = color.luminance + 0.05
        var best: (number: UInt8, distance: Double) = (variant == .dark ? 231 : 16, .infinity)
        for (number, lab) in labs {
            guard let candidate = TerminalPalette.color(number)?.luminance else { continue }
            let isClear = variant == .dark ? candidate + 0.05 >= light * 1.1 : candidate + 0.05 <= light / 1.1
            let distance = zip(own, lab).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) }
            if isClear, distance < best.distance { best = (number, distance) }
        }
        return best.number
    }

    private static let labs: [(UInt8, [Double])] = (16...255).compactMap { number in
        color(number).map { (number, $0.lab()) }
    }

    /// The colour of the 16 that has the hue of the given one; grey for one without.
    ///
    /// By hue, not by distance: a terminal's 16 colours are whatever its owner made of them, but red is red. On a light
    /// background the dark eight are taken, for the bright ones would vanish.
    static func nearest16(_ color: RGB, variant: ThemeVariant) -> UInt8 {
        let lab = color.lab()
        let chroma = (lab[1] * lab[1] + lab[2] * lab[2]).squareRoot()
        if chroma < 18 {
            switch lab[0] {
            case ..<20: return 0
            case ..<62: return 8
            case ..<90: return 7
            default: return 15
            }
        }
        let bright: UInt8 = variant == .dark && lab[0] > 66 ? 8 : 0
        return hue(color) + bright
    }

    /// 1 red, 2 green, 3 yellow, 4 blue, 5 magenta, 6 cyan.
    private static func hue(_ color: RGB) -> UInt8 {
        let (red, green, blue) = (Int(color.red), Int(color.green), Int(color.blue))
        let top = max(red, green, blue)
        let span = top - min(red, green, blue)
        guard span > 0 else { return 7 }
        let degrees: Int
        if top == red {
            degrees = ((60 * (green - blue)) / span + 360) % 360
        } else if top == green {
            degrees = 60 * (blue - red) / span + 120
        } else {
            degrees = 60 * (red - green) / span + 240
        }
        switch degrees {
        case 25..<70: return 3
        case 70..<165: return 2
        case 165..<200: return 6
        case 200..<250: return 4
        case 250..<330: return 5
        default: return 1
        }
    }

    /// The words of theme files for the 16, in order.
    static let names16 = [
        "black", "red", "green", "yellow", "blue", "magenta", "cyan", "white", "bright_black", "bright_red",
        "bright_green", "bright_yellow", "bright_blue", "bright_magenta", "bright_cyan", "bright_white",
    ]
}
