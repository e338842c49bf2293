/// Text that is written byte by byte: for JSON and for metrics, without Foundation.
struct ByteText {
    private(set) var bytes: [UInt8] = []

    init(capacity: Int = 1024) { bytes.reserveCapacity(capacity) }

    mutating func append(_ text: String) { bytes.append(contentsOf: text.utf8) }

    mutating func append(_ text: StaticString) {
        text.withUTF8Buffer { bytes.append(contentsOf: $0) }
    }

    mutating func append(byte: UInt8) { bytes.append(byte) }

    mutating func append(_ value: Int64) {
        if value < 0 { bytes.append(UInt8(ascii: "-")) }
        let start = bytes.count
        var rest = value.magnitude
        repeat {
            bytes.append(UInt8(truncatingIfNeeded: 0x30 + rest % 10))
            rest /= 10
        } while rest > 0
        bytes[start...].reverse()
    }

    /// A decimal with at most `places` (0 to 6) of them, trailing zeros left out; `null` where it is no number.
    mutating func append(_ value: Double, places: Int) {
        guard value.isFinite else {
            append("null")
            return
        }
        var scale: Int64 = 1
        for _ in 0..<min(max(places, 0), 6) { scale *= 10 }
        let scaled = Int64(clampingDouble: value * Double(scale))
        if scaled < 0 { bytes.append(UInt8(ascii: "-")) }
        append(Int64(clamping: scaled.magnitude / scale.magnitude))
        var fraction = scaled.magnitude % scale.magnitude
        guard fraction > 0 else { return }
        bytes.append(UInt8(ascii: "."))
        var unit = scale.magnitude / 10
        while fraction > 0, unit > 0 {
            bytes.append(UInt8(truncatingIfNeeded: 0x30 + fraction / unit))
            fraction %= unit
            unit /= 10
        }
    }
}
