import NIOCore

/// Reads heads: finds their end, then their fields; shared by both sides; it holds no state of a connection.
enum HeadReader {
    /// Where the empty line that ends a head begins, looking from `start`; nil where it has not come yet.
    ///
    /// - Returns: offset of the first byte after the last field's CRLF (the empty line's CR).
    @inline(__always)
    static func end(_ all: UnsafeRawBufferPointer, from start: Int) -> Int? {
        var index = max(start, 0)
        let last = all.count - 3
        while index < last {
            // Step by the third byte of the pattern CR LF CR LF: most bytes are neither.
            let byte = all[index + 3]
            if byte == Bytes.newline {
                if all[index + 2] == Bytes.carriageReturn, all[index + 1] == Bytes.newline,
                    all[index] == Bytes.carriageReturn
                {
                    return index + 2
                }
                index += 2
            } else if byte == Bytes.carriageReturn {
                index += 1
            } else {
                index += 4
            }
        }
        return nil
    }

    /// Reads the fields between `start` and `end` into `head`.
    static func fields(
        _ all: UnsafeRawBufferPointer, from start: Int, to end: Int, limits: MessageLimits, into head: inout Head
    ) throws(HTTPFault) {
        var index = start
        while index < end {
            let nameStart = index
            while index < end, Bytes.isToken(all[index]) { index += 1 }
            let nameEnd = index
            guard nameEnd > nameStart, index < end, all[index] == Bytes.colon else {
                throw HTTPFault(.malformed, "a header field has no valid name")
            }
            guard nameEnd - nameStart <= 1024 else { throw HTTPFault(.headTooLarge, "a header name is too long") }
            index += 1
            let valueStart = index
            while index < end, Bytes.isFieldContent(all[index]) { index += 1 }
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
        guard head.known[Int(KnownField.connection.rawValue)] >= 0 else {
            head.keepsAlive = !head.isHTTP10
            return
        }
        var closes = false
        var keeps = false
        var others = false
        for field in head.fields where all.equals(field.nameRange, "connection") {
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
