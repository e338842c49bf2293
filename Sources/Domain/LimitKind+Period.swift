extension LimitKind {
    /// The calendar period of a budget that holds `now`, in UTC, its end excluded; nil for a limit that is no budget.
    package func period(at now: Timestamp) -> Range<Timestamp>? {
        switch self {
        case .requests, .tokens, .concurrent: return nil
        case .budgetHour: return LimitKind.span(of: 3600, at: now)
        case .budgetDay: return LimitKind.span(of: 86_400, at: now)
        case .budgetMonth:
            let parts = Calendar.parts(of: now)
            let next = parts.month == 12 ? (parts.year + 1, 1) : (parts.year, parts.month + 1)
            let days = (
                Calendar.days(year: parts.year, month: parts.month, day: 1),
                Calendar.days(year: next.0, month: next.1, day: 1)
            )
            return LimitKind.range(days.0, days.1, unit: 86_400)
        }
    }

    /// Seconds until the calendar period of a budget ends; 0 for a limit that is no budget.
    package func secondsLeft(at now: Timestamp) -> Int64 {
        period(at: now).map { max(0, $0.upperBound.seconds.subtractingSaturated(now.seconds)) } ?? 0
    }

    private static func span(of seconds: Int64, at now: Timestamp) -> Range<Timestamp> {
        let index = Calendar.floorDivide(now.seconds, seconds)
        return range(index, index.addingSaturated(1), unit: seconds)
    }

    /// - Parameter unit: seconds that `start` and `end` count.
    private static func range(_ start: Int64, _ end: Int64, unit: Int64) -> Range<Timestamp> {
        let from = Timestamp(milliseconds: start.multipliedSaturated(by: unit).multipliedSaturated(by: 1000))
        let to = Timestamp(milliseconds: end.multipliedSaturated(by: unit).multipliedSaturated(by: 1000))
        // A range traps where it would run backwards, and a clock can say anything.
        return from..<max(from, to)
    }
}
