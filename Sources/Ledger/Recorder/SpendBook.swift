package import Domain
import Synchronization

/// Spend of the current UTC month in memory, settled to date: what the screen shows, what budgets start from.
///
/// Exact for the current hour and day always. Beyond `bound` rows the older days are kept by day, and should that not
/// be enough without the client; the store keeps every row.
package final class SpendBook: Sendable {
    private struct State {
        var table = SpendTable()
        /// The table as rows, made when asked for and kept until something is added.
        var rows: [UsageRow]?
        var month: Int64 = .min
    }

    private let state: Mutex<State>
    private let bound: Int

    /// Seconds for which what was spent before the current month is kept.
    private static let memory: Int64 = 31 * 86_400

    /// The name under which clients are summed that no longer fit.
    package static let others = "(others)"

    /// - Parameters:
    ///   - rows: spend of the month so far, from `Store.spend(since:)` with the start of the month.
    ///   - bound: how many rows are kept apart.
    package init(rows: [UsageRow] = [], bound: Int = 100_000) {
        var initial = State()
        for row in rows { initial.table.add(row) }
        state = Mutex(initial)
        self.bound = bound
    }

    /// Adds what was settled since the last time.
    package func add(_ table: SpendTable) {
        guard !table.isEmpty else { return }
        state.withLock { state in
            state.table.add(table)
            state.rows = nil
            guard state.table.count > bound, let newest = state.table.newestHour else { return }
            let today = Calendar.floorDivide(newest, 86_400) &* 86_400
            state.table = state.table.folding(before: today, keepingClients: true)
            if state.table.count > bound { state.table = state.table.folding(before: today, keepingClients: false) }
        }
    }

    /// The month's rows by hour, client and model, in no particular order; what happened in other months is left out.
    package func monthRows(at now: Timestamp) -> [UsageRow] {
        let month = Calendar.month(of: now)
        return state.withLock { state in
            if state.month != month.lowerBound {
                state.month = month.lowerBound
                // A clock that is set back finds the month that it left.
                state.table = state.table.since(month.lowerBound - SpendBook.memory)
                state.rows = nil
            }
            if let rows = state.rows { return rows }
            let rows = state.table.rows.values.filter { month.contains($0.hour) }
            state.rows = rows
            return rows
        }
    }

    /// Spend of the current hour, day and month, for the gateway and by client and model.
    package func totals(at now: Timestamp) -> SpendTotals { SpendTotals(rows: monthRows(at: now), at: now) }
}

/// Money spent in the current UTC hour, day and month, in nano-dollars.
package struct PeriodTotals: Hashable, Sendable {
    package var hour: Int64 = 0
    package var day: Int64 = 0
    package var month: Int64 = 0

    package init() {}
}

/// What counters of budgets start from.
package struct SpendTotals: Sendable {
    package var gateway = PeriodTotals()
    package var clients: [String: PeriodTotals] = [:]
    package var models: [String: PeriodTotals] = [:]

    /// Sums rows by hour, as `Store.spend(since:)` gives them; each counts in the periods that hold it, so that a clock
    /// which was set back does not charge today for tomorrow.
    package init(rows: [UsageRow], at now: Timestamp) {
        let hour = Calendar.hour(of: now)
        let day = Calendar.floorDivide(hour, 86_400) &* 86_400
        let month = Calendar.month(of: now)
        for row in rows where month.contains(row.hour) {
            var spend = PeriodTotals()
            spend.month = row.costNanoUSD
            if row.hour >= day, row.hour < day + 86_400 { spend.day = row.costNanoUSD }
            if row.hour == hour { spend.hour = row.costNanoUSD }
            gateway.add(spend)
            clients[row.client, default: PeriodTotals()].add(spend)
            models[row.model, default: PeriodTotals()].add(spend)
        }
    }
}

extension PeriodTotals {
    fileprivate mutating func add(_ other: PeriodTotals) {
        hour = hour.addingSaturated(other.hour)
        day = day.addingSaturated(other.day)
        month = month.addingSaturated(other.month)
    }
}
