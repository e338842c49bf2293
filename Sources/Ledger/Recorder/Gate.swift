import Domain
import Glibc

/// A value behind a lock, and a way to sleep until it is as one wants.
///
/// `Synchronization.Mutex` has no condition to wait on; this is the pair of the C library.
final class Gate<Value>: @unchecked Sendable {
    // Proof: `value` is touched only between lock and unlock of `mutex`; the pointers never change after `init`.
    private let mutex: UnsafeMutablePointer<pthread_mutex_t>
    private let condition: UnsafeMutablePointer<pthread_cond_t>
    private var value: Value

    init(_ value: sending Value) {
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
    func withLock<Result>(_ body: (inout Value) -> Result) -> Result {
        pthread_mutex_lock(mutex)
        defer { pthread_mutex_unlock(mutex) }
        return body(&value)
    }

    /// Wakes all waiters to look again.
    func wake() { pthread_cond_broadcast(condition) }

    /// Sleeps until `ready` answers something or the deadline has passed.
    ///
    /// - Parameters:
    ///   - deadline: a moment of `Monotonic.now()`, nil for no end.
    ///   - ready: asked with the lock held, at once and after each wake-up.
    /// - Returns: the answer; nil at the deadline.
    func wait<Result>(until deadline: Int64?, _ ready: (inout Value) -> Result?) -> Result? {
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

/// The clock of durations.
enum Monotonic {
    /// Nanoseconds since some fixed moment.
    static func now() -> Int64 {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        return Int64(time.tv_sec).multipliedSaturated(by: 1_000_000_000).addingSaturated(Int64(time.tv_nsec))
    }
}

/// A thread of our own, for work that blocks.
enum Thread {
    private final class Body {
        let run: @Sendable () -> Void
        init(_ run: @escaping @Sendable () -> Void) { self.run = run }
    }

    /// Starts a detached thread.
    ///
    /// - Parameter name: at most 15 bytes, as `top -H` shows it.
    /// - Returns: whether there was room for one.
    static func start(_ name: String, _ run: @escaping @Sendable () -> Void) -> Bool {
        let body = Unmanaged.passRetained(
            Body {
                Thread.name(name)
                run()
            })
        var thread = pthread_t()
        let status = pthread_create(
            &thread, nil,
            { pointer in
                guard let pointer else { return nil }
                Unmanaged<Body>.fromOpaque(pointer).takeRetainedValue().run()
                return nil
            }, body.toOpaque())
        guard status == 0 else {
            body.release()
            return false
        }
        pthread_detach(thread)
        return true
    }

    /// Names the calling thread; the C library's own call is not visible from here.
    private static func name(_ name: String) {
        let descriptor = Files.open("/proc/thread-self/comm", O_WRONLY)
        guard descriptor >= 0 else { return }
        var text = name
        text.withUTF8 { _ = Files.write(UnsafeRawBufferPointer($0), to: descriptor) }
        _ = close(descriptor)
    }
}
