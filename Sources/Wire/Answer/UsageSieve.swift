package import Domain

/// Finds the `usage` object of one JSON answer that comes in pieces, without keeping the answer.
///
/// It follows strings and brackets and judges nothing else: an answer that is passed on piece by piece cannot be
/// refused any more. The last `usage` of the outermost object counts, as in a whole answer.
package struct UsageSieve: Sendable {
    /// Bytes of a `usage` object; a longer one is not read.
    static let longest = 16 << 10

    private static let name = Array("usage".utf8)

    private var depth = 0
    private var isInString = false
    private var isEscaped = false
    /// The string of the outermost object that was read last, as far as it can be `usage`.
    private var word: [UInt8] = []
    /// `"usage":` has been read and its value has not begun.
    private var isNamed = false
    /// The object that is being taken, its opening brace included; empty where none is.
    private var taking: [UInt8] = []
    private var figures: [UInt8] = []

    package init() {}

    /// The figures, where they have come whole and can be believed.
    package var usage: TokenUsage? {
        guard !figures.isEmpty else { return nil }
        return UsageReader.scan((Array("{\"usage\":".utf8) + figures + [UInt8(ascii: "}")]).span)
    }

    /// Reads the next bytes of the answer.
    package mutating func read(_ bytes: Span<UInt8>) {
        var index = 0
        while index < bytes.count {
            if isInString, !isEscaped, taking.isEmpty, depth != 1 {
                // Nearly all of a long answer: text, of which only the end matters.
                index = bytes.firstSpecial(from: index)
                guard index < bytes.count else { return }
            }
            let byte = bytes[index]
            index &+= 1
            if !taking.isEmpty { take(byte) }
            if isInString { inString(byte) } else { outside(byte) }
        }
    }

    private mutating func take(_ byte: UInt8) {
        taking.append(byte)
        if taking.count > UsageSieve.longest { taking = [] }
    }

    private mutating func inString(_ byte: UInt8) {
        if isEscaped {
            isEscaped = false
        } else if byte == UInt8(ascii: "\\") {
            isEscaped = true
        } else if byte == UInt8(ascii: "\"") {
            isInString = false
            return
        }
        if depth == 1, word.count <= UsageSieve.name.count { word.append(byte) }
    }

    private mutating func outside(_ byte: UInt8) {
        switch byte {
        case UInt8(ascii: "\""):
            isInString = true
            isNamed = false
            if depth == 1 { word.removeAll(keepingCapacity: true) }
        case UInt8(ascii: ":"): isNamed = depth == 1 && word == UsageSieve.name
        case UInt8(ascii: "{"), UInt8(ascii: "["):
            if isNamed {
                figures = []
                if byte == UInt8(ascii: "{") { taking = [byte] }
            }
            isNamed = false
            depth = depth.addingSaturated(1)
        case UInt8(ascii: "}"), UInt8(ascii: "]"):
            depth = max(0, depth &- 1)
            if depth == 1, !taking.isEmpty {
                figures = taking
                taking = []
            }
        case 0...0x20: break
        default: isNamed = false
        }
    }
}
