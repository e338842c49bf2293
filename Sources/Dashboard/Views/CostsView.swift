import Domain
import Settings
import Telemetry
import Terminal

/// The Costs view: what it costs an hour, where each budget is heading, and who, what and when.
enum CostsView {
    static func draw(in rect: Rect, stage: Stage, pen: inout Pen) {
        switch stage.layout {
        case .wide, .standard: full(in: rect, stage: stage, pen: &pen)
        case .compact, .narrow: compact(in: rect, stage: stage, pen: &pen)
        case .tiny, .none: tiny(in: rect, stage: stage, pen: &pen)
        }
    }

    private static func full(in rect: Rect, stage: Stage, pen: inout Pen) {
        let half = rect.columns / 2
        let upper = rect.top(min(7, max(5, rect.rows / 4)))
        burn(in: upper.slice(from: 0, columns: half), stage: stage, pen: &pen)
        budgets(in: upper.slice(from: half, columns: rect.columns - half), stage: stage, pen: &pen)
        let rest = rect.droppingTop(upper.rows)
        let days = min(stage.layout == .wide ? 17 : 10, max(5, rest.rows / 3))
        let tables = rest.top(rest.rows - days)
        Panel.draw(.costs, in: tables.slice(from: 0, columns: half), stage: stage, pen: &pen)
        Panel.draw(.costModels, in: tables.slice(from: half, columns: rect.columns - half), stage: stage, pen: &pen)
        Panel.draw(.days, in: rest.droppingTop(tables.rows), stage: stage, pen: &pen)
    }

    private static func compact(in rect: Rect, stage: Stage, pen: inout Pen) {
        summary(row: rect.row, stage: stage, pen: &pen)
        var rest = rect.droppingTop(1)
        let lines = min(stage.layout == .narrow ? 1 : 3, stage.snapshot.costs.budgets.count)
        for (index, budget) in worst(stage).prefix(lines).enumerated() {
            projection(budget, row: rest.row + index, in: rest, stage: stage, pen: &pen)
        }
        rest = rest.droppingTop(lines)
        guard stage.layout == .compact else {
            Panel.draw(Panels.focused(stage.state), in: rest, stage: stage, pen: &pen)
            return
        }
        let third = max(3, rest.rows / 3)
        Panel.draw(.costs, in: rest.top(rest.rows - 2 * third), stage: stage, pen: &pen)
        rest = rest.droppingTop(rest.rows - 2 * third)
        Panel.draw(.costModels, in: rest.top(third), stage: stage, pen: &pen)
        Panel.draw(.days, in: rest.droppingTop(third), stage: stage, pen: &pen)
    }

    private static func tiny(in rect: Rect, stage: Stage, pen: inout Pen) {
        summary(row: rect.row, stage: stage, pen: &pen)
        Panel.draw(Panels.focused(stage.state), in: rect.droppingTop(1), stage: stage, pen: &pen)
    }

    /// What it costs now, today and this month.
    private static func amounts(_ stage: Stage) -> [[Span]] {
        let costs = stage.snapshot.costs
        return [
            [Span(Figures.dollars(costs.perHourNanoUSD), .money, bold: true), .muted(" /h")],
            [.muted("today "), .strong(Figures.dollars(costs.todayNanoUSD))],
            [.muted("month "), .plain(Figures.dollars(costs.monthNanoUSD))],
        ]
    }

    private static func summary(row: Int, stage: Stage, pen: inout Pen) {
        var at = 1
        for piece in amounts(stage) + trust(stage) where at + pen.columns(piece) < stage.size.columns {
            at = pen.put(piece, row: row, column: at, end: stage.size.columns) + 2
        }
    }

    /// How far the figures can be trusted: how many are the provider's own, and how many have no price.
    private static func trust(_ stage: Stage) -> [[Span]] {
        let costs = stage.snapshot.costs
        let known = costs.reported.addingSaturated(costs.estimated).addingSaturated(costs.partial)
        var pieces: [[Span]] = []
        if costs.unpriced > 0 { pieces.append([Span("\(Figures.count(costs.unpriced)) without price", .warn)]) }
        guard known > 0 else { return pieces }
        let share = Double(costs.reported) / Double(known)
        pieces.insert([.plain("\(Figures.wholePercent(share)) %"), .muted(" reported")], at: 0)
        if costs.estimated > 0 { pieces.append([.plain(Figures.count(costs.estimated)), .muted(" estimated")]) }
        if costs.partial > 0 { pieces.append([.plain(Figures.count(costs.partial)), .muted(" partial")]) }
        return pieces
    }

