package import Domain

/// Money spent in the current hour, day and month (UTC calendar).
///
/// A clock that is set back or forth finds each period as it left it: the newest two of each kind are kept apart, so
/// that a step over midnight and back neither frees a budget nor charges one day for another.
package struct PeriodSpend: Sendable {
    /// What was spent in one period, and in the one that was current before it.
    private struct Track: Sendable {
        var period: Int64 = .min
        var nanos: Int64 = 0
        private var otherPeriod: Int64 = .min
        private var otherNanos: Int64 = 0

        mutating func move(to next: Int64) {
            guard next != period else { return }
            (period, otherPeriod) = (otherPeriod, period)
            (nanos, otherNanos) = (otherNanos, nanos)
            // Neither of the two: the older one makes room.
            if period != next { (period, nanos) = (next, 0) }
        }

        var isEmpty: Bool { nanos == 0 && otherNanos == 0 }
    }

    private var hour = Track()
    private var day = Track()
    private var month = Track()

    package init() {}

    /// Moves to the periods of `wallSeconds`.
    package mutating func advance(toSecond wallSeconds: Int64) {
        let currentHour = Calendar.floorDivide(wallSeconds, 3600)
        guard currentHour != hour.period else { return }
        hour.move(to: currentHour)
        let currentDay = Calendar.floorDivide(wallSeconds, 86_400)
        guard currentDay != day.period else { return }
        day.move(to: currentDay)
        let parts = Calendar.parts(of: Timestamp(milliseconds: wallSeconds.multipliedSaturated(by: 1000)))
        month.move(to: parts.year * 12 + parts.month)
    }

    /// Adds a settled cost to all three periods; the periods must have been advanced.
    package mutating func add(_ nanos: Int64) {
        hour.nanos = hour.nanos.addingSaturated(nanos)
        day.nanos = day.nanos.addingSaturated(nanos)
        month.nanos = month.nanos.addingSaturated(nanos)
    }

    /// Takes over what was settled before the start.
    package mutating func seed(hour: Int64, day: Int64, month: Int64) {
        self.hour.nanos = self.hour.nanos.addingSaturated(hour)
        self.day.nanos = self.day.nanos.addingSaturated(day)
        self.month.nanos = self.month.nanos.addingSaturated(month)
    }

    /// Whether no money is remembered, so that forgetting this frees no budget.
    package var isEmpty: Bool { hour.isEmpty && day.isEmpty && month.isEmpty }

    /// Nano-dollars spent in the period that `kind` names; 0 for limits that are no budgets.
    package func spent(_ kind: LimitKind) -> Int64 {
        switch kind {
        case .budgetHour: hour.nanos
        case .budgetDay: day.nanos
        case .budgetMonth: month.nanos
        default: 0
        }
    }
}
