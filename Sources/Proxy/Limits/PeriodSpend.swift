package import Domain

/// Money spent in the current hour, day and month (UTC calendar).
package struct PeriodSpend: Sendable {
    private var hour: Int64 = .min
    private var day: Int64 = .min
    private var month: Int64 = .min
    private var hourNanos: Int64 = 0
    private var dayNanos: Int64 = 0
    private var monthNanos: Int64 = 0

    package init() {}

    /// Moves to the periods of `wallSeconds`; a clock that steps back within a period changes nothing.
    package mutating func advance(toSecond wallSeconds: Int64) {
        let currentHour = Calendar.floorDivide(wallSeconds, 3600)
        guard currentHour != hour else { return }
        hour = currentHour
        hourNanos = 0
        let currentDay = Calendar.floorDivide(wallSeconds, 86_400)
        guard currentDay != day else { return }
        day = currentDay
        dayNanos = 0
        let parts = Calendar.parts(of: Timestamp(milliseconds: wallSeconds.multipliedSaturated(by: 1000)))
        let currentMonth = parts.year * 12 + parts.month
        guard currentMonth != month else { return }
        month = currentMonth
        monthNanos = 0
    }

    /// Adds a settled cost to all three periods; the periods must have been advanced.
    package mutating func add(_ nanos: Int64) {
        hourNanos = hourNanos.addingSaturated(nanos)
        dayNanos = dayNanos.addingSaturated(nanos)
        monthNanos = monthNanos.addingSaturated(nanos)
    }

    /// Takes over what was settled before the start.
    package mutating func seed(hour: Int64, day: Int64, month: Int64) {
        hourNanos = hourNanos.addingSaturated(hour)
        dayNanos = dayNanos.addingSaturated(day)
        monthNanos = monthNanos.addingSaturated(month)
    }

    /// Nano-dollars spent in the period that `kind` names; 0 for limits that are no budgets.
    package func spent(_ kind: LimitKind) -> Int64 {
        switch kind {
        case .budgetHour: hourNanos
        case .budgetDay: dayNanos
        case .budgetMonth: monthNanos
        default: 0
        }
    }

    /// Seconds from `wallSeconds` to the end of the period that `kind` names.
    package static func secondsLeft(_ kind: LimitKind, wallSeconds: Int64) -> Int64 {
        switch kind {
        case .budgetHour: return 3600 - (wallSeconds - Calendar.floorDivide(wallSeconds, 3600) * 3600)
        case .budgetDay: return 86_400 - (wallSeconds - Calendar.floorDivide(wallSeconds, 86_400) * 86_400)
        case .budgetMonth:
            let parts = Calendar.parts(of: Timestamp(milliseconds: wallSeconds.multipliedSaturated(by: 1000)))
            let next = parts.month == 12 ? (parts.year + 1, Int64(1)) : (parts.year, parts.month + 1)
            return Calendar.days(year: next.0, month: next.1, day: 1) * 86_400 - wallSeconds
        default: return 0
        }
    }
}
