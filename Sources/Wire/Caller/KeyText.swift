package import Domain

/// The text of client keys: `tg_`, eight characters of id, `_`, 32 of secret, six of checksum, all base62.
///
/// The checksum (CRC-32 of all before it) lets a typo or a made-up key be refused without a look-up. It is no secret
/// and proves nothing: what opens the door is the digest of the whole text.
package enum KeyText {
    /// Bytes of a key.
    package static let length = 50
    private static let checkedLength = 44

    /// The id of a key whose form and checksum are right; nil for anything else.
    package static func parse(_ bytes: Span<UInt8>) -> KeyID? {
        guard bytes.count == length, bytes.equals("tg_", from: 0, to: 3), bytes[11] == UInt8(ascii: "_") else {
            return nil
        }
        for index in stride(from: 12, to: length - 8, by: 8) {
            guard Lanes(word: bytes.word(at: index)).areAlphanumeric else { return nil }
        }
        let id = Lanes(word: bytes.word(at: 3))
        guard Lanes(word: bytes.word(at: length - 8)).areAlphanumeric, id.areAlphanumeric else { return nil }
        var rest = CRC32.checksum(bytes, count: checkedLength)
        for index in stride(from: length - 1, through: checkedLength, by: -1) {
            guard bytes[index] == Base62.alphabet[Int(rest % 62)] else { return nil }
            rest /= 62
        }
        return KeyID(packed: id.word.byteSwapped)
    }

    /// Whether bytes claim to be a client key at all: they begin as one does.
    package static func looksLikeKey(_ bytes: Span<UInt8>) -> Bool {
        bytes.count >= 3 && bytes.equals("tg_", from: 0, to: 3)
    }

    /// A new key from random bytes; its secret has 32 base62 characters, more than 190 bits.
    ///
    /// - Parameter random: at least 64 bytes of a cryptographic generator. Six bits of each are used and the two
    ///   values past the alphabet are thrown away, so that no character is likelier than another.
    /// - Returns: nil where the bytes did not suffice: draw again (64 bytes fail less than once in 10¹⁹ draws).
    package static func make(random: Span<UInt8>) -> String? {
        var key = Array("tg_".utf8)
        key.reserveCapacity(length)
        for index in 0..<random.count where key.count < checkedLength {
            let digit = Int(random[index] & 63)
            guard digit < 62 else { continue }
            key.append(Base62.alphabet[digit])
            if key.count == 11 { key.append(UInt8(ascii: "_")) }
        }
        guard key.count == checkedLength else { return nil }
        var rest = CRC32.checksum(key.span, count: checkedLength)
        var check: [UInt8] = []
        for _ in 0..<(length - checkedLength) {
            check.append(Base62.alphabet[Int(rest % 62)])
            rest /= 62
        }
        return String(decoding: key + check.reversed(), as: UTF8.self)
    }
}

/// CRC-32 as zlib and PNG have it (ISO 3309, reflected polynomial 0xEDB88320).
package enum CRC32 {
    /// Four tables of 256: the `k`-th takes a byte `k` places further, so that four bytes take one step.
    private static let tables: [UInt32] = {
        var tables: [UInt32] = []
        tables.reserveCapacity(1024)
        for byte in 0..<UInt32(256) {
            var value = byte
            for _ in 0..<8 { value = value & 1 == 1 ? value >> 1 ^ 0xedb8_8320 : value >> 1 }
            tables.append(value)
        }
        for index in 0..<768 {
            let value = tables[index]
            tables.append(value >> 8 ^ tables[Int(value & 0xff)])
        }
        return tables
    }()

    /// The checksum of the first `count` bytes, or of all where there are fewer.
    package static func checksum(_ bytes: Span<UInt8>, count: Int) -> UInt32 {
        let tables = tables.span
        let end = min(max(count, 0), bytes.count)
        var value: UInt32 = .max
        var index = 0
        while index &+ 8 <= end {
            let word = bytes.word(at: index)
            value = step(value ^ UInt32(truncatingIfNeeded: word), tables)
            value = step(value ^ UInt32(truncatingIfNeeded: word >> 32), tables)
            index &+= 8
        }
        while index < end {
            value = value >> 8 ^ tables[Int((value ^ UInt32(bytes[index])) & 0xff)]
            index &+= 1
        }
        return ~value
    }

    @inline(__always)
    private static func step(_ value: UInt32, _ tables: Span<UInt32>) -> UInt32 {
        let low = tables[768 &+ Int(value & 0xff)] ^ tables[512 &+ Int(value >> 8 & 0xff)]
        return low ^ tables[256 &+ Int(value >> 16 & 0xff)] ^ tables[Int(value >> 24)]
    }
}
