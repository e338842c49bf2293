import Domain
import NIOCore
import Wire

/// One request from its judged head to its record: a pure machine of events and actions.
///
/// Timeout, cancel and billing are decided here and nowhere else. It holds no channel, clock, lock or logger; time
/// comes in as monotonic nanoseconds with each event. It ends exactly once: the handler that carries out a final action
/// consumes it by `close`.
struct Exchange: ~Copyable {
    /// How far it has come.
    enum Phase: Equatable {
        /// The body is being read.
        case collecting
        /// Admission has been asked.
        case judging
        /// Admitted; a connection is being made.
        case connecting
        /// Everything is sent; the provider's head has not come.
        case sent
        /// A buffered answer is held back until it is whole.
        case holding
        /// A provider's error body is held back.
        case holdingError
        /// The answer is being passed on piece by piece.
        case relaying
        /// An event stream is being passed on.
        case streaming
        case finished
    }

    /// What the provider is asked, and at what price.
    struct Order {
        var isStream = false
        /// Whether usage was asked for on the client's behalf, so that its chunk is taken out of the stream.
        var stripsUsage = false
        var promptTokenEstimate: Int64 = 0
        /// Whether the answer's usage can be read (a metered path).
        var isMetered = true
        var price: Price?
    }

    /// Bytes of a buffered answer that are held before it is passed on piece by piece.
    static let holdLimit = 1 << 20
    /// Bytes of a relayed answer that are kept for reading its usage.
    static let meterLimit = 8 << 20
    /// Bytes of a provider's error body that are passed on.
    static let errorLimit = 256 << 10

    var record: RequestRecord
    var order = Order()
    private(set) var phase: Phase = .collecting
    private(set) var head: UpstreamHead?
    let arrivedAt: Int64
    private var bodyAt: Int64 = 0
    private(set) var sentAt: Int64 = 0
    private var upstreamEndAt: Int64 = 0
    private(set) var lastByteAt: Int64 = 0
    private(set) var firstByteAt: Int64 = 0
    private var held = ByteBuffer()
    private var kept = ByteBuffer()
    private var isKeeping = true
    private var meter: StreamMeter?
    private var plan = ForwardPlan()
    private var pendingRefusal: Refusal?

    init(record: RequestRecord, at now: Int64) {
        self.record = record
        arrivedAt = now
    }

    /// Takes an event and says what to do.
    mutating func on(_ event: ExchangeEvent, at now: Int64) -> ExchangeAction {
        switch event {
        case .bodyArrived:
            guard phase == .collecting else { return .nothing }
            bodyAt = now
            phase = .judging
            return .judge
        case .limitAnswered(let limits, let refusal):
            guard phase == .judging else { return .nothing }
            record.limits = limits
            if let refusal { return refuse(refusal, at: now) }
            record.wasAdmitted = true
            phase = .connecting
            return .connect
        case .upstreamReady:
            guard phase == .connecting else { return .nothing }
            record.attempt = 1
            sentAt = now
            lastByteAt = now
            phase = .sent
            return .send
        case .upstreamUnreachable(let reason):
            guard phase == .connecting else { return .nothing }
            var refusal = Refusal(.upstreamUnavailable, detail: reason)
            refusal.retryAfterMilliseconds = 1000
            return refuse(refusal, at: now)
        case .upstreamHead(let head): return onHead(head, at: now)
        case .upstreamBytes(let bytes): return onBytes(bytes, at: now)
        case .upstreamEnd: return onEnd(at: now)
        case .upstreamBroken(let reason): return onBroken(reason, at: now)
        case .clientGone: return onClientGone(at: now)
        case .denied(let code): return onDenied(code, at: now)
        case .deadline(let clock): return onDeadline(clock, at: now)
        }
    }

    /// Ends it before a provider was asked.
    mutating func refuse(_ refusal: Refusal, at now: Int64) -> ExchangeAction {
        record.status = refusal.status ?? refusal.code.status
        record.error = refusal.code
        record.detail = refusal.detail
        finish(at: now)
        return .refuse(refusal)
    }

    private mutating func finish(at now: Int64) {
        if upstreamEndAt == 0, sentAt != 0 { upstreamEndAt = now }
        phase = .finished
    }

    /// Takes the finished record out; the exchange is gone with it.
    consuming func close(at now: Int64) -> RequestRecord {
        var record = record
        record.totalMilliseconds = max(0, now - arrivedAt) / 1_000_000
        record.firstByteMilliseconds = firstByteAt == 0 ? -1 : max(0, firstByteAt - arrivedAt) / 1_000_000
        let upstream = sentAt == 0 ? 0 : max(0, upstreamEndAt - sentAt)
        let reading = bodyAt == 0 ? 0 : max(0, bodyAt - arrivedAt)
        record.gatewayMicroseconds = max(0, now - arrivedAt - upstream - reading) / 1000
        return record
    }
}

