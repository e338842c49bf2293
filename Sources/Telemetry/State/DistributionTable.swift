import Domain

/// A cumulative histogram with fixed bounds, as Prometheus wants it.
struct Distribution {
    /// Upper bounds, ascending; a further bucket holds the rest.
    let bounds: [Double]
    private(set) var counts: [Int64]
    private(set) var sum: Double = 0
    private(set) var count: Int64 = 0

    init(bounds: [Double]) {
        self.bounds = bounds
        counts = Array(repeating: 0, count: bounds.count + 1)
    }

    mutating func add(_ value: Double) {
        let index = bounds.firstIndex { value <= $0 } ?? bounds.count
        counts[index] &+= 1
        count &+= 1
        sum += value
    }

    /// Seconds, as OpenTelemetry advises for the duration of a model's answer.
    static let durationBounds = [
        0.01, 0.02, 0.04, 0.08, 0.16, 0.32, 0.64, 1.28, 2.56, 5.12, 10.24, 20.48, 40.96, 81.92,
    ]
    /// Seconds, as OpenTelemetry advises for the first token.
    static let firstTokenBounds = [
        0.001, 0.005, 0.01, 0.02, 0.04, 0.06, 0.08, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10,
    ]
    /// Tokens, as OpenTelemetry advises.
    static let tokenBounds: [Double] = [
        1, 4, 16, 64, 256, 1024, 4096, 16_384, 65_536, 262_144, 1_048_576, 4_194_304, 16_777_216, 67_108_864,
    ]
}

/// Distributions since the start by model, provider and operation: what the `gen_ai` metrics are made of.
struct DistributionTable {
    /// More combinations than this share one that is called `other`.
    static let bound = 300

    /// What a distribution is of.
    struct Name: Hashable {
        let model: String
        let provider: String
        let operation: String
    }

    /// The four of one name.
    struct Set {
        var duration = Distribution(bounds: Distribution.durationBounds)
        var firstToken = Distribution(bounds: Distribution.firstTokenBounds)
        var inputTokens = Distribution(bounds: Distribution.tokenBounds)
        var outputTokens = Distribution(bounds: Distribution.tokenBounds)
    }

    private(set) var sets: [Name: Set] = [:]

    /// Counts a request that reached a provider.
    mutating func add(_ record: RequestRecord, _ verdict: Verdict) {
        guard verdict.reachedProvider else { return }
        var name = Name(
            model: record.model, provider: record.upstream, operation: DistributionTable.operation(of: record.path))
        if sets[name] == nil, sets.count >= DistributionTable.bound {
            name = Name(model: "other", provider: "other", operation: "other")
        }
        sets[name, default: Set()].add(record)
    }

    /// The operation's name in the vocabulary of OpenTelemetry.
    static func operation(of path: String) -> String {
        if path.hasSuffix("/chat/completions") || path.hasSuffix("/messages") || path.hasSuffix("/responses") {
            return "chat"
        }
        if path.hasSuffix("/embeddings") { return "embeddings" }
        if path.hasSuffix("/completions") { return "text_completion" }
        if path.hasSuffix("enerateContent") { return "generate_content" }
        return "other"
    }
}

extension DistributionTable.Set {
    mutating func add(_ record: RequestRecord) {
        duration.add(Double(max(0, record.totalMilliseconds)) / 1000)
        if record.isStream, record.firstByteMilliseconds >= 0 {
            firstToken.add(Double(record.firstByteMilliseconds) / 1000)
        }
        guard record.usage.source != .none else { return }
        inputTokens.add(Double(max(0, record.usage.input)))
        outputTokens.add(Double(max(0, record.usage.output)))
    }
}
