import Domain
import Settings
import Telemetry
import Terminal

/// The first line: whose gateway, is it serving, may I write, how fresh, what time.
enum StatusLine {
    static func draw(_ stage: Stage, pen: inout Pen) {
        let columns = stage.size.columns
        pen.tint(Rect(row: 0, column: 0, rows: 1, columns: columns), .bar)
        let start = right(stage, pen: &pen)
        left(stage, end: start - 1, pen: &pen)
    }

    /// Draws from the right edge inwards, each piece whole or not at all; returns where it begins.
    private static func right(_ stage: Stage, pen: inout Pen) -> Int {
        let isRoomy = stage.size.columns >= 100
        var end = stage.size.columns - 1
        let isTiny = stage.layout <= .tiny
        let clock =
            isTiny && stage.size.columns < 50 ? stage.time(stage.clock) : "\(stage.time(stage.clock)) \(stage.zone)"
        func place(_ spans: [Span], gap: Int) -> Bool {
            guard pen.putRight(spans, row: 0, end: end, start: isTiny ? 10 : 20) else { return false }
            end -= pen.columns(spans) + gap
            return true
        }
        _ = place([.plain(clock)], gap: isRoomy ? 2 : 2)
        _ = place([.muted(isRoomy ? "window \(stage.window)" : stage.window)], gap: 2)
        let every = Figures.refresh(stage.state.refreshMilliseconds)
        if !isTiny { _ = place([.muted(isRoomy ? "every \(every)" : every)], gap: isRoomy ? 3 : 2) }
        let chip = chip(stage)
        let width = pen.columns(chip.text)
        if end - width > (isTiny ? 10 : 20) {
            pen.put(chip, row: 0, column: end - width, end: end, surface: chip.role.isBanner ? chip.role : .selection)
            end -= width + 2
        }
        if !isRoomy {
            let incidents = Tabs.incidents(stage, isShort: true, glyphs: pen.glyphs)
            if !incidents.isEmpty { _ = place(incidents, gap: 2) }
        }
        return end
    }

    /// Whether writing is possible: `RW`, `RO`, or how long it still is.
    private static func chip(_ stage: Stage) -> Span {
        if stage.state.isReadOnly { return Span(" RO ", .bannerReadOnly, bold: true) }
        guard stage.state.needsArming else { return Span(" RW ", .strong, bold: true) }
        guard let until = stage.state.armedUntil, until > stage.clock else {
            return Span(" RO ", .bannerReadOnly, bold: true)
        }
        let left = Figures.secondsLeft(until: until, now: stage.clock)
        return Span(
            stage.size.columns < 80 ? " RW \(Figures.span(left)) " : " RW ARMED \(Figures.span(left)) ", .warn,
            bold: true)
    }

    private static func left(_ stage: Stage, end: Int, pen: inout Pen) {
        let snapshot = stage.live
        var pieces: [[Span]] = [
            [Span("tollgate ", .focus, bold: true)],
            [.strong(snapshot.instance)],
            [.plain("   ")] + serving(snapshot, pen: pen), [.muted(" " + port(snapshot.listen))],
        ]
        if stage.size.columns >= 100 {
            let age = stage.clock.milliseconds(since: snapshot.startedAt) / 1000
            pieces.append([.muted("   up \(Figures.span(age))")])
        }
        for remark in snapshot.remarks { pieces.append([.plain("   "), Span(remark, .warn)]) }
        if stage.state.isAttached { pieces.append([.plain("   "), .muted("attached")]) }
        // Which piece is the name: the only one that may be cut.
        var name = 1
        if stage.layout <= .narrow {
            name = 0
            // Little room: the state is worth more than the program's name.
            pieces.removeFirst()
            if !stage.hasTabs {
                pen.put(.strong(" \(view(stage)) "), row: 0, column: 0, end: end, surface: .selection)
                pieces = [[.plain(" ")], serving(snapshot, pen: pen)]
            } else if stage.layout <= .tiny {
                pieces[1] = [.plain(" ")] + serving(snapshot, pen: pen)
            }
        }
        var at = stage.hasTabs ? 1 : 2 + pen.columns(view(stage))
        for (index, piece) in pieces.enumerated() {
            if at + pen.columns(piece) > end {
                if index == name, end - at >= 4 { at = pen.put(piece, row: 0, column: at, end: end) }
                continue
            }
            at = pen.put(piece, row: 0, column: at, end: end)
        }
    }

    /// The open view, or the place drilled into, where there is no line of tabs.
    private static func view(_ stage: Stage) -> String {
        if let place = stage.state.crumbs.last { return TextWidth.cut(place.label, to: 16) }
        return "\(stage.state.view.rawValue) \(stage.state.view.title)"
    }

    private static func serving(_ snapshot: LiveSnapshot, pen: Pen) -> [Span] {
        let glyphs = pen.glyphs
        switch snapshot.status {
        case .serving: return [Span("\(glyphs.ok) serving", .ok, bold: true)]
        case .starting: return [Span("\(glyphs.gap) starting", .muted, bold: true)]
        case .draining: return [Span("\(glyphs.error) draining", .warn, bold: true)]
        case .stopped: return [Span("\(glyphs.critical) stopped", .critical, bold: true)]
        }
    }

    /// `:8080` of a loopback address, the whole address of any other: what is open to the world should be seen.
    static func port(_ listen: String) -> String {
        for loopback in ["127.0.0.1:", "localhost:", "[::1]:"] where listen.hasPrefix(loopback) {
            return ":" + listen.dropFirst(loopback.count)
        }
        return listen
    }
}
