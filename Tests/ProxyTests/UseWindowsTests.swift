import Testing

@testable import Proxy

/// What a change of a window's length, and its end, leave of the count.
@Suite struct UseWindowsTests {
    private static let second: Int64 = 1_000_000_000

    /// Overrides of any length come and go; whenever the configured length is asked for again, all of it is there.
    @Test(arguments: UInt64(1)...40)
    func theConfiguredLengthFindsItsWholeWindowAfterEveryOverride(seed: UInt64) {
        var dice = Dice(seed: seed)
        let configured = [Int64(60), 600, 3600, 86_400][Int(seed % 4)]
        let overrides: [Int64] = [1, 10, 30, 45]
        let limit = Int64.random(in: 1...40, using: &dice)
        var use = UseWindows()
        var admitted: [Int64] = []
        var asked = configured
        var now = Int64.random(in: 0...1 << 42, using: &dice)
        for _ in 0..<3000 {
            now += Int64.random(in: 0...configured * Self.second / limit / 8, using: &dice)
            if Int.random(in: 0..<50, using: &dice) == 0 {
                asked = asked == configured || Bool.random(using: &dice) ? overrides[Int(seed % 4)] : configured
            }
            use.advance(to: now, windowSeconds: asked)
            let remembered = admitted.reversed().prefix { $0 > now - asked * Self.second }.count
            #expect(use.total >= Int64(remembered), "\(asked) s")
            guard use.wait(for: 1, limit: limit, now: now) == 0 else { continue }
            use.add(1)
            admitted.append(now)
        }
    }

    @Test func aThirdLengthIsMadeFromTheLongestOneThatIsKept() {
        var use = UseWindows()
        use.advance(to: 0, windowSeconds: 3600)
        use.add(5)
        use.advance(to: 0, windowSeconds: 60)
        use.advance(to: 1000 * Self.second, windowSeconds: 60)
        #expect(use.total == 0)
        use.advance(to: 1000 * Self.second, windowSeconds: 1800)
        #expect(use.total == 5)
        use.advance(to: 1000 * Self.second, windowSeconds: 3600)
        #expect(use.total == 5)
    }

    @Test func whatIsSettledUnderOlderLimitsLeavesTheLengthAlone() {
        var use = UseWindows()
        use.advance(to: 0, windowSeconds: 3600)
        use.add(100)
        use.advance(to: 600 * Self.second, unlessAsked: 60)
        use.add(7)
        #expect(use.total == 107)
        var fresh = UseWindows()
        fresh.advance(to: 0, unlessAsked: 60)
        fresh.add(7)
        #expect(fresh.total == 7)
    }

    @Test func isEmptyOnlyOnceNothingCountsInEitherLength() {
        var use = UseWindows()
        #expect(use.isEmpty(at: 0))
        use.advance(to: 0, windowSeconds: 3600)
        use.add(1)
        use.advance(to: 0, windowSeconds: 1)
        #expect(!use.isEmpty(at: 100 * Self.second))
        #expect(use.isEmpty(at: 3700 * Self.second))
    }
}
