import Glibc

/// A value behind a lock, and a way to sleep until it is as one wants.
///
/// `Synchronization.Mutex` has no condition to wait on; this is the pair of the C library.
package final class Gate<Value>: @unchecked Sendable {
    // Proof: `value` is touched only between lock and unlock of `mutex`; the pointers never change after `init`.
    private let mutex: UnsafeMutablePointer<pthread_mutex_t>
    private let condition: UnsafeMutablePointer<pthread_cond_t>
    private var value: Value

    package init(_ value: sending Value) {
        self.value = value
        mutex = .allocate(capacity: 1)
        condition = .allocate(capacity: 1)
        pthread_mutex_init(mutex, nil)
        var attributes = pthread_condattr_t()
        pthread_condattr_init(&attributes)
        // Deadlines are monotonic: a step of the wall clock neither hangs nor hurries a waiter.
        pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC)
        pthread_cond_init(condition, &attributes)
        pthread_condattr_destroy(&attributes)
    }

    deinit {
        pthread_cond_destroy(condition)
        pthread_mutex_destroy(mutex)
        condition.deallocate()
        mutex.deallocate()
    }

    /// Runs `body` alone; it must neither block nor call out.
    package func withLock<Result>(_ body: (inout Value) -> Result) -> Result {
        pthread_mutex_lock(mutex)
        defer { pthread_mutex_unlock(mutex) }
        return body(&value)
    }

    /// Wakes all waiters to look again.
    package func wake() { pthread_cond_broadcast(condition) }

    /// Sleeps until `ready` answers something or the deadline has passed.
    ///
    /// - Parameters:
    ///   - deadline: a moment of `Monotonic.now()`, nil for no end.
    ///   - ready: asked with the lock held, at once and after each wake-up.
    /// - Returns: the answer; nil at the deadline.
    package func wait<Result>(until deadline: Int64?, _ ready: (inout Value) -> Result?) -> Result? {
        pthread_mutex_lock(mutex)
        defer { pthread_mutex_unlock(mutex) }
        while true {
            if let result = ready(&value) { return result }
            guard let deadline else {
                pthread_cond_wait(condition, mutex)
                continue
            }
            if Monotonic.now() >= deadline { return nil }
            var time = timespec(
                tv_sec: Int(clamping: deadline / 1_000_000_000), tv_nsec: Int(clamping: deadline % 1_000_000_000))
            pthread_cond_timedwait(condition, mutex, &time)
        }
    }
}
