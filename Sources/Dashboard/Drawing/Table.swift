import Settings
import Telemetry
import Terminal

/// What stands in one cell of a table.
enum TableCell {
    case spans([Span])
    /// Pieces beside each other, each whole or left out; only the first may be cut.
    case pieces([[Span]])
    case spark(Series, hot: Role?, role: Role)
    /// A bar, its percent, and the first of the notes that fits whole.
    case quota(share: Double, notes: [String])
    /// A part of a whole as a bar of one colour, without judgement.
    case bar(share: Double)

    /// One span.
    static func text(_ span: Span) -> TableCell { .spans([span]) }
}

/// A column of a table.
struct TableColumn {
    var heading: String
    /// The columns it takes where there is room.
    var width: Int
    /// The columns it shrinks to before it, or one that ranks before it, is left out; nil where it does not shrink.
    var shrunk: Int?
    var isRight = false
    /// 0 is the identity and is never dropped; of the others the highest goes first.
    var rank: Int
    /// The columns that it cannot do without.
    var least: Int { min(shrunk ?? width, width) }
    /// The most columns it may grow to where there is room; `width` for one that does not grow.
    var most: Int
    /// The sort column it stands for; its heading unless told.
    var sortKey: String
    var cell: (Row) -> TableCell

    init(
        _ heading: String, _ width: Int, rank: Int, right: Bool = false, shrunk: Int? = nil, most: Int? = nil,
        sort: String? = nil, cell: @escaping (Row) -> TableCell
    ) {
        self.heading = heading
        self.width = width
        self.shrunk = shrunk
        isRight = right
        self.rank = rank
        self.most = most ?? width
        sortKey = sort ?? heading
        self.cell = cell
    }
}

/// A table: headings, rows under them, the cursor's row on its own surface and within sight.
struct Table {
    var columns: [TableColumn]
    /// Columns of air between two columns.
    var gap = 2
    /// Whether the line of headings is drawn.
    var hasHeadings = true
    var sorted: SortOrder?
    /// Glyph and colour in front of a row; nil where the table has no such column.
    var sign: ((Row, Glyphs) -> Span?)?
    var marks: Set<RowID> = []
    /// Whether its columns are texts that make one sentence, the most wanted first.
    var isOfTexts = false
    /// Columns after the identity that are scrolled out of sight at the left.
    var offset = 0

    /// Columns before the first cell: cursor, sign, mark; without signs the mark stands in the cursor's place.
    var gutter: Int { sign == nil ? 1 : 3 }

    /// The columns that fit, each with its place, and how many had to go.
    func layout(width: Int) -> (placed: [(column: TableColumn, start: Int, width: Int)], dropped: Int) {
        // One column stays free at the right, so that figures do not touch the edge.
        let room = max(0, width - gutter - 1)
        let kept = fitting(scrolled, room: room)
        var widths = kept.map(\.least)
        var spare = max(0, room - needed(kept, isShrunk: true))
        for index in kept.indices.sorted(by: { kept[$0].rank < kept[$1].rank }) {
            let more = min(spare, kept[index].width - widths[index])
            widths[index] += more
            spare -= more
        }
        for index in kept.indices where kept[index].most > widths[index] {
            let more = min(spare, kept[index].most - widths[index])
            widths[index] += more
            spare -= more
        }
        var start = gutter
        var placed: [(column: TableColumn, start: Int, width: Int)] = []
        for (index, column) in kept.enumerated() {
            placed.append((column, start, max(0, min(widths[index], width - start))))
            start += widths[index] + gap
        }
        return (placed, columns.count - kept.count)
    }

    /// Makes each column that may grow as wide as its heading and what stands in the rows in sight, within its bounds.
    ///
    /// Columns of figures keep their width: they would move from frame to frame.
    mutating func fit(to rows: RowList, height: Int, pen: Pen) {
        let first = rows.top(height: max(1, height - 3))
        let seen = (first..<max(first, min(rows.count, first + height))).map { rows[$0] }
        let growing = columns.indices.filter { columns[$0].most > columns[$0].width }
        for index in growing {
            let column = columns[index]
            let widest = seen.reduce(column.heading.count) { widest, row in
                switch column.cell(row) {
                case .spans(let spans): max(widest, pen.columns(spans))
                case .pieces(let pieces): max(widest, pieces.reduce(0) { $0 + pen.columns($1) })
                case .spark, .quota, .bar: max(widest, column.width)
                }
            }
            columns[index].width = min(widest, column.most)
            // Room that is left belongs to the last text, not as air behind a name.
            if index != growing.last { columns[index].most = columns[index].width }
        }
    }

