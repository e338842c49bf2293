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

/// Eight bytes in one word, the first one lowest, judged side by side; marks stand in each byte's highest bit.
///
/// Additions stay within their byte because its highest bit is left out.
enum Lanes {
    static let ones: UInt64 = 0x0101_0101_0101_0101
    static let highs: UInt64 = 0x8080_8080_8080_8080

    /// The marks of the bytes from `low` to `high`, both ASCII.
    @inline(__always)
    static func marks(_ word: UInt64, from low: UInt8, through high: UInt8) -> UInt64 {
        let rest = word & ~highs
        let reaches = rest &+ ones &* UInt64(0x80 &- low)
        let passes = rest &+ ones &* UInt64(0x7f &- high)
        return (reaches ^ passes) & ~word & highs
    }

    /// The marks of the bytes that are `byte`, which is ASCII.
    @inline(__always)
    static func marks(_ word: UInt64, of byte: UInt8) -> UInt64 {
        let other = word ^ ones &* UInt64(byte)
        return ~(((other & ~highs) &+ ~highs) | other) & highs
    }

    /// With capital ASCII letters made small.
    @inline(__always)
    static func lowered(_ word: UInt64) -> UInt64 { word | marks(word, from: 0x41, through: 0x5a) >> 2 }

    /// The marks of letters, digits and `-`.
    @inline(__always)
    static func plainName(_ word: UInt64) -> UInt64 {
        marks(lowered(word), from: 0x61, through: 0x7a) | marks(word, from: 0x30, through: 0x39)
            | marks(word, of: UInt8(ascii: "-"))
    }

    /// The marks of control bytes: below the blank, and DEL.
    @inline(__always)
    static func controls(_ word: UInt64) -> UInt64 {
        let reaches = (word & ~highs) &+ ones &* 0x60
        return (~reaches & ~word & highs) | marks(word, of: 0x7f)
    }
}

extension UnsafeRawBufferPointer {
    /// Eight bytes from `index`, the first one lowest; the caller has checked that they are there.
    @inline(__always)
    func word(at index: Int) -> UInt64 { UInt64(littleEndian: loadUnaligned(fromByteOffset: index, as: UInt64.self)) }

    /// Whether the bytes of `range` equal `name` (ASCII, given in lower case) but for case.
    @inline(__always)
    func equals(_ range: Range<Int>, _ name: StaticString) -> Bool {
        let length = name.utf8CodeUnitCount
        guard range.count == length, range.lowerBound >= 0, range.upperBound <= count else { return false }
        let wanted = UnsafeRawBufferPointer(start: name.utf8Start, count: length)
        // Eight bytes at a time, the last eight again where the length is no multiple.
        if length >= 8 {
            var offset = 0
            while offset + 8 < length {
                guard Lanes.lowered(word(at: range.lowerBound + offset)) == wanted.word(at: offset) else {
                    return false
                }
                offset += 8
            }
            return Lanes.lowered(word(at: range.upperBound - 8)) == wanted.word(at: length - 8)
        }
        for index in 0..<length where Bytes.lowercase(self[range.lowerBound + index]) != wanted[index] {
            return false
        }
        return true
    }

    /// Whether the first bytes are those of `other`, which is not longer.
    func begins(with other: UnsafeRawBufferPointer) -> Bool {
        guard other.count <= count else { return false }
        var index = 0
        while index + 32 <= other.count {
            let first = (word(at: index) ^ other.word(at: index)) | (word(at: index + 8) ^ other.word(at: index + 8))
            let third = word(at: index + 16) ^ other.word(at: index + 16)
            let fourth = word(at: index + 24) ^ other.word(at: index + 24)
            if first | third | fourth != 0 { return false }
            index += 32
        }
        while index < other.count {
            if self[index] != other[index] { return false }
            index += 1
        }
        return true
    }

    /// The first byte from `start` on that no field name has, or `end`.
    @inline(__always)
    func endOfToken(from start: Int, to end: Int) -> Int {
        var index = start
        // Nearly all names are letters, digits and `-`; another token byte is looked at alone.
        while index + 8 <= end {
            let others = ~Lanes.plainName(word(at: index)) & Lanes.highs
            if others == 0 {
                index += 8
                continue
            }
            index += others.trailingZeroBitCount >> 3
            guard Bytes.isToken(self[index]) else { return index }
            index += 1
        }
        while index < end, Bytes.isToken(self[index]) { index += 1 }
        return index
    }

    /// The first byte from `start` on that no field value has, or `end`.
    @inline(__always)
    func endOfValue(from start: Int, to end: Int) -> Int {
        var index = start
        while index + 8 <= end {
            let controls = Lanes.controls(word(at: index))
            if controls == 0 {
                index += 8
                continue
            }
            index += controls.trailingZeroBitCount >> 3
            guard self[index] == Bytes.tab else { return index }
            index += 1
        }
        while index < end, Bytes.isFieldContent(self[index]) { index += 1 }
        return index
    }

    /// `range` without the blanks at both ends.
    @inline(__always)
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
