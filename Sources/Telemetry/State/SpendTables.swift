import Domain

/// Sums of the settled spend of the month, taken from the ledger's rows at most once a second.
struct SpendTables {
    private(set) var today: Int64 = 0
    private(set) var month: Int64 = 0
    private(set) var todayByClient: [String: CostFigures.Line] = [:]
    private(set) var todayByModel: [String: CostFigures.Line] = [:]
    private(set) var byDay: [String: CostFigures.Line] = [:]
    private var takenAt: UInt32?
    private var rowCount = 0

    /// Whether the rows are old enough to be asked for again; many rows are asked for less often.
    func isStale(at second: UInt32) -> Bool {
        guard let takenAt else { return true }
        return second >= takenAt &+ (rowCount > 20_000 ? 5 : 1)
    }

    mutating func take(_ rows: [UsageRow], at second: UInt32, wall: Timestamp) {
        self = SpendTables()
        takenAt = second
        rowCount = rows.count
        let date = Calendar.date(wall)
        for row in rows {
            let day =
                row.day.isEmpty
                ? Calendar.date(Timestamp(milliseconds: row.hour.multipliedSaturated(by: 1000))) : row.day
            month = month.addingSaturated(row.costNanoUSD)
            SpendTables.add(row, to: &byDay, name: day)
            guard day == date else { continue }
            today = today.addingSaturated(row.costNanoUSD)
            SpendTables.add(row, to: &todayByClient, name: row.client)
            SpendTables.add(row, to: &todayByModel, name: row.model)
        }
    }

    private static func add(_ row: UsageRow, to lines: inout [String: CostFigures.Line], name: String) {
        lines[name, default: CostFigures.Line(name: name, costNanoUSD: 0)].add(row)
    }

    /// The last 14 days with spend known, days without any as zero, today last.
    func days(until wall: Timestamp) -> [CostFigures.Line] {
        guard let oldest = byDay.keys.min() else { return [] }
        var lines: [CostFigures.Line] = []
        for back in stride(from: Int64(13), through: 0, by: -1) {
            let date = Calendar.date(wall.adding(seconds: -86_400 * back))
            if date < oldest { continue }
            lines.append(byDay[date] ?? CostFigures.Line(name: date, costNanoUSD: 0))
        }
        return lines
    }
}

extension CostFigures.Line {
    mutating func add(_ row: UsageRow) {
        costNanoUSD = costNanoUSD.addingSaturated(row.costNanoUSD)
        requests = requests.addingSaturated(row.requests)
        inputTokens = inputTokens.addingSaturated(row.inputTokens)
        cachedTokens = cachedTokens.addingSaturated(row.cachedTokens)
        outputTokens = outputTokens.addingSaturated(row.outputTokens)
        unpriced = unpriced.addingSaturated(row.unpriced)
    }
}
