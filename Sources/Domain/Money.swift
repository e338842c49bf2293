/// An amount of money in whole nano-dollars (10⁻⁹ USD); arithmetic saturates, never traps, never rounds.
package struct NanoDollars: Hashable, Comparable, Sendable, Codable {
    /// Nano-dollars; 1 USD is 1,000,000,000.
    package var nanos: Int64

    package init(nanos: Int64) { self.nanos = nanos }

    package static let zero = NanoDollars(nanos: 0)

    package init(from decoder: any Decoder) throws {
        nanos = try decoder.singleValueContainer().decode(Int64.self)
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(nanos)
    }

    package static func < (left: NanoDollars, right: NanoDollars) -> Bool { left.nanos < right.nanos }

    package static func + (left: NanoDollars, right: NanoDollars) -> NanoDollars {
        NanoDollars(nanos: left.nanos.addingSaturated(right.nanos))
    }

    package static func += (left: inout NanoDollars, right: NanoDollars) { left = left + right }

    /// US dollars for display and JSON only; never for arithmetic that is kept.
    package var dollars: Double { Double(nanos) / 1e9 }

    /// Exact decimal text without trailing zeros beyond two places: `0.00012`, `41.20`.
    package var exactText: String {
        let magnitude = nanos.magnitude
        let whole = magnitude / 1_000_000_000
        var fraction = String(magnitude % 1_000_000_000)
        fraction = String(repeating: "0", count: 9 - fraction.utf8.count) + fraction
        while fraction.utf8.count > 2, fraction.utf8.last == UInt8(ascii: "0") { fraction.removeLast() }
        return (nanos < 0 ? "-" : "") + "\(whole).\(fraction)"
    }
}

/// Where a token count comes from, and so how far it can be trusted.
package enum UsageSource: UInt8, Sendable, Codable, CaseIterable {
    /// Nothing to bill: no provider was asked, or it failed before it began to answer.
    case none = 0
    /// The provider's own figures.
    case reported = 1
    /// Counted by us because the provider gave no believable figures.
    case estimated = 2
    /// No whole answer reached the caller: our count of the prompt and of what was delivered, or the provider's
    /// running figures.
    case partial = 3

    /// The word used in logs, tables and JSON.
    package var label: String {
        switch self {
        case .none: "none"
        case .reported: "reported"
        case .estimated: "estimated"
        case .partial: "partial"
        }
    }
}

/// Tokens of one request, split so that each part has one price; no part contains another.
///
/// OpenAI and Gemini count cached tokens inside the input and reasoning inside the output, Anthropic does not:
/// `Wire` separates them before a value of this type exists.
package struct TokenUsage: Hashable, Sendable, Codable {
    package var inputUncached: Int64 = 0
    package var cacheRead: Int64 = 0
    package var cacheWrite5m: Int64 = 0
    package var cacheWrite1h: Int64 = 0
    package var outputVisible: Int64 = 0
    package var reasoning: Int64 = 0
    package var source: UsageSource = .none

    package init(
        inputUncached: Int64 = 0, cacheRead: Int64 = 0, cacheWrite5m: Int64 = 0, cacheWrite1h: Int64 = 0,
        outputVisible: Int64 = 0, reasoning: Int64 = 0, source: UsageSource = .none
    ) {
        self.inputUncached = inputUncached
        self.cacheRead = cacheRead
        self.cacheWrite5m = cacheWrite5m
        self.cacheWrite1h = cacheWrite1h
        self.outputVisible = outputVisible
        self.reasoning = reasoning
        self.source = source
    }

    /// All input tokens, cached ones included.
    package var input: Int64 {
        inputUncached.addingSaturated(cacheRead).addingSaturated(cacheWrite5m).addingSaturated(cacheWrite1h)
    }

    /// Input tokens served from or written to the provider's cache.
    package var cached: Int64 { cacheRead.addingSaturated(cacheWrite5m).addingSaturated(cacheWrite1h) }

    /// All output tokens, reasoning included.
    package var output: Int64 { outputVisible.addingSaturated(reasoning) }

    /// Input and output together: what a `tokens` limit counts.
    package var total: Int64 { input.addingSaturated(output) }
}

/// The price of a model in nano-dollars per million tokens, one rate for each kind of token.
package struct Price: Hashable, Sendable, Codable {
    package var inputNanosPerMillion: Int64
    package var outputNanosPerMillion: Int64
    /// Rate of cached input; the input's rate where nil.
    package var cachedInputNanosPerMillion: Int64?
    /// Rate of reasoning tokens; the output's rate where nil.
    package var reasoningNanosPerMillion: Int64?

    package init(
        inputNanosPerMillion: Int64, outputNanosPerMillion: Int64, cachedInputNanosPerMillion: Int64? = nil,
        reasoningNanosPerMillion: Int64? = nil
    ) {
        self.inputNanosPerMillion = inputNanosPerMillion
        self.outputNanosPerMillion = outputNanosPerMillion
        self.cachedInputNanosPerMillion = cachedInputNanosPerMillion
        self.reasoningNanosPerMillion = reasoningNanosPerMillion
    }

    /// What `usage` costs: Σ tokens × rate in 128 bits, divided once by a million, half up; saturates at the top.
    package func cost(of usage: TokenUsage) -> NanoDollars {
        let cachedRate = cachedInputNanosPerMillion ?? inputNanosPerMillion
        // One product of two `Int64` always fits; their sum, or five of them, may not.
        var sum = Int128(usage.inputUncached) * Int128(inputNanosPerMillion)
        func add(_ tokens: Int64, _ rate: Int64, times: Int128 = 1, over: Int128 = 1) {
            let product = Int128(tokens) * Int128(rate)
            sum = sum.addingSaturated(product.multipliedSaturated(by: times) / over)
        }
        add(usage.cacheRead, cachedRate)
        // Writing to a cache is dearer than plain input: 1.25 times for five minutes, twice for an hour.
        add(usage.cacheWrite5m, inputNanosPerMillion, times: 5, over: 4)
        add(usage.cacheWrite1h, inputNanosPerMillion, times: 2)
        add(usage.outputVisible, outputNanosPerMillion)
        add(usage.reasoning, reasoningNanosPerMillion ?? outputNanosPerMillion)
        return NanoDollars(nanos: Int64(clamping: sum.addingSaturated(500_000) / 1_000_000))
    }
}
