import CLinux
import Domain

/// Wall time that does not step: the wall clock at the start, carried on by the monotonic clock.
///
/// A step of the wall clock could end the deaf time of a dialog, or make it last an hour.
struct SteadyClock {
    private var anchor: Int64
    private var start: Int64

    init() {
        anchor = tg_wall_ms()
        start = tg_monotonic_ns()
    }

    /// Milliseconds of the monotonic clock since the start.
    var elapsedMilliseconds: Int64 { tg_monotonic_ns().subtractingSaturated(start) / 1_000_000 }

    var now: Timestamp { Timestamp(milliseconds: anchor.addingSaturated(elapsedMilliseconds)) }

    /// How far the wall clock was set since the last look, where it is more than half a second; the clock then follows.
    mutating func takeStep() -> Int64? {
        let difference = tg_wall_ms().subtractingSaturated(now.milliseconds)
        guard difference.magnitude > 500 else { return nil }
        anchor = anchor.addingSaturated(difference)
        return difference
    }
}