    private func needed(_ columns: [TableColumn], isShrunk: Bool) -> Int {
        columns.reduce(0) { $0 + (isShrunk ? $1.least : $1.width) } + gap * max(0, columns.count - 1)
    }

    /// The columns that fit: the highest rank goes first.
    ///
    /// A figure comes back where what went after it left it room; among texts none stays that ranks after one that went.
    private func fitting(_ columns: [TableColumn], room: Int) -> [TableColumn] {
        var isKept = [Bool](repeating: true, count: columns.count)
        func kept() -> [TableColumn] { columns.indices.filter { isKept[$0] }.map { columns[$0] } }
        let byRank = columns.indices.sorted { columns[$0].rank < columns[$1].rank }
        let lastToShrink = columns.filter { $0.shrunk != nil }.map(\.rank).max() ?? 0
        for index in byRank.reversed() where columns[index].rank > 0 {
            // Nothing shrinks for what is wanted less than it.
            let isShrunk = columns[index].rank <= lastToShrink
            if needed(kept(), isShrunk: isShrunk) > room { isKept[index] = false }
        }
        if isOfTexts { return kept() }
        for index in byRank where !isKept[index] {
            isKept[index] = true
            if needed(kept(), isShrunk: false) > room { isKept[index] = false }
        }
        return kept()
    }

    /// The columns without those that are scrolled away; the last one always stays.
    private var scrolled: [TableColumn] {
        let identity = columns.filter { $0.rank == 0 }
        let others = columns.filter { $0.rank != 0 }
        guard offset > 0, !others.isEmpty else { return columns }
        return identity + others.dropFirst(min(offset, others.count - 1))
    }

    /// `+5 cols` where columns had to go and the identity's heading has no room to say so; empty otherwise.
    func missing(width: Int) -> String {
        let (placed, dropped) = layout(width: width)
        guard hasHeadings, dropped > 0, let first = placed.first else { return "" }
        let note = Table.note(dropped)
        return first.column.heading.count + 1 + note.count <= first.width ? "" : note
    }

    private static func note(_ dropped: Int) -> String { "+\(dropped) \(dropped == 1 ? "col" : "cols")" }

    /// Draws the rows that fit; of all rows only those that are seen are formatted.
    ///
    /// - Parameter cursor: nil for a panel that never has the focus; else whether it has it, and then its row is
    ///   remembered for dialogs to keep clear of.
    func draw(_ rows: RowList, in rect: Rect, cursor isFocused: Bool?, pen: inout Pen) {
        guard !rect.isEmpty else { return }
        let (placed, dropped) = layout(width: rect.columns)
        var body = rect
        if hasHeadings {
            headings(placed, dropped: dropped, in: rect, pen: &pen)
            body = rect.droppingTop(1)
        }
        pen.pageRows[rows.panel] = body.rows
        let first = isFocused == nil ? 0 : rows.top(height: body.rows)
        for line in 0..<min(body.rows, max(0, rows.count - first)) {
            let isCurrent = isFocused != nil && first + line == rows.cursor
            let isMarked = !marks.isEmpty && rows.id(at: first + line).map(marks.contains) == true
            let place = Line(
                row: body.row + line, isCurrent: isCurrent, isFocused: isFocused == true, isMarked: isMarked)
            draw(rows[first + line], at: place, in: body, placed: placed, pen: &pen)
            if isCurrent, isFocused == true { pen.cursorRow = body.row + line }
        }
    }

    /// Where a row is drawn and how it stands out.
    private struct Line {
        var row: Int
        var isCurrent: Bool
        var isFocused: Bool
        var isMarked: Bool
    }

