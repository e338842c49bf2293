package import Domain

/// What one event loop saw since the last hand-over.
package struct MeterBatch: Sendable {
    package var opened: [Opened] = []
    package var finished: [RequestRecord] = []
    /// Facts that did not fit.
    ///
    /// Gauges and a remark are made of them; rates and money miss them.
    package var lost = LostFacts()

    package init() {}

    /// Whether there is nothing to hand over.
    package var isEmpty: Bool { opened.isEmpty && finished.isEmpty && lost.isEmpty }
}

/// How many facts were dropped at a bound, kept apart so that the gateway's gauge stays exact without them.
package struct LostFacts: Sendable, Equatable {
    package var opened: Int64 = 0
    package var finished: Int64 = 0
    /// Those of `opened` that were admitted, and those of `finished` that had been.
    package var admitted: Int64 = 0
    package var settled: Int64 = 0

    package init() {}

    /// Whether nothing was lost.
    package var isEmpty: Bool { opened == 0 && finished == 0 }

    mutating func add(_ other: LostFacts) {
        opened = opened.addingSaturated(other.opened)
        finished = finished.addingSaturated(other.finished)
        admitted = admitted.addingSaturated(other.admitted)
        settled = settled.addingSaturated(other.settled)
    }

    mutating func add(contentsOf batch: MeterBatch) {
        add(batch.lost)
        for fact in batch.opened {
            opened &+= 1
            if fact.decision == .admitted { admitted &+= 1 }
        }
        for record in batch.finished {
            finished &+= 1
            if record.wasAdmitted { settled &+= 1 }
        }
    }
}

/// The facts of one event loop until they are handed over; owned by that loop, so it has no lock.
package struct MeterShard: ~Copyable {
    /// Most facts of each kind in one batch: two million a second at ten batches a second.
    package static let defaultBound = 200_000

    private var batch = MeterBatch()
    private let bound: Int

    /// A shard that keeps at most `bound` facts of each kind between two calls of `take`.
    package init(bound: Int = MeterShard.defaultBound) {
        self.bound = bound
        batch.opened.reserveCapacity(min(bound, 256))
        batch.finished.reserveCapacity(min(bound, 256))
    }

    /// Notes that a request arrived and was judged.
    package mutating func open(_ fact: Opened) {
        guard batch.opened.count < bound else {
            batch.lost.opened &+= 1
            if fact.decision == .admitted { batch.lost.admitted &+= 1 }
            return
        }
        batch.opened.append(fact)
    }

    /// Notes that a request is finished.
    package mutating func finish(_ record: RequestRecord) {
        guard batch.finished.count < bound else {
            batch.lost.finished &+= 1
            if record.wasAdmitted { batch.lost.settled &+= 1 }
            return
        }
        batch.finished.append(record)
    }

    /// Whether `take` would hand over nothing.
    package var isEmpty: Bool { batch.isEmpty }

    /// Hands over what has gathered and starts anew with room for as much again.
    package mutating func take() -> MeterBatch {
        var next = MeterBatch()
        next.opened.reserveCapacity(min(batch.opened.count, 4096))
        next.finished.reserveCapacity(min(batch.finished.count, 4096))
        swap(&next, &batch)
        return next
    }
}
