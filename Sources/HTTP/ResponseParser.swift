package import NIOCore

/// Reads a provider's answers from a connection's bytes; one `expect` per request that was sent.
package struct ResponseParser: Sendable {
    /// What came next in the bytes.
    package enum Event: Sendable {
        /// A final head (never 1xx) stands in `head`; `.body` and `.end` follow.
        case head
        case body(ByteBuffer)
        case end
        case needsMore
    }

    private enum Phase {
        case idle
        case head(scanned: Int)
        case body(BodyReader)
        case failed
    }

    package private(set) var head = Head()
    private var phase: Phase = .idle
    private let limits: MessageLimits
    private var isForHead = false
    private var interim = 0

    package init(limits: MessageLimits = .provider) { self.limits = limits }

    /// A request has been sent: the next bytes are its answer; `isHead`: the answer has no body whatever it says.
    package mutating func expect(isHead: Bool = false) {
        isForHead = isHead
        interim = 0
        phase = .head(scanned: 0)
    }

    /// Takes the next event out of `input`.
    ///
    /// - Throws: `HTTPFault`; the connection is then of no more use.
    package mutating func next(_ input: inout ByteBuffer) throws(HTTPFault) -> Event {
        do throws(HTTPFault) {
            switch phase {
            case .failed:
                return .needsMore
            case .idle:
                if input.readableBytes > 0 { throw HTTPFault(.malformed, "bytes that no request asked for") }
                return .needsMore
            case .head(let scanned):
                return try readHead(&input, scanned: scanned)
            case .body(var reader):
                let step = try reader.next(&input)
                phase = .body(reader)
                switch step {
                case .data(let slice): return .body(slice)
                case .needsMore: return .needsMore
                case .end:
                    phase = .idle
                    return .end
                }
            }
        } catch {
            phase = .failed
            throw error
        }
    }

    /// The connection has ended; true where that is the proper end of the body, so that `.end` may be assumed.
    package mutating func connectionEnded() -> Bool {
        defer { phase = .failed }
        if case .body(let reader) = phase { return reader.endsWithConnection }
        return false
    }

    private mutating func readHead(_ input: inout ByteBuffer, scanned: Int) throws(HTTPFault) -> Event {
        var scanned = scanned
        while true {
            guard let end = input.withUnsafeReadableBytes({ HeadReader.end($0, from: scanned - 3) }) else {
                if input.readableBytes > limits.head {
                    throw HTTPFault(.headTooLarge, "the answer's head is too large")
                }
                phase = .head(scanned: input.readableBytes)
                return .needsMore
            }
            if end > limits.head { throw HTTPFault(.headTooLarge, "the answer's head is too large") }
            head.reset()
            guard let bytes = input.readSlice(length: end) else { return .needsMore }
            input.moveReaderIndex(forwardBy: 2)
            head.bytes = bytes
            do {
                try ResponseParser.parse(&head, limits: limits)
            } catch {
                // Nobody shall act on half a head.
                head = Head()
                throw error
            }
            if head.status >= 200 { break }
            // 1xx answers are interim (RFC 9110 §15.2); we send no Expect and never switch protocols.
            interim += 1
            if head.status == 101 || interim > 8 { throw HTTPFault(.malformed, "an unexpected interim answer") }
            scanned = 0
        }
        if isForHead || head.status == 204 || head.status == 304 { head.framing = .none }
        phase = .body(BodyReader(framing: head.framing, limits: limits))
        return .head
    }

    private static func parse(_ head: inout Head, limits: MessageLimits) throws(HTTPFault) {
        var fault: HTTPFault?
        let bytes = head.bytes
        bytes.withUnsafeReadableBytes { all in
            do throws(HTTPFault) {
                let fields = try statusLine(all, &head)
                try HeadReader.fields(all, from: fields, to: all.count, limits: limits, into: &head)
                HeadReader.connection(all, &head)
                let length = try HeadReader.contentLength(all, head)
                if try HeadReader.isChunked(all, head) {
                    if length != nil { throw HTTPFault(.malformed, "both Content-Length and Transfer-Encoding") }
                    head.framing = .chunked
                } else if let length {
                    head.framing = length == 0 ? .none : .length(length)
                } else {
                    head.framing = .untilClose
                    head.keepsAlive = false
                }
            } catch {
                fault = error
            }
        }
        if let fault { throw fault }
    }

    private static func statusLine(_ all: UnsafeRawBufferPointer, _ head: inout Head) throws(HTTPFault) -> Int {
        let isHTTP =
            all.count >= 14 && all[0] == UInt8(ascii: "H") && all[1] == UInt8(ascii: "T")
            && all[2] == UInt8(ascii: "T") && all[3] == UInt8(ascii: "P") && all.equals(4..<7, "/1.")
        guard isHTTP, all[7] == 0x31 || all[7] == 0x30, all[8] == Bytes.space
        else { throw HTTPFault(.malformed, "the status line is malformed") }
        head.isHTTP10 = all[7] == 0x30
        var status: UInt16 = 0
        for index in 9..<12 {
            guard all[index] >= 0x30, all[index] <= 0x39 else { throw HTTPFault(.malformed, "the status is no number") }
            status = status * 10 + UInt16(all[index] - 0x30)
        }
        guard status >= 100, status < 600 else { throw HTTPFault(.malformed, "the status is out of range") }
        head.status = status
        var index = 12
        guard all[index] == Bytes.space || all[index] == Bytes.carriageReturn else {
            throw HTTPFault(.malformed, "the status line is malformed")
        }
        while index < all.count, Bytes.isFieldContent(all[index]) { index += 1 }
        guard index + 1 < all.count, all[index] == Bytes.carriageReturn, all[index + 1] == Bytes.newline else {
            throw HTTPFault(.malformed, "the status line is malformed")
        }
        return index + 2
    }
}
