import Domain
import Synchronization
import Testing

@testable import Proxy

/// Money in calendar periods, at their edges and under a clock that lies.
@Suite struct PeriodSpendTests {
    private static func seconds(_ year: Int64, _ month: Int64, _ day: Int64, _ rest: Int64 = 0) -> Int64 {
        Calendar.days(year: year, month: month, day: day) * 86_400 + rest
    }

    private func spent(_ spend: PeriodSpend) -> [Int64] {
        [.budgetHour, .budgetDay, .budgetMonth].map { spend.spent($0) }
    }

    @Test(arguments: [
        (seconds(2026, 11, 30, 86_399), seconds(2026, 12, 1), [Int64(0), 0, 0]),
        (seconds(2026, 12, 31, 86_399), seconds(2027, 1, 1), [0, 0, 0]),
        (seconds(2028, 2, 28, 86_399), seconds(2028, 2, 29), [0, 0, 7]),
        (seconds(2028, 2, 29, 86_399), seconds(2028, 3, 1), [0, 0, 0]),
        (seconds(2026, 11, 25, 3599), seconds(2026, 11, 25, 3600), [0, 7, 7]),
        (seconds(2026, 11, 25), seconds(2026, 11, 25, 3599), [7, 7, 7]),
        // The same hour of the next day and of the next year are other periods.
        (seconds(2026, 11, 25), seconds(2026, 11, 26), [0, 0, 7]),
        (seconds(2026, 11, 25), seconds(2027, 11, 25), [0, 0, 0]),
    ])
    func aNewPeriodBeginsAtItsEdgeAndNotBefore(from: Int64, to: Int64, left: [Int64]) {
        var spend = PeriodSpend()
        spend.advance(toSecond: from)
        spend.add(7)
        #expect(spent(spend) == [7, 7, 7])
        spend.advance(toSecond: to)
        #expect(spent(spend) == left)
    }

    @Test(arguments: [Int64(3600), -3600, 86_400, -86_400])
    func aClockThatStepsAwayAndBackFreesNoBudget(step: Int64) {
        let noon = Self.seconds(2026, 11, 1, 43_200)
        var spend = PeriodSpend()
        spend.advance(toSecond: noon)
        spend.add(7)
        spend.advance(toSecond: noon + step)
        spend.add(1)
        spend.advance(toSecond: noon)
        #expect(spend.spent(.budgetHour) == 7)
        #expect(spend.spent(.budgetDay) == (abs(step) == 86_400 ? 7 : 8))
        #expect(spend.spent(.budgetMonth) == (step == -86_400 ? 7 : 8))
    }

    @Test func aSeedFromBeforeTheStartCounts() {
        let counters = ScopeCounters()
        counters.seed(hour: 1, day: 2, month: 3, wallSeconds: 1_800_000_000)
        counters.state.withLock { #expect(spent($0.spend) == [1, 2, 3]) }
    }

    @Test func holdsAtTheTopInsteadOfTrapping() {
        var spend = PeriodSpend()
        spend.advance(toSecond: .max)
        spend.advance(toSecond: .min)
        spend.add(.max)
        spend.add(.max)
        #expect(spend.spent(.budgetDay) == .max)
    }
}
