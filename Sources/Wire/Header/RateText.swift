/// Texts of the rate-limit headers.
package enum RateText {
    /// A span of time as Go writes it, in which OpenAI's `x-ratelimit-reset-*` are given: `12ms`, `1.5s`, `6m0s`.
    ///
    /// Source: Go, `time.Duration.String`. Negative spans count as none: `0s`.
    package static func goDuration(milliseconds: Int64) -> String {
        guard milliseconds > 0 else { return "0s" }
        if milliseconds < 1000 { return "\(milliseconds)ms" }
        // From the last byte to the first. The longest is 2562047788015h12m55.807s, 24 bytes.
        var text = BackwardText()
        text.put(UInt8(ascii: "s"))
        text.putFraction(milliseconds % 1000)
        let seconds = milliseconds / 1000
        text.put(number: seconds < 60 ? seconds : seconds % 60)
        if seconds >= 60 {
            text.put(UInt8(ascii: "m"))
            text.put(number: seconds / 60 % 60)
        }
        if seconds >= 3600 {
            text.put(UInt8(ascii: "h"))
            text.put(number: seconds / 3600)
        }
        return text.string
    }

    /// Milliseconds as whole seconds, rounded up, never negative: the value of `Retry-After`.
    package static func wholeSeconds(milliseconds: Int64) -> Int64 {
        guard milliseconds > 0 else { return 0 }
        return milliseconds / 1000 + (milliseconds % 1000 == 0 ? 0 : 1)
    }
}

/// A short ASCII text that is written from its end, as digits come.
private struct BackwardText {
    private var bytes = InlineArray<32, UInt8>(repeating: 0)
    private var start = 32

    /// Puts a byte before the text; past 32 bytes nothing is put any more.
    mutating func put(_ byte: UInt8) {
        guard start > 0 else { return }
        start &-= 1
        bytes[start] = byte
    }

    /// Puts the digits of a number that is not negative.
    mutating func put(number: Int64) {
        var rest = number.magnitude
        repeat {
            put(0x30 &+ UInt8(truncatingIfNeeded: rest % 10))
            rest /= 10
        } while rest > 0
    }

    /// Puts a fraction of three digits and its point, zeros at its end left out; nothing where all are zero.
    mutating func putFraction(_ thousandths: Int64) {
        guard thousandths > 0 else { return }
        var rest = thousandths
        var width = 3
        while rest % 10 == 0 {
            rest /= 10
            width -= 1
        }
        for _ in 0..<width {
            put(0x30 &+ UInt8(truncatingIfNeeded: rest % 10))
            rest /= 10
        }
        put(UInt8(ascii: "."))
    }

    var string: String {
        unsafe String(unsafeUninitializedCapacity: 32 - start) { space in
            for index in start..<32 { unsafe space[index - start] = bytes[index] }
            return 32 - start
        }
    }
}
