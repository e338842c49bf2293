/// What becomes of a header field on its way through.
package enum FieldRule: UInt8, Sendable {
    /// It is passed on as it is.
    case pass
    /// It belongs to one connection (RFC 9110, 7.6.1) and ends here; so does whatever `Connection` names.
    case hopByHop
    /// It carries or may carry a credential, or picks the account that pays; it is never passed on.
    case credential
    /// It frames the message or names its host: written anew by the gateway.
    case framing
    /// It would make another server read another method, path or caller than was judged.
    case rerouting
    /// Its name has an underscore or another byte that some server takes for `-`.
    case ambiguous
    /// The gateway writes this field itself.
    case ours
    /// It tells who the provider is or acts on the caller's browser, and is dropped from answers.
    case dropped
}

/// Pure rules over header names and values.
///
/// Names are matched without regard to case.
package enum HeaderRules {
    /// The rule for a field of a caller's request.
    package static func request(_ name: Span<UInt8>) -> FieldRule {
        guard let name = FieldName(name) else { return .ambiguous }
        return table.request(name)
    }

    /// The rule for a field of a provider's answer.
    package static func response(_ name: Span<UInt8>) -> FieldRule {
        guard let name = FieldName(name) else { return .ambiguous }
        return table.response(name)
    }

    /// The rule for a field of a caller's request, by its name as a string.
    package static func request(_ name: String) -> FieldRule { request(name.utf8.span) }

    /// The rule for a field of a provider's answer, by its name as a string.
    package static func response(_ name: String) -> FieldRule { response(name.utf8.span) }

    /// Whether `Connection: value` names the field `name`.
    package static func connection(_ value: Span<UInt8>, names name: Span<UInt8>) -> Bool {
        var start = 0
        for index in 0...value.count {
            guard index == value.count || value[index] == UInt8(ascii: ",") else { continue }
            var low = start
            var high = index
            while low < high, isBlank(value[low]) { low &+= 1 }
            while high > low, isBlank(value[high &- 1]) { high &-= 1 }
            if high &- low == name.count, matches(value, from: low, name) { return true }
            start = index &+ 1
        }
        return false
    }

    /// Whether a request id from outside may be kept: 1 to 200 visible ASCII characters.
    package static func isRequestID(_ value: Span<UInt8>) -> Bool {
        guard (1...200).contains(value.count) else { return false }
        for index in 0..<value.count where value[index] < 0x21 || value[index] > 0x7e { return false }
        return true
    }

    private static func isBlank(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x09 }

    private static func matches(_ value: Span<UInt8>, from start: Int, _ name: Span<UInt8>) -> Bool {
        for index in 0..<name.count where value[start &+ index].lowered != name[index].lowered { return false }
        return true
    }
}

extension HeaderRules {
    private static let table = FieldTable()

    static let hopByHop: [StaticString] = [
        "connection", "keep-alive", "proxy-connection", "te", "trailer", "transfer-encoding", "upgrade",
        "http2-settings", "proxy-authenticate", "proxy-authentication-info",
    ]

    static let credentials: [StaticString] = [
        "authorization", "x-api-key", "api-key", "x-goog-api-key", "proxy-authorization", "cookie", "cookie2",
        "openai-organization", "openai-project", "x-goog-user-project", "x-auth-token", "x-amz-security-token",
        "ocp-apim-subscription-key",
    ]

    /// `accept-encoding` among them: usage is read from the answer, so the provider is asked for plain bytes.
    static let framing: [StaticString] = [
        "content-length", "host", "expect", "accept-encoding", "max-forwards", "date",
    ]

    static let rerouting: [StaticString] = [
        "forwarded", "via", "x-real-ip", "true-client-ip", "x-client-ip", "x-cluster-client-ip", "client-ip",
        "cf-connecting-ip", "x-host", "x-rewrite-url", "x-http-method", "x-http-method-override", "x-method-override",
        "x-url-scheme", "proxy",
    ]

    /// `content-type` among them: a body is passed on as what it was judged as.
    static let oursInRequests: [StaticString] = ["x-request-id", "content-type"]

    static let oursInAnswers: [StaticString] = ["x-request-id", "x-client-request-id"]

    /// Beginnings of names with a rule in requests.
    static let requestPrefixes: [(StaticString, FieldRule)] = [
        ("x-forwarded-", .rerouting), ("x-original-", .rerouting), ("x-tollgate-", .ours),
    ]

    /// Beginnings of names with a rule in answers.
    static let answerPrefixes: [(StaticString, FieldRule)] = [
        ("x-tollgate-", .ours), ("x-ratelimit-", .ours), ("ratelimit", .ours), ("cf-", .dropped),
    ]

    static let dropped: [StaticString] = [
        "set-cookie", "set-cookie2", "server", "via", "x-powered-by", "alt-svc", "strict-transport-security",
        "public-key-pins", "nel", "report-to", "reporting-endpoints", "location", "refresh", "www-authenticate",
        "clear-site-data", "content-security-policy", "access-control-allow-origin",
        "access-control-allow-credentials", "x-envoy-upstream-service-time", "openai-version",
    ]
}
