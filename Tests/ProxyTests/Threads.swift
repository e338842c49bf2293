import Glibc
import Synchronization

/// Real threads, for tests of what is shared between event loops.
enum Threads {
    private final class Crew: Sendable {
        let waiting: Atomic<Int>
        let left: Atomic<Int>
        let body: @Sendable (Int) -> Void
        let done: @Sendable () -> Void

        init(_ count: Int, _ body: @escaping @Sendable (Int) -> Void, _ done: @escaping @Sendable () -> Void) {
            waiting = Atomic(count)
            left = Atomic(count)
            self.body = body
            self.done = done
        }

        /// All begin together: the last to arrive opens the gate.
        func work() {
            let index = waiting.subtract(1, ordering: .sequentiallyConsistent).newValue
            while waiting.load(ordering: .acquiring) > 0 { sched_yield() }
            body(index)
            if left.subtract(1, ordering: .sequentiallyConsistent).newValue == 0 { done() }
        }
    }

    /// Calls `body` on `count` threads at once, each with its number, and `done` when all have ended.
    static func run(
        _ count: Int, _ body: @escaping @Sendable (Int) -> Void, _ done: @escaping @Sendable () -> Void
    ) {
        let crew = Crew(count, body, done)
        for _ in 0..<count {
            var thread = pthread_t()
            let started = pthread_create(
                &thread, nil,
                { argument in
                    if let argument { Unmanaged<Crew>.fromOpaque(argument).takeRetainedValue().work() }
                    return nil
                }, Unmanaged.passRetained(crew).toOpaque())
            precondition(started == 0, "no thread to be had")
            pthread_detach(thread)
        }
    }
}
