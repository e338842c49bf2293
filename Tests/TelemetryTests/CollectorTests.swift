import Domain
import Synchronization
import Testing

@testable import Telemetry

@Suite struct CollectorTests {
    /// The first answer of the telemetry thread.
    private func answer<Value: Sendable>(_ ask: (@escaping @Sendable (Value) -> Void) -> Void) async -> Value {
        await withCheckedContinuation { continuation in ask { continuation.resume(returning: $0) } }
    }

    private func snapshot(_ collector: Collector) async -> LiveSnapshot {
        await answer { done in collector.snapshot(windowSeconds: 60, completion: done) }
    }

    @Test func batchesOfManyThreadsAreAllCounted() async {
        let collector = Collector(surroundings: .empty)
        #expect(collector.start())
        let opened = Stage().opened()
        let finished = Stage().record()
        await withTaskGroup(of: Void.self) { group in
            for _ in 0..<4 {
                group.addTask {
                    var shard = MeterShard()
                    for round in 0..<250 {
                        var record = finished
                        record.cost = NanoDollars(nanos: Int64(round))
                        shard.open(opened)
                        shard.finish(record)
                        if round % 7 == 0 { collector.submit(shard.take()) }
                    }
                    collector.submit(shard.take())
                }
            }
        }
        let totals = await snapshot(collector).totals
        #expect(totals.arrivals == 1000)
        #expect(totals.requests == 1000)
        #expect(totals.costNanoUSD == 4 * 249 * 250 / 2)
        let records: [RequestRecord] = await answer { done in
            collector.records(matching: RecordFilter(client: "acme"), limit: 5, completion: done)
        }
        #expect(records.count == 5)
        collector.stop()
    }

    @Test func aSubscriberGetsSnapshotsUntilItCancels() async {
        let collector = Collector(surroundings: .empty)
        collector.start()
        let (stream, continuation) = AsyncStream.makeStream(of: Int.self)
        let subscription = collector.subscribe(windowSeconds: 60, intervalMilliseconds: 100) {
            continuation.yield($0.windowSeconds)
        }
        var windows = stream.makeAsyncIterator()
        #expect(await windows.next() == 60)
        subscription.change(windowSeconds: 900)
        // What was made while this test was not given a thread comes first, however much that is.
        var window: Int? = 60
        while window == 60 { window = await windows.next() }
        #expect(window == 900)
        subscription.cancel()
        // Whatever was under way is done once a question put after it is answered.
        _ = await snapshot(collector)
        continuation.finish()
        while await windows.next() != nil {}
        collector.stop()
    }

    @Test func aBatchBeyondTheBoundIsCountedAndShown() async {
        let collector = Collector(surroundings: .empty, bound: 10)
        let stage = Stage()
        var shard = MeterShard()
        for _ in 0..<11 { shard.open(stage.opened()) }
        collector.submit(shard.take())
        collector.start()
        let snapshot = await snapshot(collector)
        #expect(snapshot.totals.arrivals == 0)
        #expect(snapshot.remarks == ["11 facts not counted"])
        #expect(snapshot.gateway.inFlight == 11)
        collector.stop()
    }

    @Test func stoppingCountsWhatWasHandedInAndRefusesQuestions() {
        let asked = Gathered<Int>()
        let collector = Collector(surroundings: .empty)
        collector.start()
        let stage = Stage()
        var shard = MeterShard()
        for _ in 0..<50 { shard.open(stage.opened()) }
        collector.submit(shard.take())
        collector.stop()
        let text = String(decoding: collector.prometheusText, as: UTF8.self)
        #expect(text.contains("\ntollgate_arrivals_total 50\n"))
        #expect(!collector.snapshot(windowSeconds: 60) { _ in asked.add(1) })
        #expect(asked.all.isEmpty)
        collector.stop()
    }

    @Test func aCollectorThatNeverRanStopsAtOnceAndAnswersMetrics() {
        let collector = Collector(surroundings: .empty)
        collector.stop()
        #expect(String(decoding: collector.prometheusText, as: UTF8.self).contains("tollgate_arrivals_total 0"))
    }

    @Test func aShardDropsBeyondItsBoundAndSaysSo() {
        var shard = MeterShard(bound: 3)
        let stage = Stage()
        for _ in 0..<5 { shard.open(stage.opened()) }
        for _ in 0..<4 { shard.finish(stage.record()) }
        shard.open(stage.opened(decision: .refused(.rateLimitExceeded)))
        let batch = shard.take()
        #expect(batch.opened.count == 3)
        #expect(batch.finished.count == 3)
        #expect(batch.lost.opened == 3)
        #expect(batch.lost.admitted == 2)
        #expect(batch.lost.settled == 1)
        let isEmpty = shard.isEmpty
        #expect(isEmpty)
    }

    @Test func theThreadSleepsWhileNothingHappens() async {
        let readings = Mutex(0)
        let clock = MeterClock {
            readings.withLock { $0 += 1 }
            return MeterClock.system.now()
        }
        let collector = Collector(surroundings: .empty, clock: clock)
        collector.start()
        let metrics: [UInt8] = await answer { done in collector.scrape(completion: done) }
        #expect(!metrics.isEmpty)
        let before = readings.withLock { $0 }
        // Round trips elsewhere: a thread that turns would read its clock again and again.
        let other = Collector(surroundings: .empty)
        other.start()
        for _ in 0..<40 { _ = await answer { done in other.scrape(completion: done) } as [UInt8] }
        other.stop()
        #expect(readings.withLock { $0 } - before <= 6)
        collector.stop()
    }
}
