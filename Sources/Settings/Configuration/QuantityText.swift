import Domain

/// Sizes, durations and shares as the configuration writes them.
enum QuantityText {
    /// Bytes of `512`, `64KB`, `32MB`, `1GB` (powers of 1000) or `64KiB`, `32MiB`, `1GiB` (powers of 1024).
    static func bytes(_ text: String) -> Int? {
        let units: [(String, Int)] = [
            ("KiB", 1024), ("MiB", 1024 * 1024), ("GiB", 1024 * 1024 * 1024), ("KB", 1000), ("kB", 1000),
            ("MB", 1_000_000), ("GB", 1_000_000_000), ("B", 1), ("", 1),
        ]
        for (unit, scale) in units where text.hasSuffix(unit) {
            guard let nanos = DecimalText.nanos(String(text.dropLast(unit.count))) else { return nil }
            let product = Int128(nanos) * Int128(scale)
            guard product % 1_000_000_000 == 0 else { return nil }
            return Int(exactly: product / 1_000_000_000)
        }
        return nil
    }

    /// `250ms`, `90s`, `1m30s`.
    static func duration(_ text: String) -> Duration? { DurationText.milliseconds(text).map { .milliseconds($0) } }

    /// The share, over 0 and up to 1, of `5%` or `2.5%`.
    static func share(_ text: String) -> Double? {
        guard text.hasSuffix("%"), let nanos = DecimalText.nanos(String(text.dropLast())) else { return nil }
        guard nanos > 0, nanos <= 100_000_000_000 else { return nil }
        return Double(nanos) / 100_000_000_000
    }
}
