package import Domain

extension Figures {
    /// The coarsest unit of a time: `42s`, `4m`, `2h`, `3d`.
    package static func coarse(_ seconds: Int64) -> String {
        let held = max(0, seconds)
        if held < 60 { return "\(held)s" }
        if held < 3600 { return "\(held / 60)m" }
        if held < 86_400 { return "\(held / 3600)h" }
        return held < 864_000_000 ? "\(held / 86_400)d" : ">9999d"
    }

    /// Two units of a time: `42s`, `4m42s`, `3h05m`, `3d04h`.
    package static func span(_ seconds: Int64) -> String {
        let held = max(0, seconds)
        if held < 60 { return "\(held)s" }
        if held < 3600 { return "\(held / 60)m\(Calendar.pad(held % 60, 2))s" }
        if held < 86_400 { return "\(held / 3600)h\(Calendar.pad(held / 60 % 60, 2))m" }
        if held >= 864_000_000 { return ">9999d" }
        return "\(held / 86_400)d\(Calendar.pad(held / 3600 % 24, 2))h"
    }

    /// `4m left` of a time that may be unknown; empty then.
    package static func left(_ seconds: Double?) -> String {
        guard let seconds, seconds.isFinite, seconds >= 0 else { return "" }
        return seconds > 863_999_999 ? "" : coarse(Int64(whole(seconds))) + " left"
    }

    /// `9 s ago`, `4 m ago`, `now` for anything newer than a second or in the future.
    package static func ago(_ time: Timestamp, now: Timestamp) -> String {
        let seconds = now.milliseconds(since: time) / 1000
        return seconds < 1 ? "now" : spaced(seconds) + " ago"
    }

    /// A coarse time with its unit apart: `12 s`, `5 m`.
    package static func spaced(_ seconds: Int64) -> String {
        let text = coarse(seconds)
        return "\(text.dropLast()) \(text.suffix(1))"
    }

    /// Whole seconds from `now` to `time`, never negative.
    package static func secondsLeft(until time: Timestamp, now: Timestamp) -> Int64 {
        let milliseconds = time.milliseconds(since: now)
        return milliseconds <= 0 ? 0 : milliseconds / 1000
    }

    /// The window as keys choose it: `1m`, `5m`, `1h`, `24h`.
    package static func window(_ seconds: Int) -> String {
        seconds == 86_400 ? "24h" : DurationText.short(Int64(clamping: seconds))
    }

    /// The refresh interval: `1s`, `0.25s`, `30s`.
    package static func refresh(_ milliseconds: Int) -> String {
        if milliseconds % 1000 == 0 { return "\(milliseconds / 1000)s" }
        var text = fixed(Double(milliseconds) / 1000, places: 2)
        while text.hasSuffix("0") { text.removeLast() }
        return text + "s"
    }
}
