import Domain
import Settings
import Telemetry
import Terminal

/// Draws a dialog on a surface of its own beside the row that it is about, never over it.
enum DialogBox {
    static func draw(_ dialog: Dialog, in body: Rect, stage: Stage, pen: inout Pen) {
        let content = content(of: dialog, stage: stage)
        let isDeaf = dialog.opening.isDeaf(at: stage.clock)
        let inner =
            content.lines.map { line in
                line.pieces.reduce(pen.columns(line.tail)) { $0 + columns($1, pen: pen) }
            }.max() ?? 0
        let width = min(stage.size.columns, max(content.width, min(inner, 96) + 4))
        // On a small screen the lines around the body are worth less than the dialog.
        let isSmall = stage.layout <= .narrow
        let top = isSmall ? 1 : body.row
        let bottom = isSmall ? stage.size.rows - 1 : body.bottom
        let place = place(height: content.lines.count + 2, top: top, bottom: bottom, cursor: pen.cursorRow)
        let lines = fitting(content, rows: place.rows - 2)
        let height = lines.count + 2
        let row = place.isAbove ? place.row + place.rows - height : place.row
        let rect = Rect(row: row, column: column(width: width, stage: stage), rows: height, columns: width)
        let frame = Frame(content.title, fact: content.fact, isFocused: true, surface: .dialog)
        let inside = frame.draw(in: rect, pen: &pen)
        for (index, line) in lines.enumerated() {
            draw(line, row: inside.row + index, in: inside, isDeaf: isDeaf, pen: &pen)
        }
    }

    /// Where the box goes: below the cursor's row with a line of air, above it, or where there is more room.
    private static func place(
        height: Int, top: Int, bottom: Int, cursor: Int?
    ) -> (row: Int, rows: Int, isAbove: Bool) {
        guard let cursor, cursor >= top, cursor < bottom else {
            let rows = min(height, bottom - top)
            return (top + max(0, (bottom - top - rows) / 3), rows, false)
        }
        let below = bottom - cursor - 1
        let above = cursor - top
        if height < below { return (cursor + 2, height, false) }
        if height <= below { return (cursor + 1, height, false) }
        if height < above { return (cursor - 1 - height, height, true) }
        if height <= above { return (cursor - height, height, true) }
        return below >= above ? (cursor + 1, below, false) : (top, above, true)
    }

    private static func column(width: Int, stage: Stage) -> Int {
        let spare = stage.size.columns - width
        // The identity at the left of the row and of its neighbours stays in sight.
        return stage.layout >= .standard ? min(44, max(0, spare - 6)) : max(0, spare / 2)
    }

    /// The lines that fit: the least important go first, then those far from the selected one.
    private static func fitting(_ content: DialogContent, rows: Int) -> [DialogContent.Line] {
        var lines = Array(content.lines.enumerated())
        while lines.count > max(1, rows) {
            guard let worst = lines.indices.max(by: { lines[$0].element.rank < lines[$1].element.rank }),
                lines[worst].element.rank > 0
            else { break }
            lines.remove(at: worst)
        }
        while lines.count > max(1, rows) {
            // Only lines of equal weight are left: a list. It scrolls around its selection; the answers stay.
            let selected = lines.firstIndex { $0.offset == content.selected } ?? 0
            let list = lines.count - 1
            lines.remove(at: selected > list / 2 ? 0 : max(0, list - 1))
        }
        return lines.map(\.element)
    }

    private static func columns(_ piece: DialogContent.Piece, pen: Pen) -> Int {
        switch piece {
        case .span(let span): pen.columns(span.text)
        case .cells(let cells): cells.count
        case .chip(let key, _): pen.columns(key) + 2
        }
    }

    private static func draw(
        _ line: DialogContent.Line, row: Int, in rect: Rect, isDeaf: Bool, pen: inout Pen
    ) {
        if line.isSelected {
            pen.tint(Rect(row: row, column: rect.column, rows: 1, columns: rect.columns), .cursor)
            pen.put(
                Span(String(pen.glyphs.cursor), .focus, bold: true), row: row, column: rect.column, end: rect.right)
        }
        var at = rect.column + 1
        for (index, piece) in line.pieces.enumerated() {
            switch piece {
            case .span(let span) where span.text.allSatisfy { $0 == " " }: at += span.text.count
            case .span(let span): at = pen.put(span, row: row, column: at, end: rect.right)
            case .cells(let cells):
                let shown = Array(cells.prefix(max(0, rect.right - at)))
                pen.cells(shown, row: row, column: at)
                at += shown.count
            case .chip(let key, let danger):
                // An answer is whole, key and words, or not there; the footer has them too.
                let words = line.pieces.dropFirst(index + 1).prefix(1).reduce(0) { $0 + columns($1, pen: pen) }
                guard index == 0 || at + columns(piece, pen: pen) + words <= rect.right else { return }
                // Dim while keys fall on deaf ears, so that nobody believes to have answered.
                let span = isDeaf ? Span(" \(key) ", .faint) : Span(" \(key) ", .strong, bold: true)
                at = pen.put(
                    span, row: row, column: at, end: rect.right, surface: isDeaf ? nil : danger ? .danger : .selection)
            }
        }
        if at + pen.columns(line.tail) <= rect.right - 1 {
            pen.put(line.tail, row: row, column: at, end: rect.right)
        }
    }

    private static func content(of dialog: Dialog, stage: Stage) -> DialogContent {
        switch dialog {
        case .revoke(let dialog): dialog.content(stage)
        case .limits(let dialog): dialog.content(stage)
        case .suspend(let dialog): dialog.content(stage)
        case .create(let dialog): dialog.content(stage)
        case .secret(let dialog): dialog.content(stage)
        case .undo(let dialog): dialog.content(stage)
        case .quit(let dialog): dialog.content(stage)
        case .picker(let dialog): dialog.content(stage)
        case .many(let dialog): dialog.content(stage)
        }
    }
}

extension Stage {
    /// `checked 0.4 s ago`: how old the figures of a dialog are.
    var checked: String {
        let milliseconds = min(max(0, clock.milliseconds(since: live.time)), 3_600_000)
        return "checked \(Figures.fixed(Double(milliseconds) / 1000, places: 1)) s ago"
    }
}
