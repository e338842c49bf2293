import Domain
import Testing

@testable import Proxy

/// What the sliding window promises, against an exact log.
@Suite struct SlidingWindowTests {
    private static let second: Int64 = 1_000_000_000

    /// Random traffic of about twice the limit, in bursts and lulls; answers the log and what a perfect one admits.
    private func run(windowSeconds: Int64, limit: Int64, seed: UInt64) -> (log: WindowLog, admitted: Int, perfect: Int)
    {
        var dice = Dice(seed: seed)
        var window = SlidingWindow()
        var log = WindowLog(windowSeconds: windowSeconds)
        var ideal = WindowLog(windowSeconds: windowSeconds)
        var (admitted, perfect) = (0, 0)
        var now = Int64.random(in: 0...1_000_000_000_000, using: &dice)
        let end = now + 20 * windowSeconds * Self.second
        let mean = windowSeconds * Self.second / (limit * 2)
        while now < end {
            now +=
                Bool.random(using: &dice)
                ? Int64.random(in: 0...mean / 8, using: &dice) : Int64.random(in: 0...mean * 4, using: &dice)
            window.advance(to: now, windowSeconds: windowSeconds)
            if window.wait(for: 1, limit: limit, now: now) == 0 {
                window.add(1)
                log.add(now)
                admitted += 1
            }
            if ideal.count(endingAt: now) < Int(limit) {
                ideal.add(now)
                perfect += 1
            }
        }
        return (log, admitted, perfect)
    }

    @Test(arguments: [Int64(1), 2, 7, 60, 3600, 86_400], [Int64(1), 3, 60, 500])
    func neverLetsMoreThanTheLimitThroughInAnyTrailingWindow(windowSeconds: Int64, limit: Int64) {
        for seed in UInt64(1)...6 {
            let (log, _, _) = run(windowSeconds: windowSeconds, limit: limit, seed: seed)
            #expect(log.densest <= Int(limit), "seed \(seed)")
        }
    }

    @Test(arguments: [Int64(1), 60, 3600], [Int64(60), 300, 500])
    func admitsAtLeast98PercentOfWhatAPerfectLogAdmits(windowSeconds: Int64, limit: Int64) {
        var (admitted, perfect) = (0, 0)
        for seed in UInt64(1)...10 {
            let run = run(windowSeconds: windowSeconds, limit: limit, seed: seed)
            (admitted, perfect) = (admitted + run.admitted, perfect + run.perfect)
        }
        #expect(Double(admitted) >= 0.98 * Double(perfect), "\(admitted) of \(perfect)")
    }

    /// Cells that are rounded down are together a few nanoseconds shorter than the window.
    @Test(arguments: [Int64(1), 2, 4, 5, 7, 10, 11])
    func holdsToTheNanosecondWhereTheWindowIsNoMultipleOfItsCells(windowSeconds: Int64) {
        let width = windowSeconds * Self.second / 60
        for cell in [Int64(0), 1, 59, 1000] {
            for edge in [Int64(-60), -2, -1, 0, 1, 2, 60] {
                let first = max(0, cell * width + width + edge)
                var window = SlidingWindow()
                window.advance(to: first, windowSeconds: windowSeconds)
                window.add(1)
                let last = first + windowSeconds * Self.second - 1
                window.advance(to: last, windowSeconds: windowSeconds)
                #expect(window.total == 1, "cell \(cell) edge \(edge)")
            }
        }
    }

