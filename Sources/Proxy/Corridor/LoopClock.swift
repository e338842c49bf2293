import Glibc
import NIOCore

/// The two clocks of a loop: monotonic for durations, wall for names of moments.
enum LoopClock {
    /// Nanoseconds of CLOCK_MONOTONIC, never negative.
    @inline(__always)
    static func monotonic() -> Int64 { Int64(clamping: NIODeadline.now().uptimeNanoseconds) }

    /// Milliseconds since 1970.
    @inline(__always)
    static func wall() -> Int64 {
        var time = timespec()
        clock_gettime(CLOCK_REALTIME, &time)
        return Int64(time.tv_sec) &* 1000 &+ Int64(time.tv_nsec) / 1_000_000
    }
}
