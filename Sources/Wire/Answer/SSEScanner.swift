/// Finds the ends of server-sent events in a stream that comes in pieces of any size.
///
/// Source: WHATWG HTML, 9.2. Lines end in LF, CR or CRLF; a blank line ends an event. Comment lines before an event's
/// first field end by themselves, so that a keep-alive comment never waits for an event.
struct SSEScanner {
    /// What ended.
    enum Piece: Equatable {
        /// An event, its blank line included (or a blank line alone).
        case event(end: Int)
        /// A comment line on its own.
        case comment(end: Int)
        /// The LF of a CRLF whose CR ended the piece before, in an earlier chunk.
        case rest(end: Int)

        /// Index after the piece's last byte.
        var end: Int {
            switch self {
            case .event(let end), .comment(let end), .rest(let end): end
            }
        }
    }

    private var lineIsEmpty = true
    private var lineIsComment = false
    private var hasFields = false
    private var endedInReturn = false
    private var returnEndedPiece = false

    /// Whether the next byte begins an event, whatever it is.
    var isAtRest: Bool { lineIsEmpty && !hasFields && !endedInReturn }

    /// The next piece that ends in `bytes` at or after `from`; nil where none does: then all bytes are taken in, and
    /// the next call begins with the bytes that follow them.
    mutating func next(_ bytes: Span<UInt8>, from: Int) -> Piece? {
        var index = from
        if endedInReturn, index < bytes.count {
            endedInReturn = false
            if bytes[index] == 0x0a {
                index &+= 1
                if returnEndedPiece { return .rest(end: index) }
            }
        }
        while index < bytes.count {
            let end = bytes.firstLineEnd(from: index)
            if end > index, lineIsEmpty {
                lineIsEmpty = false
                lineIsComment = bytes[index] == UInt8(ascii: ":")
            }
            guard end < bytes.count else { return nil }
            index = end &+ 1
            if bytes[end] == 0x0d {
                if index == bytes.count { endedInReturn = true } else if bytes[index] == 0x0a { index &+= 1 }
            }
            if let piece = endLine(index) { return piece }
        }
        return nil
    }

    private mutating func endLine(_ end: Int) -> Piece? {
        let isBlank = lineIsEmpty
        let isComment = lineIsComment
        lineIsEmpty = true
        lineIsComment = false
        returnEndedPiece = isBlank || (isComment && !hasFields)
        if isBlank {
            hasFields = false
            return .event(end: end)
        }
        if isComment { return hasFields ? nil : .comment(end: end) }
        hasFields = true
        return nil
    }
}

/// The fields of one event that matter here.
struct SSEEvent {
    /// Where the data stands; nil where the event has none, and empty where `joined` holds it.
    private(set) var data: Range<Int>?
    /// The data of an event with several data lines, joined with LF.
    private(set) var joined: [UInt8] = []
    /// The event's name is `error`.
    private(set) var isNamedError = false

    /// Reads the lines in `bytes` from `start` up to `end`.
    ///
    /// - Parameter isFirst: the stream begins here, so a byte order mark does not count.
    init(_ bytes: Span<UInt8>, from start: Int, to end: Int, isFirst: Bool) {
        var index = start
        let hasMark =
            index &+ 3 <= end && bytes[index] == 0xef && bytes[index &+ 1] == 0xbb && bytes[index &+ 2] == 0xbf
        if isFirst, hasMark { index &+= 3 }
        while index < end {
            let lineEnd = min(bytes.firstLineEnd(from: index), end)
            line(bytes, index..<lineEnd)
            index = lineEnd &+ 1
            if index < end, bytes[lineEnd] == 0x0d, bytes[index] == 0x0a { index &+= 1 }
        }
    }

    private mutating func line(_ bytes: Span<UInt8>, _ line: Range<Int>) {
        var colon = line.lowerBound
        while colon < line.upperBound, bytes[colon] != UInt8(ascii: ":"), colon &- line.lowerBound < 6 { colon &+= 1 }
        guard colon == line.upperBound || bytes[colon] == UInt8(ascii: ":") else { return }
        var value = min(colon &+ 1, line.upperBound)
        if value < line.upperBound, bytes[value] == 0x20 { value &+= 1 }
        if bytes.equals("data", from: line.lowerBound, to: colon) {
            add(bytes, value..<line.upperBound)
        } else if bytes.equals("event", from: line.lowerBound, to: colon) {
            isNamedError = bytes.equals("error", from: value, to: line.upperBound)
        }
    }

    private mutating func add(_ bytes: Span<UInt8>, _ value: Range<Int>) {
        guard let first = data else {
            data = value
            return
        }
        if joined.isEmpty { for index in first { joined.append(bytes[index]) } }
        joined.append(0x0a)
        for index in value { joined.append(bytes[index]) }
    }
}
