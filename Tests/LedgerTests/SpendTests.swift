import Domain
import Ledger
import Testing

@Suite struct SpendTests {
    private let scratch = Scratch()

    private func row(_ client: String, _ model: String, hour: Int64, cost: Int64) -> UsageRow {
        var row = UsageRow(client: client, model: model, hour: hour)
        row.requests = 1
        row.inputTokens = cost &* 3
        row.costNanoUSD = cost
        row.reported = 1
        return row
    }

    @Test func sumsAreExactUnderRandomBatches() throws {
        var random = SystemRandomNumberGenerator()
        let store = try scratch.open()
        var reference: [String: (cost: Int64, requests: Int64)] = [:]
        for _ in 0..<40 {
            var batch: [UsageRow] = []
            for _ in 0..<Int.random(in: 0..<60, using: &random) {
                let client = "client-\(Int.random(in: 0..<4, using: &random))"
                let model = "model-\(Int.random(in: 0..<3, using: &random))"
                let hour = Int64.random(in: 490_000..<490_050, using: &random) * 3600
                let cost = Int64.random(in: 0..<1_000_000_000_000, using: &random)
                batch.append(row(client, model, hour: hour, cost: cost))
                let day = hour / 86_400
                for key in ["", client, model, "\(client) \(model) \(day)"] {
                    reference[key, default: (0, 0)].cost += cost
                    reference[key, default: (0, 0)].requests += 1
                }
            }
            try store.addSpend(batch)
        }
        let whole = try store.usage(by: [], since: nil)
        #expect(whole.map(\.costNanoUSD) == [reference[""]?.cost])
        #expect(whole.map(\.inputTokens) == [reference[""].map { $0.cost * 3 }])
        for row in try store.usage(by: ["client"], since: nil) {
            #expect(row.costNanoUSD == reference[row.client]?.cost)
            #expect(row.requests == reference[row.client]?.requests)
        }
        for row in try store.usage(by: ["model"], since: nil) {
            #expect(row.costNanoUSD == reference[row.model]?.cost)
        }
        let days: ClosedRange<Int64> = 20_410...20_425
        var seen = 3 + 4 + 1
        for row in try store.usage(by: ["client", "model", "day"], since: nil) {
            let day = days.first { Calendar.date(Timestamp(milliseconds: $0 * 86_400_000)) == row.day } ?? 0
            #expect(row.costNanoUSD == reference["\(row.client) \(row.model) \(day)"]?.cost)
            seen += 1
        }
        #expect(seen == reference.count)
    }

    @Test func sinceIncludesTheWholeHour() throws {
        let store = try scratch.open()
        try store.addSpend([
            row("c", "m", hour: 0, cost: 1), row("c", "m", hour: 3600, cost: 2), row("c", "m", hour: 7200, cost: 4),
        ])
        #expect(try store.spend(since: Timestamp(milliseconds: 5_000_000)).map(\.costNanoUSD) == [2, 4])
        #expect(try store.usage(by: ["hour"], since: nil).map(\.hour) == [0, 3600, 7200])
    }

    @Test func anAbsurdSumIsHeldAtTheEdgeAndKeepsNobodyOut() throws {
        let store = try scratch.open()
        for _ in 0..<2 { try store.addSpend([row("c", "m", hour: 0, cost: .max)]) }
        try store.addSpend([row("d", "m", hour: 0, cost: 5)])
        #expect(try store.usage(by: ["client"], since: nil).map(\.costNanoUSD) == [.max, 5])
        try store.addSpend([row("c", "another", hour: 3600, cost: .max)])
        for columns in [[], ["client"], ["model"], ["day"], ["client", "model", "day", "hour"]] {
            #expect(try store.usage(by: columns, since: nil).map(\.costNanoUSD).max() == .max, "\(columns)")
        }
    }

    @Test(arguments: ["address", "client; DROP TABLE spend", ""])
    func aColumnOfAnotherNameIsRefused(name: String) throws {
        let store = try scratch.open()
        #expect(code { _ = try store.usage(by: [name], since: nil) } == .invalid)
    }

    @Test func hostileNamesAreOnlyData() throws {
        let store = try scratch.open()
        let kept = "'); DROP TABLE spend; --\u{fffd}\u{202e}\n"
        let name = "'); DROP TABLE spend; --\u{0}\u{202e}\n"
        try store.addSpend([row(name, name, hour: 0, cost: 7)])
        #expect(try store.usage(by: ["client", "model"], since: nil).map { [$0.client, $0.model] } == [[kept, kept]])
    }
}
