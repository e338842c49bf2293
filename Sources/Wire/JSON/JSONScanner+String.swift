/// A string as it stands in the bytes: where it is and what must be known without decoding it.
struct JSONString {
    /// Index after the opening quote.
    var start: Int
    /// Index of the closing quote.
    var end: Int
    /// UTF-8 bytes of the decoded text.
    var decodedCount: Int
    var hasEscapes: Bool
    /// Half a surrogate pair: legal grammar, but no text; each reader makes something else of it.
    var hasLoneSurrogate: Bool

    /// Whether the decoded text is exactly `text`.
    @inline(__always)
    func equals(_ text: StaticString, _ bytes: Span<UInt8>) -> Bool {
        if !hasEscapes { return bytes.equals(text, from: start, to: end) }
        guard decodedCount == text.utf8CodeUnitCount else { return false }
        let decoded = decodedBytes(bytes)
        return decoded.span.equals(text, from: 0, to: decoded.count)
    }

    /// The decoded text.
    func text(_ bytes: Span<UInt8>) -> String {
        guard !hasEscapes else { return String(decoding: decodedBytes(bytes), as: UTF8.self) }
        return unsafe bytes.extracting(start..<end).withUnsafeBufferPointer {
            unsafe String(decoding: $0, as: UTF8.self)
        }
    }

    /// The decoded UTF-8 bytes; half a surrogate pair becomes U+FFFD.
    func decodedBytes(_ bytes: Span<UInt8>) -> [UInt8] {
        var decoded: [UInt8] = []
        decoded.reserveCapacity(decodedCount)
        var index = start
        while index < end {
            let byte = bytes[index]
            guard byte == UInt8(ascii: "\\") else {
                decoded.append(byte)
                index &+= 1
                continue
            }
            let escaped = bytes[index &+ 1]
            index &+= 2
            guard escaped == UInt8(ascii: "u") else {
                decoded.append(JSONString.plainEscape(escaped) ?? escaped)
                continue
            }
            var unit = bytes.hexadecimal(at: index) ?? 0xfffd
            index &+= 4
            if unit & 0xf800 == 0xd800 {
                let low = JSONString.lowSurrogate(bytes, after: index, high: unit)
                if low != nil { index &+= 6 }
                unit = low.map { 0x10000 &+ ((unit & 0x3ff) << 10) &+ ($0 & 0x3ff) } ?? 0xfffd
            }
            JSONString.append(unit, to: &decoded)
        }
        return decoded
    }

    /// The low half that follows `high` as another `\u` escape; nil where `high` is none or stands alone.
    static func lowSurrogate(_ bytes: Span<UInt8>, after index: Int, high: UInt32) -> UInt32? {
        guard high & 0xfc00 == 0xd800, index &+ 6 <= bytes.count, bytes[index] == UInt8(ascii: "\\"),
            bytes[index &+ 1] == UInt8(ascii: "u"), let low = bytes.hexadecimal(at: index &+ 2), low & 0xfc00 == 0xdc00
        else { return nil }
        return low
    }

    /// What the escape of two bytes means; nil for none that JSON knows.
    static func plainEscape(_ byte: UInt8) -> UInt8? {
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): byte
        case UInt8(ascii: "b"): 0x08
        case UInt8(ascii: "f"): 0x0c
        case UInt8(ascii: "n"): 0x0a
        case UInt8(ascii: "r"): 0x0d
        case UInt8(ascii: "t"): 0x09
        default: nil
        }
    }

    private static func append(_ scalar: UInt32, to decoded: inout [UInt8]) {
        func tail(_ shift: UInt32) -> UInt8 { 0x80 | UInt8(truncatingIfNeeded: (scalar >> shift) & 0x3f) }
        switch scalar {
        case 0..<0x80: decoded.append(UInt8(truncatingIfNeeded: scalar))
        case 0x80..<0x800: decoded += [0xc0 | UInt8(truncatingIfNeeded: scalar >> 6), tail(0)]
        case 0x800..<0x10000: decoded += [0xe0 | UInt8(truncatingIfNeeded: scalar >> 12), tail(6), tail(0)]
        default: decoded += [0xf0 | UInt8(truncatingIfNeeded: scalar >> 18), tail(12), tail(6), tail(0)]
        }
    }
}

extension JSONScanner {
    /// Reads a string whose opening quote is next.
    mutating func string(_ bytes: Span<UInt8>) throws(WireError) -> JSONString {
        let start = at &+ 1
        let end = bytes.firstSpecial(from: start)
        // Nearly every string is plain ASCII: it is done here, and the rest stays out of the way.
        if end < bytes.count, bytes[end] == UInt8(ascii: "\"") {
            at = end &+ 1
            return JSONString(
                start: start, end: end, decodedCount: end &- start, hasEscapes: false, hasLoneSurrogate: false)
        }
        at = end
        return try string(bytes, from: start)
    }

    /// Reads on in a string that began at `start` and has been found plain up to here.
    @inline(never)
    private mutating func string(_ bytes: Span<UInt8>, from start: Int) throws(WireError) -> JSONString {
        var found = JSONString(start: start, end: at, decodedCount: 0, hasEscapes: false, hasLoneSurrogate: false)
        var saved = 0
        while true {
            guard at < bytes.count else { throw failure("a string without an end") }
            let byte = bytes[at]
            if byte == UInt8(ascii: "\"") { break }
            if byte == UInt8(ascii: "\\") {
                found.hasEscapes = true
                saved &+= try escape(bytes, &found)
            } else if byte < 0x20 {
                throw failure("a control character in a string")
            } else {
                let length = bytes.lengthOfScalar(at: at)
                guard length > 0 else { throw failure("invalid UTF-8") }
                at &+= length
            }
            at = bytes.firstSpecial(from: at)
        }
        found.end = at
        found.decodedCount = found.end &- found.start &- saved
        at &+= 1
        return found
    }

    /// Consumes an escape; returns how many bytes it is longer than what it stands for.
    private mutating func escape(_ bytes: Span<UInt8>, _ found: inout JSONString) throws(WireError) -> Int {
        guard at &+ 1 < bytes.count else { throw failure("a string without an end") }
        let kind = bytes[at &+ 1]
        guard kind == UInt8(ascii: "u") else {
            guard JSONString.plainEscape(kind) != nil else { throw failure("an unknown escape") }
            at &+= 2
            return 1
        }
        guard let unit = bytes.hexadecimal(at: at &+ 2) else { throw failure("a bad \\u escape") }
        at &+= 6
        if unit & 0xf800 == 0xd800 {
            if JSONString.lowSurrogate(bytes, after: at, high: unit) != nil {
                at &+= 6
                return 8
            }
            found.hasLoneSurrogate = true
            return 3
        }
        return unit < 0x80 ? 5 : unit < 0x800 ? 4 : 3
    }
}
