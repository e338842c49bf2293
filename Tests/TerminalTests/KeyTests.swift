import Testing

@testable import Terminal

@Suite struct KeyTests {
    private static let keys: [Key] = [
        .enter, .escape, .tab, .backTab, .backspace, .delete, .insert, .up, .down, .left, .right, .home, .end, .pageUp,
        .pageDown, .control("u"), .control("\\"), .function(1), .function(12), .character("R"), .character("<"),
        .character(">"), .character(" "), .character("研"), .character("é"),
    ]

    @Test(arguments: keys)
    func aKeyReadsBackFromItsText(key: Key) throws {
        #expect(Key(script: key.script) == key)
        #expect(try KeyScript(key.script).steps == [.key(key)])
    }

    @Test(arguments: [
        ("<C-U>", Key.control("u")), ("<ctrl-d>", .control("d")), ("<PgDn>", .pageDown), ("<cr>", .enter),
    ])
    func otherSpellingsAreTaken(text: String, key: Key) {
        #expect(Key(script: text) == key)
    }

    @Test(arguments: [
        "", "ab", "<", "<>", "<nope>", "<c->", "<c-ab>", "<c-é>", "<f0>", "<f99999999999999999999>", "\n",
    ])
    func nonsenseIsNoKey(text: String) {
        #expect(Key(script: text) == nil)
    }

    @Test func readsAScript() throws {
        let script = try KeyScript("<down>R<wait 300ms>y\n/a b<enter><paste x<y><resize 80x24><wait 2s>")
        #expect(
            script.steps == [
                .key(.down), .key(.character("R")), .wait(milliseconds: 300), .key(.character("y")),
                .key(.character("/")), .key(.character("a")), .key(.character(" ")), .key(.character("b")),
                .key(.enter), .paste("x<y"), .resize(Size(columns: 80, rows: 24)), .wait(milliseconds: 2_000),
            ])
        #expect(try KeyScript(script.text) == script)
    }

    @Test(arguments: [
        "<down", "<wait 3>", "<wait -1s>", "<wait 99999999999999999999ms>", "<resize 80>", "<resize 0x9>", "<boom>",
        "<\u{1B}[2J>",
    ])
    func refusesAScriptWithoutSteeringTheTerminal(text: String) {
        let error = #expect(throws: KeyScriptError.self) { try KeyScript(text) }
        #expect(error?.message.unicodeScalars.contains { ScalarKind($0) == .hostile && $0 != "\u{FFFD}" } == false)
    }
}

@Suite struct KeyDecoderTests {
    private static let typed: [(String, [KeyDecoder.Input])] = [
        ("jR", [.key(.character("j")), .key(.character("R"))]),
        ("é研👍", [.key(.character("é")), .key(.character("研")), .key(.character("👍"))]),
        ("\r\n\t\u{7F}\u{08}", [.key(.enter), .key(.enter), .key(.tab), .key(.backspace), .key(.backspace)]),
        (
            "\u{03}\u{1A}\u{0}\u{1C}",
            [.key(.control("c")), .key(.control("z")), .key(.control("@")), .key(.control("\\"))]
        ),
        ("\u{1B}[A\u{1B}OB\u{1B}[1;5C", [.key(.up), .key(.down), .key(.right)]),
        ("\u{1B}[H\u{1B}[4~\u{1B}[5~\u{1B}[6~", [.key(.home), .key(.end), .key(.pageUp), .key(.pageDown)]),
        ("\u{1B}[Z\u{1B}[3~\u{1B}[2~", [.key(.backTab), .key(.delete), .key(.insert)]),
        ("\u{1B}OP\u{1B}[24~\u{1B}[[C", [.key(.function(1)), .key(.function(12)), .key(.function(3))]),
        ("\u{1B}Op\u{1B}OM", [.key(.character("0")), .key(.enter)]),
        ("\u{1B}\u{1B}[A", [.key(.escape), .key(.up)]),
        ("\u{1B}y", [.key(.escape), .key(.character("y"))]),
        ("\u{1B}[200~Ry\r\nx\u{1B}[31m\u{1B}[201~q", [.paste("Ry\nx[31m"), .key(.character("q"))]),
        ("\u{1B}[200~\u{1B}[201~", [.paste("")]),
        ("\u{1B}[201~\u{1B}[I\u{1B}[?1;2c\u{1B}[99R\u{1B}[M !!x", [.key(.character("x"))]),
        ("\u{1B}[12\u{1B}[A", [.key(.up)]),
    ]

    @Test(arguments: 0..<typed.count)
    func decodesWhereverTheBytesAreSplit(index: Int) {
        let (text, inputs) = Self.typed[index]
        let bytes = Array(text.utf8)
        for split in 0...bytes.count {
            var decoder = KeyDecoder()
            #expect(decoder.feed(bytes[..<split]) + decoder.feed(bytes[split...]) == inputs)
            #expect(decoder.patience == nil)
        }
    }

    @Test func onlySilenceTellsEscape() {
        var decoder = KeyDecoder(escapeDelay: 25)
        #expect(decoder.feed([0x1B]) == [])
        #expect(decoder.patience == 25)
        #expect(decoder.expire() == [.key(.escape)])
        #expect(decoder.patience == nil)
        #expect(decoder.expire() == [])
    }

    @Test(arguments: ["\u{1B}[", "\u{1B}O", "\u{1B}[1;", "\u{1B}[["])
    func aSequenceThatStopsIsDroppedWhole(text: String) {
        var decoder = KeyDecoder()
        #expect(decoder.feed(text.utf8) == [])
        #expect(decoder.expire() == [])
    }

    @Test func aSequenceWithoutEndIsDropped() {
        var decoder = KeyDecoder()
        #expect(decoder.feed("\u{1B}[".utf8) == [])
        #expect(decoder.feed(Array(repeating: 0x31, count: 62)) == [])
        #expect(decoder.feed("j".utf8) == [.key(.character("j"))])
    }

    @Test func aPasteIsBoundedAndEndsWithSilence() {
        var decoder = KeyDecoder()
        #expect(decoder.feed("\u{1B}[200~".utf8) == [])
        #expect(decoder.feed(Array(repeating: 0x79, count: 1_000_000)) == [])
        let expired = decoder.expire()
        #expect(expired == [.paste(String(repeating: "y", count: KeyDecoder.longestPaste))])
        #expect(decoder.feed("y".utf8) == [.key(.character("y"))])
    }

    @Test func theTerminalsOwnSequencesWin() {
        var decoder = KeyDecoder(sequences: [Array("\u{1B}[7~".utf8): .end, Array("\u{1B}A".utf8): .up])
        #expect(decoder.feed("\u{1B}[7~\u{1B}A".utf8) == [.key(.end), .key(.up)])
    }

    @Test(arguments: 0..<20 as Range<UInt64>)
    func noBytesStopIt(seed: UInt64) {
        var random = SplitMix(state: seed)
        var decoder = KeyDecoder()
        for _ in 0..<200 {
            let bytes = (0..<(random.next() % 40)).map { _ -> UInt8 in
                random.next() % 3 == 0 ? [0x1B, 0x5B, 0x4F, 0x7E][Int(random.next() % 4)] : UInt8(random.next() % 256)
            }
            _ = decoder.feed(bytes)
        }
        _ = decoder.expire()
        #expect(decoder.feed("\u{1B}[Bq".utf8) == [.key(.down), .key(.character("q"))])
    }

    @Test(arguments: [("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("foob", "Zm9vYg=="), ("研", "56CU")])
    func encodesForTheClipboard(text: String, encoded: String) {
        #expect(Base64.text(text.utf8) == encoded)
    }
}
