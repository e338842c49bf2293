/// What a request's path names; anything not spelled exactly as here is `other`.
package enum Route: Sendable, Hashable {
    case chatCompletions
    case completions
    case responses
    case embeddings
    case messages
    case countTokens
    case generateContent(model: String)
    case streamGenerateContent(model: String)
    case models
    case model(String)
    case me
    case health
    case healthz
    case readyz
    case metrics
    case openapi
    case docs
    /// A canonical path that is none of ours: it passes through where the configuration allows it, else 404.
    case other
    /// A spelling that some server would read as another path: `//`, dot segments, escaped letters, parameters, a
    /// trailing slash. It is never normalised and never forwarded; 404 once the caller is known.
    case disguised
    /// No path that HTTP allows: control bytes, backslash, `%00`, a broken escape, `*`, another form; 400.
    case bad

    /// Whether it answers without a key.
    package var isOpen: Bool {
        switch self {
        case .health, .healthz, .readyz, .metrics, .openapi, .docs: true
        default: false
        }
    }
}

/// A request target, judged by its raw bytes.
package struct Target: Sendable, Hashable {
    package var route: Route
    /// The path's bytes within the target.
    package var path: Range<Int>
    /// The query's bytes within the target, without `?`; nil where there is none.
    package var query: Range<Int>?
    /// Whether the query carries what looks like a credential.
    package var hasCredential: Bool
}

/// Recognition of request targets.
///
/// Nothing is ever normalised: a path is one of ours letter for letter, or it is not.
package enum PathRules {
    /// Judges a target in origin form (`/path?query`).
    package static func target(_ bytes: Span<UInt8>) -> Target {
        // A path of ours without query needs no further look: nothing else is in it.
        if let route = exact(bytes, end: bytes.count) {
            return Target(route: route, path: 0..<bytes.count, query: nil, hasCredential: false)
        }
        var end = 0
        while end < bytes.count, bytes[end] != UInt8(ascii: "?") { end &+= 1 }
        let query = end < bytes.count ? (end &+ 1)..<bytes.count : nil
        return Target(
            route: isBad(bytes) ? .bad : route(bytes, end: end), path: 0..<end, query: query,
            hasCredential: query.map { QueryRules.hasCredential(bytes, $0) } ?? false)
    }

    /// Whether the target is none that may be acted on in any way.
    private static func isBad(_ bytes: Span<UInt8>) -> Bool {
        guard bytes.count > 0, bytes[0] == UInt8(ascii: "/") else { return true }
        var index = 0
        while index < bytes.count {
            switch bytes[index] {
            case 0...0x20, 0x7f...0xff, UInt8(ascii: "\\"), UInt8(ascii: "#"): return true
            case UInt8(ascii: "%"):
                guard let value = bytes.escaped(at: index), value != 0 else { return true }
                index &+= 2
            default: break
            }
            index &+= 1
        }
        return false
    }

    /// A spelling with a second reading: see `Route.disguised`.
    ///
    /// - Parameter name: where a name begins that may hold escaped slashes, since it is looked up and never forwarded.
    private static func isDisguised(_ bytes: Span<UInt8>, end: Int, name: Int = .max) -> Bool {
        var segmentStart = 1
        var index = 1
        while index <= end {
            let byte = index < end ? bytes[index] : UInt8(ascii: "/")
            switch byte {
            case UInt8(ascii: "/"):
                let isDots =
                    bytes.equals(".", from: segmentStart, to: index)
                    || bytes.equals("..", from: segmentStart, to: index)
                if index == segmentStart || isDots { return true }
                segmentStart = index &+ 1
            case UInt8(ascii: ";"): return true
            case UInt8(ascii: "%"):
                // Escapes that no encoder has reason for, or that decode to what splits, ends or hides a path.
                guard let value = bytes.escaped(at: index), !isUnreserved(value), value > 0x20, value != 0x7f,
                    value != UInt8(ascii: "/") || index >= name, value != UInt8(ascii: "\\"),
                    value != UInt8(ascii: "%"),
                    value != UInt8(ascii: ";"), value != UInt8(ascii: "?"), value != UInt8(ascii: "#")
                else { return true }
            default: break
            }
            index &+= 1
        }
        return false
    }

    private static func isUnreserved(_ byte: UInt8) -> Bool {
        byte.lowered &- 0x61 < 26 || byte &- 0x30 < 10 || byte == UInt8(ascii: "-") || byte == UInt8(ascii: ".")
            || byte == UInt8(ascii: "_") || byte == UInt8(ascii: "~")
    }

    private static func route(_ bytes: Span<UInt8>, end: Int) -> Route {
        if let route = exact(bytes, end: end) { return route }
        // SDKs escape the slash of names like `vendor/model`.
        let model: StaticString = "/v1/models/"
        if let name = segment(bytes, after: model, end: end),
            !isDisguised(bytes, end: end, name: model.utf8CodeUnitCount)
        {
            return .model(name)
        }
        if isDisguised(bytes, end: end) { return .disguised }
        if let name = segment(bytes, after: "/v1beta/models/", end: end) {
            for (suffix, isStream) in [(":generateContent", false), (":streamGenerateContent", true)]
            where name.hasSuffix(suffix) && name.utf8.count > suffix.utf8.count {
                let model = String(name.dropLast(suffix.count))
                return isStream ? .streamGenerateContent(model: model) : .generateContent(model: model)
            }
        }
        return .other
    }

    /// The route whose path is exactly these bytes, by length first.
    @inline(__always)
    private static func exact(_ bytes: Span<UInt8>, end: Int) -> Route? {
        func pick(_ path: StaticString, _ route: Route) -> Route? {
            bytes.equals(path, from: 0, to: end) ? route : nil
        }
        switch end {
        case 5: return pick("/docs", .docs)
        case 6: return pick("/v1/me", .me)
        case 7: return pick("/health", .health) ?? pick("/readyz", .readyz)
        case 8: return pick("/healthz", .healthz) ?? pick("/metrics", .metrics)
        case 10: return pick("/v1/models", .models)
        case 12: return pick("/v1/messages", .messages)
        case 13: return pick("/v1/responses", .responses) ?? pick("/openapi.json", .openapi)
        case 14: return pick("/v1/embeddings", .embeddings)
        case 15: return pick("/v1/completions", .completions)
        case 20: return pick("/v1/chat/completions", .chatCompletions)
        case 25: return pick("/v1/messages/count_tokens", .countTokens)
        default: return nil
        }
    }

    /// What follows `prefix`, its escapes decoded, where that is exactly one segment.
    private static func segment(_ bytes: Span<UInt8>, after prefix: StaticString, end: Int) -> String? {
        let start = prefix.utf8CodeUnitCount
        guard end > start, bytes.equals(prefix, from: 0, to: start) else { return nil }
        var name: [UInt8] = []
        var index = start
        while index < end {
            if bytes[index] == UInt8(ascii: "/") { return nil }
            if let value = bytes.escaped(at: index) {
                name.append(value)
                index &+= 3
            } else {
                name.append(bytes[index])
                index &+= 1
            }
        }
        return String(validating: name, as: UTF8.self)
    }
}

extension Span<UInt8> {
    /// The value of a percent escape that begins at `index`; nil where there is none or it is broken.
    func escaped(at index: Int) -> UInt8? {
        guard index &+ 2 < count, self[index] == UInt8(ascii: "%"), let high = self[index &+ 1].hexadecimalValue,
            let low = self[index &+ 2].hexadecimalValue
        else { return nil }
        return high << 4 | low
    }
}
