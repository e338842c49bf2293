import Domain
import Settings
import Telemetry
import Terminal

/// What every part of the picture is drawn from; nothing in it changes while a picture is made.
struct Stage: Sendable {
    let state: DashboardState
    /// What is shown: the held snapshot while paused, else the newest.
    let snapshot: LiveSnapshot
    /// The newest snapshot.
    let live: LiveSnapshot
    let size: Size
    /// The moment that ages in the body count from: that of the held picture while paused.
    let now: Timestamp
    /// The moment of drawing.
    let clock: Timestamp
    let layout: Layout
    let glyphs: Glyphs

    init(state: DashboardState, snapshot: LiveSnapshot, size: Size, now: Timestamp, glyphs: Glyphs) {
        self.state = state
        live = snapshot
        self.snapshot = state.picture(of: snapshot)
        self.size = size
        clock = now
        self.glyphs = glyphs
        self.now = state.paused?.snapshot.time ?? now
        layout = Layout(size: size)
    }

    /// Whether there is a line for the tabs; without it the status line names the open view.
    var hasTabs: Bool { size.rows >= 12 }

    /// Time of day in the operator's zone.
    func time(_ moment: Timestamp) -> String {
        Calendar.clock(moment, offsetSeconds: state.isUTC ? 0 : state.localOffsetSeconds)
    }

    /// Time of day of a moment of today, month and day of any other; eight columns or fewer.
    func dayTime(_ moment: Timestamp) -> String {
        let text = self.moment(moment)
        return text.count == 10 ? String(text.dropFirst(5)) : text
    }

    /// Hour and minute in the operator's zone.
    func shortTime(_ moment: Timestamp) -> String { String(time(moment).prefix(5)) }

    /// When something ends: hour and minute, after month and day where that is not today.
    func endTime(_ moment: Timestamp) -> String {
        let offset = state.isUTC ? 0 : state.localOffsetSeconds
        let day = Calendar.date(moment.adding(seconds: offset))
        return day == Calendar.date(clock.adding(seconds: offset))
            ? shortTime(moment) : "\(day.dropFirst(5)) \(shortTime(moment))"
    }

    /// The name of the zone that times are shown in.
    var zone: String { state.isUTC ? "UTC" : state.localZone }

    /// A moment as near as it needs to be: the time today, else the date.
    func moment(_ moment: Timestamp?) -> String {
        guard let moment else { return Figures.nothing }
        let offset = state.isUTC ? 0 : state.localOffsetSeconds
        let shifted = moment.adding(seconds: offset)
        let today = Calendar.date(now.adding(seconds: offset))
        return Calendar.date(shifted) == today ? time(moment) : Calendar.date(shifted)
    }

    /// `5m`: the window that figures cover.
    var window: String { Figures.window(snapshot.windowSeconds) }
}
