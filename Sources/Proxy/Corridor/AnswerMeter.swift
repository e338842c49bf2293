import Domain
import NIOCore
import Wire

/// What one answer costs, read from its bytes as they pass.
struct AnswerMeter {
    /// What the provider is asked, and at what price.
    struct Order {
        var isStream = false
        /// Whether usage was asked for on the client's behalf, so that its chunk is taken out of the stream.
        var stripsUsage = false
        var promptTokenEstimate: Int64 = 0
        /// Whether only a JSON object makes sense as a whole answer of this path.
        var expectsObject = false
        /// Whether the bytes of an answer are mostly text that was made token by token (embeddings are not).
        var expectsText = false
        var price: Price?
    }

    /// Tokens and money of an answer, or of the part of it that came.
    struct Bill {
        var usage: TokenUsage
        var cost: NanoDollars = .zero
        /// False where tokens were used whose price is unknown.
        var isPriced = true
    }

    var order = Order()
    /// Reads the usage of an answer that is relayed: of whatever length, it is not kept.
    private var sieve = UsageSieve()
    /// Bytes that were passed on of an answer that is relayed, or of a stream in which nothing can be read.
    private var relayedBytes: Int64 = 0
    private var lastRelayed: UInt8 = 0
    private var events: StreamMeter?
    /// False where nothing can be read from the events.
    private var readsEvents = false
    private var plan = ForwardPlan()

    private func bill(_ usage: TokenUsage) -> Bill {
        guard usage.total > 0 else { return Bill(usage: usage) }
        guard let price = order.price else { return Bill(usage: usage, isPriced: false) }
        return Bill(usage: usage, cost: price.cost(of: usage))
    }

    private func estimate(textLength: Int64, source: UsageSource) -> TokenUsage {
        UsageReader.estimate(
            promptTokens: order.promptTokenEstimate, textLength: textLength, chunks: 0, source: source)
    }
}

// Event streams.
extension AnswerMeter {
    mutating func beginStream(isEncoded: Bool) {
        events = StreamMeter(promptTokens: order.promptTokenEstimate)
        readsEvents = !isEncoded
    }

    /// Reads a piece of the stream.
    ///
    /// - Returns: what of it is passed on.
    mutating func stream(_ bytes: ByteBuffer) -> ByteBuffer {
        guard readsEvents else {
            relayedBytes = relayedBytes.addingSaturated(Int64(bytes.readableBytes))
            return bytes
        }
        bytes.withUnsafeReadableBytes { all in
            events?.consume(all.bindMemory(to: UInt8.self).span, stripUsage: order.stripsUsage, forward: &plan)
        }
        if plan.isUnchanged { return bytes }
        var passed = ByteBuffer(bytes: plan.held)
        for piece in plan.pieces {
            guard let slice = bytes.getSlice(at: bytes.readerIndex + piece.lowerBound, length: piece.count) else {
                continue
            }
            passed.writeImmutableBuffer(slice)
        }
        return passed
    }

    /// Whether the provider reported a failure of its own within the stream.
    var hasErrorEvent: Bool { events?.hasError == true }

    /// Whether the stream's last event has passed.
    var isStreamDone: Bool { events?.isDone == true }

    /// What was held back at the stream's end; nil where nothing was.
    mutating func endStream() -> ByteBuffer? {
        let rest = events?.flush(stripUsage: order.stripsUsage) ?? []
        return rest.isEmpty ? nil : ByteBuffer(bytes: rest)
    }

    /// The event that tells the caller why a stream is cut; nil where it could not be read as one.
    func lastEvent(_ code: ErrorCode) -> [UInt8]? {
        guard readsEvents else { return nil }
        let event = ErrorBody.streamEvent(code)
        return events?.isWithinPassedEvent == true ? [0x0a, 0x0a] + event : event
    }

    /// Bills a stream, or the part of it that came: one in which nothing can be read by its length.
    func billStream(isCut: Bool) -> Bill {
        guard readsEvents else { return billLength(relayedBytes, source: isCut ? .partial : .estimated) }
        return bill(events?.finish(cutOff: isCut) ?? TokenUsage(source: .partial))
    }
}

// Whole answers, held back or relayed piece by piece.
extension AnswerMeter {
    /// Notes a piece of an answer that is passed on before it is whole.
    mutating func relay(_ bytes: ByteBuffer) {
        relayedBytes = relayedBytes.addingSaturated(Int64(bytes.readableBytes))
        if let last = AnswerMeter.lastVisible(bytes) { lastRelayed = last }
        bytes.withUnsafeReadableBytes { sieve.read($0.bindMemory(to: UInt8.self).span) }
    }

    var relayedClosesJSON: Bool { AnswerMeter.closesJSON(lastRelayed) }

    /// Whether a body ends as JSON does: where no length is known only the text itself can tell a whole answer.
    static func closesJSON(_ body: ByteBuffer) -> Bool { closesJSON(lastVisible(body)) }

    private static func closesJSON(_ last: UInt8?) -> Bool { last == UInt8(ascii: "}") || last == UInt8(ascii: "]") }

    private static func lastVisible(_ bytes: ByteBuffer) -> UInt8? { bytes.readableBytesView.last { $0 > 0x20 } }

    /// Bills a whole answer, and says whether it is a JSON object and whether it reports an error.
    func bill(whole body: ByteBuffer) -> (Bill, isObject: Bool, hasError: Bool) {
        let reading = body.withUnsafeReadableBytes { UsageReader.read($0.bindMemory(to: UInt8.self).span) }
        let usage =
            reading.reported ?? (reading.isObject ? nil : AnswerMeter.usage(within: body))
            ?? estimate(textLength: Int64(clamping: reading.textLength), source: .estimated)
        return (bill(usage), reading.isObject, reading.hasError)
    }

    /// Bills an answer of which the caller gets nothing: by the figures that can be found in what came of it, else the
    /// prompt, which the provider will charge at least.
    func bill(undelivered body: ByteBuffer) -> Bill {
        bill(
            AnswerMeter.usage(within: body)
                ?? TokenUsage(inputUncached: order.promptTokenEstimate, source: .partial))
    }

    /// The figures in an answer that is not whole, or no JSON of ours (a control character in a string, nested too
    /// deeply).
    private static func usage(within body: ByteBuffer) -> TokenUsage? {
        var sieve = UsageSieve()
        body.withUnsafeReadableBytes { sieve.read($0.bindMemory(to: UInt8.self).span) }
        return sieve.usage
    }

    /// Bills a whole answer in which nothing can be read.
    func billUnreadable(length: Int) -> Bill { billLength(Int64(clamping: length), source: .estimated) }

    /// Bills by the length alone; JSON around the text counts as text.
    private func billLength(_ length: Int64, source: UsageSource) -> Bill {
        bill(estimate(textLength: order.expectsText ? length : 0, source: source))
    }

    /// Bills an answer that was passed on piece by piece: by the provider's figures where they have come.
    ///
    /// - Parameter isWhole: false where it was cut, so that only the length of what passed is known.
    func billRelayed(isWhole: Bool, isEncoded: Bool) -> Bill {
        if !isEncoded, let reported = sieve.usage { return bill(reported) }
        return billLength(relayedBytes, source: isWhole ? .estimated : .partial)
    }
}