// The provider's answer.
extension Exchange {
    private mutating func onHead(_ head: UpstreamHead, at now: Int64) -> ExchangeAction {
        guard phase == .sent else { return .nothing }
        self.head = head
        lastByteAt = now
        record.upstreamStatus = head.status
        guard (200..<300).contains(head.status) else {
            pendingRefusal = Exchange.refusal(of: head)
            phase = .holdingError
            return .nothing
        }
        record.status = head.status
        if head.isEventStream {
            phase = .streaming
            record.isStream = true
            meter = StreamMeter(promptTokens: order.promptTokenEstimate)
            return .begin(ByteBuffer(), length: nil)
        }
        phase = .holding
        return .nothing
    }

    /// How a provider's bad status is answered; see the table in the product's contract.
    private static func refusal(of head: UpstreamHead) -> Refusal {
        var refusal: Refusal
        switch head.status {
        case 400, 404, 409, 413, 422:
            refusal = Refusal(.upstreamRejected, detail: "the provider refused the request (\(head.status))")
            refusal.status = head.status
        case 401, 403:
            refusal = Refusal(.upstreamAuth, detail: "the provider refused our credential (\(head.status))")
        case 408:
            refusal = Refusal(.upstreamTimeout, detail: "the provider timed out (408)")
        case 429:
            refusal = Refusal(.upstreamRateLimited, detail: "the provider's limit is reached (429)")
            refusal.retryAfterMilliseconds = head.retryAfterMilliseconds
        case 503, 529:
            refusal = Refusal(.upstreamUnavailable, detail: "the provider is not available (\(head.status))")
            refusal.retryAfterMilliseconds = max(1000, head.retryAfterMilliseconds)
        default:
            refusal = Refusal(.upstreamError, detail: "the provider answered \(head.status)")
        }
        return refusal
    }

    private mutating func onBytes(_ bytes: ByteBuffer, at now: Int64) -> ExchangeAction {
        lastByteAt = now
        switch phase {
        case .streaming:
            if firstByteAt == 0 { firstByteAt = now }
            return .forward(meterStream(bytes))
        case .holding:
            if firstByteAt == 0 { firstByteAt = now }
            if held.readableBytes == 0 { held = bytes } else { held.writeImmutableBuffer(bytes) }
            guard held.readableBytes > Exchange.holdLimit else { return .nothing }
            phase = .relaying
            kept = held
            let first = held
            held = ByteBuffer()
            return .begin(first, length: head?.length)
        case .relaying:
            keep(bytes)
            return .forward(bytes)
        case .holdingError:
            if held.readableBytes < Exchange.errorLimit { held.writeImmutableBuffer(bytes) }
            return .nothing
        default:
            return .nothing
        }
    }

    private mutating func keep(_ bytes: ByteBuffer) {
        guard isKeeping else { return }
        if kept.readableBytes + bytes.readableBytes > Exchange.meterLimit {
            isKeeping = false
            kept = ByteBuffer()
        } else {
            kept.writeImmutableBuffer(bytes)
        }
    }

    private mutating func onEnd(at now: Int64) -> ExchangeAction {
        upstreamEndAt = now
        switch phase {
        case .streaming:
            return endStream(at: now)
        case .holding:
            if !Exchange.isWhole(held, head) {
                return refuse(Refusal(.upstreamError, detail: "the provider's answer is not JSON"), at: now)
            }
            billAnswer(held)
            finish(at: now)
            let body = held
            held = ByteBuffer()
            return .answer(body)
        case .relaying:
            billAnswer(isKeeping ? kept : nil)
            finish(at: now)
            return .end(nil)
        case .holdingError:
            return endError(at: now)
        default:
            return .nothing
        }
    }

    /// Whether a body that claims to be JSON begins and ends as an object or array does.
    private static func isWhole(_ body: ByteBuffer, _ head: UpstreamHead?) -> Bool {
        guard let head, head.isFramedByConnection, !head.isEncoded else { return true }
        // Without a length only the text itself can tell a whole answer from a cut one.
        let last = body.readableBytesView.last { $0 > 0x20 }
        return last == UInt8(ascii: "}") || last == UInt8(ascii: "]")
    }

    private mutating func endError(at now: Int64) -> ExchangeAction {
        guard let refusal = pendingRefusal else {
            return refuse(Refusal(.upstreamError), at: now)
        }
        record.status = refusal.status ?? refusal.code.status
        record.error = refusal.code
        record.detail = refusal.detail
        let passes = refusal.code == .upstreamRejected || refusal.code == .upstreamRateLimited
        finish(at: now)
        let body = held
        held = ByteBuffer()
        return passes && body.readableBytes > 0 && body.readableBytes <= Exchange.errorLimit && head?.isEncoded != true
            ? .passError(refusal, body) : .refuse(refusal)
    }
}

