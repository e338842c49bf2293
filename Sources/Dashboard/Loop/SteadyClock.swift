import CLinux
import Domain

/// Wall time that does not step: the wall clock at the start, carried on by the monotonic clock.
///
/// A step of the wall clock could end the deaf time of a dialog, or make it last an hour.
package struct SteadyClock: Sendable {
    private let wall: @Sendable () -> Int64
    private let monotonic: @Sendable () -> Int64
    private var anchor: Int64
    private var start: Int64

    /// A clock on these sources: milliseconds since 1970, and nanoseconds that only grow.
    package init(
        wall: @escaping @Sendable () -> Int64 = { tg_wall_ms() },
        monotonic: @escaping @Sendable () -> Int64 = { tg_monotonic_ns() }
    ) {
        self.wall = wall
        self.monotonic = monotonic
        anchor = wall()
        start = monotonic()
    }

    /// Milliseconds of the monotonic clock since the start.
    var elapsedMilliseconds: Int64 { monotonic().subtractingSaturated(start) / 1_000_000 }

    var now: Timestamp { Timestamp(milliseconds: anchor.addingSaturated(elapsedMilliseconds)) }

    /// How far the wall clock was set since the last look, where it is more than half a second; the clock then follows.
    mutating func takeStep() -> Int64? {
        let difference = wall().subtractingSaturated(now.milliseconds)
        guard difference.magnitude > 500 else { return nil }
        anchor = anchor.addingSaturated(difference)
        return difference
    }
}
