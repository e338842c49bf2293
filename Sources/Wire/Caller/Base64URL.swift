/// Base64 with the URL alphabet and no padding (RFC 4648, 5; RFC 7515, 2), read strictly.
package enum Base64URL {
    /// The bytes; nil for another character, padding, an impossible length, or last bits that are not zero.
    ///
    /// One value has exactly one text: otherwise a token could be changed without becoming another one.
    package static func decode(_ text: Span<UInt8>) -> [UInt8]? {
        guard text.count % 4 != 1 else { return nil }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(text.count / 4 * 3 + 2)
        var bits: UInt32 = 0
        var count = 0
        for index in 0..<text.count {
            guard let value = value(text[index]) else { return nil }
            bits = bits << 6 | UInt32(value)
            count &+= 6
            if count >= 8 {
                count &-= 8
                bytes.append(UInt8(truncatingIfNeeded: bits >> UInt32(count)))
                bits &= (1 << UInt32(count)) &- 1
            }
        }
        return bits == 0 ? bytes : nil
    }

    /// The text of bytes, without padding.
    package static func encode(_ bytes: Span<UInt8>) -> [UInt8] {
        var text: [UInt8] = []
        text.reserveCapacity(bytes.count / 3 * 4 + 4)
        var bits: UInt32 = 0
        var count: UInt32 = 0
        for index in 0..<bytes.count {
            bits = (bits << 8 | UInt32(bytes[index])) & 0xffff
            count &+= 8
            while count >= 6 {
                count &-= 6
                text.append(digit(bits >> count))
            }
        }
        if count > 0 { text.append(digit(bits << (6 &- count))) }
        return text
    }

    private static func value(_ byte: UInt8) -> UInt8? {
        switch byte {
        case 0x41...0x5a: byte &- 0x41
        case 0x61...0x7a: byte &- 0x47
        case 0x30...0x39: byte &+ 4
        case UInt8(ascii: "-"): 62
        case UInt8(ascii: "_"): 63
        default: nil
        }
    }

    private static func digit(_ bits: UInt32) -> UInt8 {
        let value = UInt8(truncatingIfNeeded: bits & 63)
        switch value {
        case 0..<26: return value &+ 0x41
        case 26..<52: return value &+ 0x47
        case 52..<62: return value &- 4
        case 62: return UInt8(ascii: "-")
        default: return UInt8(ascii: "_")
        }
    }
}
