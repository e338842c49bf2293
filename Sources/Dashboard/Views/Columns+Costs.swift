import Domain
import Settings
import Telemetry

extension Columns {
    /// Spend by client, model or day; `heading` names the first column, `total` is what shares are of.
    static func spend(_ stage: Stage, heading: String, total: Int64, isDay: Bool = false) -> [TableColumn] {
        func line(
            _ heading: String, _ width: Int, rank: Int, right: Bool = false, most: Int? = nil, sort: String? = nil,
            cell: @escaping (CostFigures.Line) -> TableCell
        ) -> TableColumn {
            TableColumn(heading, width, rank: rank, right: right, most: most, sort: sort) { row in
                if case .spend(let line) = row { cell(line) } else { .spans([]) }
            }
        }
        var columns = [
            line(heading, isDay ? 10 : 16, rank: 0, most: isDay ? 10 : 28, sort: "NAME") { .text(.plain($0.name)) },
            line(isDay ? "SPENT $" : "TODAY $", 8, rank: 1, right: true, sort: "TODAY") {
                .text(.figure(Figures.money($0.costNanoUSD), .strong))
            },
            line(isDay ? "" : "SHARE", 6, rank: 4, most: isDay ? 24 : 14) { row in
                .bar(share: total > 0 ? Double(row.costNanoUSD) / Double(total) : 0)
            },
        ]
        if !isDay { columns.append(line("$/H", 6, rank: 2, right: true) { money($0.perHourNanoUSD) }) }
        columns += [
            line("REQUESTS", 8, rank: 3, right: true) { .text(.figure(Figures.count($0.requests))) },
            line("IN", 6, rank: 5, right: true) { .text(.figure(Figures.count($0.inputTokens))) },
            line("CACHED", 6, rank: 7, right: true) { .text(.figure(Figures.count($0.cachedTokens))) },
            line("OUT", 6, rank: 6, right: true) { .text(.figure(Figures.count($0.outputTokens))) },
        ]
        return columns
    }
}
