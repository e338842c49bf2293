import Domain
import Testing

@Suite struct CalendarTests {
    @Test(
        arguments: [
            (0, "1970-01-01T00:00:00.000Z"), (-1, "1969-12-31T23:59:59.999Z"),
            (1_000_000_000_000, "2001-09-09T01:46:40.000Z"),
            (951_782_400_000, "2000-02-29T00:00:00.000Z"), (1_709_164_800_123, "2024-02-29T00:00:00.123Z"),
            (4_107_542_399_999, "2100-02-28T23:59:59.999Z"), (4_107_542_400_000, "2100-03-01T00:00:00.000Z"),
            (1_764_079_402_118, "2025-11-25T14:03:22.118Z"), (-62_135_596_800_000, "0001-01-01T00:00:00.000Z"),
            (.max, "9999-12-31T23:59:59.999Z"), (.min, "0001-01-01T00:00:00.000Z"),
        ] as [(Int64, String)])
    func writesKnownMoments(milliseconds: Int64, text: String) {
        #expect(Calendar.rfc3339(Timestamp(milliseconds: milliseconds)) == text)
        #expect(Calendar.date(Timestamp(milliseconds: milliseconds)) == text.prefix(10))
    }

    @Test func agreesWithItselfOverFourCenturies() {
        for day in stride(from: Int64(-80_000), through: 80_000, by: 7) {
            let parts = Calendar.parts(of: Timestamp(milliseconds: day * 86_400_000 + 1))
            #expect(Calendar.days(year: parts.year, month: parts.month, day: parts.day) == day)
            #expect((1...12).contains(parts.month) && (1...31).contains(parts.day))
        }
    }

    @Test func shiftsTheClockOfAScreen() {
        #expect(Calendar.clock(Timestamp(milliseconds: 0), offsetSeconds: 3600) == "01:00:00")
        #expect(Calendar.clock(Timestamp(milliseconds: 0), offsetSeconds: -3600) == "23:00:00")
    }

    @Test func movesMomentsWithoutTrapping() {
        #expect(Timestamp(milliseconds: .max).adding(seconds: .max).milliseconds == .max)
        #expect(Timestamp(milliseconds: .min).adding(milliseconds: -1).milliseconds == .min)
        #expect(Timestamp(milliseconds: .min).milliseconds(since: Timestamp(milliseconds: .max)) == .min)
        #expect(Timestamp(milliseconds: -1).seconds == -1)
        #expect(Timestamp(milliseconds: 1999).seconds == 1)
    }

    @Test(arguments: [
        (LimitKind.budgetHour, "2026-12-31T23:00:00.000Z", "2027-01-01T00:00:00.000Z", Int64(1)),
        (.budgetDay, "2026-12-31T00:00:00.000Z", "2027-01-01T00:00:00.000Z", 1),
        (.budgetMonth, "2026-12-01T00:00:00.000Z", "2027-01-01T00:00:00.000Z", 1),
    ])
    func budgetsFollowTheUTCCalendar(kind: LimitKind, start: String, end: String, left: Int64) {
        let now = Timestamp(milliseconds: 1_798_761_599_000)
        let period = kind.period(at: now)
        #expect(period.map { Calendar.rfc3339($0.lowerBound) } == start)
        #expect(period.map { Calendar.rfc3339($0.upperBound) } == end)
        #expect(kind.secondsLeft(at: now) == left)
    }

    @Test(arguments: [(2026, 12, 31), (2028, 2, 29), (2026, 2, 28), (2026, 11, 30)] as [(Int64, Int64, Int64)])
    func aMonthHasItsDays(year: Int64, month: Int64, days: Int64) {
        let start = Calendar.days(year: year, month: month, day: 1) * 86_400
        let last = Timestamp(milliseconds: (start + days * 86_400) * 1000 - 1)
        #expect(Calendar.month(of: last) == start..<(start + days * 86_400))
    }

    @Test(arguments: LimitKind.allCases) func noClockTrapsAPeriod(kind: LimitKind) {
        for milliseconds in [Int64.min, -1, 0, .max] {
            let now = Timestamp(milliseconds: milliseconds)
            #expect((kind.period(at: now) == nil) == (kind.period == nil) && kind.secondsLeft(at: now) >= 0)
        }
    }
}
