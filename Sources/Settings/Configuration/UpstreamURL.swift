/// Where a provider is reached: scheme, host, port and the path that requests are put under.
package struct UpstreamURL: Hashable, Sendable {
    package let isSecure: Bool
    /// Lower-case host name, or an address without brackets.
    package let host: String
    package let port: UInt16
    /// Empty, or `/v1` and the like: begins with a slash, ends without one.
    package let path: String

    /// The scheme, host and port of the provider, the only place where its key is ever sent.
    package var origin: String { "\(isSecure ? "https" : "http")://\(hostText):\(port)" }

    /// What the `Host` header says: the port only where it is not the scheme's own.
    package var hostHeader: String { port == (isSecure ? 443 : 80) ? hostText : "\(hostText):\(port)" }

    /// Whether the host is an address of this machine's own loopback, or `localhost`.
    package var isLoopback: Bool {
        if host == "localhost" { return true }
        guard let bytes = AddressRange.bytes(of: host) else { return false }
        return bytes.count == 4 ? bytes[0] == 127 : bytes == [UInt8](repeating: 0, count: 15) + [1]
    }

    private var hostText: String { host.contains(":") ? "[\(host)]" : host }

    /// Reads an `http` or `https` URL.
    ///
    /// - Throws: `Refusal` with the reason, which never holds the URL: it may hold a password.
    package init(text: String) throws(Refusal) {
        let rest: Substring
        if text.lowercased().hasPrefix("https://") {
            isSecure = true
            rest = text.dropFirst(8)
        } else if text.lowercased().hasPrefix("http://") {
            isSecure = false
            rest = text.dropFirst(7)
        } else {
            throw Refusal(reason: "must begin with https:// or http://")
        }
        guard text.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7f && $0 != UInt8(ascii: "\\") }) else {
            throw Refusal(reason: "must be visible ASCII without spaces")
        }
        let slash = rest.firstIndex { $0 == "/" || $0 == "?" || $0 == "#" } ?? rest.endIndex
        let authority = rest[..<slash]
        let tail = rest[slash...]
        if authority.contains("@") { throw Refusal(reason: "must not hold a user name or password; use key") }
        if tail.contains("?") || tail.contains("#") { throw Refusal(reason: "must not hold a query or fragment") }
        (host, port) = try UpstreamURL.hostAndPort(authority, default: isSecure ? 443 : 80)
        path = try UpstreamURL.cleanPath(tail)
    }

    /// Why a URL is not taken.
    package struct Refusal: Error, Hashable {
        package let reason: String
    }

    private static func hostAndPort(
        _ authority: Substring, default fallback: UInt16
    ) throws(Refusal) -> (String, UInt16) {
        var name = authority
        var port = fallback
        let bracket = authority.lastIndex(of: "]")
        if let colon = authority.lastIndex(of: ":"), bracket.map({ $0 < colon }) ?? true {
            let digits = authority[authority.index(after: colon)...]
            guard digits.allSatisfy({ $0.isASCII && $0.isNumber }), let given = UInt16(digits), given > 0 else {
                throw Refusal(reason: "the port must be 1 to 65535")
            }
            port = given
            name = authority[..<colon]
        }
        if name.hasPrefix("["), name.hasSuffix("]") {
            let inner = String(name.dropFirst().dropLast())
            guard AddressRange.bytes(of: inner)?.count == 16 else { throw Refusal(reason: "the IPv6 address is wrong") }
            return (inner.lowercased(), port)
        }
        guard !name.isEmpty else { throw Refusal(reason: "has no host") }
        let isName =
            name.utf8.count <= 253 && name.split(separator: ".", omittingEmptySubsequences: false).allSatisfy(isLabel)
        guard isName else { throw Refusal(reason: "the host name is wrong") }
        // The resolver would take 1.2.3 and 0x7f.1 as addresses; a last label of digits must be a whole IPv4 address.
        let last = name.split(separator: ".").last ?? ""
        if last.first?.isNumber ?? true, AddressRange.bytes(of: String(name)) == nil {
            throw Refusal(reason: "the IPv4 address is wrong")
        }
        return (name.lowercased(), port)
    }

    private static func isLabel(_ label: Substring) -> Bool {
        guard (1...63).contains(label.utf8.count), label.first != "-", label.last != "-" else { return false }
        return label.utf8.allSatisfy { byte in
            Character(Unicode.Scalar(byte)).isLetter || Character(Unicode.Scalar(byte)).isNumber
                || byte == UInt8(ascii: "-") || byte == UInt8(ascii: "_")
        }
    }

    private static func cleanPath(_ tail: Substring) throws(Refusal) -> String {
        var path = String(tail)
        while path.hasSuffix("/") { path.removeLast() }
        let segments = path.split(separator: "/", omittingEmptySubsequences: false).dropFirst()
        guard segments.allSatisfy({ !$0.isEmpty && $0 != "." && $0 != ".." }), !path.contains("%") else {
            throw Refusal(reason: "the path must be plain: no empty, dot or percent-encoded segment")
        }
        return path
    }
}
