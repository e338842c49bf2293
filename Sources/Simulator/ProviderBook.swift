/// What a provider itself counted: the figures that a gateway's must agree with.
package struct ProviderBook: Sendable, Equatable, Codable {
    /// Counts of one caller and model, or sums over several.
    package struct Row: Sendable, Equatable, Codable {
        /// Whole requests that arrived.
        package var received = 0
        /// Heads sent, by status.
        package var answered: [Int: Int] = [:]
        /// Streams among the answers.
        package var streams = 0
        /// Streams that the provider broke off.
        package var cut = 0
        /// Requests whose caller left before their answer's end.
        package var abandoned = 0
        /// Usage records sent; the tokens below are their sums.
        package var reports = 0
        package var inputTokens: Int64 = 0
        package var cachedTokens: Int64 = 0
        package var outputTokens: Int64 = 0
        package var reasoningTokens: Int64 = 0

        package init() {}

        /// Answers with a status of 500 and more.
        package var failures: Int { answered.reduce(0) { $0 + ($1.key >= 500 ? $1.value : 0) } }

        mutating func add(_ other: Row) {
            received += other.received
            answered.merge(other.answered, uniquingKeysWith: +)
            streams += other.streams
            cut += other.cut
            abandoned += other.abandoned
            reports += other.reports
            inputTokens += other.inputTokens
            cachedTokens += other.cachedTokens
            outputTokens += other.outputTokens
            reasoningTokens += other.reasoningTokens
        }

        mutating func report(_ usage: SimulatedUsage) {
            reports += 1
            inputTokens += Int64(usage.input)
            cachedTokens += Int64(usage.cached)
            outputTokens += Int64(usage.output)
            reasoningTokens += Int64(usage.reasoning)
        }
    }

    /// Whose line it is.
    package struct Line: Sendable, Hashable, Codable {
        /// The `user` of the request; empty where it names none.
        package var user: String
        /// The model, `-` for paths without one, `?` for one that is not served.
        package var model: String
    }

    package internal(set) var rows: [Line: Row] = [:]
    /// Requests without the provider's key; they stand in no row.
    package internal(set) var unauthorized = 0
    package internal(set) var inFlight = 0

    package init() {}

    /// The sum of all rows.
    package var total: Row { sum { _ in true } }

    /// The sum of the rows of one model.
    package func total(ofModel model: String) -> Row { sum { $0.model == model } }

    /// The sum of the rows of one caller.
    package func total(ofUser user: String) -> Row { sum { $0.user == user } }

    private func sum(_ isIncluded: (Line) -> Bool) -> Row {
        var sum = Row()
        for (line, row) in rows where isIncluded(line) { sum.add(row) }
        return sum
    }
}

/// Tokens of one simulated answer; cached ones are inside the input, reasoning inside the output.
package struct SimulatedUsage: Sendable, Equatable {
    package var input: Int
    package var cached: Int
    package var output: Int
    package var reasoning: Int

    package init(input: Int, cached: Int = 0, output: Int, reasoning: Int = 0) {
        self.input = input
        self.cached = cached
        self.output = output
        self.reasoning = reasoning
    }
}
