import Domain

/// Text from anywhere as the inside of a JSON string.
package enum JSONText {
    /// Appends `text` with everything escaped that JSON demands.
    ///
    /// - Parameter escapesFormat: also escape what is invisible or moves text about: C1 controls, format characters
    ///   (bidirectional controls, zero-width, tags, byte order mark), line and paragraph separators, and private use.
    package static func appendEscaped(_ text: String, escapesFormat: Bool, to bytes: inout [UInt8]) {
        if text.utf8.allSatisfy({ $0 >= 0x20 && $0 < 0x7f && $0 != 0x22 && $0 != 0x5c }) {
            bytes.append(contentsOf: text.utf8)
            return
        }
        for scalar in text.unicodeScalars {
            let value = scalar.value
            switch value {
            case 0x22, 0x5c:
                bytes.append(UInt8(ascii: "\\"))
                bytes.append(UInt8(truncatingIfNeeded: value))
            case 0x0a: appendPair("n", to: &bytes)
            case 0x0d: appendPair("r", to: &bytes)
            case 0x09: appendPair("t", to: &bytes)
            case 0x20..<0x7f: bytes.append(UInt8(truncatingIfNeeded: value))
            case 0..<0x20, 0x7f: appendUnit(value, to: &bytes)
            default:
                if escapesFormat, !VisibleText.isSeen(scalar) {
                    for unit in UTF16.encode(scalar) ?? UTF16.EncodedScalar() { appendUnit(UInt32(unit), to: &bytes) }
                } else {
                    for unit in UTF8.encode(scalar) ?? UTF8.EncodedScalar() { bytes.append(unit) }
                }
            }
        }
    }

    private static func appendPair(_ letter: Unicode.Scalar, to bytes: inout [UInt8]) {
        bytes.append(UInt8(ascii: "\\"))
        bytes.append(UInt8(truncatingIfNeeded: letter.value))
    }

    private static func appendUnit(_ unit: UInt32, to bytes: inout [UInt8]) {
        appendPair("u", to: &bytes)
        for shift in stride(from: UInt32(12), through: 0, by: -4) {
            bytes.append(UInt8(hexadecimal: UInt64(unit >> shift)))
        }
    }

    /// Appends a whole number in decimal digits.
    package static func append(_ number: Int64, to bytes: inout [UInt8]) {
        var digits = InlineArray<20, UInt8>(repeating: 0)
        var count = 0
        var rest = number.magnitude
        repeat {
            digits[count] = UInt8(ascii: "0") &+ UInt8(truncatingIfNeeded: rest % 10)
            rest /= 10
            count &+= 1
        } while rest > 0
        if number < 0 { bytes.append(UInt8(ascii: "-")) }
        while count > 0 {
            count &-= 1
            bytes.append(digits[count])
        }
    }

    /// Appends a decimal with at most `places` (0 to 6) of them, trailing zeros left out; `null` where it is no number.
    package static func append(_ number: Double, places: Int, to bytes: inout [UInt8]) {
        guard number.isFinite else {
            bytes.append(contentsOf: "null".utf8)
            return
        }
        var scale: UInt64 = 1
        for _ in 0..<min(max(places, 0), 6) { scale *= 10 }
        let scaled = Int64(clampingDouble: number * Double(scale))
        if scaled < 0 { bytes.append(UInt8(ascii: "-")) }
        append(Int64(clamping: scaled.magnitude / scale), to: &bytes)
        var fraction = scaled.magnitude % scale
        guard fraction > 0 else { return }
        bytes.append(UInt8(ascii: "."))
        var unit = scale / 10
        while fraction > 0, unit > 0 {
            bytes.append(UInt8(ascii: "0") &+ UInt8(truncatingIfNeeded: fraction / unit))
            fraction %= unit
            unit /= 10
        }
    }

    /// `text` as a JSON string with its quotes, for templates.
    package static func quoted(_ text: String) -> String {
        var writer = JSONWriter()
        writer.value(text)
        return String(decoding: writer.bytes, as: UTF8.self)
    }
}
