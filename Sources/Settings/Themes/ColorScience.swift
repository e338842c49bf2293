import Glibc

/// A kind of colour vision.
package enum Vision: String, CaseIterable, Sendable {
    case full
    case deuteranopia
    case protanopia
    case tritanopia

    /// Machado, Oliveira and Fernandes 2009, severity 1, on linear RGB.
    fileprivate var matrix: [Double] {
        switch self {
        case .full: [1, 0, 0, 0, 1, 0, 0, 0, 1]
        case .protanopia:
            [0.152286, 1.052583, -0.204868, 0.114503, 0.786281, 0.099216, -0.003882, -0.048116, 1.051998]
        case .deuteranopia:
            [0.367322, 0.860646, -0.227968, 0.280085, 0.672501, 0.047413, -0.011820, 0.042940, 0.968881]
        case .tritanopia:
            [1.255528, -0.076749, -0.178779, -0.078411, 0.930809, 0.147602, 0.004733, 0.691367, 0.303900]
        }
    }
}

extension RGB {
    /// Linear light of the three channels, 0 to 1.
    private var linear: [Double] {
        [red, green, blue].map { byte in
            let value = Double(byte) / 255
            return value <= 0.04045 ? value / 12.92 : pow((value + 0.055) / 1.055, 2.4)
        }
    }

    /// Relative luminance (WCAG 2), 0 to 1.
    var luminance: Double {
        let light = linear
        return 0.2126 * light[0] + 0.7152 * light[1] + 0.0722 * light[2]
    }

    /// Contrast ratio (WCAG 2), 1 to 21.
    package func contrast(to other: RGB) -> Double {
        let (left, right) = (luminance, other.luminance)
        return (max(left, right) + 0.05) / (min(left, right) + 0.05)
    }

    /// Distance in CIELAB (ΔE*ab, 1976) as that vision sees the two; about 2.3 is just noticeable.
    package func distance(to other: RGB, vision: Vision = .full) -> Double {
        let (left, right) = (lab(vision), other.lab(vision))
        var sum = 0.0
        for index in 0..<3 { sum += (left[index] - right[index]) * (left[index] - right[index]) }
        return sum.squareRoot()
    }

    /// Lightness, green to red, blue to yellow, for a white of D65.
    func lab(_ vision: Vision = .full) -> [Double] {
        let light = linear
        let matrix = vision.matrix
        let seen = (0..<3).map { row in
            let sum = matrix[3 * row] * light[0] + matrix[3 * row + 1] * light[1] + matrix[3 * row + 2] * light[2]
            return min(max(sum, 0), 1)
        }
        let x = (0.4124 * seen[0] + 0.3576 * seen[1] + 0.1805 * seen[2]) / 0.95047
        let y = 0.2126 * seen[0] + 0.7152 * seen[1] + 0.0722 * seen[2]
        let z = (0.0193 * seen[0] + 0.1192 * seen[1] + 0.9505 * seen[2]) / 1.08883
        let root = { (value: Double) in value > 216.0 / 24389 ? cbrt(value) : (24389.0 / 27 * value + 16) / 116 }
        return [116 * root(y) - 16, 500 * (root(x) - root(y)), 200 * (root(y) - root(z))]
    }
}
