import Settings
import Telemetry
import Terminal

/// The second line: the nine views, the open one on a chip, and how many incidents there are.
enum Tabs {
    static func draw(_ stage: Stage, row: Int, pen: inout Pen) {
        var end = stage.size.columns - 1
        if stage.size.columns >= 100 {
            let incidents = incidents(stage, isShort: false, glyphs: pen.glyphs)
            if !incidents.isEmpty, pen.putRight(incidents, row: row, end: end, start: 60) {
                end -= pen.columns(incidents) + 2
            }
        }
        // First padding goes, then the names of the others: letters never.
        let crumbs = crumbs(stage)
        for style in [Style.padded, .plain, .digits] where width(style, stage) + 1 <= end {
            let after = draw(style, stage, row: row, end: end, pen: &pen)
            if !crumbs.isEmpty { pen.put(crumbs, row: row, column: after + 2, end: end) }
            return
        }
        draw(.digits, stage, row: row, end: end, pen: &pen)
    }

    private enum Style { case padded, plain, digits }

    private static func width(_ style: Style, _ stage: Stage) -> Int {
        let isShort = !stage.state.crumbs.isEmpty && stage.size.columns < 160
        if isShort, style != .digits { return .max - 1 }
        return ViewName.allCases.reduce(0) { $0 + pieces($1, style, stage).reduce(0) { $0 + $1.count } } + 8
    }

    /// Digit and name of a tab with the air around them.
    private static func pieces(_ view: ViewName, _ style: Style, _ stage: Stage) -> [String] {
        let isOpen = view == stage.state.view
        switch style {
        case .padded: return [" \(view.rawValue)", " \(view.title) "]
        case .plain: return ["\(view.rawValue)", " \(view.title)"]
        case .digits: return isOpen ? ["\(view.rawValue)", " \(view.title)"] : ["\(view.rawValue)"]
        }
    }

    @discardableResult
    private static func draw(_ style: Style, _ stage: Stage, row: Int, end: Int, pen: inout Pen) -> Int {
        var at = 1
        for view in ViewName.allCases {
            let pieces = pieces(view, style, stage)
            guard at + pieces.reduce(0, { $0 + $1.count }) <= end else { return at }
            if view == stage.state.view {
                at = pen.put(.strong(pieces.joined()), row: row, column: at, end: end, surface: .selection)
            } else {
                at = pen.put(Span(pieces[0], .focus), row: row, column: at, end: end)
                if pieces.count > 1 { at = pen.put(.muted(pieces[1]), row: row, column: at, end: end) }
            }
            at += 1
        }
        return at
    }

    /// Where one has drilled to: `› acme-batch › 429 rate_limit_exceeded`.
    private static func crumbs(_ stage: Stage) -> [Span] {
        guard !stage.state.crumbs.isEmpty else { return [] }
        return stage.state.crumbs.enumerated().flatMap { index, place in
            [
                Span.muted(index == 0 ? "› " : " › "),
                index == stage.state.crumbs.count - 1 ? .strong(place.label) : .plain(place.label),
            ]
        }
    }

    /// How many incidents are open, by the worst of them; empty where all is well.
    static func incidents(_ stage: Stage, isShort: Bool, glyphs: Glyphs) -> [Span] {
        let open = stage.live.incidents.filter { $0.end == nil }
        guard let worst = open.map(\.severity).max() else { return [] }
        let words = isShort ? "\(open.count)" : open.count == 1 ? "1 incident" : "\(open.count) incidents"
        return [Span("\(glyphs.severity(worst)) \(words)", worst.role, bold: true)]
    }
}
