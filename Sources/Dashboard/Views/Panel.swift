import Domain
import Settings
import Telemetry
import Terminal

/// A panel as it is drawn: its name, its one fact, its table, and what is said where there is nothing.
struct Panel {
    var title: String
    var fact = ""
    var columns: [TableColumn]
    var hasHeadings = true
    /// Whether columns are as wide as what stands in them: for texts of very different lengths.
    var fitsContent = false
    var sign: ((Row, Glyphs) -> Span?)?
    /// Said where the table is empty: what would be here, and how to get it.
    var empty: [String]

    /// Draws `name` in `rect`: in a frame or under a rule, with cursor where the panel can have the focus.
    ///
    /// - Parameter hasEdge: false for the compact Overview, whose first table stands without headline.
    static func draw(
        _ name: PanelName, in rect: Rect, stage: Stage, isBrief: Bool = false, hasEdge: Bool = true, pen: inout Pen
    ) {
        guard !rect.isEmpty else { return }
        let panel = Panel.make(name, width: rect.columns, stage: stage, isBrief: isBrief)
        let rows = RowModel.rows(of: name, state: stage.state, snapshot: stage.live)
        pen.lists[name] = rows
        let canFocus = Panels.focusable(stage.state).contains(name)
        let isFocused = canFocus && Panels.focused(stage.state) == name
        var table = Table(columns: panel.columns, gap: stage.layout.gap, hasHeadings: panel.hasHeadings)
        table.isOfTexts = panel.fitsContent
        if panel.fitsContent { table.fit(to: rows, height: rect.rows, pen: pen) }
        table.sorted = stage.state.sorts[name]
        table.sign = panel.sign
        table.marks = stage.state.marks
        table.offset = isFocused ? stage.state.columnOffset : 0
        var inner = rect
        if hasEdge {
            let frame = Frame(
                panel.title, extra: Panel.order(name, rows: rows, stage: stage),
                fact: panel.fact(
                    rows, name: name, missing: rows.isEmpty ? "" : table.missing(width: rect.columns - 2), stage: stage),
                isFocused: isFocused)
            let isFramed = stage.layout.hasFrames && rect.rows >= 3
            inner = isFramed ? frame.draw(in: rect, pen: &pen) : frame.rule(in: rect, pen: &pen)
        }
        guard !rows.isEmpty else {
            panel.sayEmpty(in: inner, isFiltered: rows.total > 0 && stage.state.filter != nil, stage: stage, pen: &pen)
            return
        }
        table.draw(rows, in: inner, cursor: canFocus ? isFocused : nil, pen: &pen)
    }

    /// The panel's one fact, how many marks there are, and which columns are missing.
    private func fact(_ rows: RowList, name: PanelName, missing: String, stage: Stage) -> String {
        let marked =
            name == Panels.focused(stage.state) && !stage.state.marks.isEmpty ? "\(stage.state.marks.count) marked" : ""
        return [missing, marked, count(rows, name: name, stage: stage)].filter { !$0.isEmpty }.joined(separator: "  ")
    }

    /// By what the rows are sorted, that the order is held, and the filter, where the panel has them.
    private static func order(_ name: PanelName, rows: RowList, stage: Stage) -> [Span] {
        var spans: [Span] = []
        if let sort = stage.state.sorts[name] {
            spans += [.muted("by "), .plain(sort.column + (sort.isDescending ? " ▼" : " ▲"))]
        } else if name == .clients {
            spans += [.muted("by "), .plain("severity, $/h ▼")]
        }
        if rows.isHeld { spans += [Span(spans.isEmpty ? "held" : " held", .warn)] }
        if stage.state.filter != nil, rows.count != rows.total || name == Panels.focused(stage.state) {
            spans += [.muted(spans.isEmpty ? "filter " : "  filter "), Span(stage.state.filterText, .focus)]
        }
        return spans
    }

    private func count(_ rows: RowList, name: PanelName, stage: Stage) -> String {
        if !fact.isEmpty { return fact }
        if rows.isEmpty, rows.total == 0 { return "" }
        let all: Int =
            switch name {
            case .clients: max(stage.snapshot.clientCount, rows.total)
            case .keys where stage.state.crumbs.isEmpty: max(stage.snapshot.keyCount, rows.total)
            case .keys: rows.count
            default: rows.total
            }
        return rows.count == all ? "\(all)" : "\(rows.count) of \(all)"
    }

    /// One or two muted lines in the upper left.
    private func sayEmpty(in rect: Rect, isFiltered: Bool, stage: Stage, pen: inout Pen) {
        let words =
            isFiltered
            ? [
                "nothing matches \(stage.state.filterText)",
                rect.columns < 60
                    ? "/ Ctrl-u Enter clears the filter" : "/ changes the filter, / Ctrl-u Enter clears it",
            ]
            : empty
        for (index, line) in words.prefix(rect.rows).enumerated() {
            pen.put(
                Span(line, index == 0 ? .text : .muted), row: rect.row + index, column: rect.column + 1,
                end: rect.right)
        }
    }
}
