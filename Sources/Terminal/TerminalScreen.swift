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
    package private(set) var isGone = false

    var painter: FramePainter
    private let descriptor: Int32
    private let frame: Int32
    private var output = OutputQueue()
    private var decoder: KeyDecoder
    private var hasRefused = false
    private var isClosed = false

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
                ? TerminalError(.inUse, "the terminal is in use or gone; serving without the dashboard")
                : TerminalError(.unknownType, "the terminal cannot be set up; serving without the dashboard")
        }
        _ = tg_terminal_raw(descriptor)
        takeFrame()
        output.append("\u{1B}[?2004h".utf8)
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

    /// Makes the next `paint` send every cell: for Ctrl-l and after something else has written to the terminal.
    package func repaint() {
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
}

extension TerminalScreen {
    /// Waits for keys, the wake-up descriptor, another size or the end of the terminal.
    ///
    /// - Parameters:
    ///   - wake: an eventfd that other threads signal, or a negative number for none; it is drained here.
    ///   - timeoutMilliseconds: how long to wait; negative for as long as it takes.
    /// - Returns: at least one event. Once the terminal is gone every call waits for `wake` or the time (at least
    ///   100 ms) and says `hungUp` again, so that a careless loop does not spin.
    package func wait(wake: Int32, timeoutMilliseconds: Int) -> [TerminalEvent] {
        let start = tg_monotonic_ns()
        while true {
            if isGone || isClosed { return waitWithoutTerminal(wake: wake, milliseconds: timeoutMilliseconds) }
            var events: [TerminalEvent] = []
            if let changed = measureAgain() { events.append(.resized(changed)) }
            flush()
            if hasRefused, output.isEmpty {
                hasRefused = false
                events.append(.woken)
            }
            if !events.isEmpty { return events }
            let left = remaining(timeoutMilliseconds, since: start)
            let pause = min(left ?? Int.max, decoder.patience ?? Int.max)
            let readiness = poll(wake: wake, milliseconds: pause == Int.max ? -1 : pause)
            if readiness.isWoken { events.append(.woken) }
            if readiness.canRead {
                read(into: &events)
            } else if readiness.isTimeUp, let patience = decoder.patience, patience <= pause {
                take(decoder.expire(), into: &events)
            }
            if readiness.isGone { isGone = true }
            if isGone { events.append(.hungUp) }
            if !events.isEmpty { return events }
            if let left = remaining(timeoutMilliseconds, since: start), left <= 0 { return [.timeout] }
        }
    }

    private struct Readiness {
        var canRead = false
        var isGone = false
        var isWoken = false
        var isTimeUp = false
    }

    private func poll(wake: Int32, milliseconds: Int) -> Readiness {
        let interest = Int16(POLLIN) | (output.isEmpty ? 0 : Int16(POLLOUT))
        var polled = [
            pollfd(fd: descriptor, events: interest, revents: 0), pollfd(fd: wake, events: Int16(POLLIN), revents: 0),
        ]
        var result = Readiness()
        let ready = Glibc.poll(&polled, 2, Int32(clamping: milliseconds))
        guard ready > 0 else {
            result.isTimeUp = ready == 0
            return result
        }
        let seen = Int32(polled[0].revents)
        result.canRead = seen & POLLIN != 0
        result.isGone = seen & (POLLHUP | POLLERR | POLLNVAL) != 0
        if polled[1].revents != 0 {
            result.isWoken = true
            _ = tg_event_drain(wake)
        }
        return result
    }

    private func read(into events: inout [TerminalEvent]) {
        let bytes = [UInt8](unsafeUninitializedCapacity: 4_096) { buffer, count in
            let done = Glibc.read(descriptor, buffer.baseAddress, buffer.count)
            count = max(0, done)
            if done == 0 || (done < 0 && errno != EAGAIN && errno != EINTR) { isGone = true }
        }
        take(decoder.feed(bytes), into: &events)
    }