    private static func burn(in rect: Rect, stage: Stage, pen: inout Pen) {
        let inner = Frame("burn", fact: "last \(stage.window)").draw(in: rect, pen: &pen)
        var row = inner.row
        for piece in amounts(stage) where row < inner.bottom - 1 {
            pen.put(piece, row: row, column: inner.column + 1, end: inner.column + 26)
            row += 1
        }
        let trust = trust(stage)
        if !trust.isEmpty, row < inner.bottom {
            Tiles.fitting(trust, row: inner.bottom - 1, in: inner, gap: 2, pen: &pen)
        }
        let width = min(48, inner.columns - 28)
        guard width >= 8 else { return }
        let cells = AreaGraph.cells(
            stage.snapshot.costs.burnSeries, width: width, glyphs: pen.glyphs, role: .graph1, hot: .graphPeak)
        for (index, line) in cells.enumerated() {
            pen.cells(line, row: inner.row + index, column: inner.right - 2 - width)
        }
    }

    /// Budgets by how soon they are used up.
    private static func worst(_ stage: Stage) -> [CostFigures.Projection] {
        stage.snapshot.costs.budgets.sorted { left, right in
            let one = left.usedUpAt?.milliseconds ?? .max
            let other = right.usedUpAt?.milliseconds ?? .max
            return one == other ? left.share > right.share : one < other
        }
    }

    private static func budgets(in rect: Rect, stage: Stage, pen: inout Pen) {
        let all = worst(stage)
        let short = all.count { $0.usedUpAt != nil }
        let fact = all.isEmpty ? "" : short > 0 ? "\(short) of \(all.count) will not last" : "\(all.count) will last"
        let inner = Frame("budgets", fact: fact).draw(in: rect, pen: &pen)
        guard !all.isEmpty else {
            pen.put(.plain("no budgets"), row: inner.row, column: inner.column + 1, end: inner.right)
            if inner.rows > 1 {
                pen.put(
                    .muted("budget: 50.00/day under a tier, a client or limits: sets one"), row: inner.row + 1,
                    column: inner.column + 1, end: inner.right)
            }
            return
        }
        for (index, budget) in all.prefix(inner.rows).enumerated() {
            projection(budget, row: inner.row + index, in: inner, stage: stage, pen: &pen)
        }
    }

    /// `gateway  day  ━━━━━╸────  57 %  $ 512.88 of $ 900  → $ 870 at its end`.
    private static func projection(
        _ budget: CostFigures.Projection, row: Int, in rect: Rect, stage: Stage, pen: inout Pen
    ) {
        let name = min(24, max(12, rect.columns / 3))
        let column = rect.column + 1
        pen.put(
            [.plain(budget.scope), .muted(" \(budget.limit.kind.period ?? "")")], row: row, column: column,
            end: column + name)
        let bar = rect.columns >= 56 ? 12 : 8
        var at = column + name + 1
        pen.cells(QuotaBar.cells(share: budget.share, width: bar, glyphs: pen.glyphs), row: row, column: at)
        at += bar
        pen.putRight(
            [Span(Figures.wholePercent(budget.share) + "%", QuotaBar.textRole(of: budget.share))], row: row, end: at + 5
        )
        at += 6
        let end: [Span] =
            budget.usedUpAt.map {
                [
                    .muted("used up "),
                    Span(
                        $0 <= stage.now
                            ? "now" : "in " + Figures.coarse(Figures.secondsLeft(until: $0, now: stage.now)), .warn),
                ]
            } ?? [.muted("ends at "), .plain(Figures.dollars(budget.projectedNanoUSD))]
        let spent: [Span] = [
            .plain(Figures.dollars(budget.spentNanoUSD)), .muted(" of \(Figures.roundDollars(budget.limit.amount))"),
        ]
        for piece in [end, spent] where at + 1 + pen.columns(piece) < rect.right {
            at = pen.put(piece, row: row, column: at + 1, end: rect.right) + 1
        }
    }
}

extension CostFigures.Projection {
    /// How much of it is spent, 0 to 1 and above.
    var share: Double { limit.amount > 0 ? Double(spentNanoUSD) / Double(limit.amount) : 1 }
}
