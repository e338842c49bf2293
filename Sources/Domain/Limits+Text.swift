extension Limit {
    /// Reads the value of a limit as configuration and commands write it.
    ///
    /// - `requests`, `tokens`: `600/1m`, `40k/1m`, `1M/1h` (a bare number takes a window of one minute)
    /// - `concurrent`: `64`
    /// - `budget`: `1.00/day`, `900/month`, `$ 50/hour` (no period: day)
    /// - Returns: nil where the text is not such a value; `word` is one of `LimitKind.word`.
    package init?(word: String, text: String) {
        let trimmed = Limit.trim(text)
        let parts = trimmed.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
        guard let head = parts.first else { return nil }
        let tail = parts.count == 2 ? Limit.trim(String(parts[1])) : nil
        switch word {
        case "requests", "tokens":
            guard let amount = Limit.count(Limit.trim(String(head))) else { return nil }
            guard let seconds = tail == nil ? 60 : DurationText.seconds(tail ?? ""), (1...86_400).contains(seconds)
            else { return nil }
            self.init(kind: word == "requests" ? .requests : .tokens, amount: amount, windowSeconds: seconds)
        case "concurrent":
            guard tail == nil, let amount = Limit.count(Limit.trim(String(head))) else { return nil }
            self.init(kind: .concurrent, amount: amount)
        case "budget":
            guard let kind = Limit.budgetKind(tail ?? "day") else { return nil }
            var digits = Limit.trim(String(head))
            if digits.hasPrefix("$") { digits = Limit.trim(String(digits.dropFirst())) }
            guard let nanos = DecimalText.nanos(digits) else { return nil }
            self.init(kind: kind, amount: nanos)
        default:
            return nil
        }
    }

    private static func budgetKind(_ period: String) -> LimitKind? {
        switch period {
        case "hour", "h": .budgetHour
        case "day", "d": .budgetDay
        case "month", "mo": .budgetMonth
        default: nil
        }
    }

    private static func trim(_ text: String) -> String {
        var part = Substring(text)
        while part.first == " " { part.removeFirst() }
        while part.last == " " { part.removeLast() }
        return String(part)
    }

    /// A whole count with an optional `k` or `M`; nil for a sign, a fraction of one, or an overflow.
    private static func count(_ text: String) -> Int64? {
        var digits = Substring(text)
        var scale: Int64 = 1
        if digits.last == "k" { scale = 1000 }
        if digits.last == "M" { scale = 1_000_000 }
        if scale > 1 { digits.removeLast() }
        if scale == 1 { return digits.utf8.allSatisfy { $0 >= 0x30 && $0 <= 0x39 } ? Int64(digits) : nil }
        guard let nanos = DecimalText.nanos(String(digits)) else { return nil }
        let whole = Int128(nanos) * Int128(scale)
        guard whole % 1_000_000_000 == 0 else { return nil }
        return Int64(exactly: whole / 1_000_000_000)
    }

    /// `600/1m`, `64`, `$ 50/day`: what `init(word:text:)` reads back.
    package var text: String {
        switch kind {
        case .requests, .tokens: "\(CountText.short(amount))/\(DurationText.short(windowSeconds))"
        case .concurrent: CountText.short(amount)
        case .budgetHour: "$ \(NanoDollars(nanos: amount).exactText)/hour"
        case .budgetDay: "$ \(NanoDollars(nanos: amount).exactText)/day"
        case .budgetMonth: "$ \(NanoDollars(nanos: amount).exactText)/month"
        }
    }
}

/// Decimal numbers as exact integers.
package enum DecimalText {
    /// The value of a plain non-negative decimal times 10⁹; nil with a sign, exponent, over 9 decimals, or overflow.
    package static func nanos(_ text: String) -> Int64? {
        var whole: Int64 = 0
        var fraction: Int64 = 0
        var decimals = 0
        var digits = 0
        var seenPoint = false
        for byte in text.utf8 {
            if byte == UInt8(ascii: "."), !seenPoint {
                seenPoint = true
                continue
            }
            guard byte >= UInt8(ascii: "0"), byte <= UInt8(ascii: "9") else { return nil }
            let digit = Int64(byte - UInt8(ascii: "0"))
            digits += 1
            if seenPoint {
                guard decimals < 9 else { return nil }
                fraction = fraction * 10 + digit
                decimals += 1
            } else {
                let (scaled, over) = whole.multipliedReportingOverflow(by: 10)
                let (sum, overSum) = scaled.addingReportingOverflow(digit)
                if over || overSum { return nil }
                whole = sum
            }
        }
        guard digits > 0 else { return nil }
        while decimals < 9 {
            fraction *= 10
            decimals += 1
        }
        let (scaled, over) = whole.multipliedReportingOverflow(by: 1_000_000_000)
        let (sum, overSum) = scaled.addingReportingOverflow(fraction)
        return over || overSum ? nil : sum
    }
}

/// Durations as configuration, commands and screens write them.
package enum DurationText {
    /// Milliseconds of `250ms`, `90s`, `1m`, `2h`, `1d` or a sum such as `1m30s`; nil otherwise, or past 100 years.
    package static func milliseconds(_ text: String) -> Int64? {
        var total: Int64 = 0
        var rest = Substring(text)
        guard !rest.isEmpty else { return nil }
        while !rest.isEmpty {
            let digits = rest.prefix { $0.isASCII && $0.isNumber }
            guard !digits.isEmpty, let value = Int64(digits) else { return nil }
            rest = rest.dropFirst(digits.count)
            let unit = rest.prefix { $0.isASCII && $0.isLetter }
            rest = rest.dropFirst(unit.count)
            let scale: Int64
            switch unit {
            case "ms": scale = 1
            case "s": scale = 1000
            case "m": scale = 60_000
            case "h": scale = 3_600_000
            case "d": scale = 86_400_000
            default: return nil
            }
            total = total.addingSaturated(value.multipliedSaturated(by: scale))
        }
        return total <= 3_155_760_000_000 ? total : nil
    }

    /// Whole seconds of a duration; nil where it is no duration or not whole seconds.
    package static func seconds(_ text: String) -> Int64? {
        guard let value = milliseconds(text), value % 1000 == 0 else { return nil }
        return value / 1000
    }

    /// The shortest exact form that `seconds` reads back: `1m`, `90s`, `36h`, `1d`.
    package static func short(_ seconds: Int64) -> String {
        if seconds > 0, seconds % 86_400 == 0 { return "\(seconds / 86_400)d" }
        if seconds > 0, seconds % 3600 == 0 { return "\(seconds / 3600)h" }
        if seconds > 0, seconds % 60 == 0 { return "\(seconds / 60)m" }
        return "\(seconds)s"
    }
}

/// Whole counts as configuration and screens write them.
package enum CountText {
    /// `600`, `40k`, `1M`: exact, so only round thousands are shortened.
    package static func short(_ count: Int64) -> String {
        if count >= 1_000_000, count % 1_000_000 == 0 { return "\(count / 1_000_000)M" }
        if count >= 10_000, count % 1000 == 0 { return "\(count / 1000)k" }
        return String(count)
    }
}