// The ways out that nobody wanted.
extension Exchange {
    private mutating func onBroken(_ reason: String, at now: Int64) -> ExchangeAction {
        upstreamEndAt = now
        switch phase {
        case .sent, .holding:
            return refuse(Refusal(.upstreamError, detail: reason), at: now)
        case .holdingError:
            return endError(at: now)
        case .relaying, .streaming:
            return cut(.upstreamCut, detail: reason, at: now)
        default:
            return .nothing
        }
    }

    private mutating func onDeadline(_ clock: Clock, at now: Int64) -> ExchangeAction {
        switch phase {
        case .collecting:
            var refusal = Refusal(.requestTimeout, detail: clock.label)
            refusal.closes = true
            return refuse(refusal, at: now)
        case .judging, .finished:
            return .nothing
        case .connecting:
            return refuse(Refusal(.upstreamTimeout, detail: clock.label), at: now)
        case .sent, .holding, .holdingError:
            return refuse(Refusal(.upstreamTimeout, detail: clock.label), at: now)
        case .relaying, .streaming:
            return cut(.upstreamTimeout, detail: clock.label, at: now)
        }
    }

    private mutating func onDenied(_ code: ErrorCode, at now: Int64) -> ExchangeAction {
        switch phase {
        case .collecting, .judging, .connecting:
            var refusal = Refusal(code)
            refusal.closes = phase == .collecting
            return refuse(refusal, at: now)
        case .streaming:
            return cut(code, detail: code.label, at: now)
        case .sent where order.isStream:
            // Its tokens are being made; nothing has been delivered yet, so a plain refusal is still possible.
            billUndelivered()
            return refuse(Refusal(code), at: now)
        case .sent, .holding, .holdingError, .relaying, .finished:
            // A buffered answer may finish: it is paid for.
            return .nothing
        }
    }

    private mutating func onClientGone(at now: Int64) -> ExchangeAction {
        guard phase != .finished else { return .nothing }
        switch phase {
        case .streaming:
            billStream(isCut: true)
            record.detail = "client left, \(record.usage.total) tokens billed"
        case .relaying, .holding:
            billAnswer(nil)
            record.usage.source = .partial
            record.detail = "client left, \(record.usage.total) tokens billed"
        case .sent:
            billUndelivered()
            record.detail = "client left before the answer, \(record.usage.total) tokens billed"
        default:
            record.detail = "client left before the answer"
        }
        if phase != .streaming, phase != .relaying { record.status = 499 }
        record.error = .clientGone
        finish(at: now)
        return .abandon
    }

    private mutating func cut(_ code: ErrorCode, detail: String, at now: Int64) -> ExchangeAction {
        let isEventStream = phase == .streaming
        if isEventStream { billStream(isCut: true) } else { billAnswer(nil) }
        record.usage.source = record.usage.total > 0 ? .partial : record.usage.source
        record.error = code
        record.detail = detail
        finish(at: now)
        return .cut(event: isEventStream ? ErrorBody.streamEvent(code) : nil)
    }
}

// Streams and money.
extension Exchange {
    private mutating func meterStream(_ bytes: ByteBuffer) -> ByteBuffer {
        guard order.isMetered, head?.isEncoded != true else { return bytes }
        bytes.withUnsafeReadableBytes { all in
            meter?.consume(all.bindMemory(to: UInt8.self).span, stripUsage: order.stripsUsage, forward: &plan)
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

    private mutating func endStream(at now: Int64) -> ExchangeAction {
        // Where only the connection's end ends the body, a stream without its last event may have been cut.
        if head?.isFramedByConnection == true, meter?.isDone != true {
            return cut(.upstreamCut, detail: "the provider's stream broke off", at: now)
        }
        let rest = meter?.flush() ?? []
        billStream(isCut: false)
        finish(at: now)
        return .end(rest.isEmpty ? nil : ByteBuffer(bytes: rest))
    }

    private mutating func billStream(isCut: Bool) {
        guard order.isMetered else { return }
        record.usage = meter?.finish(cutOff: isCut) ?? TokenUsage(source: .partial)
        price()
    }

    private mutating func billAnswer(_ body: ByteBuffer?) {
        guard order.isMetered else { return }
        if let body, head?.isEncoded != true {
            record.usage = body.withUnsafeReadableBytes { all in
                UsageReader.usage(
                    of: all.bindMemory(to: UInt8.self).span, promptTokens: order.promptTokenEstimate)
            }
        } else {
            record.usage = TokenUsage(inputUncached: order.promptTokenEstimate, source: .estimated)
        }
        price()
    }

    /// The provider is at work on it and will bill the prompt at least.
    private mutating func billUndelivered() {
        guard order.isMetered, sentAt != 0 else { return }
        record.usage = TokenUsage(inputUncached: order.promptTokenEstimate, source: .partial)
        price()
    }

    private mutating func price() {
        guard record.usage.total > 0 else { return }
        if let price = order.price {
            record.cost = price.cost(of: record.usage)
        } else {
            record.isPriced = false
        }
    }
}
