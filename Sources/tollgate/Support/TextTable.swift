import Terminal

/// An aligned table for people: neutral text, widths in columns, no trailing blanks.
struct TextTable {
    /// Which edge of a column its cells keep to.
    enum Edge: Sendable { case left, right }

    private let titles: [String]
    private let edges: [Edge]
    private var rows: [[String]] = []
    /// What stands for a value that is not there.
    static let nothing = "–"

    /// - Parameter columns: titles from left to right; numbers keep to the right.
    init(_ columns: [(title: String, edge: Edge)]) {
        titles = columns.map(\.title)
        edges = columns.map(\.edge)
    }

    /// Adds a row; missing cells are empty, an empty cell shows as `–`.
    mutating func add(_ cells: [String]) {
        let padded = (cells + Array(repeating: "", count: max(0, titles.count - cells.count))).prefix(titles.count)
        rows.append(padded.map { $0.isEmpty ? TextTable.nothing : TextWidth.neutral($0) })
    }

    /// The lines of the table, the titles first.
    var lines: [String] {
        let all = [titles] + rows
        let widths = titles.indices.map { index in all.map { TextWidth.columns($0[index]) }.max() ?? 0 }
        return all.map { row in
            var line = ""
            for (index, cell) in row.enumerated() {
                let blanks = String(repeating: " ", count: max(0, widths[index] - TextWidth.columns(cell)))
                line += (index > 0 ? "  " : "") + (edges[index] == .left ? cell + blanks : blanks + cell)
            }
            while line.last == " " { line.removeLast() }
            return line
        }
    }

    /// The whole text, each line ended.
    var text: String { lines.map { $0 + "\n" }.joined() }
}

/// Figures as tables show them: zeros are `–`.
enum Figure {
    static func count(_ value: Int64) -> String { value == 0 ? "" : grouped(value) }

    /// Digits in groups of three.
    static func grouped(_ value: Int64) -> String {
        let digits = Array(String(value.magnitude))
        var text = value < 0 ? "-" : ""
        for (index, digit) in digits.enumerated() {
            if index > 0, (digits.count - index) % 3 == 0 { text.append(",") }
            text.append(digit)
        }
        return text
    }

    /// Nano-dollars as dollars with four decimals, rounded half up; what is less than that says so.
    static func dollars(_ nanos: Int64) -> String {
        guard nanos != 0 else { return "" }
        let magnitude = nanos.magnitude
        if magnitude < 50_000 { return "< $ 0.0001" }
        let tenThousandths = magnitude / 100_000 + (magnitude % 100_000 >= 50_000 ? 1 : 0)
        let fraction = String(tenThousandths % 10_000)
        let whole = grouped(Int64(clamping: tenThousandths / 10_000))
        return (nanos < 0 ? "-" : "") + "$ " + whole + "." + String(repeating: "0", count: 4 - fraction.utf8.count)
            + fraction
    }
}

/// Outside text in messages.
enum Visible {
    /// A name that nobody chose: neutral, and no longer than a line has room for.
    static func name(_ text: String) -> String { TextWidth.cut(TextWidth.neutral(text), to: 60) }
}
