/// A model as a provider serves it: how fast it answers and how much it says.
package struct SimulatedModel: Sendable {
    /// What the model is good for.
    package enum Kind: Sendable {
        case chat
        case embedding
    }

    package var name: String
    package var kind: Kind
    /// Median seconds to the first token, at a latency factor of one.
    package var firstTokenSeconds: Double
    package var tokensPerSecond: Double
    /// Median tokens of an answer, reasoning included.
    package var outputTokens: Double
    /// Chance that an answer begins with reasoning.
    package var reasoningRate: Double
    /// Chance that part of a long prompt comes from the provider's cache.
    package var cacheRate: Double

    package init(
        name: String, kind: Kind = .chat, firstTokenSeconds: Double, tokensPerSecond: Double = 90,
        outputTokens: Double = 80, reasoningRate: Double = 0, cacheRate: Double = 0.3
    ) {
        self.name = name
        self.kind = kind
        self.firstTokenSeconds = firstTokenSeconds
        self.tokensPerSecond = tokensPerSecond
        self.outputTokens = outputTokens
        self.reasoningRate = reasoningRate
        self.cacheRate = cacheRate
    }
}
