/// What the gateway looks for in a query.
enum QueryRules {
    /// Names that providers and gateways take credentials under, without `-`, `_` and case.
    private static let credentials: [StaticString] = [
        "key", "apikey", "xapikey", "accesstoken", "token", "authtoken", "auth", "authorization", "bearer",
        "bearertoken", "xgoogapikey", "subscriptionkey", "secret", "clientsecret", "jwt", "password",
    ]

    /// Whether any parameter of the query has a name that credentials are given under, however it is spelled, or a
    /// value that is one of our keys.
    static func hasCredential(_ bytes: Span<UInt8>, _ query: Range<Int>) -> Bool {
        var start = query.lowerBound
        for index in query.lowerBound...query.upperBound {
            let isEnd =
                index == query.upperBound || bytes[index] == UInt8(ascii: "&") || bytes[index] == UInt8(ascii: ";")
            guard isEnd else { continue }
            if isCredential(bytes, start..<index) { return true }
            start = index &+ 1
        }
        return false
    }

    private static func isCredential(_ bytes: Span<UInt8>, _ parameter: Range<Int>) -> Bool {
        var name: [UInt8] = []
        var index = parameter.lowerBound
        while index < parameter.upperBound, bytes[index] != UInt8(ascii: "=") {
            let escaped = bytes.escaped(at: index)
            let byte = (escaped ?? bytes[index]).lowered
            index &+= escaped == nil ? 1 : 3
            // A name that is longer than any of ours, separators left out, is none of them.
            if byte != UInt8(ascii: "-"), byte != UInt8(ascii: "_"), name.count < 32 { name.append(byte) }
        }
        let names = name.span
        for text in credentials where names.equals(text, from: 0, to: names.count) { return true }
        return index &+ 4 <= parameter.upperBound && bytes.equals("tg_", from: index &+ 1, to: index &+ 4)
    }
}
