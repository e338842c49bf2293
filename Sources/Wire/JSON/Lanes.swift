/// Eight bytes in one word, the first one lowest, judged side by side.
///
/// Marks stand in the highest bit of each byte. Additions stay within their byte because its highest bit is left out.
struct Lanes {
    static let ones: UInt64 = 0x0101_0101_0101_0101
    static let highs: UInt64 = 0x8080_8080_8080_8080

    let word: UInt64

    /// The marks of the bytes from `low` to `high`, both ASCII.
    @inline(__always)
    func marks(from low: UInt8, through high: UInt8) -> UInt64 {
        let rest = word & ~Lanes.highs
        let reaches = rest &+ Lanes.ones &* UInt64(0x80 &- low)
        let passes = rest &+ Lanes.ones &* UInt64(0x7f &- high)
        return (reaches ^ passes) & ~word & Lanes.highs
    }

    /// The marks of the bytes that are `byte`, which is ASCII.
    @inline(__always)
    func marks(of byte: UInt8) -> UInt64 {
        let other = word ^ Lanes.ones &* UInt64(byte)
        return ~(((other & ~Lanes.highs) &+ ~Lanes.highs) | other) & Lanes.highs
    }

    /// With capital ASCII letters made small.
    @inline(__always)
    var lowered: Lanes { Lanes(word: word | marks(from: 0x41, through: 0x5a) >> 2) }

    /// Whether all bytes are letters or digits of ASCII.
    @inline(__always)
    var areAlphanumeric: Bool {
        marks(from: 0x30, through: 0x39) | marks(from: 0x41, through: 0x5a) | marks(from: 0x61, through: 0x7a)
            == Lanes.highs
    }
}

extension Span<UInt8> {
    /// The last bytes of the span from `index` on, at most eight, in the low bytes of a word; zero above.
    @inline(__always)
    func tail(from index: Int) -> UInt64 {
        let left = count &- index
        if left >= 8 { return word(at: index) }
        if count >= 8, left > 0 { return word(at: count &- 8) >> UInt64(truncatingIfNeeded: (8 &- left) &* 8) }
        var word: UInt64 = 0
        var end = count
        while end > index {
            end &-= 1
            word = word << 8 | UInt64(self[end])
        }
        return word
    }

    /// Fewer than eight bytes from `start` up to `end` in the low bytes of a word; zero above.
    @inline(__always)
    func short(from start: Int, to end: Int) -> UInt64 {
        // Nearly always more bytes follow, and one load takes all.
        if start &+ 8 <= count {
            return word(at: start) & ~(UInt64.max << UInt64(truncatingIfNeeded: (end &- start) &* 8))
        }
        var word: UInt64 = 0
        var index = end
        while index > start {
            index &-= 1
            word = word << 8 | UInt64(self[index])
        }
        return word
    }
}
