import Domain

/// Dates as HTTP writes them (RFC 9110 §5.6.7).
enum HTTPDate {
    private static let weekdays = ["Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"]
    private static let months = [
        "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
    ]

    /// `Wed, 25 Nov 2026 14:03:22 GMT`.
    static func text(_ time: Timestamp) -> String {
        let parts = Calendar.parts(of: time)
        let day = Calendar.floorDivide(time.seconds, 86_400)
        let weekday = weekdays[Int(truncatingIfNeeded: day - Calendar.floorDivide(day, 7) * 7)]
        let month = months[Int(truncatingIfNeeded: min(max(parts.month, 1), 12) - 1)]
        return "\(weekday), \(Calendar.pad(parts.day, 2)) \(month) \(Calendar.pad(parts.year, 4)) "
            + "\(Calendar.clock(time)) GMT"
    }

    /// Milliseconds of a `Retry-After` value, a number or a date, seen at `wall` milliseconds; nil where it is neither.
    static func retryAfterMilliseconds(_ text: String, wall: Int64) -> Int64? {
        if let seconds = Int64(text), seconds >= 0 { return min(seconds, 86_400) * 1000 }
        let parts = text.split(separator: " ")
        guard parts.count == 6, parts[5] == "GMT", let day = Int64(parts[1]), (1...31).contains(day),
            let month = months.firstIndex(of: String(parts[2])), let year = Int64(parts[3]),
            (1970...9999).contains(year)
        else { return nil }
        let clock = parts[4].split(separator: ":").map { Int64($0) ?? -1 }
        guard clock.count == 3, (0...23).contains(clock[0]), (0...59).contains(clock[1]), (0...60).contains(clock[2])
        else { return nil }
        let seconds =
            Calendar.days(year: year, month: Int64(month + 1), day: day) * 86_400 + clock[0] * 3600 + clock[1] * 60
            + clock[2]
        return min(max(0, seconds * 1000 - wall), 86_400_000)
    }
}
