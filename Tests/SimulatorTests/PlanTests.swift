import HTTP
import NIOCore
import Testing

@testable import Simulator

@Suite struct PlanTests {
    static let model = SimulatedModel(
        name: "m", firstTokenSeconds: 0.5, tokensPerSecond: 100, outputTokens: 100, reasoningRate: 0.5, cacheRate: 0.5)

    static func request(isStream: Bool = false) throws -> ProviderRequest {
        var parser = RequestParser()
        var input = ByteBuffer(string: "POST /v1/chat/completions HTTP/1.1\r\nHost: a\r\n\r\n")
        _ = try parser.next(&input)
        let prompt = String(repeating: "a", count: 4000)
        return try ProviderRequest(
            head: parser.head,
            body: ByteBuffer(string: "{\"model\":\"m\",\"stream\":\(isStream),\"x\":\"\(prompt)\"}"))
    }

    static func plans(_ mood: ProviderMood, isStream: Bool = false, count: Int = 4000) throws -> [AnswerPlan] {
        let request = try request(isStream: isStream)
        return (0..<UInt64(count)).map { number in
            var random = SeededRandom(seed: 3, stream: number)
            return AnswerPlan.make(request, model: model, mood: mood, random: &random)
        }
    }

    @Test func theSameSeedGivesTheSameAnswers() throws {
        let first = try PlanTests.plans(ProviderMood(errorRate: 0.1), count: 200)
        let second = try PlanTests.plans(ProviderMood(errorRate: 0.1), count: 200)
        #expect(first.map(\.delay) == second.map(\.delay))
        #expect(first.map(\.usage) == second.map(\.usage))
        #expect(first.map(\.kind) == second.map(\.kind))
        #expect(Set(first.map(\.delay)).count == 200)
    }

    @Test func usageIsAlwaysBelievable() throws {
        for plan in try PlanTests.plans(ProviderMood()) {
            #expect(plan.usage.input > 0 && plan.usage.output > 0)
            #expect((0...plan.usage.input).contains(plan.usage.cached))
            #expect((0..<plan.usage.output).contains(plan.usage.reasoning))
            #expect(plan.usage.cached % 64 == 0)
        }
    }

    @Test(arguments: [0.0, 0.05, 0.5, 1.0])
    func errorsComeAsOftenAsTheMoodSays(_ rate: Double) throws {
        let plans = try PlanTests.plans(ProviderMood(errorRate: rate))
        let errors = plans.filter { if case .refusal = $0.kind { true } else { false } }.count
        #expect(abs(Double(errors) / Double(plans.count) - rate) < 0.03)
    }

    @Test func theMedianWaitIsTheModelsTimesTheFactor() throws {
        for factor in [1.0, 6] {
            let waits = try PlanTests.plans(ProviderMood(latencyFactor: factor), isStream: true)
                .filter { $0.usage.reasoning == 0 }.map(\.delay).sorted()
            #expect(abs(waits[waits.count / 2] - 0.5 * factor) < 0.05 * factor)
            #expect(waits[waits.count * 95 / 100] > 0.8 * factor)
        }
    }

    @Test func aStreamTakesAsLongAsItsTokens() throws {
        for plan in try PlanTests.plans(ProviderMood(), isStream: true, count: 300) {
            guard case .stream(let steps, let interval, let cut) = plan.kind else {
                Issue.record("no stream: \(plan.kind)")
                continue
            }
            let visible = plan.usage.output - plan.usage.reasoning
            #expect(abs(Double(steps) * interval - Double(visible) / 100) < 0.001)
            #expect(steps <= visible)
            #expect(cut == nil)
        }
    }

    @Test func aDownProviderAnswersNothingElse() throws {
        let plans = try PlanTests.plans(ProviderMood(isDown: true), count: 100)
        #expect(plans.allSatisfy { if case .refusal(503, _, _) = $0.kind { true } else { false } })
    }
}