    private func take(_ inputs: [KeyDecoder.Input], into events: inout [TerminalEvent]) {
        guard !isInputSuspended else { return }
        for input in inputs {
            switch input {
            case .key(let key): events.append(.key(key))
            case .paste(let text): events.append(.paste(text))
            }
        }
    }

    private func waitWithoutTerminal(wake: Int32, milliseconds: Int) -> [TerminalEvent] {
        var polled = pollfd(fd: wake, events: Int16(POLLIN), revents: 0)
        let pause = milliseconds < 0 ? (wake < 0 ? 1_000 : -1) : max(100, milliseconds)
        if Glibc.poll(&polled, 1, Int32(clamping: pause)) > 0 {
            _ = tg_event_drain(wake)
            return [.woken, .hungUp]
        }
        return [.hungUp]
    }

    private func remaining(_ timeout: Int, since start: Int64) -> Int? {
        guard timeout >= 0 else { return nil }
        let passed = Int(clamping: (tg_monotonic_ns() &- start) / 1_000_000)
        return max(0, timeout &- max(0, passed))
    }

    private func measureAgain() -> Size? {
        guard let now = TerminalScreen.measure(descriptor), now != size else { return nil }
        size = now
        _ = tg_screen_resize(Int32(now.rows), Int32(now.columns))
        repaint()
        return now
    }

    private func flush() {
        guard !isGone, !output.isEmpty else { return }
        if output.flush(to: descriptor) == .gone { isGone = true }
    }

    /// Moves the bytes that ncurses has made to the queue.
    private func takeFrame() {
        let count = tg_memory_size(frame)
        guard count > 0 else { return }
        let bytes = [UInt8](unsafeUninitializedCapacity: count) { buffer, taken in
            taken = tg_memory_take(frame, buffer.baseAddress, buffer.count)
        }
        output.append(depth == .direct ? DirectColour.plain(bytes) : bytes)
    }
}

extension TerminalScreen {
    /// The types of the configuration that the terminal database knows and that can place a cursor, best first.
    private static func usableTypes(_ configuration: TerminalConfiguration) throws(TerminalError) -> [String] {
        guard let named = configuration.environment["TERM"], !named.isEmpty else {
            throw TerminalError(.noType, "TERM is not set; serving without the dashboard")
        }
        let shown = TextWidth.cut(named, to: 40)
        if tg_type_probe(named) == TG_TYPE_NO_CURSOR.rawValue {
            throw TerminalError(
                .noCursor, "TERM=\(shown) cannot place its cursor; serving without the dashboard")
        }
        let types = configuration.colour.types(for: named, environment: configuration.environment).filter {
            tg_type_probe($0) == TG_TYPE_GOOD.rawValue
        }
        guard !types.isEmpty else {
            throw TerminalError(
                .unknownType, "TERM=\(shown) is not in the terminal database; serving without the dashboard")
        }
        return types
    }

    private static func openTerminal(_ source: TerminalConfiguration.Source) throws(TerminalError) -> Int32 {
        let opened: Int32
        switch source {
        case .controlling: opened = tg_terminal_reopen(-1)
        case .descriptor(let descriptor):
            opened = descriptor < 0 ? -EBADF : tg_terminal_reopen(descriptor)
        }
        guard opened >= 0 else {
            throw TerminalError(.notATerminal, "there is no terminal; serving without the dashboard")
        }
        return opened
    }

    /// The size of a terminal that does not know its own.
    private static let assumed = Size(columns: 80, rows: 24)

    /// - Returns: nil where the terminal does not answer.
    private static func measure(_ descriptor: Int32) -> Size? {
        var rows: Int32 = 0
        var columns: Int32 = 0
        guard tg_terminal_size(descriptor, &rows, &columns) == 0 else { return nil }
        guard rows > 0, columns > 0 else { return assumed }
        return Size(columns: Int(columns), rows: Int(rows)).bounded
    }

    private static func release(_ descriptors: Int32...) {
        for descriptor in descriptors where descriptor >= 0 { Glibc.close(descriptor) }
    }
}
