extension FixedWidthInteger {
    /// The sum, held at the type's edge instead of trapping: outside numbers must not end the process.
    @inlinable
    package func addingSaturated(_ other: Self) -> Self {
        let (sum, overflow) = addingReportingOverflow(other)
        return overflow ? (other < 0 ? .min : .max) : sum
    }

    /// The difference, held at the type's edge instead of trapping.
    @inlinable
    package func subtractingSaturated(_ other: Self) -> Self {
        let (difference, overflow) = subtractingReportingOverflow(other)
        return overflow ? (other < 0 ? .max : .min) : difference
    }

    /// The product, held at the type's edge instead of trapping.
    @inlinable
    package func multipliedSaturated(by other: Self) -> Self {
        let (product, overflow) = multipliedReportingOverflow(by: other)
        return overflow ? ((self < 0) == (other < 0) ? .max : .min) : product
    }
}

extension Int64 {
    /// The nearest whole number, held at the edges; zero for a NaN.
    package init(clampingDouble value: Double) {
        if value.isNaN {
            self = 0
        } else if value >= 9.2e18 {
            self = .max
        } else if value <= -9.2e18 {
            self = .min
        } else {
            self = Int64(value.rounded())
        }
    }
}

extension Int {
    /// The nearest whole number, held at the edges; zero for a NaN.
    package init(clampingDouble value: Double) { self = Int(clamping: Int64(clampingDouble: value)) }
}

extension Duration {
    /// The whole nanoseconds of it, held at the edges of `Int64`.
    package var nanosecondsClamped: Int64 {
        let (seconds, attoseconds) = components
        return seconds.multipliedSaturated(by: 1_000_000_000).addingSaturated(attoseconds / 1_000_000_000)
    }
}
