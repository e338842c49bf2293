package import Domain

/// What a buffered answer says about its own cost.
package struct AnswerReading: Sendable, Equatable {
    /// The provider's figures, or nil where it gave none that can be believed.
    package var reported: TokenUsage?
    /// UTF-8 bytes of answer text, for an estimate.
    package var textLength: Int
    /// The body is one well-formed JSON object; anything else is an answer that makes no sense.
    package var isObject: Bool
    /// The body has an `error` that is not null.
    package var hasError: Bool
}

/// Reads usage from whole answers: chat, completions, responses and embeddings.
package enum UsageReader {
    /// The provider's figures in a whole answer; nil where they are missing or cannot be true.
    package static func scan(_ body: Span<UInt8>) -> TokenUsage? { read(body).reported }

    /// Everything that a whole answer says about its own cost.
    package static func read(_ body: Span<UInt8>) -> AnswerReading {
        var json = JSONScanner(refusesDuplicates: false)
        var facts = AnswerFacts()
        var isObject = true
        do { try facts.read(&json, body) } catch { isObject = false }
        return AnswerReading(
            reported: isObject ? facts.figures?.usage : nil, textLength: facts.textLength, isObject: isObject,
            hasError: facts.hasError)
    }

    /// Our own count: a token for each four bytes of text, rounded up, and at least one for each content chunk.
    package static func estimate(
        promptTokens: Int64, textLength: Int64, chunks: Int64, source: UsageSource
    ) -> TokenUsage {
        let length = max(textLength, 0)
        let tokens = length / 4 + (length % 4 == 0 ? 0 : 1)
        return TokenUsage(inputUncached: max(promptTokens, 0), outputVisible: max(tokens, chunks), source: source)
    }
}
