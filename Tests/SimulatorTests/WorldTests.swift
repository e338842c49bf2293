import Testing

@testable import Simulator

@Suite struct WorldTests {
    @Test func aRateForgetsWhatIsOld() {
        var rate = RecentRate(seconds: 3)
        for step in 0..<30 { rate.count(at: Double(step) * 0.1) }
        #expect(abs(rate.perSecond(at: 2.9) - 10) < 0.01)
        #expect(rate.perSecond(at: 4.5) < 6)
        #expect(rate.perSecond(at: 6.5) == 0)
        rate.count(at: 1000)
        #expect(abs(rate.perSecond(at: 1000) - 1.0 / 3) < 0.01)
    }

    @Test func exponentialWaitsHaveTheirMean() {
        var random = SeededRandom(seed: 11)
        let sum = (0..<20_000).reduce(0.0) { sum, _ in sum + random.exponential(mean: 0.25) }
        #expect(abs(sum / 20_000 - 0.25) < 0.01)
    }

    @Test func fairWeatherStaysFair() {
        for second in stride(from: 0.0, to: 4000, by: 1) {
            #expect(Weather.fair.mood(at: second) == ProviderMood())
        }
    }

    @Test func badWeatherComesNowAndThenAndPasses() {
        let weather = Weather(period: 150, seed: 5)
        let bad = stride(from: 0.0, to: 3000, by: 0.5).filter { weather.mood(at: $0) != ProviderMood() }
        #expect(!bad.contains { $0 < 150 })
        #expect((40...340).contains(bad.count / 2))
        for spell in 1...19 {
            #expect(weather.mood(at: Double(spell) * 150 + 0.1) != ProviderMood())
            #expect(weather.mood(at: Double(spell) * 150 + 20) == ProviderMood())
        }
    }

    @Test(arguments: [
        ("legacy-etl", 14.9, 1.0), ("legacy-etl", 15, 12), ("legacy-etl", 74, 12), ("legacy-etl", 76, 1),
        ("nightly-evals", 37, 1), ("nightly-evals", 46, 7), ("nightly-evals", 121, 1), ("checkout-bot", 50, 1),
    ])
    func theStoryPressesItsClientsInTheirTime(client: String, at seconds: Double, factor: Double) {
        #expect(Scenario.incident.pressure(on: client, at: seconds).rateFactor == factor)
        #expect(Scenario.steady.pressure(on: client, at: seconds).rateFactor == 1)
    }

    @Test func costsClimbByHugePromptsToTheDearestModel() throws {
        #expect(Scenario.incident.pressure(on: "研究チーム", at: 79).errand == nil)
        let errand = try #require(Scenario.incident.pressure(on: "研究チーム", at: 81).errand)
        #expect(errand.model == "claude-sonnet-4")
        #expect(errand.promptBytes > 20_000)
    }

    @Test func everyTroubleIsNarratedWhileItLasts() {
        #expect(Scenario.incident.narration(at: 14) == nil)
        #expect(Scenario.incident.narration(at: 16)?.contains("legacy-etl") == true)
        #expect(Scenario.incident.narration(at: 46)?.contains("nightly-evals") == true)
        #expect(Scenario.incident.narration(at: 81)?.contains("costs") == true)
        #expect(Scenario.incident.narration(at: 121) == nil)
        #expect(Scenario.steady.narration(at: 46) == nil)
    }

    @Test func theStoryTellsATroublesEndOnceItsSymptomIsGone() {
        var watch = StoryWatch(.incident)
        #expect(watch.lines(at: 10) { _ in false } == [])
        #expect(watch.lines(at: 15) { _ in false } == [Scenario.Trouble.runaway.beginning])
        #expect(watch.lines(at: 16) { $0 == .runaway } == [])
        #expect(watch.lines(at: 20) { _ in false } == [])
        #expect(watch.lines(at: 22) { $0 == .runaway } == [])
        #expect(watch.lines(at: 23) { _ in false } == [])
        #expect(watch.lines(at: 27.5) { _ in false } == [])
        #expect(watch.lines(at: 28) { _ in false } == [Scenario.Trouble.runaway.ending])
        #expect(watch.lines(at: 30) { $0 == .runaway } == [])
    }

    @Test func aTroubleThatNeverShowedEndsWithinAQuarterOfAMinute() {
        var watch = StoryWatch(.incident)
        var lines: [String] = []
        for second in 0...130 { lines += watch.lines(at: Double(second)) { _ in false } }
        #expect(lines.count == 6)
        var early = StoryWatch(.incident)
        #expect(early.lines(at: 15) { _ in false } == [Scenario.Trouble.runaway.beginning])
        #expect(early.lines(at: 29.5) { _ in false } == [])
        #expect(early.lines(at: 30) { _ in false } == [Scenario.Trouble.runaway.ending])
        var steady = StoryWatch(.steady)
        #expect(steady.lines(at: 50) { _ in true } == [])
    }

    @Test func theDemoIsOneWorld() {
        let models = Set(DemoWorld.models.map { $0.simulated.name })
        let providers = Set(DemoWorld.providers.map { $0.name })
        let names = DemoWorld.clients.map { $0.profile.name }
        #expect(names.count >= 8)
        #expect(Set(names).count == names.count)
        #expect(DemoWorld.models.allSatisfy { providers.contains($0.provider) })
        #expect(DemoWorld.clients.allSatisfy { $0.profile.errands.allSatisfy { models.contains($0.model) } })
        #expect(Scenario.Trouble.allCases.allSatisfy { names.contains($0.client) })
        let rate = DemoWorld.clients.reduce(0) { $0 + $1.profile.requestsPerSecond }
        #expect((50...120).contains(rate))
        let world = DemoWorld.simulation(seed: 1, scenario: .steady)
        #expect(Set(world.providers.flatMap { $0.models.map(\.name) }) == models)
    }

    @Test func itsConfigurationNamesEveryoneOnce() {
        let text = DemoWorld.yaml(
            providerPorts: ["openai-eu": 4001, "anthropic": 4002, "holysheep": 4003], listen: "127.0.0.1:0",
            dataFolder: "/tmp/a \"b")
        let lines = text.split(separator: "\n").map(String.init)
        for client in DemoWorld.clients {
            #expect(lines.filter { $0.hasPrefix("  \"\(client.profile.name)\": ") }.count == 1)
        }
        for model in DemoWorld.models {
            #expect(lines.filter { $0.hasPrefix("  \(model.simulated.name): ") }.count == 1)
        }
        for port in 4001...4003 { #expect(lines.filter { $0.contains("http://127.0.0.1:\(port)/v1") }.count == 1) }
        #expect(text.contains("data: \"/tmp/a \\\"b\""))
    }
}
