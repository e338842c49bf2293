/// What a request's `Content-Type` says, as far as a body is judged by it.
package struct MediaType: Sendable, Equatable {
    /// The subtype is `json` or ends in `+json`.
    package private(set) var isJSON = false
    /// A charset is declared that is not UTF-8, in which a provider could read other text than was judged.
    package private(set) var hasOtherCharset = false

    /// - Parameter value: the field's value without blanks at its ends.
    package init(_ value: Span<UInt8>) {
        // Nearly all requests; the rest is only read where there is something to read.
        if value.equalsFolded("application/json", from: 0, to: value.count) {
            isJSON = true
            return
        }
        var end = MediaType.partEnd(value, from: 0)
        isJSON = MediaType.isJSON(value, MediaType.trimmed(value, 0..<end))
        while end < value.count {
            let start = end &+ 1
            end = MediaType.partEnd(value, from: start)
            parameter(value, MediaType.trimmed(value, start..<end))
        }
    }

    /// The next `;` that stands in no quotes, or the end.
    private static func partEnd(_ value: Span<UInt8>, from start: Int) -> Int {
        var index = start
        var isQuoted = false
        while index < value.count {
            switch value[index] {
            case UInt8(ascii: "\""): isQuoted.toggle()
            case UInt8(ascii: "\\") where isQuoted: index &+= 1
            case UInt8(ascii: ";") where !isQuoted: return index
            default: break
            }
            index &+= 1
        }
        return value.count
    }

    private static func isJSON(_ value: Span<UInt8>, _ range: Range<Int>) -> Bool {
        var slash = range.lowerBound
        while slash < range.upperBound, value[slash] != UInt8(ascii: "/") { slash &+= 1 }
        guard slash < range.upperBound else { return false }
        let isSuffix = range.upperBound &- slash > 5
        return value.equalsFolded("json", from: slash &+ 1, to: range.upperBound)
            || isSuffix && value.equalsFolded("+json", from: range.upperBound &- 5, to: range.upperBound)
    }

    private mutating func parameter(_ value: Span<UInt8>, _ range: Range<Int>) {
        var sign = range.lowerBound
        while sign < range.upperBound, value[sign] != UInt8(ascii: "=") { sign &+= 1 }
        let name = MediaType.trimmed(value, range.lowerBound..<sign)
        guard sign < range.upperBound, value.equalsFolded("charset", from: name.lowerBound, to: name.upperBound) else {
            return
        }
        var text = MediaType.trimmed(value, sign &+ 1..<range.upperBound)
        if text.count >= 2, value[text.lowerBound] == UInt8(ascii: "\""),
            value[text.upperBound &- 1] == UInt8(ascii: "\"")
        {
            text = text.lowerBound &+ 1..<text.upperBound &- 1
        }
        let isOurs =
            value.equalsFolded("utf-8", from: text.lowerBound, to: text.upperBound)
            || value.equalsFolded("utf8", from: text.lowerBound, to: text.upperBound)
        if !isOurs { hasOtherCharset = true }
    }

    private static func trimmed(_ value: Span<UInt8>, _ range: Range<Int>) -> Range<Int> {
        var low = range.lowerBound
        var high = min(range.upperBound, value.count)
        while low < high, value[low] == 0x20 || value[low] == 0x09 { low &+= 1 }
        while high > low, value[high &- 1] == 0x20 || value[high &- 1] == 0x09 { high &-= 1 }
        return min(low, high)..<high
    }
}
