import Domain
import Testing

@Suite struct MoneyTests {
    @Test(
        arguments: [
            (0, "0.00"), (1, "0.000000001"), (-1, "-0.000000001"), (120_000, "0.00012"), (41_200_000_000, "41.20"),
            (1_000_000_000, "1.00"), (-1_500_000_000, "-1.50"), (.max, "9223372036.854775807"),
            (.min, "-9223372036.854775808"), (10_000_000, "0.01"), (1_234_000_000, "1.234"),
        ] as [(Int64, String)])
    func isWrittenExactly(nanos: Int64, text: String) {
        #expect(NanoDollars(nanos: nanos).exactText == text)
    }

    @Test func saturatesInsteadOfTrapping() {
        #expect(NanoDollars(nanos: .max) + NanoDollars(nanos: 1) == NanoDollars(nanos: .max))
        #expect(NanoDollars(nanos: .min) + NanoDollars(nanos: -1) == NanoDollars(nanos: .min))
    }

    @Test(
        arguments: [
            ("0", 0), ("1", 1_000_000_000), ("0.42", 420_000_000), (".5", 500_000_000), ("5.", 5_000_000_000),
            ("0.000000001", 1), ("9223372036.854775807", .max), ("007", 7_000_000_000),
        ] as [(String, Int64)])
    func readsDecimalsExactly(text: String, nanos: Int64) {
        #expect(DecimalText.nanos(text) == nanos)
    }

    @Test(arguments: [
        "", ".", "-1", "+1", "1e3", "0.0000000001", "9223372036.854775808", "99999999999999999999", "1.2.3", " 1",
        "1_0", "１",
    ])
    func refusesWhatIsNoPlainDecimal(text: String) {
        #expect(DecimalText.nanos(text) == nil)
    }
}

@Suite struct PriceTests {
    private let price = Price(
        inputNanosPerMillion: 8_000_000_000, outputNanosPerMillion: 32_000_000_000,
        cachedInputNanosPerMillion: 2_000_000_000, reasoningNanosPerMillion: 40_000_000_000)

    @Test func chargesEachKindOfTokenItsOwnRate() {
        let usage = TokenUsage(inputUncached: 1000, cacheRead: 500, outputVisible: 100, reasoning: 10)
        #expect(price.cost(of: usage).nanos == 8_000_000 + 1_000_000 + 3_200_000 + 400_000)
    }

    @Test func takesThePlainRateWhereNoOtherIsGiven() {
        let plain = Price(inputNanosPerMillion: 1_000_000, outputNanosPerMillion: 2_000_000)
        let usage = TokenUsage(inputUncached: 1, cacheRead: 2, outputVisible: 3, reasoning: 4)
        #expect(plain.cost(of: usage).nanos == 3 + 14)
    }

    @Test func chargesMoreForWritingToACache() {
        let plain = Price(inputNanosPerMillion: 4_000_000, outputNanosPerMillion: 0)
        #expect(plain.cost(of: TokenUsage(cacheWrite5m: 1)).nanos == 5)
        #expect(plain.cost(of: TokenUsage(cacheWrite1h: 1)).nanos == 8)
    }

    @Test(arguments: [(499_999, 0), (500_000, 1), (1_499_999, 1), (1_500_000, 2)] as [(Int64, Int64)])
    func roundsHalfUpOnce(tokens: Int64, nanos: Int64) {
        let unit = Price(inputNanosPerMillion: 1, outputNanosPerMillion: 1)
        #expect(unit.cost(of: TokenUsage(inputUncached: tokens)).nanos == nanos)
        #expect(unit.cost(of: TokenUsage(inputUncached: tokens - 1, outputVisible: 1)).nanos == nanos)
    }

    @Test func saturatesAtTheTop() {
        let dear = Price(inputNanosPerMillion: .max, outputNanosPerMillion: .max)
        let most = TokenUsage(
            inputUncached: .max, cacheRead: .max, cacheWrite5m: .max, outputVisible: .max, reasoning: .max)
        #expect(dear.cost(of: most).nanos == .max)
    }
}

@Suite struct TokenUsageTests {
    @Test func sumsItsParts() {
        let usage = TokenUsage(
            inputUncached: 1, cacheRead: 2, cacheWrite5m: 4, cacheWrite1h: 8, outputVisible: 16, reasoning: 32)
        #expect(usage.input == 15)
        #expect(usage.cached == 14)
        #expect(usage.output == 48)
        #expect(usage.total == 63)
    }

    @Test func saturates() { #expect(TokenUsage(inputUncached: .max, outputVisible: .max).total == .max) }
}

@Suite struct ArithmeticTests {
    @Test(
        arguments: [
            (.milliseconds(900), 900_000_000), (.seconds(25), 25_000_000_000), (.milliseconds(1500), 1_500_000_000),
            (.zero, 0), (.nanoseconds(-7), -7), (.seconds(Int64.max), .max), (.seconds(Int64.min), .min),
        ] as [(Duration, Int64)])
    func aDurationKeepsItsFraction(duration: Duration, nanoseconds: Int64) {
        #expect(duration.nanosecondsClamped == nanoseconds)
    }

    @Test func staysAtTheEdges() {
        #expect(Int64.max.addingSaturated(1) == .max)
        #expect(Int64.min.addingSaturated(-1) == .min)
        #expect(Int64.min.subtractingSaturated(1) == .min)
        #expect(Int64.max.subtractingSaturated(-1) == .max)
        #expect(Int64.max.multipliedSaturated(by: 2) == .max)
        #expect(Int64.max.multipliedSaturated(by: -2) == .min)
        #expect(Int64.min.multipliedSaturated(by: -1) == .max)
        #expect(UInt8.max.addingSaturated(1) == .max)
        #expect(UInt8(0).subtractingSaturated(1) == 0)
    }
}
