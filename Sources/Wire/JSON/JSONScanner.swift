/// A strict JSON reader (RFC 8259) over borrowed bytes: it walks, it never builds values.
///
/// The scanner holds a position only; the bytes are passed to each call, so that nothing is copied and nothing can
/// outlive its buffer. Bytes of one walk must be the same in each call.
struct JSONScanner {
    /// How many objects and arrays may be open at once.
    static let maximumDepth = 64

    /// Index of the next byte to read.
    var at: Int

    /// Whether `skip` refuses an object that has a member name twice.
    let refusesDuplicates: Bool

    init(at: Int = 0, refusesDuplicates: Bool) {
        self.at = at
        self.refusesDuplicates = refusesDuplicates
    }

    @inline(never)
    func failure(_ what: StaticString) -> WireError {
        WireError(.notJSON, "The body is not valid JSON: \(what) at byte \(at).")
    }

    /// Moves past white space and returns the byte there, without consuming it.
    @inline(__always)
    mutating func peek(_ bytes: Span<UInt8>) throws(WireError) -> UInt8 {
        while at < bytes.count {
            let byte = bytes[at]
            if byte > 0x20 { return byte }
            guard byte == 0x20 || byte == 0x0a || byte == 0x0d || byte == 0x09 else { break }
            at &+= 1
        }
        throw failure(at < bytes.count ? "a control character" : "it ends early")
    }

    /// Refuses anything but white space up to the end.
    mutating func end(_ bytes: Span<UInt8>) throws(WireError) {
        while at < bytes.count {
            let byte = bytes[at]
            guard byte == 0x20 || byte == 0x0a || byte == 0x0d || byte == 0x09 else {
                throw failure("bytes after the end")
            }
            at &+= 1
        }
    }

    /// Consumes the opening byte of an object or array that becomes number `depth` of those open.
    mutating func open(_ depth: Int) throws(WireError) {
        guard depth <= JSONScanner.maximumDepth else {
            throw WireError(.tooDeep, "The body is nested deeper than \(JSONScanner.maximumDepth) levels.")
        }
        at &+= 1
    }

    /// The next member's name, its colon consumed, or nil at the closing brace.
    ///
    /// The value must be read in between.
    @inline(__always)
    mutating func nextKey(_ bytes: Span<UInt8>, isFirst: inout Bool) throws(WireError) -> JSONString? {
        var byte = try peek(bytes)
        if byte == UInt8(ascii: "}") {
            at &+= 1
            return nil
        }
        if !isFirst {
            guard byte == UInt8(ascii: ",") else { throw failure("no comma between members") }
            at &+= 1
            byte = try peek(bytes)
        }
        isFirst = false
        guard byte == UInt8(ascii: "\"") else { throw failure("no member name") }
        let key = try string(bytes)
        if key.hasLoneSurrogate { throw failure("half a surrogate pair in a member name") }
        guard try peek(bytes) == UInt8(ascii: ":") else { throw failure("no colon after a member name") }
        at &+= 1
        return key
    }

    /// Whether the array has one more element; it is then next.
    mutating func nextElement(_ bytes: Span<UInt8>, isFirst: inout Bool) throws(WireError) -> Bool {
        let byte = try peek(bytes)
        if byte == UInt8(ascii: "]") {
            at &+= 1
            return false
        }
        if isFirst {
            isFirst = false
            return true
        }
        guard byte == UInt8(ascii: ",") else { throw failure("no comma between elements") }
        at &+= 1
        return true
    }

    /// Reads one value of any kind and forgets it.
    ///
    /// - Parameter depth: how many objects and arrays are open around it.
    mutating func skip(_ bytes: Span<UInt8>, depth: Int) throws(WireError) {
        switch try peek(bytes) {
        case UInt8(ascii: "\""): _ = try string(bytes)
        case UInt8(ascii: "{"): try skipObject(bytes, depth: depth &+ 1)
        case UInt8(ascii: "["):
            try open(depth &+ 1)
            var isFirst = true
            while try nextElement(bytes, isFirst: &isFirst) { try skip(bytes, depth: depth &+ 1) }
        default: try scalar(bytes)
        }
    }

    private mutating func skipObject(_ bytes: Span<UInt8>, depth: Int) throws(WireError) {
        try open(depth)
        var isFirst = true
        if refusesDuplicates {
            var names = NameSet()
            while let key = try nextKey(bytes, isFirst: &isFirst) {
                try names.insert(key, bytes)
                try skip(bytes, depth: depth)
            }
        } else {
            while try nextKey(bytes, isFirst: &isFirst) != nil { try skip(bytes, depth: depth) }
        }
    }

    /// Reads `true`, `false`, `null` or a number.
    private mutating func scalar(_ bytes: Span<UInt8>) throws(WireError) {
        switch bytes[at] {
        case UInt8(ascii: "t"): try literal("true", bytes)
        case UInt8(ascii: "f"): try literal("false", bytes)
        case UInt8(ascii: "n"): try literal("null", bytes)
        default: _ = try number(bytes)
        }
    }

    /// Consumes exactly `text`.
    mutating func literal(_ text: StaticString, _ bytes: Span<UInt8>) throws(WireError) {
        let end = at &+ text.utf8CodeUnitCount
        guard end <= bytes.count, bytes.equals(text, from: at, to: end) else { throw failure("an unknown word") }
        at = end
    }
}
