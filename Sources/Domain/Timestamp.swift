/// A point of wall-clock time in whole milliseconds since 1970-01-01T00:00:00Z.
///
/// Wall time names moments for people and files; durations are always taken on the monotonic clock.
package struct Timestamp: Hashable, Comparable, Sendable, Codable {
    /// Milliseconds since the Unix epoch; negative before it.
    package var milliseconds: Int64

    package init(milliseconds: Int64) { self.milliseconds = milliseconds }

    package init(from decoder: any Decoder) throws {
        milliseconds = try decoder.singleValueContainer().decode(Int64.self)
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(milliseconds)
    }

    package static func < (left: Timestamp, right: Timestamp) -> Bool { left.milliseconds < right.milliseconds }

    /// Whole seconds since the epoch, rounded towards the past.
    package var seconds: Int64 { Calendar.floorDivide(milliseconds, 1000) }

    /// This moment moved by `seconds`; saturates instead of trapping.
    package func adding(seconds: Int64) -> Timestamp {
        let (moved, overflow) = seconds.multipliedReportingOverflow(by: 1000)
        return adding(milliseconds: overflow ? (seconds < 0 ? .min : .max) : moved)
    }

    /// This moment moved by `milliseconds`; saturates instead of trapping.
    package func adding(milliseconds delta: Int64) -> Timestamp {
        Timestamp(milliseconds: milliseconds.addingSaturated(delta))
    }

    /// Milliseconds from `earlier` to this moment; saturates.
    package func milliseconds(since earlier: Timestamp) -> Int64 {
        let (difference, overflow) = milliseconds.subtractingReportingOverflow(earlier.milliseconds)
        return overflow ? (milliseconds < 0 ? .min : .max) : difference
    }
}

/// Civil dates by integer arithmetic (proleptic Gregorian, UTC), so that no room needs Foundation for them.
package enum Calendar {
    /// Year, month, day and time of day of a moment, in UTC.
    package struct Parts: Equatable, Sendable {
        package var year: Int64
        package var month: Int64
        package var day: Int64
        package var hour: Int64
        package var minute: Int64
        package var second: Int64
        package var millisecond: Int64
    }

    /// Integer division that rounds towards negative infinity; `divisor` is positive.
    package static func floorDivide(_ value: Int64, _ divisor: Int64) -> Int64 {
        let quotient = value / divisor
        return value % divisor < 0 ? quotient - 1 : quotient
    }

    /// Days since 1970-01-01 of a civil date.
    ///
    /// Source: H. Hinnant, days_from_civil.
    package static func days(year: Int64, month: Int64, day: Int64) -> Int64 {
        let shifted = month <= 2 ? year - 1 : year
        let era = floorDivide(shifted, 400)
        let yearOfEra = shifted - era * 400
        let dayOfYear = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1
        let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
        return era * 146_097 + dayOfEra - 719_468
    }

    /// The parts of `time` shifted by `offsetSeconds` from UTC.
    package static func parts(of time: Timestamp, offsetSeconds: Int64 = 0) -> Parts {
        // The years 0 to 9999 fit all text forms; anything outside is shown at the edge rather than trapping.
        let clamped = min(max(time.milliseconds, -62_135_596_800_000), 253_402_300_799_999)
        let local = clamped + min(max(offsetSeconds, -86_400), 86_400) * 1000
        let days = floorDivide(local, 86_400_000)
        let inDay = local - days * 86_400_000
        let shifted = days + 719_468
        let era = floorDivide(shifted, 146_097)
        let dayOfEra = shifted - era * 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let monthIndex = (5 * dayOfYear + 2) / 153
        let month = monthIndex < 10 ? monthIndex + 3 : monthIndex - 9
        return Parts(
            year: yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month: month,
            day: dayOfYear - (153 * monthIndex + 2) / 5 + 1, hour: inDay / 3_600_000,
            minute: inDay / 60_000 % 60, second: inDay / 1000 % 60, millisecond: inDay % 1000)
    }

    /// `2026-11-25T14:03:22.118Z`: RFC 3339 in UTC with milliseconds.
    package static func rfc3339(_ time: Timestamp) -> String {
        let p = parts(of: time)
        return "\(pad(p.year, 4))-\(pad(p.month, 2))-\(pad(p.day, 2))T\(pad(p.hour, 2)):\(pad(p.minute, 2)):"
            + "\(pad(p.second, 2)).\(pad(p.millisecond, 3))Z"
    }

    /// `14:03:22`, shifted by `offsetSeconds` from UTC.
    package static func clock(_ time: Timestamp, offsetSeconds: Int64 = 0) -> String {
        let p = parts(of: time, offsetSeconds: offsetSeconds)
        return "\(pad(p.hour, 2)):\(pad(p.minute, 2)):\(pad(p.second, 2))"
    }

    /// `2026-11-25` in UTC.
    package static func date(_ time: Timestamp) -> String {
        let p = parts(of: time)
        return "\(pad(p.year, 4))-\(pad(p.month, 2))-\(pad(p.day, 2))"
    }

    /// A number with leading zeros up to `width` digits.
    package static func pad(_ value: Int64, _ width: Int) -> String {
        let digits = String(value)
        return digits.utf8.count >= width ? digits : String(repeating: "0", count: width - digits.utf8.count) + digits
    }
}

extension Timestamp {
    /// Reads what `Calendar.rfc3339` writes: `2026-11-25T14:03:22.118Z`; nil for anything else.
    package init?(rfc3339 text: String) {
        let bytes = Array(text.utf8)
        guard bytes.count == 24, bytes[23] == UInt8(ascii: "Z") else { return nil }
        for (index, mark) in [(4, "-"), (7, "-"), (10, "T"), (13, ":"), (16, ":"), (19, ".")] as [(Int, Character)] {
            guard bytes[index] == mark.asciiValue else { return nil }
        }
        func number(_ range: Range<Int>) -> Int64? {
            var value: Int64 = 0
            for byte in bytes[range] {
                guard byte >= 0x30, byte <= 0x39 else { return nil }
                value = value * 10 + Int64(byte - 0x30)
            }
            return value
        }
        guard let year = number(0..<4), let month = number(5..<7), let day = number(8..<10),
            let hour = number(11..<13), let minute = number(14..<16), let second = number(17..<19),
            let millisecond = number(20..<23), (1...12).contains(month), (1...31).contains(day), hour < 24,
            minute < 60, second < 61
        else { return nil }
        let days = Calendar.days(year: year, month: month, day: day)
        let inDay = hour * 3600 + minute * 60 + second
        self.init(milliseconds: (days * 86_400 + inDay) * 1000 + millisecond)
    }
}

extension Calendar {
    /// Start of the UTC hour of a moment, in seconds since 1970.
    package static func hour(of time: Timestamp) -> Int64 {
        floorDivide(time.milliseconds, 3_600_000).multipliedSaturated(by: 3600)
    }

    /// Start of the UTC month of a moment.
    package static func monthStart(of time: Timestamp) -> Timestamp {
        LimitKind.budgetMonth.period(at: time)?.lowerBound ?? time
    }

    /// The UTC month of a moment, in seconds since 1970.
    package static func month(of time: Timestamp) -> Range<Int64> {
        let month = LimitKind.budgetMonth.period(at: time) ?? time..<time
        return month.lowerBound.seconds..<month.upperBound.seconds
    }
}
