import NIOCore

/// Takes a body out of a stream of bytes by its framing; data comes out as slices of what came in.
struct BodyReader: Sendable {
    enum Step {
        case data(ByteBuffer)
        case end
        case needsMore
    }

    private enum State: Equatable {
        case length(Int)
        case chunkSize
        case chunkData(Int)
        case chunkDataEnd
        case trailers
        case untilClose
        case done
    }

    private var state: State
    private let limits: MessageLimits
    private var received = 0
    /// Bytes of chunk extensions and trailers so far.
    private var extras = 0

    init(framing: Framing, limits: MessageLimits) {
        self.limits = limits
        switch framing {
        case .none: state = .done
        case .length(let length): state = length == 0 ? .done : .length(length)
        case .chunked: state = .chunkSize
        case .untilClose: state = .untilClose
        }
    }

    /// Whether the end of the connection is a proper end of the body.
    var endsWithConnection: Bool { state == .untilClose || state == .done }

    mutating func next(_ input: inout ByteBuffer) throws(HTTPFault) -> Step {
        while true {
            switch state {
            case .done:
                return .end
            case .untilClose:
                return try take(input.readableBytes, &input, then: .untilClose)
            case .length(let left):
                let size = min(left, input.readableBytes)
                return try take(size, &input, then: left - size == 0 ? .done : .length(left - size))
            case .chunkData(let left):
                let size = min(left, input.readableBytes)
                return try take(size, &input, then: left - size == 0 ? .chunkDataEnd : .chunkData(left - size))
            case .chunkDataEnd:
                guard input.readableBytes >= 2 else { return .needsMore }
                guard input.readInteger(as: UInt16.self) == 0x0d0a else {
                    throw HTTPFault(.malformed, "a chunk is longer than its size")
                }
                state = .chunkSize
            case .chunkSize:
                guard let size = try chunkSize(&input) else { return .needsMore }
                let (total, overflow) = received.addingReportingOverflow(size)
                if overflow || total > limits.body { throw HTTPFault(.bodyTooLarge, "the body is too large") }
                state = size == 0 ? .trailers : .chunkData(size)
            case .trailers:
                guard try trailerLine(&input) else { return .needsMore }
            }
        }
    }

    private mutating func take(_ size: Int, _ input: inout ByteBuffer, then next: State) throws(HTTPFault) -> Step {
        guard size > 0, let slice = input.readSlice(length: size) else { return .needsMore }
        received = received.addingReportingOverflow(size).partialValue
        state = next
        return .data(slice)
    }

    /// Reads a chunk-size line; extensions are skipped and counted.
    private mutating func chunkSize(_ input: inout ByteBuffer) throws(HTTPFault) -> Int? {
        guard let line = try line(&input, allowance: 64) else { return nil }
        guard let read = input.withUnsafeReadableBytes({ ChunkLine.size($0, end: line) }) else {
            throw HTTPFault(.malformed, "a chunk size is malformed")
        }
        extras += read.extensions
        if extras > limits.chunkExtras { throw HTTPFault(.malformed, "chunk extensions are too long") }
        input.moveReaderIndex(forwardBy: line + 2)
        return read.size
    }

    /// Reads and drops one trailer line; the empty one ends the body; trailers are never merged nor forwarded.
    private mutating func trailerLine(_ input: inout ByteBuffer) throws(HTTPFault) -> Bool {
        guard let line = try line(&input, allowance: 0) else { return false }
        if line == 0 {
            state = .done
        } else {
            extras += line
            if extras > limits.chunkExtras { throw HTTPFault(.malformed, "trailers are too long") }
            let isTrailer = input.withUnsafeReadableBytes { ChunkLine.isTrailer($0, end: line) }
            if !isTrailer { throw HTTPFault(.malformed, "a trailer is malformed") }
        }
        input.moveReaderIndex(forwardBy: line + 2)
        return true
    }

    /// Length of the line at the reader index without its CRLF; nil where its end has not come.
    private func line(_ input: inout ByteBuffer, allowance: Int) throws(HTTPFault) -> Int? {
        let limit = limits.chunkExtras - extras + allowance
        var fault: HTTPFault?
        let length = input.withUnsafeReadableBytes { all -> Int? in
            for index in 0..<all.count {
                let byte = all[index]
                if byte == Bytes.newline {
                    fault = HTTPFault(.malformed, "a line of the body's framing ends without CR")
                    return nil
                }
                if byte == Bytes.carriageReturn {
                    guard index + 1 < all.count else { return nil }
                    if all[index + 1] != Bytes.newline {
                        fault = HTTPFault(.malformed, "a stray CR in the body's framing")
                        return nil
                    }
                    return index
                }
                if index > limit {
                    fault = HTTPFault(.malformed, "a line of the body's framing is too long")
                    return nil
                }
            }
            return nil
        }
        if let fault { throw fault }
        return length
    }
}
