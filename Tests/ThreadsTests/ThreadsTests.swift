import Synchronization
import Testing

@testable import Threads

@Suite struct ThreadsTests {
    /// What the other thread saw, behind a gate that the test waits at.
    private static func answer<Value: Sendable>(_ make: @escaping @Sendable () -> Value) -> Value? {
        let gate = Gate<Value?>(nil)
        let began = NamedThread.start("a-name-too-long-for-a-thread") {
            let value = make()
            gate.withLock { $0 = value }
            gate.wake()
        }
        #expect(began)
        return gate.wait(until: Monotonic.after(nanoseconds: 10_000_000_000)) { $0 }
    }

    @Test func aThreadRunsItsClosureOnceAndElsewhere() {
        let here = Monotonic.now()
        let there = ThreadsTests.answer { Monotonic.now() }
        #expect((there ?? 0) >= here)
    }

    @Test func aRingBeforeTheSleepIsNotLost() {
        let bell = Doorbell()
        bell.ring()
        bell.ring()
        #expect(bell.sleep(nanoseconds: nil))
        #expect(!bell.sleep(nanoseconds: 1))
    }

    @Test func aRingEndsASleepWithoutEnd() {
        let bell = Doorbell()
        let began = NamedThread.start("ringer") { bell.ring() }
        #expect(began)
        #expect(bell.sleep(nanoseconds: nil))
    }

    @Test func aWaitEndsAtItsDeadlineWithNothing() {
        let gate = Gate(0)
        let answer: Int? = gate.wait(until: Monotonic.after(nanoseconds: 1_000_000)) { $0 > 0 ? $0 : nil }
        #expect(answer == nil)
    }

    @Test func aGateHandsOutWhatWasAskedForAndNoMore() {
        let gate = Gate(0)
        for _ in 0..<4 {
            let began = NamedThread.start("adder") {
                for _ in 0..<1000 { gate.withLock { $0 += 1 } }
                gate.wake()
            }
            #expect(began)
        }
        let sum: Int? = gate.wait(until: Monotonic.after(nanoseconds: 10_000_000_000)) { $0 == 4000 ? $0 : nil }
        #expect(sum == 4000)
    }

    @Test(arguments: [Int64.max, .min, -1, 0])
    func noDurationOverflowsTheClock(nanoseconds: Int64) {
        let now = Monotonic.now()
        #expect(Monotonic.after(nanoseconds: nanoseconds) >= now)
    }
}
