/// Base64 (RFC 4648, with padding), for the clipboard sequence.
enum Base64 {
    private static let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)

    /// The text of some bytes.
    static func text(_ bytes: some Collection<UInt8>) -> String {
        var result: [UInt8] = []
        result.reserveCapacity((bytes.count &+ 2) / 3 &* 4)
        var rest = bytes[...]
        while !rest.isEmpty {
            let group = rest.prefix(3)
            rest = rest.dropFirst(3)
            var value: UInt32 = 0
            for byte in group { value = value << 8 | UInt32(byte) }
            value <<= UInt32(3 &- group.count) &* 8
            for place in 0..<4 {
                let isPadding = place > group.count
                result.append(isPadding ? 0x3D : alphabet[Int(value >> UInt32(18 &- place &* 6) & 63)])
            }
        }
        return String(decoding: result, as: UTF8.self)
    }
}
