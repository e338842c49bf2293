import CLinux

/// The clock of durations.
package enum Monotonic {
    /// Nanoseconds since some fixed moment.
    package static func now() -> Int64 { tg_monotonic_ns() }

    /// The moment `nanoseconds` from now, or the last one there is.
    package static func after(nanoseconds: Int64) -> Int64 {
        let (sum, overflow) = now().addingReportingOverflow(max(nanoseconds, 0))
        return overflow ? .max : sum
    }
}
