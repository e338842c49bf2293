/// A number as it stands in the bytes.
enum JSONNumber: Equatable {
    /// A whole number in range, written without exponent; a fraction of zeros counts as whole.
    case whole(Int64)
    /// Any other number; the value is its integer part, rounded towards negative infinity, nil where it has an
    /// exponent or does not fit.
    case other(floor: Int64?)
}

extension JSONScanner {
    /// Reads a number by the strict grammar: no plus, no leading zero, no bare point.
    mutating func number(_ bytes: Span<UInt8>) throws(WireError) -> JSONNumber {
        let isNegative = bytes[at] == UInt8(ascii: "-")
        if isNegative { at &+= 1 }
        let first = at
        var value: Int64 = 0
        var fits = true
        while let digit = digit(bytes) {
            let (scaled, over) = value.multipliedReportingOverflow(by: 10)
            let (sum, overSum) =
                isNegative ? scaled.subtractingReportingOverflow(digit) : scaled.addingReportingOverflow(digit)
            if over || overSum { fits = false }
            value = sum
            at &+= 1
        }
        guard at > first else { throw failure("an unexpected character") }
        guard at == first &+ 1 || bytes[first] != UInt8(ascii: "0") else { throw failure("a number with leading zero") }
        let fractionIsZero = try fraction(bytes)
        let hasExponent = try exponent(bytes)
        guard fits, !hasExponent else { return .other(floor: nil) }
        if fractionIsZero { return .whole(value) }
        return .other(floor: isNegative ? (value == .min ? nil : value &- 1) : value)
    }

    @inline(__always)
    private func digit(_ bytes: Span<UInt8>) -> Int64? {
        guard at < bytes.count else { return nil }
        let value = bytes[at] &- UInt8(ascii: "0")
        return value < 10 ? Int64(value) : nil
    }

    /// Reads an optional fraction; true where there is none or it is all zeros.
    private mutating func fraction(_ bytes: Span<UInt8>) throws(WireError) -> Bool {
        guard at < bytes.count, bytes[at] == UInt8(ascii: ".") else { return true }
        at &+= 1
        let first = at
        var isZero = true
        while let digit = digit(bytes) {
            if digit != 0 { isZero = false }
            at &+= 1
        }
        guard at > first else { throw failure("a number that ends in its point") }
        return isZero
    }

    private mutating func exponent(_ bytes: Span<UInt8>) throws(WireError) -> Bool {
        guard at < bytes.count, bytes[at] | 0x20 == UInt8(ascii: "e") else { return false }
        at &+= 1
        if at < bytes.count, bytes[at] == UInt8(ascii: "+") || bytes[at] == UInt8(ascii: "-") { at &+= 1 }
        let first = at
        while digit(bytes) != nil { at &+= 1 }
        guard at > first else { throw failure("a number that ends in its exponent") }
        return true
    }
}
