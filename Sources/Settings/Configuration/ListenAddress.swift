/// Where the gateway accepts connections.
package struct ListenAddress: Hashable, Sendable {
    /// An IPv4 or IPv6 address without brackets.
    package let host: String
    /// 0 picks a free one.
    package let port: UInt16

    /// Reads `127.0.0.1:8080`, `[::1]:8080` or `localhost:8080` (which is 127.0.0.1); nil otherwise.
    package init?(text: String) {
        guard let colon = text.lastIndex(of: ":") else { return nil }
        let digits = text[text.index(after: colon)...]
        guard !digits.isEmpty, digits.allSatisfy({ $0.isASCII && $0.isNumber }), let port = UInt16(digits) else {
            return nil
        }
        var host = String(text[..<colon])
        if host.hasPrefix("["), host.hasSuffix("]") {
            host = String(host.dropFirst().dropLast())
            guard AddressRange.bytes(of: host)?.count == 16 else { return nil }
        } else {
            if host == "localhost" { host = "127.0.0.1" }
            guard AddressRange.bytes(of: host)?.count == 4 else { return nil }
        }
        self.host = host
        self.port = port
    }

    /// 127.0.0.1 at a port.
    package init(loopbackPort port: UInt16) {
        host = "127.0.0.1"
        self.port = port
    }

    /// Whether only this machine can reach it.
    ///
    /// Where it is not and there are neither keys nor JWTs, the gateway refuses to start without an explicit word.
    package var isLoopback: Bool {
        guard let bytes = AddressRange.bytes(of: host) else { return false }
        return bytes.count == 4 ? bytes[0] == 127 : bytes == [UInt8](repeating: 0, count: 15) + [1]
    }

    /// `127.0.0.1:8080` or `[::1]:8080`.
    package var text: String { host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)" }
}
