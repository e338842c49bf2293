import Testing

@testable import Terminal

@Suite struct HostileTextTests {
    @Test(arguments: [
        ("esc", "a\u{1B}[2Jb", "a\u{FFFD}[2Jb"),
        ("osc", "\u{1B}]0;x\u{07}", "\u{FFFD}]0;x\u{FFFD}"),
        ("c1 csi", "\u{9B}31m", "\u{FFFD}31m"),
        ("del", "a\u{7F}b", "a\u{FFFD}b"),
        ("tab and line ends", "a\tb\r\nc", "a\u{FFFD}b\u{FFFD}\u{FFFD}c"),
        ("nul", "\0", "\u{FFFD}"),
        ("line separators", "a\u{2028}b\u{2029}", "a\u{FFFD}b\u{FFFD}"),
        ("bidi override", "\u{202E}gpj.exe", "\u{FFFD}gpj.exe"),
        ("bidi isolate", "\u{2066}a\u{2069}", "\u{FFFD}a\u{FFFD}"),
        ("arabic mark", "a\u{61C}b", "a\u{FFFD}b"),
        ("zero width", "ad\u{200B}min\u{FEFF}", "ad\u{FFFD}min\u{FFFD}"),
        ("joiner between letters", "ad\u{200D}min", "ad\u{FFFD}min"),
        ("selector on a letter", "a\u{FE0F}b", "a\u{FFFD}b"),
        ("soft hyphen", "a\u{AD}b", "a\u{FFFD}b"),
        ("hangul filler", "\u{3164}\u{115F}", "\u{FFFD}\u{FFFD}"),
        ("tags", "a\u{E0041}\u{E007F}", "a\u{FFFD}\u{FFFD}"),
        ("unassigned", "\u{378}", "\u{FFFD}"),
        ("noncharacter", "\u{FFFF}\u{10FFFF}", "\u{FFFD}\u{FFFD}"),
        ("no-break and thin space", "a\u{A0}b\u{2009}c", "a b c"),
        ("percent", "%n%s", "%n%s"),
        ("mark without base", "\u{301}a", " \u{301}a"),
        ("flag", "🇩🇪", "DE"),
        ("family", "👨‍👩‍👧!", "👨!"),
        ("skin tone", "👍🏽!", "👍!"),
        ("emoji selector", "❤️!", "❤!"),
        ("keycap", "1️⃣!", "1!"),
        ("flag of tags", "🏴\u{E0067}\u{E0062}\u{E007F}!", "🏴!"),
        ("joiner that joins nothing", "👨\u{200D}x", "👨\u{FFFD}x"),
    ])
    func isShownAsItCannotHarm(name: String, text: String, shown: String) {
        #expect(TextWidth.neutral(text) == shown)
        var canvas = Canvas(size: Size(columns: 30, rows: 1))
        canvas.put(text, row: 0, column: 0, role: 0)
        let trimmed = shown.hasSuffix(" ") ? String(shown.dropLast()) : shown
        #expect(canvas.text().unicodeScalars.elementsEqual(trimmed.unicodeScalars))
        #expect(isSound(canvas))
    }

    @Test func atMostFourMarksAreStacked() {
        let text = "e" + String(repeating: "\u{301}", count: 5_000) + "x"
        #expect(TextWidth.neutral(text) == "e\u{301}\u{301}\u{301}\u{301}x")
        #expect(TextWidth.columns(text) == 2)
    }

    @Test(arguments: [
        ("", 0), ("abc", 3), ("研究チーム", 10), ("é", 1), ("e\u{301}", 1), ("▁▂▃", 3), ("…", 1), ("한글", 4),
        ("\u{1112}\u{1161}\u{11AB}", 2), ("👍", 2), ("🇩🇪", 2), ("❤️", 1), ("\u{1B}[m", 3), ("ｱ", 1), ("Ａ", 2), ("›▲●‖", 4),
        ("\u{3000}", 2), ("\u{1FAE8}", 2),
    ])
    func measuresColumns(text: String, columns: Int) {
        #expect(TextWidth.columns(text) == columns)
    }

    @Test func aNameOfTenKilobytesIsCutWithoutReadingItTwice() {
        var canvas = Canvas(size: Size(columns: 5, rows: 1))
        canvas.put(String(repeating: "研\u{301}\u{1B}", count: 10_000), row: 0, column: 0, role: 0)
        #expect(canvas.text() == "研\u{301}\u{FFFD}…")
    }

    @Test(arguments: 0..<40 as Range<UInt64>)
    func noTextBreaksACanvas(seed: UInt64) {
        var random = SplitMix(state: seed)
        for _ in 0..<60 {
            let text = random.text()
            let size = Size(columns: Int(random.next() % 12), rows: Int(random.next() % 3))
            var canvas = Canvas(size: size)
            for _ in 0..<4 {
                let column = Int(random.next() % 16) - 4
                let width = random.next() % 2 == 0 ? nil : Int(random.next() % 14) - 1
                let end = canvas.put(text, row: Int(random.next() % 4) - 1, column: column, role: 1, width: width)
                #expect(end >= 0 && end <= size.columns)
            }
            canvas.putRight(text, row: 0, endColumn: Int(random.next() % 14), role: 2)
            #expect(isSound(canvas))
            let limit = Int(random.next() % 10)
            #expect(TextWidth.columns(TextWidth.cut(text, to: limit)) <= limit)
            let neutral = TextWidth.neutral(text)
            #expect(TextWidth.columns(neutral) == TextWidth.columns(text))
            #expect(neutral.unicodeScalars.allSatisfy { ScalarKind($0) != .hostile || $0 == "\u{FFFD}" })
        }
    }
}

/// A small random generator with a seed, so that a failure can be repeated.
struct SplitMix: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }

    /// Up to twenty scalars, most of them from where trouble lives.
    mutating func text() -> String {
        let trouble: [ClosedRange<UInt32>] = [
            0...0x9F, 0x300...0x36F, 0x600...0x61F, 0x1100...0x11FF, 0x2000...0x206F, 0x2600...0x27BF, 0x3000...0x30FF,
            0xFE00...0xFE0F, 0xFFF0...0xFFFD, 0x1F1E6...0x1F3FF, 0x1F400...0x1FAFF, 0xE0000...0xE01EF, 0...0x10FFFF,
        ]
        var scalars = String.UnicodeScalarView()
        for _ in 0..<(next() % 20) {
            let range = trouble[Int(next() % UInt64(trouble.count))]
            let value = range.lowerBound + UInt32(next() % UInt64(range.count))
            if let scalar = Unicode.Scalar(value) { scalars.append(scalar) }
        }
        return String(scalars)
    }
}
