/// A sleep that can be ended from another thread, on the monotonic clock.
package final class Doorbell: Sendable {
    private let rung = Gate(false)

    package init() {}

    /// Ends the present or the next sleep.
    package func ring() {
        rung.withLock { $0 = true }
        rung.wake()
    }

    /// Sleeps until rung, or for `nanoseconds`; nil: until rung.
    ///
    /// - Returns: whether it was rung.
    @discardableResult
    package func sleep(nanoseconds: UInt64?) -> Bool {
        let deadline = nanoseconds.map { Monotonic.after(nanoseconds: Int64(clamping: $0)) }
        return rung.wait(until: deadline) { rung in
            defer { rung = false }
            return rung ? true : nil
        } ?? false
    }
}
