import Domain
import Settings
import Telemetry
import Terminal

/// The three tiles of the Overview: is it us, is it them, what does it cost.
enum Tiles {
    static func draw(in rect: Rect, stage: Stage, pen: inout Pen) {
        let width = rect.columns / 3
        requests(in: rect.slice(from: 0, columns: width), stage: stage, pen: &pen)
        errors(in: rect.slice(from: width, columns: width), stage: stage, pen: &pen)
        money(in: rect.slice(from: 2 * width, columns: rect.columns - 2 * width), stage: stage, pen: &pen)
    }

    /// A graph two rows high in the right part of a tile.
    private static func graph(
        _ series: Series, in inner: Rect, from: Int, role: Role, hot: Role, pen: inout Pen
    ) {
        let width = min(48, inner.columns - from - 2)
        guard width >= 8 else { return }
        let cells = AreaGraph.cells(series, width: width, glyphs: pen.glyphs, role: role, hot: hot)
        let column = inner.right - 2 - width
        for (index, line) in cells.enumerated() { pen.cells(line, row: inner.row + index, column: column) }
    }

    private static func requests(in rect: Rect, stage: Stage, pen: inout Pen) {
        let figures = stage.snapshot.gateway
        let inner = Frame("requests", fact: "peak \(rate(figures.peakPerSecond))").draw(in: rect, pen: &pen)
        let row = inner.row
        pen.put(
            [.strong(rate(figures.requestsPerSecond)), .muted(" /s")], row: row, column: inner.column + 1,
            end: inner.right)
        graph(figures.requestSeries, in: inner, from: 11, role: .graph1, hot: .graphPeak, pen: &pen)
        fitting(
            [
                [.muted("in flight "), .plain("\(figures.inFlight)")],
                [.muted("streams "), .plain("\(figures.streams)")],
                [.muted("tok/s "), .figure(Figures.rate(figures.tokensPerSecond))],
            ], row: row + 2, in: inner, pen: &pen)
    }

    private static func errors(in rect: Rect, stage: Stage, pen: inout Pen) {
        let figures = stage.snapshot.gateway
        var fact = ""
        if let calm = figures.calmErrorShare, let at = figures.calmErrorAt {
            fact = "was \(Figures.fixed(calm * 100, places: 1)) % at \(stage.shortTime(at))"
        }
        let inner = Frame("errors", fact: fact).draw(in: rect, pen: &pen)
        pen.put(share(stage, glyphs: pen.glyphs), row: inner.row, column: inner.column + 1, end: inner.right)
        graph(figures.errorSeries, in: inner, from: 11, role: .warn, hot: .error, pen: &pen)
        let ours = whose("ours", figures.oursShare, part: "429", figures.refusedShare, role: .warn)
        let theirs = whose("theirs", figures.theirsShare, part: "5xx", figures.upstreamErrorShare, role: .error)
        // Both are said, for together they are the whole; their parts where there is room.
        let forms = [[ours.long, theirs.long], [ours.long, theirs.short], [ours.short, theirs.short]]
        let form = forms.first { $0.reduce(3) { $0 + pen.columns($1) } <= inner.columns - 2 } ?? forms[2]
        fitting(form, row: inner.row + 2, in: inner, pen: &pen)
    }

    /// `ours 5.4 (429 5.3)`, or `ours 429 5.3` where that is all of it; and the same without the part.
    private static func whose(
        _ label: String, _ share: Double, part: String, _ partShare: Double, role: Role
    ) -> (long: [Span], short: [Span]) {
        func figure(_ share: Double) -> Span { .figure(Figures.percent(share), share >= 0.01 ? role : .text) }
        let short: [Span] = [.muted("\(label) "), figure(share)]
        if partShare >= share { return ([.muted("\(label) \(part) "), figure(share)], short) }
        guard partShare > 0 else { return (short, short) }
        return (short + [.muted(" (\(part) "), figure(partShare), .muted(")")], short)
    }

    /// The share of requests that ended badly, with the gateway's severity in front.
    static func share(_ stage: Stage, glyphs: Glyphs) -> [Span] {
        let figures = stage.snapshot.gateway
        let percent = Figures.percent(figures.errorShare)
        guard percent != Figures.nothing else { return [.strong("0"), .muted(" %")] }
        guard figures.severity >= .error else { return [.strong(percent), .muted(" %")] }
        let role = figures.severity.role
        return [Span("\(glyphs.severity(figures.severity)) \(percent) %", role, bold: true)]
    }

