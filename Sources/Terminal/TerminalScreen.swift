internal import CLinux
internal import CNcurses
internal import Glibc

/// The terminal while the dashboard is on it: one object, used from one thread, one in a process.
///
/// ncurses works out the fewest bytes for a frame into a file in memory; this class writes them to a non-blocking
/// descriptor of its own and reads the keys itself. So a terminal that nobody reads never blocks the thread (ncurses
/// would block, or spin where the descriptor is non-blocking), and closing always takes a bounded time.
///
/// ```swift
/// let screen = try TerminalScreen(configuration: configuration)
/// defer { screen.close() }
/// while isOpen {
///     for event in screen.wait(wake: descriptor, timeoutMilliseconds: 1_000) { … }
///     screen.paint(canvas, palette: palette)
/// }
/// ```
package final class TerminalScreen {
    /// Cells of the terminal, as it says by `TIOCGWINSZ` and held to `Size.largest`; 80 × 24 where it does not know.
    package private(set) var size: Size
    /// The colours that are used.
    package let depth: ColourDepth
    /// Whether the locale is UTF-8; otherwise the ASCII set of glyphs belongs on this terminal.
    package let isUnicode: Bool
    /// The type that was taken from the terminal database.
    package let type: String
    /// Whether keys and pastes are thrown away as they come: for the moments after a dialog has opened.
    package var isInputSuspended = false
    /// Whether the terminal has been hung up.
    package internal(set) var isGone = false

    private var painter: FramePainter
    let descriptor: Int32
    let frame: Int32
    var output = OutputQueue()
    var decoder: KeyDecoder
    var hasRefused = false
    var isClosed = false

    /// Opens the terminal and takes it over: alternate screen, raw input, bracketed paste, no cursor, no mouse.
    ///
    /// - Throws: `TerminalError` with one line for the operator; the terminal is then as it was.
    package init(configuration: TerminalConfiguration) throws(TerminalError) {
        isUnicode = tg_locale(configuration.namesUTF8 ? 1 : 0) != 0
        let types = try TerminalScreen.usableTypes(configuration)
        descriptor = try TerminalScreen.openTerminal(configuration.source)
        frame = tg_memory_file()
        let nothing = open("/dev/null", O_RDONLY | O_CLOEXEC)
        size = TerminalScreen.measure(descriptor) ?? TerminalScreen.assumed
        var chosen: String?
        var outcome: Int32 = -1
        if frame >= 0, nothing >= 0 {
            for type in types where chosen == nil {
                outcome = tg_screen_open(type, frame, nothing, Int32(size.rows), Int32(size.columns))
                if outcome == 0 { chosen = type }
            }
        }
        if nothing >= 0 { Glibc.close(nothing) }
        let ceiling = configuration.colour.ceiling(environment: configuration.environment)
        depth = min(ceiling, ColourDepth(colours: Int(tg_screen_colours())))
        type = chosen ?? ""
        decoder = KeyDecoder(escapeDelay: configuration.escapeDelay, sequences: TerminalCapability.keys())
        painter = FramePainter(depth: depth, pairs: Int(tg_screen_pairs()))
        let restore = TerminalCapability.restoreSequence()
        let isArmed = chosen != nil && tg_guard_arm(descriptor, restore, restore.count) == 0
        guard isArmed else {
            // What another screen has must not be touched by `deinit`, which runs for this one now.
            isClosed = true
            if chosen != nil { tg_screen_close() }
            TerminalScreen.release(descriptor, frame)
            throw outcome == 0 || outcome == -2
                ? TerminalError(.inUse, "the terminal is in use or gone")
                : TerminalError(.unknownType, "the terminal cannot be set up")
        }
        _ = tg_terminal_raw(descriptor)
        // What ncurses sends first sets the margins to the rows of the type, whatever rows the terminal has.
        takeFrame()
        output.removeAll()
        output.append(TerminalCapability.enterSequence())
        _ = output.flush(to: descriptor)
    }

    deinit { close() }

    /// Shows a canvas: only what differs from the last one is sent, and nothing where nothing does.
    ///
    /// - Returns: false where the terminal has not yet taken the frame before; the canvas was not shown, and `wait`
    ///   says `woken` when there is room again.
    @discardableResult
    package func paint(_ canvas: Canvas, palette: Palette) -> Bool {
        guard !isClosed, !isGone else { return true }
        flush()
        guard output.isEmpty else {
            hasRefused = true
            return false
        }
        if painter.paint(canvas, palette: palette) {
            takeFrame()
            flush()
        }
        return true
    }

    /// Takes the terminal over once more and makes the next `paint` send every cell: for Ctrl-l, and after the process
    /// has been stopped and continued, when the shell has had the terminal.
    package func repaint() {
        guard !isClosed, !isGone else { return }
        _ = tg_terminal_raw(descriptor)
        if output.isEmpty { output.append(TerminalCapability.enterSequence()) }
        painter.forget()
        tg_screen_repaint()
    }

    /// Rings the bell.
    package func bell() {
        guard output.count < 4_096, !isClosed else { return }
        output.append([0x07])
        flush()
    }

    /// Copies a text to the clipboard of whoever looks at the terminal, by OSC 52.
    ///
    /// Many terminals ask or refuse, and none answers.
    ///
    /// - Returns: false where the text is longer than the 74,994 bytes that terminals take, or nothing is taken now.
    @discardableResult
    package func copy(_ text: String) -> Bool {
        guard text.utf8.count <= 74_994, output.isEmpty, !isClosed, !isGone else { return false }
        output.append("\u{1B}]52;c;\(Base64.text(text.utf8))\u{07}".utf8)
        flush()
        return true
    }

    /// Drops what has been typed and not been read, so that nothing typed before a dialog opened answers it.
    package func flushInput() {
        guard !isClosed else { return }
        _ = tg_terminal_flush_input(descriptor)
        decoder.reset()
    }

    /// Gives the terminal back as it was; takes at most 50 ms whatever the terminal does.
    ///
    /// Later calls do nothing.
    package func close() {
        guard !isClosed else { return }
        isClosed = true
        output.removeAll()
        _ = tg_guard_restore(50)
        tg_guard_disarm()
        tg_screen_close()
        TerminalScreen.release(descriptor, frame)
    }

    /// Gives the terminal of the open screen back from any thread, by one bounded non-blocking write; the screen's own
    /// thread may be stuck.
    ///
    /// Does nothing where there is no screen, or where it has been done.
    package static func emergencyRestore() {
        _ = tg_guard_restore(20)
    }

    /// Whether the terminal of the open screen has been hung up: what SIGHUP has to know.
    ///
    /// Safe from any thread.
    package static var isTerminalGone: Bool { tg_guard_is_gone() != 0 }

    /// Takes over another size of the terminal.
    ///
    /// - Returns: the size where it is another one.
    func measureAgain() -> Size? {
        guard let now = TerminalScreen.measure(descriptor), now != size else { return nil }
        size = now
        _ = tg_screen_resize(Int32(now.rows), Int32(now.columns))
        painter.forget()
        tg_screen_repaint()
        return now
    }

    /// Writes what the terminal takes now.
    func flush() {
        guard !isGone, !output.isEmpty else { return }
        if output.flush(to: descriptor) == .gone { isGone = true }
    }

    /// Moves the bytes that ncurses has made to the queue.
    func takeFrame() {
        let count = tg_memory_size(frame)
        guard count > 0 else { return }
        let bytes = [UInt8](unsafeUninitializedCapacity: count) { buffer, taken in
            taken = tg_memory_take(frame, buffer.baseAddress, buffer.count)
        }
        output.append(depth == .direct ? DirectColour.plain(bytes) : bytes)
    }
}
