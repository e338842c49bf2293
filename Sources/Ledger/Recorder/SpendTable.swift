package import Domain

/// What spend is kept by.
package struct SpendKey: Hashable, Sendable {
    /// Start of the UTC hour in seconds since 1970.
    package var hour: Int64
    package var client: String
    package var model: String
}

/// Sums of spend by hour, client and model; exact integers, held at the edge instead of trapping.
package struct SpendTable: Sendable {
    private(set) var rows: [SpendKey: UsageRow] = [:]

    package init() {}

    package var isEmpty: Bool { rows.isEmpty }
    package var count: Int { rows.count }

    /// Counts a finished request to the hour it arrived in; one that never reached a provider costs nothing.
    package mutating func add(_ record: RequestRecord) {
        guard record.attempt > 0 || record.cost != .zero else { return }
        let key = SpendKey(hour: Calendar.hour(of: record.time), client: record.client, model: record.model)
        rows[key, default: SpendTable.empty(key)].add(record)
    }

    /// Adds the figures of a row.
    package mutating func add(_ row: UsageRow) {
        let key = SpendKey(hour: row.hour, client: row.client, model: row.model)
        rows[key, default: SpendTable.empty(key)].add(row)
    }

    /// Adds all of another table.
    package mutating func add(_ other: SpendTable) {
        for row in other.rows.values { add(row) }
    }

    /// The newest hour that it has; nil where it is empty.
    var newestHour: Int64? { rows.keys.lazy.map(\.hour).max() }

    /// What was spent from a moment on, in seconds since 1970.
    func since(_ start: Int64) -> SpendTable {
        var kept = SpendTable()
        kept.rows = rows.filter { $0.key.hour >= start }
        return kept
    }

    /// The same money with the hours of days before `today` summed to the first hour of their day.
    func folding(before today: Int64, keepingClients: Bool) -> SpendTable {
        var folded = SpendTable()
        for var row in rows.values {
            if row.hour < today {
                row.hour = Calendar.floorDivide(row.hour, 86_400) &* 86_400
                if !keepingClients { row.client = SpendBook.others }
            }
            folded.add(row)
        }
        return folded
    }

    private static func empty(_ key: SpendKey) -> UsageRow {
        UsageRow(
            client: key.client, model: key.model,
            day: Calendar.date(Timestamp(milliseconds: key.hour.multipliedSaturated(by: 1000))), hour: key.hour)
    }
}

extension UsageRow {
    mutating func add(_ record: RequestRecord) {
        requests = requests.addingSaturated(1)
        inputTokens = inputTokens.addingSaturated(record.usage.input)
        cachedTokens = cachedTokens.addingSaturated(record.usage.cached)
        outputTokens = outputTokens.addingSaturated(record.usage.output)
        reasoningTokens = reasoningTokens.addingSaturated(record.usage.reasoning)
        switch record.usage.source {
        case .none: break
        case .reported: reported = reported.addingSaturated(1)
        case .estimated: estimated = estimated.addingSaturated(1)
        case .partial: partial = partial.addingSaturated(1)
        }
        if record.isPriced {
            costNanoUSD = costNanoUSD.addingSaturated(record.cost.nanos)
        } else {
            unpriced = unpriced.addingSaturated(1)
        }
    }

    mutating func add(_ other: UsageRow) {
        requests = requests.addingSaturated(other.requests)
        inputTokens = inputTokens.addingSaturated(other.inputTokens)
        cachedTokens = cachedTokens.addingSaturated(other.cachedTokens)
        outputTokens = outputTokens.addingSaturated(other.outputTokens)
        reasoningTokens = reasoningTokens.addingSaturated(other.reasoningTokens)
        costNanoUSD = costNanoUSD.addingSaturated(other.costNanoUSD)
        reported = reported.addingSaturated(other.reported)
        estimated = estimated.addingSaturated(other.estimated)
        partial = partial.addingSaturated(other.partial)
        unpriced = unpriced.addingSaturated(other.unpriced)
    }
}
