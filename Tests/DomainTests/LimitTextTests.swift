import Domain
import Testing

@Suite struct LimitTextTests {
    @Test(arguments: [
        ("requests", "600/1m", Limit(kind: .requests, amount: 600, windowSeconds: 60)),
        ("requests", "60", Limit(kind: .requests, amount: 60, windowSeconds: 60)),
        ("requests", "0/1s", Limit(kind: .requests, amount: 0, windowSeconds: 1)),
        ("tokens", "40k/1m", Limit(kind: .tokens, amount: 40_000, windowSeconds: 60)),
        ("tokens", "1.5M/1h", Limit(kind: .tokens, amount: 1_500_000, windowSeconds: 3600)),
        ("tokens", "1/24h", Limit(kind: .tokens, amount: 1, windowSeconds: 86_400)),
        ("concurrent", "64", Limit(kind: .concurrent, amount: 64)),
        ("budget", "1.00/day", Limit(kind: .budgetDay, amount: 1_000_000_000)),
        ("budget", "$ 50/hour", Limit(kind: .budgetHour, amount: 50_000_000_000)),
        ("budget", "900/month", Limit(kind: .budgetMonth, amount: 900_000_000_000)),
        ("budget", "0.000000001", Limit(kind: .budgetDay, amount: 1)),
    ])
    func readsWhatConfigurationsWrite(word: String, text: String, limit: Limit) {
        #expect(Limit(word: word, text: text) == limit)
        #expect(Limit(word: word, text: limit.text) == limit)
    }

    @Test(arguments: [
        ("requests", ""), ("requests", "-1/1m"), ("requests", "60/"), ("requests", "60/0s"), ("requests", "60/2d"),
        ("requests", "60/1m/1m"), ("requests", "1.5/1m"), ("requests", "60/500ms"), ("requests", "x/1m"),
        ("tokens", "99999999999999999999"), ("concurrent", "5/1m"), ("concurrent", ""), ("budget", "1/week"),
        ("budget", "-1"), ("budget", "1e3"), ("speed", "1"),
    ])
    func refusesNonsense(word: String, text: String) {
        #expect(Limit(word: word, text: text) == nil)
    }

    @Test(arguments: 0..<3) func roundTripsAnyLimit(seed: UInt64) {
        var state = seed &* 0x9e37_79b9 &+ 1
        func draw(_ below: Int64) -> Int64 {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return Int64(state >> 33) % below
        }
        for _ in 0..<300 {
            for kind in LimitKind.allCases {
                let window = kind.isWindowed ? draw(86_400) + 1 : 0
                let amount = draw(4) == 0 ? draw(1000) * 1000 : draw(3_000_000_000)
                let limit = Limit(kind: kind, amount: amount, windowSeconds: window)
                #expect(Limit(word: kind.word, text: limit.text) == limit, "\(limit.text)")
            }
        }
    }

    @Test(arguments: [
        ("search-api", LimitScope.client("search-api")), ("tier:pro", .tier("pro")),
        ("model:gpt-4.1", .model("gpt-4.1")),
        ("gateway", .gateway), ("client:gateway", .client("gateway")), ("client:tier:x", .client("tier:x")),
        ("tier:", .client("tier:")),
    ])
    func readsScopes(text: String, scope: LimitScope) {
        #expect(LimitScope(text: text) == scope)
        #expect(LimitScope(text: scope.text) == scope)
    }
}

@Suite struct DurationTextTests {
    @Test(
        arguments: [
            ("250ms", 250), ("90s", 90_000), ("1m", 60_000), ("2h", 7_200_000), ("1d", 86_400_000), ("1m30s", 90_000),
            ("0s", 0), ("1h1m1s1ms", 3_661_001),
        ] as [(String, Int64)])
    func readsDurations(text: String, milliseconds: Int64) {
        #expect(DurationText.milliseconds(text) == milliseconds)
    }

    @Test(arguments: ["", "1", "s", "1.5s", "-1s", "1w", "1 s", "1s ", "99999999999999999999s", "200y", "40000d", "１s"])
    func refusesWhatIsNoDuration(text: String) {
        #expect(DurationText.milliseconds(text) == nil)
    }

    @Test func wantsWholeSeconds() {
        #expect(DurationText.seconds("1500ms") == nil)
        #expect(DurationText.seconds("2000ms") == 2)
    }

    @Test(
        arguments: [(0, "0s"), (60, "1m"), (90, "90s"), (3600, "1h"), (129_600, "36h"), (86_400, "1d")]
            as [(Int64, String)])
    func writesTheShortestForm(seconds: Int64, text: String) {
        #expect(DurationText.short(seconds) == text)
        #expect(DurationText.seconds(text) == seconds)
    }
}
