/// The world of `tollgate demo`, as plain values: what its configuration says and who lives in it.
package enum DemoWorld {
    /// A model of the demo: who serves it, how it behaves, and its price in US dollars per million tokens.
    package struct Model: Sendable {
        package var simulated: SimulatedModel
        package var provider: String
        package var input: String
        package var output: String
        package var cachedInput: String?
    }

    /// A client of the demo with what the configuration says of it.
    package struct Client: Sendable {
        package var profile: ClientProfile
        package var tier: String
        package var owner: String
        /// Its own limits in the configuration's words, `requests: 600/1m, budget: 2.00/hour`; empty for the tier's.
        package var limits: String
    }

    package static let models: [Model] = [
        Model(
            simulated: SimulatedModel(
                name: "gpt-4.1", firstTokenSeconds: 0.38, tokensPerSecond: 110, outputTokens: 70),
            provider: "openai-eu", input: "8.00", output: "32.00", cachedInput: "2.00"),
        Model(
            simulated: SimulatedModel(
                name: "text-embedding-3-small", kind: .embedding, firstTokenSeconds: 0.05, cacheRate: 0),
            provider: "openai-eu", input: "0.02", output: "0.00", cachedInput: nil),
        Model(
            simulated: SimulatedModel(
                name: "claude-sonnet-4", firstTokenSeconds: 0.62, tokensPerSecond: 85, outputTokens: 110,
                reasoningRate: 0.3, cacheRate: 0.5),
            provider: "anthropic", input: "15.00", output: "75.00", cachedInput: "1.50"),
        Model(
            simulated: SimulatedModel(
                name: "gemini-2.5-flash", firstTokenSeconds: 0.21, tokensPerSecond: 160, outputTokens: 60,
                reasoningRate: 0.2),
            provider: "holysheep", input: "2.50", output: "10.00", cachedInput: nil),
        Model(
            simulated: SimulatedModel(
                name: "deepseek-v3.2", firstTokenSeconds: 0.45, tokensPerSecond: 70, outputTokens: 90,
                reasoningRate: 0.4),
            provider: "holysheep", input: "0.42", output: "1.68", cachedInput: "0.07"),
    ]

    /// The providers by name, in the order of the screen; each with the key that it demands.
    package static let providers: [(name: String, key: String, mood: ProviderMood)] = [
        ("openai-eu", "sk-simulated-openai-eu", ProviderMood(errorRate: 0.006, throttleRate: 0.002, cutRate: 0.002)),
        ("anthropic", "sk-simulated-anthropic", ProviderMood(errorRate: 0.004, throttleRate: 0.006, cutRate: 0.002)),
        ("holysheep", "sk-simulated-holysheep", ProviderMood(errorRate: 0.01, throttleRate: 0.003, cutRate: 0.003)),
    ]

    package static let clients: [Client] = [
        Client(
            // The one that misbehaves: twice over its limit, and it never waits.
            profile: ClientProfile(
                name: "acme-batch", userAgent: "python-requests/2.32.3", requestsPerSecond: 5, concurrency: 24,
                errands: [
                    .init(.chat, "claude-sonnet-4", weight: 2, promptBytes: 1400, outputLimit: 300),
                    .init(.chat, "gpt-4.1", weight: 1, promptBytes: 1800, outputLimit: 300),
                ],
                obeysRetryAfter: false, retries: 1),
            tier: "pro", owner: "data-platform", limits: "requests: 30/10s, budget: 140.00/hour"),
        Client(
            profile: ClientProfile(
                name: "legacy-etl", userAgent: "Java/17.0.11", requestsPerSecond: 2, concurrency: 12,
                errands: [
                    .init(.completions, "gpt-4.1", weight: 3, promptBytes: 500, outputLimit: 120),
                    .init(.chat, "gpt-4.1", weight: 1, promptBytes: 700, outputLimit: 160),
                ]),
            tier: "pro", owner: "finance-it", limits: "requests: 1200/1m, budget: 40.00/hour"),
        Client(
            profile: ClientProfile(
                name: "研究チーム", requestsPerSecond: 1.5, concurrency: 24,
                errands: [
                    .init(.chat, "claude-sonnet-4", isStream: true, weight: 3, promptBytes: 1800),
                    .init(.responses, "gpt-4.1", isStream: true, weight: 1, promptBytes: 1200),
                    .init(.chat, "deepseek-v3.2", isStream: true, weight: 2, promptBytes: 1200),
                ],
                leaveRate: 0.03),
            tier: "pro", owner: "research", limits: "requests: 240/1m, budget: 30.00/hour"),
        Client(
            profile: ClientProfile(
                name: "checkout-bot", userAgent: "OpenAI/JS 5.12.2", requestsPerSecond: 11, concurrency: 48,
                errands: [
                    .init(.chat, "gemini-2.5-flash", isStream: true, weight: 4, promptBytes: 500, outputLimit: 120),
                    .init(.chat, "gpt-4.1", isStream: true, weight: 1, promptBytes: 500, outputLimit: 120),
                ],
                leaveRate: 0.02),
            tier: "pro", owner: "shop", limits: "requests: 1500/1m, budget: 50.00/hour"),
        Client(
            profile: ClientProfile(
                name: "support-chat", userAgent: "OpenAI/JS 5.12.2", requestsPerSecond: 4, concurrency: 32,
                errands: [
                    .init(.chat, "gpt-4.1", isStream: true, weight: 2, promptBytes: 1000),
                    .init(.responses, "gemini-2.5-flash", isStream: true, weight: 1, promptBytes: 900),
                ],
                leaveRate: 0.06),
            tier: "pro", owner: "support", limits: "requests: 480/1m, budget: 60.00/hour"),
        Client(
            profile: ClientProfile(
                name: "search-api", userAgent: "Go-http-client/2.0", requestsPerSecond: 22, concurrency: 64,
                errands: [
                    .init(.embeddings, "text-embedding-3-small", weight: 9, promptBytes: 400),
                    .init(.chat, "gemini-2.5-flash", weight: 2, promptBytes: 700, outputLimit: 100),
                ]),
            tier: "pro", owner: "search-team", limits: "requests: 3000/1m, budget: 30.00/hour"),
        Client(
            profile: ClientProfile(
                name: "intern-sandbox", userAgent: "curl/8.14.1", requestsPerSecond: 0.8, concurrency: 4,
                errands: [
                    .init(.chat, "deepseek-v3.2", weight: 6, promptBytes: 600),
                    .init(.chat, "deepseek-v3.2", isStream: true, weight: 3, promptBytes: 600),
                    .init(.chat, "gpt-4.1", weight: 1, promptBytes: 600),
                ],
                leaveRate: 0.1, wrongModelRate: 0.06, wrongKeyRate: 0.05),
            tier: "free", owner: "people-ops", limits: ""),
        Client(
            profile: ClientProfile(
                name: "nightly-evals", requestsPerSecond: 2, concurrency: 24,
                errands: [
                    .init(.chat, "gpt-4.1", weight: 1, promptBytes: 900, outputLimit: 200),
                    .init(.responses, "gpt-4.1", weight: 1, promptBytes: 900, outputLimit: 200),
                ],
                burst: ClientProfile.Burst(periodSeconds: 40, lengthSeconds: 8, factor: 2)),
            tier: "pro", owner: "ml-platform", limits: "requests: 160/10s, budget: 75.00/hour"),
        Client(
            profile: ClientProfile(
                name: "mobile-app", userAgent: "OpenAI/Swift 0.4.6", requestsPerSecond: 7, concurrency: 32,
                errands: [
                    .init(.chat, "gemini-2.5-flash", isStream: true, weight: 3, promptBytes: 400, outputLimit: 100),
                    .init(.chat, "deepseek-v3.2", isStream: true, weight: 1, promptBytes: 400, outputLimit: 100),
                ],
                leaveRate: 0.04),
            tier: "pro", owner: "mobile", limits: "requests: 900/1m, budget: 25.00/hour"),
        Client(
            profile: ClientProfile(
                name: "fraud-review", userAgent: "OpenAI/Python 1.99.1", requestsPerSecond: 3, concurrency: 16,
                errands: [
                    .init(.responses, "gpt-4.1", weight: 1, promptBytes: 2600, outputLimit: 60),
                    .init(.chat, "deepseek-v3.2", weight: 2, promptBytes: 2600, outputLimit: 60),
                ]),
            tier: "pro", owner: "risk", limits: "requests: 360/1m, budget: 45.00/hour"),
    ]

    /// Everything that `Simulation` needs for the demo.
    package static func simulation(seed: UInt64, scenario: Scenario) -> SimulationConfiguration {
        let providers = self.providers.enumerated().map { index, provider in
            ProviderConfiguration(
                name: provider.name, key: provider.key,
                models: models.filter { $0.provider == provider.name }.map { $0.simulated }, mood: provider.mood,
                // A story has its own troubles; chance would only blur them.
                weather: scenario == .steady ? Weather(period: 150 + Double(index) * 47, seed: seed) : .fair,
                lane: provider.name == "openai-eu" ? lane : nil, seed: seed &+ UInt64(index))
        }
        return SimulationConfiguration(
            seed: seed, providers: providers, clients: clients.map { $0.profile }, scenario: scenario)
    }

    /// What `openai-eu` cannot carry: the evaluations at more than nine requests a second.
    private static let lane = OverloadedLane(
        user: Scenario.Trouble.overload.client, requestsPerSecond: 9,
        mood: ProviderMood(latencyFactor: 6, errorRate: 0.2))
}
