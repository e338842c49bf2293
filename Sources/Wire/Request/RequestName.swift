/// The members of a request body that the gateway reads.
enum RequestName: UInt8 {
    case model
    case stream
    case streamOptions
    case messages
    case prompt
    case input
    case instructions
    case system
    case maxTokens
    case maxCompletionTokens
    case maxOutputTokens
    case n

    /// The name as JSON bodies and `error.param` have it.
    var text: StaticString {
        switch self {
        case .model: "model"
        case .stream: "stream"
        case .streamOptions: "stream_options"
        case .messages: "messages"
        case .prompt: "prompt"
        case .input: "input"
        case .instructions: "instructions"
        case .system: "system"
        case .maxTokens: "max_tokens"
        case .maxCompletionTokens: "max_completion_tokens"
        case .maxOutputTokens: "max_output_tokens"
        case .n: "n"
        }
    }

    /// The name that a member has, its escapes decoded; nil for one that is not read.
    ///
    /// - Throws: `ambiguousKey` where the member equals a name only without regard to case.
    static func of(_ key: JSONString, _ bytes: Span<UInt8>) throws(WireError) -> RequestName? {
        guard key.hasEscapes || bytes.hasCapital(from: key.start, to: key.end) else {
            return exact(bytes, from: key.start, to: key.end)
        }
        let decoded = key.decodedBytes(bytes)
        if let name = exact(decoded.span, from: 0, to: decoded.count) { return name }
        let folded = fold(decoded)
        guard exact(folded.span, from: 0, to: folded.count) != nil else { return nil }
        throw ambiguous
    }

    /// Refuses a member of `stream_options` that equals `include_usage` only without regard to case.
    static func isIncludeUsage(_ key: JSONString, _ bytes: Span<UInt8>) throws(WireError) -> Bool {
        if key.equals("include_usage", bytes) { return true }
        guard key.hasEscapes || bytes.hasCapital(from: key.start, to: key.end) else { return false }
        let folded = fold(key.decodedBytes(bytes))
        if folded.span.equals("include_usage", from: 0, to: folded.count) { throw ambiguous }
        return false
    }

    private static var ambiguous: WireError {
        WireError(
            .ambiguousKey,
            "The body has a member that equals a known one but for upper and lower case; providers would not agree on it."
        )
    }

    @inline(__always)
    private static func exact(_ bytes: Span<UInt8>, from start: Int, to end: Int) -> RequestName? {
        func pick(_ text: StaticString, _ name: RequestName) -> RequestName? {
            bytes.equals(text, from: start, to: end) ? name : nil
        }
        switch end &- start {
        case 1: return pick("n", .n)
        case 5: return pick("model", .model) ?? pick("input", .input)
        case 6: return pick("stream", .stream) ?? pick("prompt", .prompt) ?? pick("system", .system)
        case 8: return pick("messages", .messages)
        case 10: return pick("max_tokens", .maxTokens)
        case 12: return pick("instructions", .instructions)
        case 14: return pick("stream_options", .streamOptions)
        case 17: return pick("max_output_tokens", .maxOutputTokens)
        case 21: return pick("max_completion_tokens", .maxCompletionTokens)
        default: return nil
        }
    }

    /// Simple case folding as Go's `encoding/json` does it: ASCII letters, U+017F (long s) and U+212A (Kelvin sign).
    private static func fold(_ bytes: [UInt8]) -> [UInt8] {
        var folded: [UInt8] = []
        folded.reserveCapacity(bytes.count)
        var index = 0
        while index < bytes.count {
            let rest = bytes.count &- index
            if rest >= 2, bytes[index] == 0xc5, bytes[index &+ 1] == 0xbf {
                folded.append(UInt8(ascii: "s"))
                index &+= 2
            } else if rest >= 3, bytes[index] == 0xe2, bytes[index &+ 1] == 0x84, bytes[index &+ 2] == 0xaa {
                folded.append(UInt8(ascii: "k"))
                index &+= 3
            } else {
                folded.append(bytes[index].lowered)
                index &+= 1
            }
        }
        return folded
    }
}

extension Span<UInt8> {
    /// Whether any byte is one that case folding can change: a capital letter, or not ASCII.
    @inline(__always)
    fileprivate func hasCapital(from start: Int, to end: Int) -> Bool {
        func isChanged(_ word: UInt64) -> Bool {
            word & Lanes.highs | Lanes(word: word).marks(from: 0x41, through: 0x5a) != 0
        }
        if end &- start < 8 { return isChanged(short(from: start, to: end)) }
        var index = start
        while index &+ 8 < end {
            if isChanged(word(at: index)) { return true }
            index &+= 8
        }
        return isChanged(word(at: end &- 8))
    }
}
