import Glibc

/// A network address with a prefix length: `127.0.0.1`, `10.0.0.0/8`, `::1`, `fd00::/8`.
package struct AddressRange: Hashable, Sendable {
    /// 4 bytes of IPv4 or 16 of IPv6, in network order.
    package let bytes: [UInt8]
    /// How many leading bits must agree: 0 to 32 or 128.
    package let prefix: Int

    /// Reads an address with an optional `/prefix`; nil where it is none, or where bits after the prefix are set.
    package init?(text: String) {
        let parts = text.split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count <= 2, let head = parts.first, let address = AddressRange.bytes(of: String(head)) else {
            return nil
        }
        let width = address.count * 8
        var prefix = width
        if parts.count == 2 {
            guard parts[1].allSatisfy({ $0.isASCII && $0.isNumber }), let given = Int(parts[1]), given <= width else {
                return nil
            }
            prefix = given
        }
        for (index, byte) in address.enumerated() where byte & ~AddressRange.mask(prefix, at: index) != 0 { return nil }
        bytes = address
        self.prefix = prefix
    }

    /// Whether an address lies in the range; an IPv4 address mapped into IPv6 counts as IPv4.
    ///
    /// - Parameter address: 4 or 16 bytes in network order; any other length is in no range.
    package func contains(_ address: some Collection<UInt8>) -> Bool {
        var wanted = Array(address)
        if wanted.count == 16, bytes.count == 4, wanted.prefix(12) == AddressRange.mapped { wanted.removeFirst(12) }
        guard wanted.count == bytes.count else { return false }
        for index in bytes.indices where (wanted[index] ^ bytes[index]) & AddressRange.mask(prefix, at: index) != 0 {
            return false
        }
        return true
    }

    /// Whether the text is an address in the range; false where it is no address.
    package func contains(text: String) -> Bool {
        guard let address = AddressRange.bytes(of: text) else { return false }
        return contains(address)
    }

    /// The bytes of an IPv4 or IPv6 address in network order; nil where the text is none.
    package static func bytes(of text: String) -> [UInt8]? {
        guard !text.utf8.contains(0), text.utf8.count < 64 else { return nil }
        var four = [UInt8](repeating: 0, count: 4)
        if inet_pton(AF_INET, text, &four) == 1 { return four }
        var sixteen = [UInt8](repeating: 0, count: 16)
        if inet_pton(AF_INET6, text, &sixteen) == 1 { return sixteen }
        return nil
    }

    private static let mapped: ArraySlice<UInt8> = [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff]

    private static func mask(_ prefix: Int, at index: Int) -> UInt8 {
        let bits = min(max(prefix - index * 8, 0), 8)
        return bits == 0 ? 0 : UInt8(truncatingIfNeeded: 0xff << (8 - bits))
    }
}
