import Domain

/// The figures of one `usage` object as the provider gave them, before they are believed.
struct UsageFigures: Sendable {
    /// More tokens than any request can have: figures above it are nonsense.
    static let most: Int64 = 10_000_000

    private var prompt: Int64?
    private var completion: Int64?
    private var total: Int64?
    private var cached: Int64?
    private var cacheHit: Int64?
    private var reasoning: Int64?
    private var isBelievable = true

    /// The figures as one usage record; nil where they cannot be true or do not say what was used.
    ///
    /// OpenAI counts cached tokens inside the prompt and reasoning inside the completion; the record keeps them
    /// apart. Gemini's OpenAI-compatible endpoint leaves thoughts out of the completion: what the total has more is
    /// billed as reasoning.
    var usage: TokenUsage? {
        guard isBelievable, let prompt, completion != nil || total != nil else { return nil }
        let said = completion ?? 0
        let output = max(said, (total ?? 0).subtractingSaturated(prompt))
        let unsaid = completion == nil ? 0 : output - said
        let cached = cached ?? cacheHit ?? 0
        let thoughts = reasoning.flatMap { $0 > 0 ? $0 : nil } ?? unsaid
        guard cached <= prompt, thoughts <= output, output <= UsageFigures.most else { return nil }
        return TokenUsage(
            inputUncached: prompt - cached, cacheRead: cached, outputVisible: output - thoughts, reasoning: thoughts,
            source: .reported)
    }

    /// Reads the object whose opening brace is next.
    mutating func read(_ json: inout JSONScanner, _ bytes: Span<UInt8>, depth: Int) throws(WireError) {
        try json.open(depth)
        var isFirst = true
        while let key = try json.nextKey(bytes, isFirst: &isFirst) {
            if key.equals("prompt_tokens", bytes) || key.equals("input_tokens", bytes) {
                prompt = try figure(&json, bytes, depth, most: UsageFigures.most)
            } else if key.equals("completion_tokens", bytes) || key.equals("output_tokens", bytes) {
                completion = try figure(&json, bytes, depth, most: UsageFigures.most)
            } else if key.equals("total_tokens", bytes) {
                total = try figure(&json, bytes, depth, most: UsageFigures.most * 2)
            } else if key.equals("prompt_cache_hit_tokens", bytes) {
                cacheHit = try figure(&json, bytes, depth, most: UsageFigures.most)
            } else if key.equals("prompt_tokens_details", bytes) || key.equals("input_tokens_details", bytes) {
                cached = try detail("cached_tokens", &json, bytes, depth) ?? cached
            } else if key.equals("completion_tokens_details", bytes) || key.equals("output_tokens_details", bytes) {
                reasoning = try detail("reasoning_tokens", &json, bytes, depth) ?? reasoning
            } else {
                try json.skip(bytes, depth: depth)
            }
        }
    }

    /// A whole number from 0 to `most`; null is none, and anything else makes all figures unbelievable.
    private mutating func figure(
        _ json: inout JSONScanner, _ bytes: Span<UInt8>, _ depth: Int, most: Int64
    ) throws(WireError) -> Int64? {
        switch try json.peek(bytes) {
        case UInt8(ascii: "n"): try json.literal("null", bytes)
        case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"):
            if case .whole(let value) = try json.number(bytes), value >= 0, value <= most { return value }
            isBelievable = false
        default:
            try json.skip(bytes, depth: depth)
            isBelievable = false
        }
        return nil
    }

    /// One figure of an object of details; none where that is null.
    private mutating func detail(
        _ name: StaticString, _ json: inout JSONScanner, _ bytes: Span<UInt8>, _ depth: Int
    ) throws(WireError) -> Int64? {
        guard try json.peek(bytes) == UInt8(ascii: "{") else {
            try json.skip(bytes, depth: depth)
            return nil
        }
        try json.open(depth &+ 1)
        var found: Int64?
        var isFirst = true
        while let key = try json.nextKey(bytes, isFirst: &isFirst) {
            if key.equals(name, bytes) {
                found = try figure(&json, bytes, depth &+ 1, most: UsageFigures.most)
            } else {
                try json.skip(bytes, depth: depth &+ 1)
            }
        }
        return found
    }
}
