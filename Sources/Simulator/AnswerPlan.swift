/// What becomes of one request: decided whole before its first byte is sent, from the request, the mood and chance.
struct AnswerPlan: Sendable {
    /// The kinds of answer.
    enum Kind: Sendable, Equatable {
        case refusal(status: UInt16, body: String, retryAfterSeconds: Int?)
        case whole
        /// `steps` pieces of text, one every `interval` seconds; broken off before step `cutBefore`.
        case stream(steps: Int, interval: Double, cutBefore: Int?)
    }

    var kind: Kind
    /// Seconds to the first byte.
    var delay: Double
    var usage: SimulatedUsage
    var isLimited = false

    /// Decides; `mood` is the mood of this moment, weather and overload included.
    static func make(
        _ request: ProviderRequest, model: SimulatedModel, mood: ProviderMood, random: inout SeededRandom
    ) -> AnswerPlan {
        let nothing = SimulatedUsage(input: 0, output: 0)
        let wait = random.logNormal(median: model.firstTokenSeconds, spread: 0.35) * mood.latencyFactor
        if mood.isDown {
            return AnswerPlan(kind: overloaded(retryAfter: nil), delay: 0.002 * mood.latencyFactor, usage: nothing)
        }
        if random.chance(mood.throttleRate) {
            let body = SimulatedError.json(
                message: "Rate limit reached for \(model.name).", type: "requests", code: "rate_limit_exceeded")
            let seconds = random.integer(in: 1...3)
            return AnswerPlan(
                kind: .refusal(status: 429, body: body, retryAfterSeconds: seconds), delay: wait * 0.1, usage: nothing)
        }
        if random.chance(mood.errorRate) {
            let isBusy = random.chance(0.4)
            let body = SimulatedError.json(
                message: "The server had an error while processing your request.", type: "server_error", code: nil)
            let kind = isBusy ? overloaded(retryAfter: 2) : .refusal(status: 500, body: body, retryAfterSeconds: nil)
            return AnswerPlan(kind: kind, delay: wait, usage: nothing)
        }
        var plan = AnswerPlan(kind: .whole, delay: wait, usage: nothing)
        plan.draw(request, model: model, random: &random)
        let duration = Double(plan.usage.output) / max(1, model.tokensPerSecond) * mood.latencyFactor
        guard request.isStream else {
            plan.delay += duration
            return plan
        }
        let visible = plan.usage.output - plan.usage.reasoning
        let steps = min(visible, max(2, min(16, visible / 6)))
        let cut = random.chance(mood.cutRate) ? random.integer(in: 1...max(1, steps)) : nil
        // Reasoning is silent: it lengthens the wait for the first token, not the stream.
        plan.delay += duration * Double(plan.usage.reasoning) / Double(max(1, plan.usage.output))
        let spoken = duration * Double(visible) / Double(max(1, plan.usage.output))
        plan.kind = .stream(steps: steps, interval: spoken / Double(max(1, steps)), cutBefore: cut)
        return plan
    }

    private static func overloaded(retryAfter: Int?) -> Kind {
        let body = SimulatedError.json(
            message: "The engine is currently overloaded, please try again later.", type: "server_error",
            code: "overloaded")
        return .refusal(status: 503, body: body, retryAfterSeconds: retryAfter)
    }

    private mutating func draw(_ request: ProviderRequest, model: SimulatedModel, random: inout SeededRandom) {
        let input = max(1, request.bodyBytes / 4)
        var cached = 0
        if input >= 256, random.chance(model.cacheRate) {
            // Caches hold whole blocks of 64 tokens.
            cached = Int(Double(input) * (0.4 + 0.5 * random.unit())) / 64 * 64
        }
        guard model.kind == .chat else {
            usage = SimulatedUsage(input: input, output: 0)
            return
        }
        var output = Int(random.logNormal(median: model.outputTokens, spread: 0.5).rounded())
        output = min(max(output, 4), 4000)
        if let limit = request.outputLimit, output >= limit {
            output = limit
            isLimited = true
        }
        let reasoning = random.chance(model.reasoningRate) ? Int(Double(output) * (0.2 + 0.4 * random.unit())) : 0
        usage = SimulatedUsage(input: input, cached: cached, output: max(1, output), reasoning: reasoning)
    }
}
