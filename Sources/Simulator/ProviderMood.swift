/// How a provider behaves just now: knobs that may be turned while it runs.
package struct ProviderMood: Sendable, Equatable {
    /// Times every latency; 0 answers at once.
    package var latencyFactor: Double
    /// Share of requests answered 500 or 503.
    package var errorRate: Double
    /// Share of requests answered 429 with `Retry-After`.
    package var throttleRate: Double
    /// Share of streams that break off in the middle.
    package var cutRate: Double
    /// Whether every request is answered 503 at once.
    package var isDown: Bool

    package init(
        latencyFactor: Double = 1, errorRate: Double = 0, throttleRate: Double = 0, cutRate: Double = 0,
        isDown: Bool = false
    ) {
        self.latencyFactor = latencyFactor
        self.errorRate = errorRate
        self.throttleRate = throttleRate
        self.cutRate = cutRate
        self.isDown = isDown
    }

    /// Nothing fails and nothing takes time: for tests.
    package static let instant = ProviderMood(latencyFactor: 0)

    /// Both troubles at once.
    func joined(with other: ProviderMood) -> ProviderMood {
        ProviderMood(
            latencyFactor: latencyFactor * other.latencyFactor, errorRate: min(1, errorRate + other.errorRate),
            throttleRate: min(1, throttleRate + other.throttleRate), cutRate: min(1, cutRate + other.cutRate),
            isDown: isDown || other.isDown)
    }
}

/// One caller whose load a provider cannot carry beyond a rate; the trouble ends when the load does.
package struct OverloadedLane: Sendable {
    /// The caller, as requests name it in `user`.
    package var user: String
    /// Requests a second, over the last eight, that the provider still carries.
    package var requestsPerSecond: Double
    /// What is added for every caller while the lane is too full.
    package var mood: ProviderMood

    package init(user: String, requestsPerSecond: Double, mood: ProviderMood) {
        self.user = user
        self.requestsPerSecond = requestsPerSecond
        self.mood = mood
    }
}

/// A provider's good and bad minutes: a pure function of the time since its start.
package struct Weather: Sendable {
    /// Seconds between two spells of trouble; nil for fair weather for ever.
    package var period: Double?
    package var seed: UInt64

    package init(period: Double?, seed: UInt64) {
        self.period = period
        self.seed = seed
    }

    /// No trouble at any time.
    package static let fair = Weather(period: nil, seed: 0)

    /// What comes on top of the mood, `seconds` after the start.
    package func mood(at seconds: Double) -> ProviderMood {
        guard let period, period > 0, seconds >= period else { return ProviderMood() }
        let spell = (seconds / period).rounded(.down)
        var random = SeededRandom(seed: seed, stream: UInt64(spell))
        let kind = random.unit()
        let length = 6 + random.unit() * 10
        guard seconds - spell * period < length else { return ProviderMood() }
        if kind < 0.3 { return ProviderMood(isDown: true) }
        if kind < 0.6 { return ProviderMood(latencyFactor: 1.3, throttleRate: 0.35) }
        return ProviderMood(latencyFactor: 2.5, errorRate: 0.12, cutRate: 0.05)
    }
}
