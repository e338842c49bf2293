/// Numbers as the screen shows them, each form in one place; zero and *unknown* are a dash.
package enum Figures {
    /// What stands for nothing.
    package static let nothing = "–"

    /// The nearest whole number, held within a million million; 0 where it is no number.
    package static func whole(_ value: Double) -> Int {
        guard value.isFinite else { return 0 }
        return Int(exactly: min(1e12, max(-1e12, value)).rounded()) ?? 0
    }

    /// `value` with `places` decimals (0 to 3), rounded half away from zero.
    package static func fixed(_ value: Double, places: Int) -> String {
        guard value.isFinite else { return nothing }
        let scale = [1, 10, 100, 1000][min(3, max(0, places))]
        let scaled = whole(min(1e9, max(-1e9, value)) * Double(scale))
        let magnitude = abs(scaled)
        let sign = scaled < 0 ? "-" : ""
        guard places > 0 else { return sign + String(magnitude) }
        let fraction = String(magnitude % scale)
        let zeros = String(repeating: "0", count: max(0, min(3, places) - fraction.utf8.count))
        return "\(sign)\(magnitude / scale).\(zeros)\(fraction)"
    }

    /// Requests or tokens a second: `188.2`, `91.3k`, `<0.1`.
    package static func rate(_ value: Double) -> String {
        guard value.isFinite, value > 0 else { return nothing }
        return value < 0.05 ? "<0.1" : scaled(value)
    }

    /// A whole count: `612`, `12.3k`, `4.5M`.
    package static func count(_ value: Int64) -> String {
        if value <= 0 { return nothing }
        return value < 10_000 ? String(value) : scaled(Double(value))
    }

    /// A count that may be nothing, as a number: `0`, `612`, `12.3k`.
    package static func tally(_ value: Int64) -> String { value == 0 ? "0" : count(value) }

    /// A count with its noun: `1 stream`, `0 streams`, `12.3k streams`.
    package static func counted(_ value: Int, _ noun: String) -> String {
        tally(Int64(clamping: value)) + " " + (value == 1 ? noun : noun + "s")
    }

    /// Percent of a share of 0 to 1, without the sign: `10.4`, `<0.1`, `100`.
    package static func percent(_ share: Double) -> String {
        guard share.isFinite, share > 0 else { return nothing }
        if share < 0.0005 { return "<0.1" }
        return share >= 0.9995 ? fixed(min(share, 99.99) * 100, places: 0) : fixed(share * 100, places: 1)
    }

    /// Whole percent of a share, `57`; a little is never 0, almost all never 100.
    package static func wholePercent(_ share: Double) -> String {
        guard share.isFinite else { return nothing }
        if share > 0, share < 0.01 { return "<1" }
        if share > 0.99, share < 1 { return "99" }
        return String(whole(min(99.99, max(0, share)) * 100))
    }

    /// Latency for tables and tiles: `82ms` under a tenth of a second, `0.9s`, `12s`, `3m`.
    package static func latency(_ milliseconds: Double?) -> String {
        guard let milliseconds, milliseconds.isFinite, milliseconds >= 0 else { return nothing }
        if milliseconds < 0.5 { return "<1ms" }
        if milliseconds < 99.5 { return "\(whole(milliseconds))ms" }
        if milliseconds < 99_950 { return fixed(milliseconds / 1000, places: 1) + "s" }
        if milliseconds < 6_000_000 { return "\(whole(milliseconds / 60_000))m" }
        return milliseconds < 3.6e9 ? "\(whole(milliseconds / 3_600_000))h" : ">999h"
    }

    /// Latency of one request: `820ms`, `4.12s`, `71.5s`.
    package static func exactLatency(_ milliseconds: Int64) -> String {
        if milliseconds < 0 { return nothing }
        if milliseconds < 1000 { return "\(milliseconds)ms" }
        let seconds = Double(milliseconds) / 1000
        return fixed(seconds, places: seconds < 10 ? 2 : 1) + "s"
    }

    /// Nano-dollars as dollars without the sign: `22.10`, `<0.01`, `12.3k`.
    package static func money(_ nanos: Int64) -> String {
        if nanos == 0 { return nothing }
        let dollars = Double(nanos) / 1e9
        if nanos < 0 { return "-" + money(nanos == .min ? .max : -nanos) }
        if dollars < 0.005 { return "<0.01" }
        return dollars < 9999.995 ? fixed(dollars, places: 2) : scaled(dollars)
    }

    /// `$ 41.20`, `$ 0.00`.
    package static func dollars(_ nanos: Int64) -> String { "$ " + (nanos == 0 ? "0.00" : money(nanos)) }

    /// A budget or another round amount: `$ 900`, `$ 40.00`.
    package static func roundDollars(_ nanos: Int64) -> String {
        nanos >= 100_000_000_000 && nanos % 1_000_000_000 == 0 ? "$ \(nanos / 1_000_000_000)" : dollars(nanos)
    }

    /// Cost of one request, four places: `0.0123`, `<0.0001`.
    package static func smallMoney(_ nanos: Int64) -> String {
        if nanos <= 0 { return nothing }
        if nanos < 50_000 { return "<0.0001" }
        if nanos >= 100_000_000_000 { return money(nanos) }
        let parts = (nanos + 50_000) / 100_000
        let fraction = String(parts % 10_000)
        return "\(parts / 10_000)." + String(repeating: "0", count: 4 - fraction.utf8.count) + fraction
    }

    /// Bytes: `512 B`, `1.2 kB`, `3.4 MB`.
    package static func bytes(_ value: Int64) -> String {
        if value < 1000 { return "\(max(0, value)) B" }
        if value < 1_000_000 { return fixed(Double(value) / 1e3, places: 1) + " kB" }
        if value < 1_000_000_000 { return fixed(Double(value) / 1e6, places: 1) + " MB" }
        return fixed(Double(value) / 1e9, places: 1) + " GB"
    }

    /// One decimal and a letter: never more than six columns.
    private static func scaled(_ value: Double) -> String {
        if value < 999.95 { return fixed(value, places: 1) }
        if value < 999_950 { return fixed(value / 1e3, places: 1) + "k" }
        if value < 999_950_000 { return fixed(value / 1e6, places: 1) + "M" }
        if value < 999_950_000_000 { return fixed(value / 1e9, places: 1) + "G" }
        return ">999G"
    }
}
