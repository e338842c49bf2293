package import NIOCore

/// Reads requests from a connection's bytes, strictly: what it accepts, every server reads the same way.
///
/// Pull it after each read: `next` until it answers `.needsMore`. After `.head`, `head` holds the message's head until
/// the next one begins. A fault is final: answer it and close. After a message that does not keep its connection
/// alive only `.needsMore` comes: what follows it must not be served (RFC 9112 §9.6). Sources: RFC 9112, and the
/// stricter rules of a gateway.
package struct RequestParser: Sendable {
    /// What came next in the bytes.
    package enum Event: Sendable {
        /// A head is complete and stands in `head`; `.body` and `.end` follow.
        case head
        case body(ByteBuffer)
        case end
        case needsMore
    }

    private enum Phase {
        case head(scanned: Int)
        case body(BodyReader)
        /// Nothing more is read: after a fault, and after a message that ends its connection.
        case closed
    }

    package private(set) var head = Head()
    /// Whether bytes of a head have come whose end has not.
    package private(set) var isInsideHead = false
    private var phase: Phase = .head(scanned: 0)
    private var limits: MessageLimits
    private var emptyLines = 0

    package init(limits: MessageLimits = MessageLimits()) { self.limits = limits }

    /// Takes the next event out of `input`.
    ///
    /// - Throws: `HTTPFault`, after which only closing is left.
    package mutating func next(_ input: inout ByteBuffer) throws(HTTPFault) -> Event {
        switch phase {
        case .closed:
            return .needsMore
        case .head(let scanned):
            do {
                return try readHead(&input, scanned: scanned)
            } catch {
                phase = .closed
                throw error
            }
        case .body(var reader):
            do {
                let step = try reader.next(&input)
                switch step {
                case .data(let slice):
                    phase = .body(reader)
                    return .body(slice)
                case .needsMore:
                    phase = .body(reader)
                    return .needsMore
                case .end:
                    phase = head.keepsAlive ? .head(scanned: 0) : .closed
                    return .end
                }
            } catch {
                phase = .closed
                throw error
            }
        }
    }

    private mutating func readHead(_ input: inout ByteBuffer, scanned: Int) throws(HTTPFault) -> Event {
        var scanned = scanned
        // A robust server skips the empty line that some clients send after a body (RFC 9112 §2.2); a few, not many.
        // Its CR may have come alone and been scanned.
        while scanned <= 1, input.readableBytes >= 2,
            input.getInteger(at: input.readerIndex, as: UInt16.self) == 0x0d0a
        {
            emptyLines += 1
            if emptyLines > 4 { throw HTTPFault(.malformed, "empty lines instead of a request") }
            input.moveReaderIndex(forwardBy: 2)
            scanned = 0
        }
        let available = input.readableBytes
        guard available > 0 else {
            isInsideHead = false
            phase = .head(scanned: 0)
            return .needsMore
        }
        isInsideHead = true
        if scanned == 0, let bytes = repeatedHead(&input) {
            // The same bytes say the same: everything but where they stand is known already.
            head.bytes = bytes
            return begin()
        }
        guard let end = input.withUnsafeReadableBytes({ HeadReader.end($0, from: scanned - 3) }) else {
            try checkUnfinished(input, scanned: scanned)
            phase = .head(scanned: available)
            return .needsMore
        }
        if end > limits.head { throw HTTPFault(.headTooLarge, "the request's head is too large") }
        head.reset()
        guard let bytes = input.readSlice(length: end) else { return .needsMore }
        input.moveReaderIndex(forwardBy: 2)
        head.bytes = bytes
        do {
            try RequestParser.parse(&head, limits: limits)
        } catch {
            // Nobody shall act on half a head.
            head = Head()
            throw error
        }
        return begin()
    }

    /// The head is whole and stands in `head`; its body comes next.
    private mutating func begin() -> Event {
        isInsideHead = false
        emptyLines = 0
        phase = .body(BodyReader(framing: head.framing, limits: limits))
        return .head
    }

    /// Takes a head that is the last one's bytes again, as most of a connection's are; nil where it is another.
    private func repeatedHead(_ input: inout ByteBuffer) -> ByteBuffer? {
        let length = head.bytes.readableBytes
        guard length > 0, input.readableBytes >= length + 2 else { return nil }
        let isSame = input.withUnsafeReadableBytes { new in
            head.bytes.withUnsafeReadableBytes { old in
                new[length] == Bytes.carriageReturn && new[length + 1] == Bytes.newline && new.begins(with: old)
            }
        }
        guard isSame, let bytes = input.readSlice(length: length) else { return nil }
        input.moveReaderIndex(forwardBy: 2)
        return bytes
    }

    /// Refuses an unfinished head as soon as it cannot become a good one.
    private func checkUnfinished(_ input: ByteBuffer, scanned: Int) throws(HTTPFault) {
        let fault = input.withUnsafeReadableBytes { all -> HTTPFault? in
            if all.count > limits.head { return HTTPFault(.headTooLarge, "the request's head is too large") }
            if all[0] != Bytes.carriageReturn, !Bytes.isToken(all[0]) {
                return HTTPFault(.malformed, "this is not HTTP/1.1 (TLS, HTTP/2 or another protocol on a plain port?)")
            }
            // A head of lines that end with LF alone never ends; its sender must hear so now, not after a deadline.
            for index in scanned..<all.count where all[index] == Bytes.newline {
                if index == 0 || all[index - 1] != Bytes.carriageReturn {
                    return HTTPFault(.malformed, "a line of the head ends without CR")
                }
            }
            if all.count > limits.target + 64, !all.prefix(limits.target + 64).contains(Bytes.newline) {
                return HTTPFault(.uriTooLong, "the request target is too long")
            }
            return nil
        }
        if let fault { throw fault }
    }

    private static func parse(_ head: inout Head, limits: MessageLimits) throws(HTTPFault) {
        var fault: HTTPFault?
        let bytes = head.bytes
        bytes.withUnsafeReadableBytes { all in
            do throws(HTTPFault) {
                let fields = try RequestLine.parse(all, limits: limits, into: &head)
                try HeadReader.fields(all, from: fields, to: all.count, limits: limits, into: &head)
                HeadReader.connection(all, &head)
                try RequestLine.checkHost(all, &head)
                try frame(all, &head, limits: limits)
            } catch {
                fault = error
            }
        }
        if let fault { throw fault }
    }

    private static func frame(
        _ all: UnsafeRawBufferPointer, _ head: inout Head, limits: MessageLimits
    ) throws(HTTPFault) {
        let length = try HeadReader.contentLength(all, head)
        if try HeadReader.isChunked(all, head) {
            if length != nil { throw HTTPFault(.malformed, "both Content-Length and Transfer-Encoding") }
            head.framing = .chunked
        } else if let length {
            if length > limits.body { throw HTTPFault(.bodyTooLarge, "the body is larger than \(limits.body) bytes") }
            head.framing = length == 0 ? .none : .length(length)
        }
        if let expect = head.range(of: .expect) {
            guard all.equals(expect, "100-continue"), !head.isRepeated(.expect) else {
                throw HTTPFault(.expectationFailed, "this expectation cannot be met")
            }
            head.expectsContinue = !head.isHTTP10 && head.framing != .none
        }
    }
}