    private func headings(
        _ placed: [(column: TableColumn, start: Int, width: Int)], dropped: Int, in rect: Rect, pen: inout Pen
    ) {
        for (index, place) in placed.enumerated() {
            let isSorted = sorted?.column == place.column.sortKey && !place.column.heading.isEmpty
            let arrow = sorted?.isDescending == true ? pen.glyphs.descending : pen.glyphs.ascending
            let left = rect.column + place.start
            let end = left + place.width
            var spans = [Span(place.column.heading, isSorted ? .text : .muted)]
            if isSorted, place.column.heading.count + 1 <= place.width + (place.column.isRight ? gap - 1 : 0) {
                spans.append(Span(String(arrow), .focus))
            }
            if place.column.isRight {
                pen.putRight(spans, row: rect.row, end: end, start: left - gap + 1)
            } else {
                let after = pen.put(spans, row: rect.row, column: left, end: end)
                let note = Span(Table.note(dropped), .muted)
                if index == 0, dropped > 0, after + 1 + pen.columns(note.text) <= end {
                    pen.put(note, row: rect.row, column: after + 1, end: end)
                }
            }
        }
    }

    private func draw(
        _ row: Row, at line: Line, in rect: Rect, placed: [(column: TableColumn, start: Int, width: Int)],
        pen: inout Pen
    ) {
        let isLit = line.isCurrent && line.isFocused
        if isLit { pen.tint(Rect(row: line.row, column: rect.column, rows: 1, columns: rect.columns), .cursor) }
        let mark = Span(String(pen.glyphs.mark), .mark, bold: true)
        if line.isMarked { pen.put(mark, row: line.row, column: rect.column + gutter - 1, end: rect.right) }
        // Only the focused panel shows its cursor: two of them would leave in doubt what the next key acts on.
        if isLit {
            let span = Span(String(pen.glyphs.cursor), .focus, bold: true)
            pen.put(span, row: line.row, column: rect.column, end: rect.right)
        }
        if let span = sign?(row, pen.glyphs) { pen.put(span, row: line.row, column: rect.column + 1, end: rect.right) }
        if case .ghost(let id) = row {
            let spans = [Span(id.label, .stale), Span("  gone", .stale)]
            pen.put(spans, row: line.row, column: rect.column + gutter, end: rect.right)
            return
        }
        for (index, place) in placed.enumerated() {
            var cell = place.column.cell(row)
            if case .spans(var spans) = cell, index == 0, isLit, let first = spans.first, first.role == .text {
                spans[0] = .strong(first.text)
                cell = .spans(spans)
            }
            cell.draw(
                row: line.row, column: rect.column + place.start, width: place.width, isRight: place.column.isRight,
                pen: &pen)
        }
    }
}

extension TableCell {
    /// Draws the cell within its column.
    func draw(row: Int, column: Int, width: Int, isRight: Bool, pen: inout Pen) {
        switch self {
        case .spans(let spans):
            if isRight, pen.putRight(spans, row: row, end: column + width, start: column) { return }
            pen.put(spans, row: row, column: column, end: column + width)
        case .pieces(let pieces):
            var at = column
            for (index, piece) in pieces.enumerated() where index == 0 || at + pen.columns(piece) <= column + width {
                at = pen.put(piece, row: row, column: at, end: column + width)
            }
        case .spark(let series, let hot, let role):
            pen.cells(
                Sparkline.cells(series, width: width, glyphs: pen.glyphs, role: role, hot: hot), row: row,
                column: column)
        case .bar(let share):
            let cells = QuotaBar.cells(share: share, width: width, glyphs: pen.glyphs, isPlain: true)
            pen.cells(cells, row: row, column: column)
        case .quota(let share, let notes):
            let bar = width >= 17 ? 12 : max(0, width - 5)
            pen.cells(QuotaBar.cells(share: share, width: bar, glyphs: pen.glyphs), row: row, column: column)
            let percent = Span(Figures.wholePercent(share) + "%", QuotaBar.textRole(of: share))
            let after = column + min(width, bar + 5)
            pen.putRight([percent], row: row, end: after, start: column + bar)
            guard let note = notes.first(where: { after + 1 + pen.columns($0) <= column + width }) else { return }
            let role = share >= 0.8 ? QuotaBar.textRole(of: share) : .muted
            pen.put(Span(note, role), row: row, column: after + 1, end: column + width)
        }
    }
}
