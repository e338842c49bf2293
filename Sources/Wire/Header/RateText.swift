/// Texts of the rate-limit headers.
package enum RateText {
    /// A span of time as Go writes it, in which OpenAI's `x-ratelimit-reset-*` are given: `12ms`, `1.5s`, `6m0s`.
    ///
    /// Source: Go, `time.Duration.String`. Negative spans count as none: `0s`.
    package static func goDuration(milliseconds: Int64) -> String {
        guard milliseconds > 0 else { return "0s" }
        if milliseconds < 1000 { return "\(milliseconds)ms" }
        let seconds = milliseconds / 1000
        var text = ""
        if seconds >= 3600 { text += "\(seconds / 3600)h" }
        if seconds >= 60 { text += "\(seconds / 60 % 60)m" }
        text += "\(seconds % 60)"
        var fraction = milliseconds % 1000
        if fraction > 0 {
            var width = 3
            while fraction % 10 == 0 {
                fraction /= 10
                width -= 1
            }
            let digits = String(fraction)
            text += "." + String(repeating: "0", count: width - digits.utf8.count) + digits
        }
        return text + "s"
    }

    /// The value of `RateLimit-Policy`: a quota of requests or tokens and its window in seconds.
    package static func policy(quota: Int64, windowSeconds: Int64) -> String {
        "\"default\";q=\(max(quota, 0));w=\(max(windowSeconds, 0))"
    }

    /// The value of `RateLimit`: what is left, and whole seconds, rounded up, until there is more.
    package static func state(remaining: Int64, resetMilliseconds: Int64) -> String {
        "\"default\";r=\(max(remaining, 0));t=\(wholeSeconds(milliseconds: resetMilliseconds))"
    }

    /// Milliseconds as whole seconds, rounded up, never negative: the value of `Retry-After`.
    package static func wholeSeconds(milliseconds: Int64) -> Int64 {
        guard milliseconds > 0 else { return 0 }
        return milliseconds / 1000 + (milliseconds % 1000 == 0 ? 0 : 1)
    }
}
