import ArgumentParser
import Domain

/// `tollgate usage`: spend by client, model and day.
struct UsageCommand: OperatorCommand {
    static let configuration = CommandConfiguration(
        commandName: "usage", abstract: "Requests, tokens and money by client, model, day or hour.",
        discussion: "Works on the running gateway, or on the data folder of a stopped one.")

    @Option(help: "What to keep apart: client, model, day, hour, with commas.")
    var by = "client,model"
    @Option(help: "Only this last time, such as 24h, to the whole hour.")
    var since: TimeSpan?
    @OptionGroup var output: OutputOptions
    @OptionGroup var common: CommonOptions

    static let columns = ["day", "hour", "client", "model"]

    func validate() throws {
        let words = by.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
        guard Swift.Set(words).isSubset(of: UsageCommand.columns) else {
            throw ValidationError("--by takes client, model, day and hour, with commas between them")
        }
    }

    func perform() throws {
        let columns = UsageCommand.columns.filter(by.split(separator: ",").map(String.init).contains)
        let start = since.map { Clocks.wall().adding(seconds: -$0.seconds) }
        let answer = try Backend.with(common, for: .reading) { try $0.answer(.usage(by: columns, since: start)) }
        guard case .usage(let rows) = answer else { throw Failure(.data, "the gateway answers another question") }
        if output.json {
            return try Output.write(JSONShapes.list(rows) { JSONShapes.usage($0, by: columns, to: &$1) } + [0x0a])
        }
        try Output.write(Array(UsageCommand.table(rows, by: columns).utf8))
    }

    /// The rows and their sum.
    static func table(_ rows: [UsageRow], by columns: [String]) -> String {
        var table = TextTable(
            columns.map { ($0.uppercased(), .left) } + [
                ("REQUESTS", .right), ("INPUT", .right), ("CACHED", .right), ("OUTPUT", .right), ("REASONING", .right),
                ("COST", .right), ("NOT REPORTED", .right),
            ])
        var sum = UsageRow()
        for row in rows {
            sum.add(row)
            table.add(columns.map { name(of: $0, row) } + figures(row))
        }
        if rows.count > 1, !columns.isEmpty {
            table.add(["total"] + Array(repeating: " ", count: columns.count - 1) + figures(sum))
        }
        return table.text
    }

    private static func name(of column: String, _ row: UsageRow) -> String {
        switch column {
        case "day": row.day
        case "hour": Moment.text(Timestamp(milliseconds: row.hour.multipliedSaturated(by: 1000)))
        case "client": row.client
        default: row.model
        }
    }

    private static func figures(_ row: UsageRow) -> [String] {
        [
            Figure.count(row.requests), Figure.count(row.inputTokens), Figure.count(row.cachedTokens),
            Figure.count(row.outputTokens), Figure.count(row.reasoningTokens),
            Figure.dollars(row.costNanoUSD) + (row.unpriced > 0 ? " + \(row.unpriced) unpriced" : ""),
            Figure.count(row.estimated.addingSaturated(row.partial)),
        ]
    }
}

extension UsageRow {
    /// Adds another row's figures.
    mutating func add(_ row: UsageRow) {
        requests = requests.addingSaturated(row.requests)
        inputTokens = inputTokens.addingSaturated(row.inputTokens)
        cachedTokens = cachedTokens.addingSaturated(row.cachedTokens)
        outputTokens = outputTokens.addingSaturated(row.outputTokens)
        reasoningTokens = reasoningTokens.addingSaturated(row.reasoningTokens)
        costNanoUSD = costNanoUSD.addingSaturated(row.costNanoUSD)
        reported = reported.addingSaturated(row.reported)
        estimated = estimated.addingSaturated(row.estimated)
        partial = partial.addingSaturated(row.partial)
        unpriced = unpriced.addingSaturated(row.unpriced)
    }
}
