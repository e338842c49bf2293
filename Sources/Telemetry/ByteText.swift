import Wire

/// Text that is written byte by byte: for metrics, without Foundation.
struct ByteText {
    private(set) var bytes: [UInt8] = []

    init(capacity: Int = 1024) { bytes.reserveCapacity(capacity) }

    mutating func append(_ text: String) { bytes.append(contentsOf: text.utf8) }

    mutating func append(_ text: StaticString) {
        text.withUTF8Buffer { bytes.append(contentsOf: $0) }
    }

    mutating func append(byte: UInt8) { bytes.append(byte) }

    mutating func append(_ value: Int64) { JSONText.append(value, to: &bytes) }

    /// A decimal with at most `places` (0 to 6) of them, trailing zeros left out; `null` where it is no number.
    mutating func append(_ value: Double, places: Int) { JSONText.append(value, places: places, to: &bytes) }
}
