import Domain
import Settings
import Telemetry
import Terminal
import Testing

@testable import Dashboard

@Suite struct DrawingTests {
    private func text(_ cells: [(glyph: String, role: Role)]) -> String { cells.map(\.glyph).joined() }

    @Test(arguments: [
        (0.0, "────────────"), (0.001, "╸───────────"), (0.18, "━━──────────"), (0.36, "━━━━╸───────"),
        (0.99, "━━━━━━━━━━━╸"), (1.0, "━━━━━━━━━━━━"), (7.0, "━━━━━━━━━━━━"), (.nan, "━━━━━━━━━━━━"),
    ])
    func quotaBarsNeverHideALittleNorFakeAll(share: Double, bar: String) {
        #expect(text(QuotaBar.cells(share: share, width: 12, glyphs: .standard)) == bar)
    }

    @Test(arguments: [(0.79, Role.barFill), (0.8, .warn), (0.949, .warn), (0.95, .error)])
    func quotaBarsAreColouredByShare(share: Double, role: Role) { #expect(QuotaBar.role(of: share) == role) }

    @Test func sparklinesStopBelowTheRowAbove() {
        let cells = Sparkline.cells([0, nil, 1, 5, 10], width: 5, glyphs: .standard, hot: .error)
        #expect(text(cells) == "▁·▁▄▇")
        #expect(cells.map(\.role) == [.graph1, .faint, .graph1, .graph1, .error])
    }

    @Test func sparklinesOfNothingAreGaps() {
        #expect(text(Sparkline.cells([], width: 4, glyphs: .standard)) == "····")
        #expect(text(Sparkline.cells([.nan, .infinity, 1, -1], width: 4, glyphs: .standard)) == "··▇▁")
        #expect(Sparkline.cells([1], width: 0, glyphs: .standard).isEmpty)
    }

    @Test func aLongSeriesShowsTheHighestOfEachSlice() {
        #expect(Resample.fit([1, 9, nil, nil, 3, 2], to: 3) == [9, nil, 3])
        #expect(Resample.fit([1, 2], to: 4) == [1, 1, 2, 2])
    }

    @Test func areaGraphsAreTwoRowsHigh() {
        let rows = AreaGraph.cells([0, 5, 10, nil], width: 4, glyphs: .standard)
        #expect(text(rows[0]) == "  ▇ ")
        #expect(text(rows[1]) == "▁██·")
    }

    @Test(arguments: [
        (40, "acme requests 30/10s → 15/10s for 30m"), (36, "acme requests 30/10s → 15/10s for …"),
        (34, "acme requests 30/10s → 15/10s …"), (5, "acme…"),
    ])
    func aSentenceIsCutBetweenTwoWords(width: Int, shown: String) {
        var pen = Pen(size: Size(columns: 60, rows: 1), glyphs: .standard)
        pen.putWords(.plain("acme requests 30/10s → 15/10s for 30m"), row: 0, column: 0, end: width)
        #expect(pen.canvas.text().split(separator: "\n").first.map { trimmed(String($0)) } == shown)
    }

    private func trimmed(_ line: String) -> String {
        String(line.reversed().drop { $0 == " " }.reversed())
    }

    @Test func aLimitThatIsUsedUpSaysSo() {
        func left(_ used: Int64) -> String {
            let limit = Limit(kind: .requests, amount: 10, windowSeconds: 60)
            return QuotaReading(limit: limit, source: .tier, used: used, secondsLeft: 240).left
        }
        #expect(left(9) == "4m left" && left(10) == "used up" && left(14) == "used up")
    }

    @Test func columnsGoByRankAndTheIdentityStays() {
        let table = Table(
            columns: [
                TableColumn("NAME", 10, rank: 0) { _ in .spans([]) }, TableColumn("A", 10, rank: 2) { _ in .spans([]) },
                TableColumn("B", 10, rank: 1) { _ in .spans([]) },
            ])
        let headings = { (width: Int) in table.layout(width: width).placed.map(\.column.heading) }
        #expect(headings(36) == ["NAME", "A", "B"])
        #expect(headings(35) == ["NAME", "B"])
        #expect(headings(20) == ["NAME"])
        #expect(headings(3) == ["NAME"])
        #expect(table.layout(width: 20).dropped == 2)
    }

    @Test func aColumnShrinksBeforeOneGoesAndNoTextOutlivesABetterOne() {
        var table = Table(
            columns: [
                TableColumn("NAME", 10, rank: 0) { _ in .spans([]) },
                TableColumn("WIDE", 20, rank: 1, shrunk: 8, most: 30) { _ in .spans([]) },
                TableColumn("SLIM", 4, rank: 2) { _ in .spans([]) },
            ])
        let placed = { (width: Int) in table.layout(width: width).placed.map { "\($0.column.heading) \($0.width)" } }
        #expect(placed(50) == ["NAME 10", "WIDE 30", "SLIM 4"])
        #expect(placed(40) == ["NAME 10", "WIDE 20", "SLIM 4"])
        #expect(placed(39) == ["NAME 10", "WIDE 25"], "it does not shrink for SLIM")
        #expect(placed(33) == ["NAME 10", "WIDE 19"])
        #expect(placed(22) == ["NAME 10", "WIDE 8"])
        #expect(placed(21) == ["NAME 10", "SLIM 4"])
        table.isOfTexts = true
        let texts = table.layout(width: 21).placed.map(\.column.heading)
        #expect(texts == ["NAME"], "SLIM would fit, but WIDE is wanted more")
    }

    @Test(arguments: [(120, 36), (100, 30), (80, 24), (72, 24)])
    func theAuditSaysWhatWasBefore(columns: Int, rows: Int) {
        var state = Scenes.state(columns, rows)
        state.view = .audit
        let heads =
            Scenes.draw(state, Fixture.busy()).text().split(separator: "\n").first { $0.contains("TARGET") } ?? ""
        for head in ["WHO", "ACT", "UNDO", "AFTER"] { #expect(heads.contains(head), "\(heads)") }
        if columns >= 80 { #expect(heads.contains("BEFORE"), "\(heads)") }
        if !heads.contains("BEFORE") { #expect(!heads.contains("WHY") && !heads.contains("FROM"), "\(heads)") }
    }

    @Test func onlyRowsThatAreSeenAreFormatted() {
        final class Count { var rows = 0 }
        let count = Count()
        let table = Table(
            columns: [
                TableColumn("NAME", 10, rank: 0) { _ in
                    count.rows += 1
                    return .spans([.plain("x")])
                }
            ])
        let rows = RowModel.rows(of: .clients, state: Scenes.state(80, 24), snapshot: Fixture.crowd())
        var pen = Pen(size: Size(columns: 80, rows: 24), glyphs: .standard)
        table.draw(rows, in: Rect(row: 0, column: 0, rows: 21, columns: 80), cursor: true, pen: &pen)
        #expect(rows.count == 10_000)
        #expect(count.rows == 20)
        #expect(pen.pageRows[.clients] == 20)
    }

    @Test func textThatIsFollowedByMoreShowsThatItWasCut() {
        var pen = Pen(size: Size(columns: 8, rows: 1), glyphs: .standard)
        pen.put([.plain("12345678"), .plain("9")], row: 0, column: 0, end: 8)
        #expect(pen.canvas.text() == "1234567…")
    }
}
