/// Classes of bytes in HTTP/1.1 (RFC 9110 §5.6.2, RFC 9112).
enum Bytes {
    static let space = UInt8(ascii: " ")
    static let tab = UInt8(ascii: "\t")
    static let carriageReturn = UInt8(ascii: "\r")
    static let newline = UInt8(ascii: "\n")
    static let colon = UInt8(ascii: ":")

    /// `tchar`: what names of fields and methods are made of; two masks instead of a table: no memory is touched.
    @inline(__always)
    static func isToken(_ byte: UInt8) -> Bool {
        if byte >= 128 { return false }
        let mask: UInt64 = byte < 64 ? 0x03ff_6cfa_0000_0000 : 0x57ff_ffff_c7ff_fffe
        return mask >> UInt64(byte & 63) & 1 == 1
    }

    /// What may stand in a field's value: visible characters, blanks, and bytes above ASCII.
    @inline(__always)
    static func isFieldContent(_ byte: UInt8) -> Bool { (byte >= 0x20 && byte != 0x7f) || byte == tab }

    /// What may stand in a request target: visible ASCII without blanks, quotes, backslash, fragment.
    @inline(__always)
    static func isTarget(_ byte: UInt8) -> Bool {
        byte > 0x20 && byte < 0x7f && byte != 0x23 && byte != 0x5c && byte != 0x22 && byte != 0x3c && byte != 0x3e
    }

    @inline(__always)
    static func lowercase(_ byte: UInt8) -> UInt8 { byte >= 0x41 && byte <= 0x5a ? byte | 0x20 : byte }

    @inline(__always)
    static func hex(_ byte: UInt8) -> UInt8? {
        switch byte {
        case 0x30...0x39: byte &- 0x30
        case 0x41...0x46: byte &- 0x37
        case 0x61...0x66: byte &- 0x57
        default: nil
        }
    }
}

extension UnsafeRawBufferPointer {
    /// Whether the bytes of `range` equal `name` (ASCII, given in lower case) but for case.
    @inline(__always)
    func equals(_ range: Range<Int>, _ name: StaticString) -> Bool {
        guard range.count == name.utf8CodeUnitCount else { return false }
        let wanted = name.utf8Start
        for index in 0..<range.count where Bytes.lowercase(self[range.lowerBound + index]) != wanted[index] {
            return false
        }
        return true
    }

    /// `range` without the blanks at both ends.
    func trimmed(_ range: Range<Int>) -> Range<Int> {
        var lower = range.lowerBound
        var upper = range.upperBound
        while lower < upper, self[lower] == Bytes.space || self[lower] == Bytes.tab { lower += 1 }
        while upper > lower, self[upper - 1] == Bytes.space || self[upper - 1] == Bytes.tab { upper -= 1 }
        return lower..<upper
    }

    /// The comma-separated elements of `range`, trimmed; stops when `body` returns false.
    func forEachElement(_ range: Range<Int>, _ body: (Range<Int>) -> Bool) {
        var start = range.lowerBound
        while start <= range.upperBound {
            var end = start
            while end < range.upperBound, self[end] != UInt8(ascii: ",") { end += 1 }
            if !body(trimmed(start..<end)) { return }
            start = end + 1
        }
    }
}
