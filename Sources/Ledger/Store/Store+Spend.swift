package import Domain
import GRDB

extension Store {
    /// Adds spend to what is there, all rows in one transaction: each row adds its figures to its hour, client and model.
    ///
    /// Adding the same rows twice counts them twice: after a failure nothing of them was added.
    ///
    /// - Throws: what any write throws, see `LedgerError.Code`.
    package func addSpend(_ rows: [UsageRow]) throws(LedgerError) {
        guard !rows.isEmpty else { return }
        try write { db in
            let statement = try db.cachedStatement(sql: Store.addition)
            for row in rows {
                try statement.execute(arguments: [
                    row.hour, row.client.kept, row.model.kept, row.requests, row.inputTokens, row.cachedTokens,
                    row.outputTokens, row.reasoningTokens, row.costNanoUSD, row.reported, row.estimated, row.partial,
                    row.unpriced,
                ])
            }
        }
    }

    private static let figures = [
        "requests", "input", "cached", "output", "reasoning", "cost_nano", "reported", "estimated", "partial",
        "unpriced",
    ]

    // A sum past 64 bits becomes a REAL, which the column refuses: the cast holds it at the edge instead, so that one
    // absurd figure cannot keep every later row out.
    private static let addition = """
        INSERT INTO spend (hour, client, model, \(figures.joined(separator: ", ")))
        VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
        ON CONFLICT (hour, client, model) DO UPDATE SET
        \(figures.map { "\($0) = CAST(\($0) + excluded.\($0) AS INTEGER)" }.joined(separator: ", "))
        """

    /// Spend from a moment's hour on, one row an hour, client and model, oldest first.
    ///
    /// - Throws: what any read throws, see `LedgerError.Code`.
    package func spend(since: Timestamp) throws(LedgerError) -> [UsageRow] {
        try usage(by: ["hour", "client", "model"], since: since)
    }

    /// Spend summed by some of the columns `client`, `model`, `day`, `hour`; dearest first, or oldest first where
    /// summed by time.
    ///
    /// - Parameters:
    ///   - columns: what to keep apart; nothing: one row with the sum of all.
    ///   - since: the hour of this moment and what follows; nil: all there is.
    /// - Throws: `.invalid` for a column of another name.
    package func usage(by columns: [String], since: Timestamp?) throws(LedgerError) -> [UsageRow] {
        let wanted = Set(columns)
        guard wanted.isSubset(of: ["client", "model", "day", "hour"]) else {
            throw LedgerError(.invalid, "usage is summed by client, model, day and hour only")
        }
        // Days are UTC and 86,400 s long in this count, so their start is plain arithmetic.
        let day = "hour - ((hour % 86400 + 86400) % 86400)"
        let time = wanted.contains("hour") ? "hour" : wanted.contains("day") ? day : "0"
        let client = wanted.contains("client") ? "client" : "''"
        let model = wanted.contains("model") ? "model" : "''"
        // The order may round, the sums may not.
        let order = (time == "0" ? "" : "1, ") + "total(cost_nano) DESC, 2, 3"
        // sum() is exact and fails past 64 bits, total() rounds above 2^53: the halves of a figure do neither.
        let sums = Store.figures.map { "sum(\($0) >> 32), sum(\($0) & 0xffffffff)" }.joined(separator: ", ")
        let from = since.map { Calendar.hour(of: $0) } ?? Int64.min
        return try read { db in
            let rows = try Row.fetchCursor(
                db,
                sql: """
                    SELECT \(time), \(client), \(model), \(sums) FROM spend WHERE hour >= ?
                    GROUP BY 1, 2, 3 ORDER BY \(order)
                    """,
                arguments: [from])
            var usage: [UsageRow] = []
            while let row = try rows.next() { usage.append(Store.usage(row, wanted: wanted)) }
            return usage
        }
    }

    private static func usage(_ row: Row, wanted: Set<String>) -> UsageRow {
        let start: Int64 = row[0]
        let isTimed = wanted.contains("day") || wanted.contains("hour")
        var usage = UsageRow(
            client: row[1], model: row[2],
            day: isTimed ? Calendar.date(Timestamp(milliseconds: start.multipliedSaturated(by: 1000))) : "",
            hour: wanted.contains("hour") ? start : 0)
        func figure(_ index: Int) -> Int64 {
            let (high, low): (Int64, Int64) = (row[3 + 2 * index], row[4 + 2 * index])
            return high.multipliedSaturated(by: 1 << 32).addingSaturated(low)
        }
        usage.requests = figure(0)
        usage.inputTokens = figure(1)
        usage.cachedTokens = figure(2)
        usage.outputTokens = figure(3)
        usage.reasoningTokens = figure(4)
        usage.costNanoUSD = figure(5)
        usage.reported = figure(6)
        usage.estimated = figure(7)
        usage.partial = figure(8)
        usage.unpriced = figure(9)
        return usage
    }
}
