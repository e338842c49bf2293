import Domain
import Testing

@testable import Telemetry

@Suite struct LatencyTests {
    @Test func everyBucketHoldsItsOwnMiddle() {
        for bucket in 0..<Latencies.bucketCount {
            let middle = Latencies.middle(of: bucket)
            #expect(Latencies.bucket(of: Int64(middle)) == bucket)
        }
    }

    @Test(arguments: [Int64.min, -1, 0, 1, 31, 32, 33, 600_000, 1 << 40, .max])
    func anyDurationHasABucket(milliseconds: Int64) {
        #expect((0..<Latencies.bucketCount).contains(Latencies.bucket(of: milliseconds)))
    }

    @Test(arguments: [UInt64(1), 2, 3, 4])
    func percentilesAreWithinFivePercentOfExactOnes(seed: UInt64) throws {
        var random = Pseudorandom(seed: seed)
        var stage = Stage()
        var exact: [Int64] = []
        for _ in 0..<300 {
            let batch = (0..<20).map { _ in
                // Spread over five decades, as answers of models are.
                let decade = Int64.random(in: 0...4, using: &random)
                return Int64.random(in: 1...9, using: &random) * (0..<decade).reduce(1) { value, _ in value * 10 }
            }
            exact += batch
            stage.fold([], batch.map { stage.record(milliseconds: $0) })
            stage.pass(seconds: 0.9)
        }
        exact.sort()
        let snapshot = stage.snapshot(300)
        for (share, found) in [
            (0.5, snapshot.gateway.p50Milliseconds), (0.95, snapshot.gateway.p95Milliseconds),
            (0.99, snapshot.gateway.p99Milliseconds),
        ] {
            let index = max(0, Int((share * Double(exact.count)).rounded(.up)) - 1)
            let wanted = Double(exact[index])
            let value = try #require(found)
            #expect(abs(value - wanted) <= wanted * 0.05, "p\(share): \(value), exact \(wanted)")
        }
    }

    @Test func latenciesLeaveWithTheirWindow() {
        var stage = Stage()
        stage.serve(100, milliseconds: 9000)
        stage.pass(seconds: 70)
        stage.serve(100, milliseconds: 100)
        stage.pass(seconds: 1)
        let short = stage.snapshot(60).gateway.p99Milliseconds ?? 0
        let long = stage.snapshot(300).gateway.p99Milliseconds ?? 0
        #expect(short < 110)
        #expect(long > 8500)
    }

    @Test func refusalsHaveNoLatency() {
        var stage = Stage()
        stage.refuse(50)
        #expect(stage.snapshot(60).gateway.p95Milliseconds == nil)
    }

    @Test func mergedHistogramsEqualOneHistogram() {
        var random = Pseudorandom(seed: 9)
        var parts = [Latencies(), Latencies(), Latencies()]
        var whole = Latencies()
        for index in 0..<3000 {
            let value = Int64.random(in: 0...5_000_000, using: &random)
            parts[index % 3].add(milliseconds: value)
            whole.add(milliseconds: value)
        }
        var merged = Latencies()
        for part in parts { merged.merge(part) }
        #expect(merged == whole)
    }
}

/// SplitMix64: the same numbers on every run.
struct Pseudorandom: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xbf58_476d_1ce4_e5b9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94d0_49bb_1331_11eb
        return mixed ^ (mixed >> 31)
    }
}
