import Domain

extension LineBuffer {
    /// Appends outside text as a JSON string in quotes.
    ///
    /// Control, format and invisible characters, line separators and what Unicode has not assigned are written as
    /// `\uXXXX`: nothing that a terminal or an editor could obey gets into the file.
    /// - Parameters:
    ///   - text: any text.
    ///   - limit: how many bytes its escaped form may have; what is over is cut at a character and marked with `…`.
    mutating func put(quoted text: String, limit: Int) {
        put(UInt8(ascii: "\""))
        var text = text
        let isPlain = text.withUTF8 { source in
            guard source.count <= limit, LineBuffer.isPlain(source) else { return false }
            put(UnsafeRawBufferPointer(source))
            return true
        }
        if !isPlain { put(escaped: text, limit: limit) }
        put(UInt8(ascii: "\""))
    }

    /// Appends outside text for people: as `put(quoted:limit:)`, without quotes and with `"` and `\\` as they are.
    mutating func put(shown text: String, limit: Int) {
        let start = count
        for scalar in text.unicodeScalars {
            let before = count
            if scalar == "\"" || scalar == "\\" {
                put(UInt8(truncatingIfNeeded: scalar.value))
            } else {
                put(character: scalar)
            }
            guard count &- start > limit else { continue }
            count = before
            put("…")
            return
        }
    }

    /// Whether every byte stands for itself in a JSON string and on a screen.
    private static func isPlain(_ source: UnsafeBufferPointer<UInt8>) -> Bool {
        for byte in source where byte < 0x20 || byte >= 0x7f || byte == 0x22 || byte == 0x5c { return false }
        return true
    }

    private mutating func put(escaped text: String, limit: Int) {
        let start = count
        for scalar in text.unicodeScalars {
            let before = count
            put(character: scalar)
            guard count &- start > limit else { continue }
            count = before
            put("…")
            return
        }
    }

    private mutating func put(character scalar: Unicode.Scalar) {
        let value = scalar.value
        switch value {
        case 0x22, 0x5c:
            put(UInt8(ascii: "\\"))
            put(UInt8(truncatingIfNeeded: value))
        case 0x20..<0x7f:
            put(UInt8(truncatingIfNeeded: value))
        default:
            guard VisibleText.isSeen(scalar) else { return put(escape: value) }
            for byte in UTF8.encode(scalar) ?? UTF8.encodedReplacementCharacter { put(byte) }
        }
    }

    private mutating func put(escape value: UInt32) {
        guard value > 0xffff else { return put(unit: value) }
        let offset = value &- 0x10000
        put(unit: 0xd800 | offset >> 10)
        put(unit: 0xdc00 | offset & 0x3ff)
    }

    private mutating func put(unit: UInt32) {
        put("\\u")
        for shift: UInt32 in [12, 8, 4, 0] {
            put(UInt8(hexadecimal: UInt64(unit >> shift)))
        }
    }
}
