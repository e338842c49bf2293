import CLinux
import Glibc
import Testing

@testable import Terminal

/// ncurses and the guard are one a process, so these run one after another.
@Suite(.serialized) struct TerminalScreenTests {
    private static let environment = ["TERM": "xterm-256color", "LANG": "C.UTF-8"]
    private let palette = Palette(styles: [
        Style(), Style(foreground: Colour(rgb: 0xFF3010, c256: 196, c16: 9), isBold: true),
        Style(background: Colour(rgb: 0x202020, c256: 234, c16: 8)),
    ])

    private func open(
        _ terminal: PseudoTerminal, environment: [String: String] = environment, colour: ColourChoice = .auto
    ) throws -> TerminalScreen {
        try TerminalScreen(
            configuration: TerminalConfiguration(
                source: .descriptor(terminal.slave), environment: environment, colour: colour, escapeDelay: 5))
    }

    private func canvas(_ text: String, size: Size, role: UInt8 = 0) -> Canvas {
        var canvas = Canvas(size: size)
        canvas.put(text, row: 0, column: 0, role: role)
        return canvas
    }

    @Test func takesTheTerminalAndGivesItBack() throws {
        let terminal = try PseudoTerminal(columns: 40, rows: 10)
        let before = tg_terminal_digest(terminal.slave)
        let flags = fcntl(terminal.slave, F_GETFL)
        let screen = try open(terminal)
        #expect(screen.size == Size(columns: 40, rows: 10))
        #expect(screen.isUnicode)
        #expect(tg_terminal_digest(terminal.slave) != before)
        screen.paint(canvas("hi", size: screen.size), palette: palette)
        let opened = terminal.drain()
        for sequence in ["\u{1B}[?1049h", "\u{1B}[?25l", "\u{1B}[?2004h", "hi"] { #expect(opened.contains(sequence)) }
        for mouse in ["?1000h", "?1002h", "?1003h", "?1006h"] { #expect(!opened.contains(mouse)) }
        screen.close()
        screen.close()
        let closed = terminal.drain()
        for sequence in ["\u{1B}[?2004l", "\u{1B}[?25h", "\u{1B}[?1049l"] { #expect(closed.contains(sequence)) }
        #expect(tg_terminal_digest(terminal.slave) == before)
        #expect(fcntl(terminal.slave, F_GETFL) == flags)
    }

    @Test(arguments: ["xterm-256color", "vt100", "vt220", "screen", "linux"])
    func everyRowOfATallTerminalScrollsWhateverItsType(type: String) throws {
        let terminal = try PseudoTerminal(columns: 120, rows: 50)
        let screen = try open(terminal, environment: ["TERM": type, "LANG": "C.UTF-8"])
        screen.paint(canvas("hi", size: screen.size), palette: palette)
        func margins(_ text: String) -> [String] { text.matches(of: /\u{1B}\[([0-9;]*)r/).map { String($0.1) } }
        #expect(margins(terminal.drain()) == [""])
        screen.close()
        let closed = terminal.drain()
        #expect(margins(closed) == [""])
        // To set margins moves the cursor, so what brings it back comes after.
        if let leave = closed.firstRange(of: "\u{1B}[?1049l"), let reset = closed.firstRange(of: "\u{1B}[r") {
            #expect(reset.lowerBound < leave.lowerBound)
        }
    }

    @Test func sendsOnlyWhatChanged() throws {
        let terminal = try PseudoTerminal(columns: 40, rows: 10)
        let screen = try open(terminal)
        screen.paint(canvas("requests 412", size: screen.size, role: 1), palette: palette)
        #expect(terminal.drain().contains("\u{1B}[38;5;196m"))
        screen.paint(canvas("requests 412", size: screen.size, role: 1), palette: palette)
        #expect(terminal.drain() == "")
        screen.paint(canvas("requests 413", size: screen.size, role: 1), palette: palette)
        let change = terminal.drain()
        #expect(change.contains("3") && !change.contains("requests"))
        screen.repaint()
        screen.paint(canvas("requests 413", size: screen.size, role: 1), palette: palette)
        #expect(terminal.drain().contains("requests 413"))
        screen.close()
    }

    @Test(arguments: [
        (ColourChoice.direct, "38;2;255;48;16", ColourDepth.direct), (.c256, "38;5;196", .c256), (.c16, "91", .c16),
        (.never, "1mx", .mono),
    ])
    func coloursAsAsked(choice: ColourChoice, sequence: String, depth: ColourDepth) throws {
        let terminal = try PseudoTerminal(columns: 20, rows: 4)
        let screen = try open(terminal, colour: choice)
        #expect(screen.depth == depth)
        screen.paint(canvas("x", size: screen.size, role: 1), palette: palette)
        let shown = terminal.drain()
        #expect(shown.contains(sequence))
        #expect(!shown.contains("\u{1B}]4;"))
        if depth == .mono { #expect(!shown.contains("38;") && !shown.contains("[31m") && !shown.contains("[91m")) }
        screen.close()
    }

    @Test(arguments: [(ColourChoice.auto, "38;2;255;48;16", "xterm-direct"), (.c256, "38;5;196", "xterm-256color")])
    func aTypeWithDirectColourIsGivenNoNumbersOfAPalette(choice: ColourChoice, sequence: String, type: String) throws {
        let terminal = try PseudoTerminal(columns: 20, rows: 4)
        let screen = try open(terminal, environment: ["TERM": "xterm-direct", "LANG": "C.UTF-8"], colour: choice)
        #expect(screen.type == type)
        screen.paint(canvas("x", size: screen.size, role: 1), palette: palette)
        #expect(terminal.drain().contains(sequence))
        screen.close()
    }

    @Test(arguments: ["vt100", "linux", "screen", "tmux-256color", "xterm-mono", "xterm-direct", "rxvt"])
    func otherTypesDrawToo(type: String) throws {
        let terminal = try PseudoTerminal(columns: 20, rows: 4)
        let screen = try open(terminal, environment: ["TERM": type, "LANG": "C.UTF-8"])
        #expect(screen.type == type)
        screen.paint(canvas("研a", size: screen.size, role: 1), palette: palette)
        #expect(terminal.drain().contains("研"))
        screen.close()
    }

    @Test func aWideGlyphNeverShiftsItsRow() throws {
        let terminal = try PseudoTerminal(columns: 12, rows: 2)
        let screen = try open(terminal)
        var canvas = Canvas(size: screen.size)
        canvas.put("研究e\u{301}\u{1FAE8}|", row: 0, column: 0, role: 0)
        canvas.put("|", row: 1, column: 7, role: 1)
        screen.paint(canvas, palette: palette)
        let shown = terminal.drain()
        #expect(shown.contains("研究e\u{301}"))
        #expect(shown.contains("|"))
        screen.close()
    }

    @Test func decodesKeysAndPastesButNoPasteAsKeys() throws {
        let terminal = try PseudoTerminal(columns: 20, rows: 4)
        let screen = try open(terminal)
        terminal.type("j\u{1B}[A\u{1B}OB\u{12}\r")
        #expect(
            screen.wait(wake: -1, timeoutMilliseconds: 2_000)
                == [.key(.character("j")), .key(.up), .key(.down), .key(.control("r")), .key(.enter)])
        terminal.type("\u{1B}[200~Ry\u{1B}[201~")
        #expect(screen.wait(wake: -1, timeoutMilliseconds: 2_000) == [.paste("Ry")])
        terminal.type("\u{1B}")
        #expect(screen.wait(wake: -1, timeoutMilliseconds: 2_000) == [.key(.escape)])
        terminal.type("y")
        screen.isInputSuspended = true
        #expect(screen.wait(wake: -1, timeoutMilliseconds: 20) == [.timeout])
        screen.isInputSuspended = false
        terminal.type("y")
        screen.flushInput()
        #expect(screen.wait(wake: -1, timeoutMilliseconds: 20) == [.timeout])
        screen.close()
    }

    @Test func wakesAndResizes() throws {
        let terminal = try PseudoTerminal(columns: 20, rows: 4)
        let screen = try open(terminal)
        let wake = tg_event_create()
        defer { close(wake) }
        _ = tg_event_signal(wake)
        #expect(screen.wait(wake: wake, timeoutMilliseconds: 2_000) == [.woken])
        #expect(screen.wait(wake: wake, timeoutMilliseconds: 0) == [.timeout])
        for (columns, rows) in [(100, 30), (1, 1), (500, 200), (33, 7)] {
            terminal.resize(columns: columns, rows: rows)
            let size = Size(columns: columns, rows: rows)
            #expect(screen.wait(wake: wake, timeoutMilliseconds: 2_000) == [.resized(size)])
            #expect(screen.size == size)
            #expect(screen.paint(canvas("resized", size: size, role: 1), palette: palette))
            let isCalm = (0..<100_000).contains { _ in
                terminal.drain() == "" && screen.wait(wake: wake, timeoutMilliseconds: 0) == [.timeout]
            }
            #expect(isCalm)
        }
        terminal.resize(columns: 0, rows: 0)
        #expect(screen.wait(wake: wake, timeoutMilliseconds: 0) == [.resized(Size(columns: 80, rows: 24))])
        screen.close()
    }

    @Test func aTerminalThatNobodyReadsBlocksNothing() throws {
        let terminal = try PseudoTerminal(columns: 200, rows: 60)
        let before = tg_terminal_digest(terminal.slave)
        let screen = try open(terminal)
        let start = tg_monotonic_ns()
        var refused = false
        for frame in 0..<200 where !refused {
            var canvas = Canvas(size: screen.size)
            for row in 0..<60 {
                canvas.put(String(repeating: frame % 2 == 0 ? "a" : "b", count: 200), row: row, column: 0, role: 1)
            }
            refused = !screen.paint(canvas, palette: palette)
        }
        #expect(refused)
        #expect(screen.wait(wake: -1, timeoutMilliseconds: 10) == [.timeout])
        let woken = (0..<100_000).contains { _ in
            _ = terminal.drain()
            return screen.wait(wake: -1, timeoutMilliseconds: 0) == [.woken]
        }
        #expect(woken)
        #expect(screen.paint(canvas("again", size: screen.size), palette: palette))
        screen.close()
        #expect(tg_terminal_digest(terminal.slave) == before)
        #expect(tg_monotonic_ns() - start < 5_000_000_000)
    }

    @Test func closingAStuckTerminalTakesABoundedTime() throws {
        let terminal = try PseudoTerminal(columns: 200, rows: 60)
        let before = tg_terminal_digest(terminal.slave)
        let screen = try open(terminal)
        for frame in 0..<200 {
            var canvas = Canvas(size: screen.size)
            for row in 0..<60 {
                canvas.put(String(repeating: frame % 2 == 0 ? "a" : "b", count: 200), row: row, column: 0, role: 1)
            }
            if !screen.paint(canvas, palette: palette) { break }
        }
        let start = tg_monotonic_ns()
        screen.close()
        #expect(tg_monotonic_ns() - start < 250_000_000)
        #expect(tg_terminal_digest(terminal.slave) == before)
    }

    @Test func seesTheTerminalGoAndDoesNotSpin() throws {
        let terminal = try PseudoTerminal(columns: 20, rows: 4)
        let screen = try open(terminal)
        #expect(!TerminalScreen.isTerminalGone)
        terminal.type("j")
        #expect(screen.wait(wake: -1, timeoutMilliseconds: 2_000) == [.key(.character("j"))])
        terminal.hangUp()
        #expect(screen.wait(wake: -1, timeoutMilliseconds: 2_000) == [.hungUp])
        #expect(screen.isGone)
        #expect(TerminalScreen.isTerminalGone)
        let start = tg_monotonic_ns()
        #expect(screen.wait(wake: -1, timeoutMilliseconds: 0) == [.hungUp])
        #expect(tg_monotonic_ns() - start >= 90_000_000)
        #expect(screen.paint(canvas("x", size: screen.size), palette: palette))
        screen.close()
    }

    @Test func anotherThreadMayRestoreTheTerminal() async throws {
        let terminal = try PseudoTerminal(columns: 20, rows: 4)
        let before = tg_terminal_digest(terminal.slave)
        let screen = try open(terminal)
        screen.paint(canvas("x", size: screen.size), palette: palette)
        _ = terminal.drain()
        await withTaskGroup(of: Void.self) { group in
            for _ in 0..<4 { group.addTask { TerminalScreen.emergencyRestore() } }
        }
        #expect(tg_terminal_digest(terminal.slave) == before)
        let bytes = terminal.drain()
        #expect(bytes.components(of: "\u{1B}[?1049l") == 1)
        screen.close()
        #expect(terminal.drain() == "")
    }

    @Test func copiesToTheClipboardAndRings() throws {
        let terminal = try PseudoTerminal(columns: 20, rows: 4)
        let screen = try open(terminal)
        _ = terminal.drain()
        #expect(screen.copy("tg_7Q2fA9xk"))
        #expect(terminal.drain() == "\u{1B}]52;c;dGdfN1EyZkE5eGs=\u{07}")
        #expect(!screen.copy(String(repeating: "x", count: 100_000)))
        screen.bell()
        #expect(terminal.drain() == "\u{07}")
        screen.close()
    }

    @Test(
        arguments: [
            ([:], TerminalError.Code.noType), (["TERM": ""], .noType), (["TERM": "dumb"], .noCursor),
        ] as [([String: String], TerminalError.Code)])
    func saysInOneLineWhyThereIsNoScreen(environment: [String: String], code: TerminalError.Code) throws {
        let terminal = try PseudoTerminal(columns: 20, rows: 4)
        let error = #expect(throws: TerminalError.self) { try open(terminal, environment: environment) }
        #expect(error?.code == code)
        #expect(error?.message.contains("\n") == false)
        #expect(terminal.drain() == "")
    }

    @Test func anUnknownTypeIsTakenForACommonOne() throws {
        let terminal = try PseudoTerminal(columns: 20, rows: 4)
        let screen = try open(terminal, environment: ["TERM": "no\u{1B}such", "LANG": "C.UTF-8"])
        #expect(screen.type == "xterm-256color")
        screen.close()
    }

    @Test func aFileIsNoTerminal() {
        let file = Glibc.open("/dev/null", O_RDWR)
        defer { close(file) }
        for descriptor in [file, -1, 9_999] {
            let error = #expect(throws: TerminalError.self) {
                try TerminalScreen(
                    configuration: TerminalConfiguration(
                        source: .descriptor(descriptor), environment: Self.environment))
            }
            #expect(error?.code == .notATerminal)
        }
    }

    @Test func onlyOneScreenIsOpenAndTheNextOneWorks() throws {
        let terminal = try PseudoTerminal(columns: 20, rows: 4)
        for _ in 0..<20 {
            let screen = try open(terminal)
            let error = #expect(throws: TerminalError.self) { try open(terminal) }
            #expect(error?.code == .inUse)
            screen.paint(canvas("once more", size: screen.size), palette: palette)
            #expect(terminal.drain().contains("once more"))
            screen.close()
            _ = terminal.drain()
        }
    }
}

extension String {
    /// How often a text occurs.
    func components(of text: String) -> Int {
        var count = 0
        var rest = self[...]
        while let found = rest.firstRange(of: text) {
            count += 1
            rest = rest[found.upperBound...]
        }
        return count
    }
}
