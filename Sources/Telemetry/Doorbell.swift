import Glibc

/// A sleep that can be ended from another thread, on the monotonic clock.
///
/// `@unchecked Sendable`: both C objects are made before anyone sees the instance, live at fixed addresses until it is
/// gone, and `rung` is read and written only while the mutex is held.
final class Doorbell: @unchecked Sendable {
    private let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
    private let condition = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)
    private var rung = false

    init() {
        mutex.initialize(to: pthread_mutex_t())
        condition.initialize(to: pthread_cond_t())
        pthread_mutex_init(mutex, nil)
        var attributes = pthread_condattr_t()
        pthread_condattr_init(&attributes)
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

    /// Ends the present or the next sleep.
    func ring() {
        pthread_mutex_lock(mutex)
        rung = true
        pthread_cond_broadcast(condition)
        pthread_mutex_unlock(mutex)
    }

    /// Sleeps until rung, or for `nanoseconds`; nil: until rung.
    ///
    /// - Returns: whether it was rung.
    @discardableResult
    func sleep(nanoseconds: UInt64?) -> Bool {
        let end = nanoseconds.map { Doorbell.deadline(in: $0) }
        pthread_mutex_lock(mutex)
        defer { pthread_mutex_unlock(mutex) }
        while !rung {
            if var end {
                if pthread_cond_timedwait(condition, mutex, &end) == ETIMEDOUT { break }
            } else {
                pthread_cond_wait(condition, mutex)
            }
        }
        let wasRung = rung
        rung = false
        return wasRung
    }

    private static func deadline(in nanoseconds: UInt64) -> timespec {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        // An hour at most: nobody needs more, and the sums below cannot overflow.
        let wait = Int(clamping: min(nanoseconds, 3_600_000_000_000))
        time.tv_sec += wait / 1_000_000_000
        time.tv_nsec += wait % 1_000_000_000
        if time.tv_nsec >= 1_000_000_000 {
            time.tv_sec += 1
            time.tv_nsec -= 1_000_000_000
        }
        return time
    }
}

/// A thread of the system that runs one closure; nobody joins it.
enum DetachedThread {
    private final class Body {
        let run: @Sendable () -> Void
        init(_ run: @escaping @Sendable () -> Void) { self.run = run }
    }

    /// - Returns: false where the system gave no thread.
    static func start(_ run: @escaping @Sendable () -> Void) -> Bool {
        let body = Unmanaged.passRetained(Body(run))
        var thread = pthread_t()
        let failure = pthread_create(
            &thread, nil,
            { raw in
                guard let raw else { return nil }
                Unmanaged<Body>.fromOpaque(raw).takeRetainedValue().run()
                return nil
            }, body.toOpaque())
        guard failure == 0 else {
            body.release()
            return false
        }
        pthread_detach(thread)
        return true
    }
}