    private static func money(in rect: Rect, stage: Stage, pen: inout Pen) {
        let figures = stage.snapshot.gateway
        let ttft = figures.firstByteMilliseconds == nil ? "" : "ttft \(Figures.latency(figures.firstByteMilliseconds))"
        let inner = Frame("latency and cost", fact: ttft).draw(in: rect, pen: &pen)
        let column = inner.column + 1
        pen.put(latencies(figures), row: inner.row, column: column, end: inner.right)
        // Whole or left out: half a figure is a wrong one.
        let spent = [("    ", true), ("  ", true), ("    ", false), ("  ", false)].map { air, isOfBudget in
            spending(figures, air: air, budget: isOfBudget ? figures.budgetNanoUSD : nil)
        }
        if let spans = spent.first(where: { column + pen.columns($0) <= inner.right }) ?? spent.last {
            pen.put(spans, row: inner.row + 1, column: column, end: inner.right)
        }
        guard let budget = figures.budgetNanoUSD else {
            let month = stage.snapshot.costs.monthNanoUSD
            let pieces: [[Span]] = [
                [.muted("this month "), .plain(Figures.dollars(month))], [.muted("no gateway budget")],
            ]
            return fitting(pieces, row: inner.row + 2, in: inner, gap: 2, pen: &pen)
        }
        let share = budget > 0 ? Double(figures.budgetSpentNanoUSD) / Double(budget) : 1
        let width = min(48, max(8, inner.columns - 12))
        pen.cells(QuotaBar.cells(share: share, width: width, glyphs: pen.glyphs), row: inner.row + 2, column: column)
        pen.put(
            Span("\(Figures.wholePercent(share)) %", QuotaBar.textRole(of: share)), row: inner.row + 2,
            column: column + width + 2, end: inner.right)
    }

    private static func spending(_ figures: GatewayFigures, air: String, budget: Int64?) -> [Span] {
        [
            Span(Figures.dollars(figures.costPerHourNanoUSD), .money, bold: true), .muted(" /h\(air)today "),
            .strong(Figures.dollars(figures.costTodayNanoUSD)),
        ] + (budget.map { [.muted(" of \(Figures.roundDollars($0))")] } ?? [])
    }

    /// Median and tails; a tail that hurts is coloured.
    static func latencies(_ figures: GatewayFigures) -> [Span] {
        let parts: [(String, Double?, Double)] = [
            ("p50 ", figures.p50Milliseconds, 2000), ("  p95 ", figures.p95Milliseconds, 4000),
            ("  p99 ", figures.p99Milliseconds, 8000),
        ]
        return parts.flatMap { label, value, limit -> [Span] in
            let isHigh = (value ?? 0) >= limit
            let role: Role = isHigh ? (limit == 8000 ? .error : .warn) : .text
            return [.muted(label), .figure(Figures.latency(value), role, bold: isHigh)]
        }
    }

    /// A rate for the tiles: whole from a hundred on, `0` rather than a dash.
    static func rate(_ value: Double) -> String {
        guard value.isFinite, value > 0 else { return "0" }
        return value >= 100 && value < 10_000 ? String(Figures.whole(value)) : Figures.rate(value)
    }

    /// Pieces beside each other, each whole or not at all.
    static func fitting(_ pieces: [[Span]], row: Int, in inner: Rect, gap: Int = 3, pen: inout Pen) {
        var at = inner.column + 1
        for piece in pieces where at + pen.columns(piece) <= inner.right - 1 {
            at = pen.put(piece, row: row, column: at, end: inner.right) + gap
        }
    }

    /// The tiles as one line for screens without room for frames, the most asked first.
    static func line(row: Int, stage: Stage, pen: inout Pen) {
        let figures = stage.snapshot.gateway
        let width = stage.size.columns
        let isRoomy = width >= 78
        var at = pen.put(
            [.strong(rate(figures.requestsPerSecond)), .muted("/s ")], row: row, column: 1, end: width)
        if isRoomy {
            at = max(at, 8)
            pen.cells(Sparkline.cells(figures.requestSeries, width: 12, glyphs: pen.glyphs), row: row, column: at)
            at += 14
        } else {
            at += 1
        }
        at = pen.put(share(stage, glyphs: pen.glyphs) + [.muted(" err ")], row: row, column: at, end: width)
        if isRoomy {
            at = max(at, 35)
            let cells = Sparkline.cells(figures.errorSeries, width: 10, glyphs: pen.glyphs, role: .warn, hot: .error)
            pen.cells(cells, row: row, column: at)
            at += 12
        } else {
            at += 1
        }
        let isHigh = (figures.p95Milliseconds ?? 0) >= 4000
        var pieces: [[Span]] = [
            [.muted("p95 "), .figure(Figures.latency(figures.p95Milliseconds), isHigh ? .warn : .text, bold: isHigh)],
            [Span(Figures.dollars(figures.costPerHourNanoUSD), .money, bold: true), .muted("/h")],
        ]
        if let budget = figures.budgetNanoUSD, budget > 0 {
            let share = Double(figures.budgetSpentNanoUSD) / Double(budget)
            pieces.append([Span("\(Figures.wholePercent(share)) %", QuotaBar.textRole(of: share)), .muted(" budget")])
        }
        for piece in pieces where at + pen.columns(piece) <= width {
            at = pen.put(piece, row: row, column: at, end: width) + 2
        }
    }
}
