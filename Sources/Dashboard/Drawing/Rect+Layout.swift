import Terminal

extension Rect {
    /// First row below it.
    var bottom: Int { row + rows }
    /// First column to the right of it.
    var right: Int { column + columns }
    /// Whether it holds no cell.
    var isEmpty: Bool { rows == 0 || columns == 0 }

    /// The rectangle without `count` lines at the top.
    func droppingTop(_ count: Int) -> Rect {
        let taken = min(max(0, count), rows)
        return Rect(row: row + taken, column: column, rows: rows - taken, columns: columns)
    }

    /// The `count` upper lines.
    func top(_ count: Int) -> Rect { Rect(row: row, column: column, rows: min(max(0, count), rows), columns: columns) }

    /// The rectangle less `horizontal` columns at each side and `vertical` lines above and below.
    func inset(horizontal: Int, vertical: Int) -> Rect {
        Rect(
            row: row + vertical, column: column + horizontal, rows: rows - 2 * vertical,
            columns: columns - 2 * horizontal)
    }

    /// The columns from `start` on, counted from the left edge, at most `count` of them.
    func slice(from start: Int, columns count: Int) -> Rect {
        let from = min(max(0, start), columns)
        return Rect(row: row, column: column + from, rows: rows, columns: min(max(0, count), columns - from))
    }
}