    @Test(arguments: UInt64(1)...20)
    func waitIsEnoughAndNotLongerThanACellTooMuch(seed: UInt64) throws {
        var dice = Dice(seed: seed)
        let windowSeconds = [Int64(1), 10, 60, 3600][Int(seed % 4)]
        let limit = Int64.random(in: 1...50, using: &dice)
        let width = (windowSeconds * Self.second + 59) / 60
        var window = SlidingWindow()
        var log = WindowLog(windowSeconds: windowSeconds)
        var now = Int64.random(in: 0...1 << 40, using: &dice)
        for _ in 0..<400 {
            now += Int64.random(in: 0...windowSeconds * Self.second / 40, using: &dice)
            window.advance(to: now, windowSeconds: windowSeconds)
            let wait = try #require(window.wait(for: 1, limit: limit, now: now))
            if wait == 0 {
                window.add(1)
                log.add(now)
                continue
            }
            var later = window
            later.advance(to: now + wait, windowSeconds: windowSeconds)
            #expect(later.wait(for: 1, limit: limit, now: now + wait) == 0)
            // A perfect log would not have said yes more than a cell earlier.
            var exact = log
            if wait > width + 1 { #expect(exact.count(endingAt: now + wait - width - 1) >= Int(limit)) }
        }
    }

    @Test func neverWaitsForWhatNeverFits() {
        var window = SlidingWindow()
        window.advance(to: 5, windowSeconds: 60)
        #expect(window.wait(for: 1, limit: 0, now: 5) == nil)
        #expect(window.wait(for: 11, limit: 10, now: 5) == nil)
        #expect(window.wait(for: 10, limit: 10, now: 5) == 0)
    }

    @Test func aTimeThatComesLateCountsInTheNewestCell() {
        var window = SlidingWindow()
        window.advance(to: 100 * Self.second, windowSeconds: 60)
        window.advance(to: 10 * Self.second, windowSeconds: 60)
        window.add(1)
        window.advance(to: 159 * Self.second, windowSeconds: 60)
        #expect(window.total == 1)
        window.advance(to: 162 * Self.second, windowSeconds: 60)
        #expect(window.total == 0)
    }

    /// Whatever the window is changed to and when, no admission is forgotten before the new window has passed it.
    @Test(arguments: UInt64(1)...40)
    func aChangedLengthKeepsThePromise(seed: UInt64) {
        var dice = Dice(seed: seed)
        let lengths: [Int64] = [1, 10, 60, 61, 600, 3600]
        var windowSeconds = lengths[Int(seed % 6)]
        let limit = Int64.random(in: 1...40, using: &dice)
        var window = SlidingWindow()
        var admitted: [Int64] = []
        // What a shorter window has let go of by its own right is not called back by a longer one.
        var forgottenBefore: Int64 = .min
        var now = Int64.random(in: 0...1 << 42, using: &dice)
        for _ in 0..<3000 {
            now += Int64.random(in: 0...windowSeconds * Self.second / limit, using: &dice)
            if Int.random(in: 0..<200, using: &dice) == 0 {
                forgottenBefore = max(forgottenBefore, now - windowSeconds * Self.second)
                windowSeconds = lengths[Int.random(in: 0..<6, using: &dice)]
            }
            window.advance(to: now, windowSeconds: windowSeconds)
            let start = max(now - windowSeconds * Self.second, forgottenBefore)
            let remembered = admitted.reversed().prefix { $0 > start }.count
            #expect(window.total >= Int64(remembered))
            if window.wait(for: 1, limit: limit, now: now) == 0 {
                window.add(1)
                admitted.append(now)
            }
        }
    }

    @Test func survivesEveryExtremeOfTimeAndAmount() {
        for now in [Int64(0), 1, .max / 2, .max - 1, .max] {
            for windowSeconds in [Int64(1), 86_400, .max] {
                var window = SlidingWindow()
                window.advance(to: now, windowSeconds: windowSeconds)
                window.add(.max)
                window.add(.max)
                _ = window.wait(for: 1, limit: .max, now: now)
                _ = window.wait(for: .max, limit: 1, now: now)
                _ = window.untilEmpty(now: now)
                window.advance(to: 0, windowSeconds: 1)
                window.advance(to: .max, windowSeconds: windowSeconds)
                _ = window.isEmpty(at: now)
                #expect(window.total >= 0)
            }
        }
    }

    @Test func isEmptyOnlyOnceNothingCounts() {
        var window = SlidingWindow()
        #expect(window.isEmpty(at: 0))
        window.advance(to: 0, windowSeconds: 60)
        window.add(1)
        #expect(!window.isEmpty(at: 60 * Self.second))
        #expect(window.untilEmpty(now: 0) == 61 * Self.second)
        #expect(window.isEmpty(at: 61 * Self.second))
    }
}
