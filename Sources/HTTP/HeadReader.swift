import NIOCore

/// Reads heads: finds their end, then their fields; shared by both sides; it holds no state of a connection.
enum HeadReader {
    /// Where the empty line that ends a head begins, looking from `start`; nil where it has not come yet.
    ///
    /// - Returns: offset of the first byte after the last field's CRLF (the empty line's CR).
    @inline(__always)
    static func end(_ all: UnsafeRawBufferPointer, from start: Int) -> Int? {
        // The first LF of CR LF CR LF; its CR may be the byte that was scanned last.
        var index = max(start, 0) + 1
        while index + 8 <= all.count {
            var marks = Lanes.marks(all.word(at: index), of: Bytes.newline)
            while marks != 0 {
                let found = index + (marks.trailingZeroBitCount >> 3)
                if isEnd(all, found) { return found + 1 }
                marks &= marks &- 1
            }
            index += 8
        }
        while index < all.count {
            if all[index] == Bytes.newline, isEnd(all, index) { return index + 1 }
            index += 1
        }
        return nil
    }

    /// Whether the LF at `index` ends a line after which an empty one stands.
    @inline(__always)
    private static func isEnd(_ all: UnsafeRawBufferPointer, _ index: Int) -> Bool {
        index + 2 < all.count && all[index + 2] == Bytes.newline && all[index + 1] == Bytes.carriageReturn
            && all[index - 1] == Bytes.carriageReturn
    }

    /// Reads the fields between `start` and `end` into `head`.
    static func fields(
        _ all: UnsafeRawBufferPointer, from start: Int, to end: Int, limits: MessageLimits, into head: inout Head
    ) throws(HTTPFault) {
        var index = start
        while index < end {
            let nameStart = index
            index = all.endOfToken(from: index, to: end)
            let nameEnd = index
            guard nameEnd > nameStart, index < end, all[index] == Bytes.colon else {
                throw HTTPFault(.malformed, "a header field has no valid name")
            }
            guard nameEnd - nameStart <= 1024 else { throw HTTPFault(.headTooLarge, "a header name is too long") }
            index += 1
            let valueStart = index
            index = all.endOfValue(from: index, to: end)
            guard index + 1 < end, all[index] == Bytes.carriageReturn, all[index + 1] == Bytes.newline else {
                throw HTTPFault(.malformed, "a header value holds a control character")
            }
            guard head.fields.count < limits.fields else { throw HTTPFault(.headTooLarge, "too many header fields") }
            let value = all.trimmed(valueStart..<index)
            let position = head.fields.count
            head.fields.append(
                Head.Field(
                    name: UInt32(truncatingIfNeeded: nameStart),
                    nameLength: UInt16(truncatingIfNeeded: nameEnd - nameStart),
                    value: UInt32(truncatingIfNeeded: value.lowerBound),
                    valueLength: UInt32(truncatingIfNeeded: value.count)))
            if let known = KnownField.find(all, nameStart..<nameEnd) {
                if head.known[Int(known.rawValue)] < 0 {
                    head.known[Int(known.rawValue)] = Int16(truncatingIfNeeded: position)
                } else {
                    head.repeated |= 1 << UInt32(known.rawValue)
                }
            }
            index += 2
        }
    }

    /// Reads `Connection` of either side: `close`, `keep-alive`, and whether it names other fields.
    static func connection(_ all: UnsafeRawBufferPointer, _ head: inout Head) {
        let first = Int(head.known[Int(KnownField.connection.rawValue)])
        guard first >= 0 else {
            head.keepsAlive = !head.isHTTP10
            return
        }
        var closes = false
        var keeps = false
        var others = false
        let last = head.isRepeated(.connection) ? head.fields.count : first + 1
        for field in head.fields[first..<last] where all.equals(field.nameRange, "connection") {
            all.forEachElement(field.valueRange) { element in
                if all.equals(element, "close") {
                    closes = true
                } else if all.equals(element, "keep-alive") {
                    keeps = true
                } else if !element.isEmpty {
                    others = true
                }
                return true
            }
        }
        head.keepsAlive = !closes && (keeps || !head.isHTTP10)
        head.namesHopFields = others
    }

    /// The value of `Content-Length`: digits alone, sent once.
    static func contentLength(_ all: UnsafeRawBufferPointer, _ head: borrowing Head) throws(HTTPFault) -> Int? {
        guard let range = head.range(of: .contentLength) else { return nil }
        guard !head.isRepeated(.contentLength), !range.isEmpty, range.count <= 18 else {
            throw HTTPFault(.malformed, "Content-Length is not one plain number")
        }
        var value = 0
        for index in range {
            let byte = all[index]
            guard byte >= 0x30, byte <= 0x39 else {
                throw HTTPFault(.malformed, "Content-Length is not one plain number")
            }
            value = value * 10 + Int(byte - 0x30)  // at most 18 digits: cannot overflow
        }
        return value
    }

    /// Whether the body is chunked; any other coding is unsupported.
    static func isChunked(_ all: UnsafeRawBufferPointer, _ head: borrowing Head) throws(HTTPFault) -> Bool {
        guard let range = head.range(of: .transferEncoding) else { return false }
        guard !range.isEmpty, !head.isRepeated(.transferEncoding) else {
            throw HTTPFault(.malformed, "Transfer-Encoding is empty or repeated")
        }
        guard all.equals(range, "chunked") else {
            throw HTTPFault(.unsupported, "Transfer-Encoding other than chunked is not supported")
        }
        if head.isHTTP10 { throw HTTPFault(.malformed, "Transfer-Encoding needs HTTP/1.1") }
        return true
    }
}
