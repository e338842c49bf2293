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
        for index in 12..<length where !Base62.isDigit(bytes[index]) { return nil }
        var packed: UInt64 = 0
        for index in 3..<11 {
            guard Base62.isDigit(bytes[index]) else { return nil }
            packed = packed << 8 | UInt64(bytes[index])
        }
        var rest = CRC32.checksum(bytes, count: checkedLength)
        for index in stride(from: length - 1, through: checkedLength, by: -1) {
            guard bytes[index] == Base62.alphabet[Int(rest % 62)] else { return nil }
            rest /= 62
        }
        return KeyID(packed: packed)
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
    private static let table: [UInt32] = (0..<256).map { byte in
        (0..<8).reduce(UInt32(byte)) { value, _ in value & 1 == 1 ? value >> 1 ^ 0xedb8_8320 : value >> 1 }
    }

    /// The checksum of the first `count` bytes, or of all where there are fewer.
    package static func checksum(_ bytes: Span<UInt8>, count: Int) -> UInt32 {
        var value: UInt32 = .max
        for index in 0..<min(max(count, 0), bytes.count) {
            value = value >> 8 ^ table[Int((value ^ UInt32(bytes[index])) & 0xff)]
        }
        return ~value
    }
}
