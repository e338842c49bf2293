import Testing

@testable import Terminal

@Suite struct CanvasTests {
    @Test func putsTextWhereItIsAsked() {
        var canvas = Canvas(size: Size(columns: 12, rows: 3))
        #expect(canvas.put("hello", row: 1, column: 2, role: 3) == 7)
        #expect(canvas.text() == "\n  hello\n")
        #expect(canvas.inkText() == "aaaaaaaaaaaa\naadddddaaaaa\naaaaaaaaaaaa")
    }

    @Test(arguments: [
        ("hello", 5, "hello", 5), ("hello", 4, "hel…", 4), ("hello", 1, "…", 1), ("hello", 0, "", 0),
        ("研究チーム", 10, "研究チーム", 10), ("研究チーム", 9, "研究チー…", 9), ("研究チーム", 8, "研究チ…", 7),
        ("e\u{301}e\u{301}", 1, "…", 1), ("hello", -4, "", 0),
    ])
    func cutsAtAClusterAndSaysSo(text: String, width: Int, shown: String, end: Int) {
        var canvas = Canvas(size: Size(columns: 20, rows: 1))
        #expect(canvas.put(text, row: 0, column: 0, role: 0, width: width) == end)
        #expect(canvas.text() == shown)
        #expect(TextWidth.cut(text, to: width) == shown)
    }

    @Test func neverDrawsHalfOfAWideGlyphAtTheEdge() {
        var canvas = Canvas(size: Size(columns: 5, rows: 1))
        canvas.put("研究チ", row: 0, column: 0, role: 0)
        #expect(canvas.text() == "研究…")
        canvas = Canvas(size: Size(columns: 1, rows: 1))
        canvas.put("研", row: 0, column: 0, role: 0)
        #expect(canvas.text() == "…")
        canvas = Canvas(size: Size(columns: 4, rows: 1))
        canvas.put("研究", row: 0, column: -1, role: 0)
        #expect(canvas.text() == " 究")
    }

    @Test(arguments: [(0, "x 究"), (1, " x究"), (2, "研x"), (3, "研 x")])
    func overwritingHalfOfAWideGlyphBlanksTheOther(column: Int, shown: String) {
        var canvas = Canvas(size: Size(columns: 4, rows: 1))
        canvas.put("研究", row: 0, column: 0, role: 0)
        canvas.put("x", row: 0, column: column, role: 0)
        #expect(canvas.text() == shown)
        #expect(isSound(canvas))
    }

    @Test func endsBeforeAColumn() {
        var canvas = Canvas(size: Size(columns: 8, rows: 2))
        #expect(canvas.putRight("123", row: 0, endColumn: 8, role: 0) == 5)
        #expect(canvas.putRight("1234567890", row: 1, endColumn: 6, role: 0, width: 4) == 2)
        #expect(canvas.text() == "     123\n  123…")
    }

    @Test func aSurfaceStaysUnderTextThatNamesNone() {
        var canvas = Canvas(size: Size(columns: 4, rows: 1))
        canvas.fill(row: 0, columns: -3..<99, surface: 7)
        canvas.put("ab", row: 0, column: 0, role: 1, isBold: true)
        canvas.put("c", row: 0, column: 2, role: 1, surface: 2)
        #expect(canvas.cells.map(\.ink.surface) == [7, 7, 2, 7])
        #expect(canvas.inkText() == "BBba")
    }

    @Test func clearsAndOverlaysWithinTheCanvas() {
        var canvas = Canvas(size: Size(columns: 6, rows: 2))
        for row in 0..<2 { canvas.put("研究チ", row: row, column: 0, role: 0) }
        canvas.clear(Rect(row: 1, column: 3, rows: Int.max, columns: Int.max), surface: 1)
        #expect(canvas.text() == "研究チ\n研")
        var dialog = Canvas(size: Size(columns: 4, rows: 1))
        dialog.put("a研b", row: 0, column: 0, role: 2)
        canvas.overlay(dialog, row: 0, column: 4)
        #expect(canvas.text() == "研究a\n研")
        canvas.overlay(dialog, row: 1, column: -2)
        #expect(canvas.text() == "研究a\n b")
        #expect(isSound(canvas))
    }

    @Test(arguments: [Int.min, -1, 0, 1, 3, 4, Int.max])
    func drawsNothingOutside(place: Int) {
        var canvas = Canvas(size: Size(columns: 4, rows: 4))
        for other in [Int.min, -2, 0, 3, Int.max] {
            let end = canvas.put("研a", row: other, column: place, role: 0, width: other)
            #expect((0...4).contains(end))
            canvas.putRight("研a", row: other, endColumn: place, role: 0, width: other)
            canvas.fill(row: other, columns: Int.min..<place, surface: 1)
            canvas.clear(Rect(row: other, column: place, rows: 2, columns: Int.max), surface: 1)
            canvas.overlay(Canvas(size: Size(columns: 2, rows: 2)), row: other, column: place)
        }
        #expect(isSound(canvas))
    }

    @Test func aTerminalThatClaimsToBeHugeIsNotBelieved() {
        let canvas = Canvas(size: Size(columns: 65_535, rows: 65_535))
        #expect(canvas.size == Size.largest)
        #expect(Canvas(size: Size(columns: -1, rows: 3)).cells.isEmpty)
    }
}

/// Whether every wide glyph of a canvas is whole and every cell holds what one cell may hold.
func isSound(_ canvas: Canvas) -> Bool {
    for row in 0..<canvas.size.rows {
        var isRightHalf = false
        for column in 0..<canvas.size.columns {
            let cell = canvas[row, column]
            if cell.isContinuation != isRightHalf { return false }
            let scalars = Array(cell.text.unicodeScalars)
            guard let base = scalars.first else {
                isRightHalf = false
                continue
            }
            let kind = ScalarKind(base)
            if kind == .hostile || kind == .mark { return false }
            if scalars.count > 5 || scalars.dropFirst().contains(where: { ScalarKind($0) != .mark }) { return false }
            isRightHalf = kind == .wide
        }
        if isRightHalf { return false }
    }
    return true
}
