/// The member names of one object, as hashes of their decoded bytes, to find one that comes twice.
///
/// Equal names have equal hashes, so a duplicate is never missed; two different names with one hash (one pair in 2⁶⁴,
/// or made on purpose) are refused too, which harms only their author. Up to 16 names need no allocation.
struct NameSet {
    /// Objects with more members than this are refused: looking for duplicates must not cost seconds.
    static let maximumCount = 16_384

    private var few = InlineArray<16, UInt64>(repeating: 0)
    private var many: Set<UInt64> = []
    private var count = 0

    /// Adds a name, or throws where it is already there.
    mutating func insert(_ key: JSONString, _ bytes: Span<UInt8>) throws(WireError) {
        let hash: UInt64
        if key.hasEscapes {
            let decoded = key.decodedBytes(bytes)
            hash = NameSet.hash(decoded.span, from: 0, to: decoded.count)
        } else {
            hash = NameSet.hash(bytes, from: key.start, to: key.end)
        }
        guard insert(hash) else {
            throw WireError(
                .duplicateKey, "The body has the same member name twice in one object, at byte \(key.start).")
        }
        guard count <= NameSet.maximumCount else {
            throw WireError(.tooDeep, "The body has an object with more than \(NameSet.maximumCount) members.")
        }
    }

    private mutating func insert(_ hash: UInt64) -> Bool {
        if count < 16 {
            for index in 0..<count where few[index] == hash { return false }
            few[count] = hash
        } else {
            if count == 16 { for index in 0..<16 { many.insert(few[index]) } }
            guard many.insert(hash).inserted else { return false }
        }
        count &+= 1
        return true
    }

    @inline(__always)
    private static func hash(_ bytes: Span<UInt8>, from start: Int, to end: Int) -> UInt64 {
        let length = end &- start
        let seed = UInt64(truncatingIfNeeded: length) &* 0x9e37_79b9_7f4a_7c15
        if length < 8 { return mix(seed, bytes.short(from: start, to: end)) }
        var hash = seed
        var index = start
        while index &+ 8 < end {
            hash = mix(hash, bytes.word(at: index))
            index &+= 8
        }
        // The last eight again: each byte is taken in at least once.
        return mix(hash, bytes.word(at: end &- 8))
    }

    @inline(__always)
    private static func mix(_ hash: UInt64, _ word: UInt64) -> UInt64 {
        let product = (hash ^ word).multipliedFullWidth(by: 0xd6e8_feb8_6659_fd93)
        return product.high ^ product.low ^ word &* 0xa076_1d64_78bd_642f
    }
}
