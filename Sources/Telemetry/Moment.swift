package import Domain
import Glibc

/// One moment on both clocks: the wall names it for people, the monotonic one measures.
package struct Moment: Sendable {
    package var wall: Timestamp
    /// Nanoseconds on the monotonic clock, from an arbitrary origin.
    package var nanoseconds: UInt64

    package init(wall: Timestamp, nanoseconds: UInt64) {
        self.wall = wall
        self.nanoseconds = nanoseconds
    }
}

/// Where moments come from; tests bring their own.
package struct MeterClock: Sendable {
    package var now: @Sendable () -> Moment

    package init(now: @escaping @Sendable () -> Moment) { self.now = now }

    /// `CLOCK_REALTIME` and `CLOCK_MONOTONIC` of the machine.
    package static let system = MeterClock {
        var wall = timespec()
        var monotonic = timespec()
        clock_gettime(CLOCK_REALTIME, &wall)
        clock_gettime(CLOCK_MONOTONIC, &monotonic)
        let milliseconds = Int64(wall.tv_sec).multipliedSaturated(by: 1000).addingSaturated(
            Int64(wall.tv_nsec) / 1_000_000)
        let seconds = UInt64(clamping: monotonic.tv_sec).multipliedSaturated(by: 1_000_000_000)
        return Moment(
            wall: Timestamp(milliseconds: milliseconds),
            nanoseconds: seconds.addingSaturated(UInt64(clamping: monotonic.tv_nsec)))
    }
}

/// Seconds since the live state began, the scale of every track; the wall clock may step, this one does not.
struct Age: Equatable {
    /// Whole seconds.
    var second: UInt32
    /// The same with its fraction.
    var exact: Double

    init(nanoseconds: UInt64) {
        second = UInt32(clamping: nanoseconds / 1_000_000_000)
        exact = Double(nanoseconds) / 1e9
    }
}
