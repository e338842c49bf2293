import Domain

/// What the gateway must know of a request's JSON body, read in one pass without decoding it.
///
/// The bytes that were judged are the bytes that are forwarded, so nothing in them may be read differently by a
/// provider: the whole body is checked as strict JSON, no object may have a member name twice, and no member may
/// equal one of those below but for its case (some providers match names without regard to case).
package struct RequestFacts: Sendable, Equatable {
    /// The model asked for, escapes decoded; nil where the body names none.
    package internal(set) var model: String?
    /// Where the model's text stands in the body, without its quotes; empty where there is none.
    package internal(set) var modelRange: Range<Int> = 0..<0
    /// `stream` is true.
    package internal(set) var isStream = false
    /// `stream_options.include_usage`; nil where the body does not say.
    package internal(set) var includesUsage: Bool?
    /// Elements of `messages`, or of an `input` that is a list of messages.
    package internal(set) var messageCount = 0
    /// UTF-8 bytes of text in `messages`, `prompt`, `input`, `instructions` and `system`.
    package internal(set) var promptLength = 0
    /// Token numbers given in place of text in `prompt` or `input`.
    package internal(set) var promptTokenCount = 0
    /// The smallest of `max_tokens`, `max_completion_tokens` and `max_output_tokens`; nil where none is given.
    package internal(set) var maximumTokens: Int64?
    /// `n`: how many answers are asked for; 1 where the body does not say.
    package internal(set) var choiceCount: Int64 = 1

    /// How `include_usage` gets into the body.
    var usagePoint = UsagePoint.absent(afterBrace: 0, isEmpty: true)

    /// Where the option belongs.
    enum UsagePoint: Sendable, Equatable {
        /// There is no `stream_options`: a member goes in after the body's opening brace.
        case absent(afterBrace: Int, isEmpty: Bool)
        /// `stream_options` is null: the value is replaced.
        case null(Range<Int>)
        /// `stream_options` lacks the member: it goes in after the inner opening brace.
        case within(afterBrace: Int, isEmpty: Bool)
        /// The member is there and not true: its value is replaced.
        case value(Range<Int>)
    }

    init() {}

    /// Reads a whole request body.
    ///
    /// - Throws: `WireError`: what is wrong with the body, fit to be sent to its author.
    package static func scan(_ bytes: Span<UInt8>) throws(WireError) -> RequestFacts {
        var scan = RequestScan()
        return try scan.read(bytes)
    }

    /// Tokens of the prompt by our own estimate: a token for each four bytes of text, rounded up.
    package var estimatedPromptTokens: Int64 {
        Int64(clamping: promptLength / 4 + (promptLength % 4 == 0 ? 0 : 1)).addingSaturated(
            Int64(clamping: promptTokenCount))
    }

    /// The change that makes a provider report usage at the end of a stream; nil where the body asks for it already
    /// or is no stream.
    package var usageSplice: Splice? {
        guard isStream, includesUsage != true else { return nil }
        switch usagePoint {
        case .absent(let index, let isEmpty):
            return Splice(at: index, replacing: 0, with: isEmpty ? Splice.optionAlone : Splice.optionFirst)
        case .null(let range):
            return Splice(at: range.lowerBound, replacing: range.count, with: Splice.optionValue)
        case .within(let index, let isEmpty):
            return Splice(at: index, replacing: 0, with: isEmpty ? Splice.memberAlone : Splice.memberFirst)
        case .value(let range):
            return Splice(at: range.lowerBound, replacing: range.count, with: Splice.isTrue)
        }
    }

    /// All changes to make to the body before it is forwarded, in the order of the bytes.
    package func splices(injectUsage: Bool) -> [Splice] {
        guard injectUsage, let splice = usageSplice else { return [] }
        return [splice]
    }
}
