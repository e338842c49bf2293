/// How many columns and rows a screen has.
package struct Size: Hashable, Sendable, Codable {
    /// Character cells in a row.
    package var columns: Int
    /// Rows of cells.
    package var rows: Int

    /// A size in cells; what a terminal cannot be (negative) is taken as nothing.
    package init(columns: Int, rows: Int) {
        self.columns = max(0, columns)
        self.rows = max(0, rows)
    }

    /// The largest picture that is ever drawn: a terminal that claims 65,535 × 65,535 must not cost the gateway's memory.
    package static let largest = Size(columns: 1_000, rows: 500)

    /// This size with each side held to `largest`.
    package var bounded: Size {
        Size(columns: min(columns, Size.largest.columns), rows: min(rows, Size.largest.rows))
    }
}

/// A rectangle of cells; it may reach beyond the canvas, where it is clipped.
package struct Rect: Hashable, Sendable {
    /// The top row.
    package var row: Int
    /// The left column.
    package var column: Int
    /// Height in rows.
    package var rows: Int
    /// Width in columns.
    package var columns: Int

    /// A rectangle from its top left corner and its extent.
    package init(row: Int, column: Int, rows: Int, columns: Int) {
        self.row = row
        self.column = column
        self.rows = max(0, rows)
        self.columns = max(0, columns)
    }
}
