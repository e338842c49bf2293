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

    /// Bytes of a buffered answer that are held before it is passed on piece by piece: what a hundred callers that do
    /// not read may cost, against how long an answer is judged as a whole.
    static let holdLimit = 128 << 10
    /// Bytes of a provider's error body that are passed on.
    static let errorLimit = 256 << 10

    var record: RequestRecord
    private(set) var phase: Phase = .collecting
    private(set) var head: UpstreamHead?
    let arrivedAt: Int64
    private var bodyAt: Int64 = 0
    private(set) var sentAt: Int64 = 0
    private var upstreamEndAt: Int64 = 0
    private(set) var lastByteAt: Int64 = 0
    private(set) var firstByteAt: Int64 = 0
    private var held = ByteBuffer()
    private var meter = AnswerMeter()
    private var pendingRefusal: Refusal?
    /// The operator's act that came while a buffered answer was allowed to finish.
    private var denial: ErrorCode?

    /// What the provider is asked, and at what price.
    var order: AnswerMeter.Order {
        get { meter.order }
        set { meter.order = newValue }
    }

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
        case .shutDown: return onShutDown(at: now)
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

    /// The client does not read: until it does, the provider cannot be blamed for silence.
    mutating func clientIsBlocked(at now: Int64) { lastByteAt = now }

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
        guard (200..<300).contains(head.status) || head.status == 304 else {
            pendingRefusal = Refusal(answering: head)
            phase = .holdingError
            return .nothing
        }
        record.status = head.status
        if head.isEventStream {
            // Denied while it was waited for as a buffered answer: what streams is not begun.
            if let denial {
                billUndelivered()
                return refuse(Refusal(denial), at: now)
            }
            phase = .streaming
            meter.beginStream(isEncoded: head.isEncoded)
            return .begin(ByteBuffer(), length: nil)
        }
        phase = .holding
        return .nothing
    }

    /// Takes bytes of an answer that is being passed on, past event and action: they are most of what ever happens.
    ///
    /// - Returns: what the client gets of them; nil where nothing is passed on yet, and they are an event.
    mutating func pass(_ bytes: ByteBuffer, at now: Int64) -> ByteBuffer? {
        switch phase {
        case .streaming:
            lastByteAt = now
            if firstByteAt == 0 { firstByteAt = now }
            return meter.stream(bytes)
        case .relaying:
            lastByteAt = now
            meter.relay(bytes)
            return bytes
        default:
            return nil
        }
    }

    private mutating func onBytes(_ bytes: ByteBuffer, at now: Int64) -> ExchangeAction {
        if let passed = pass(bytes, at: now) { return .forward(passed) }
        lastByteAt = now
        switch phase {
        case .holding:
            if firstByteAt == 0 { firstByteAt = now }
            if held.readableBytes == 0 { held = bytes } else { held.writeImmutableBuffer(bytes) }
            guard held.readableBytes > Exchange.holdLimit else { return .nothing }
            phase = .relaying
            let first = held
            held = ByteBuffer()
            meter.relay(first)
            return .begin(first, length: head?.length)
        case .holdingError:
            held.writeImmutableBuffer(bytes)
            // More than is passed on: what follows need not be waited for.
            return held.readableBytes > Exchange.errorLimit ? endError(isWhole: false, at: now) : .nothing
        default:
            return .nothing
        }
    }

    private mutating func onEnd(at now: Int64) -> ExchangeAction {
        upstreamEndAt = now
        switch phase {
        case .streaming:
            return endStream(at: now)
        case .holding: return endHeld(at: now)
        case .relaying:
            if head?.isFramedByConnection == true, head?.isJSON == true, !meter.relayedClosesJSON {
                return cut(.upstreamCut, detail: "the provider's answer broke off", at: now)
            }
            take(meter.billRelayed(isWhole: true, isEncoded: head?.isEncoded == true))
            finish(at: now)
            return .end(nil)
        case .holdingError:
            return endError(isWhole: true, at: now)
        default:
            return .nothing
        }
    }

    /// Judges a whole answer that was held back.
    private mutating func endHeld(at now: Int64) -> ExchangeAction {
        let body = held
        held = ByteBuffer()
        let isReadable = head?.isEncoded != true
        if isReadable, head?.isFramedByConnection == true, head?.isJSON == true,
            !AnswerMeter.closesJSON(body)
        {
            // Without a length only the text itself can tell a whole answer from a cut one.
            take(meter.bill(undelivered: body))
            return refuse(Refusal(.upstreamError, detail: "the provider's answer broke off"), at: now)
        }
        guard isReadable else {
            take(meter.billUnreadable(length: body.readableBytes))
            finish(at: now)
            return .answer(body)
        }
        let (bill, isObject, hasError) = meter.bill(whole: body)
        if order.expectsObject, !isObject {
            take(meter.bill(undelivered: body))
            return refuse(Refusal(.upstreamError, detail: "the provider's answer is not a JSON object"), at: now)
        }
        take(bill)
        if order.expectsObject, hasError {
            record.error = .upstreamError
            record.detail = "the provider's answer is an error under status \(record.status)"
        }
        finish(at: now)
        return .answer(body)
    }

    /// - Parameter isWhole: false where the rest did not come or was not waited for: a cut body is never passed on.
    private mutating func endError(isWhole: Bool, at now: Int64) -> ExchangeAction {
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
        if passes, isWhole, body.readableBytes > 0, head?.isEncoded != true { return .passError(refusal, body) }
        // The gateway's own words send the caller to `Retry-After`, so there is one.
        var own = refusal
        if own.code == .upstreamRateLimited { own.retryAfterMilliseconds = max(1000, own.retryAfterMilliseconds) }
        return .refuse(own)
    }
}

// The ways out that nobody wanted.
extension Exchange {
    private mutating func onBroken(_ reason: String, at now: Int64) -> ExchangeAction {
        upstreamEndAt = now
        switch phase {
        case .sent:
            return refuse(Refusal(.upstreamError, detail: reason), at: now)
        case .holding:
            // It had begun to answer, so the work was done and will be billed.
            billUndelivered()
            return refuse(Refusal(.upstreamError, detail: reason), at: now)
        case .holdingError:
            return endError(isWhole: false, at: now)
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
        case .connecting, .holdingError:
            return refuse(Refusal(.upstreamTimeout, detail: clock.label), at: now)
        case .sent, .holding:
            billUndelivered()
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
        case .sent, .holding, .holdingError, .relaying:
            // A buffered answer may finish: it is paid for.
            denial = code
            return .nothing
        case .finished:
            return .nothing
        }
    }

    /// The gateway's own time is up: nothing is waited for any longer.
    private mutating func onShutDown(at now: Int64) -> ExchangeAction {
        switch phase {
        case .finished: return .nothing
        case .collecting, .judging, .connecting, .holdingError: return refuse(Refusal(.shuttingDown), at: now)
        case .sent, .holding:
            billUndelivered()
            var refusal = Refusal(.shuttingDown)
            refusal.mayBeBilled = true
            return refuse(refusal, at: now)
        case .relaying, .streaming:
            return cut(.shuttingDown, detail: ErrorCode.shuttingDown.label, at: now)
        }
    }

    private var billedTokens: String {
        "\(record.usage.total) token\(record.usage.total == 1 ? "" : "s") billed"
    }

    private mutating func onClientGone(at now: Int64) -> ExchangeAction {
        guard phase != .finished else { return .nothing }
        switch phase {
        case .streaming:
            take(meter.billStream(isCut: true))
            record.detail = "client left, \(billedTokens)"
        case .relaying:
            take(meter.billRelayed(isWhole: false, isEncoded: head?.isEncoded == true))
            record.detail = "client left, \(billedTokens)"
        case .sent, .holding:
            billUndelivered()
            record.detail = "client left before the answer, \(billedTokens)"
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
        let isEncoded = head?.isEncoded == true
        take(isEventStream ? meter.billStream(isCut: true) : meter.billRelayed(isWhole: false, isEncoded: isEncoded))
        record.error = code
        record.detail = detail
        finish(at: now)
        return .cut(event: isEventStream ? meter.lastEvent(code) : nil)
    }
}

// Money.
extension Exchange {
    private mutating func endStream(at now: Int64) -> ExchangeAction {
        // Where only the connection's end ends the body, a stream without its last event may have been cut.
        if head?.isFramedByConnection == true, !meter.isStreamDone {
            return cut(.upstreamCut, detail: "the provider's stream broke off", at: now)
        }
        let rest = meter.endStream()
        take(meter.billStream(isCut: false))
        if meter.hasErrorEvent {
            record.error = .upstreamError
            record.detail = "the provider ended its stream with an error"
        }
        finish(at: now)
        return .end(rest)
    }

    /// Bills a request of whose answer the caller gets nothing.
    ///
    /// The rule, here and wherever nothing is billed: who ended it? A provider that fails before it answers well (a
    /// bad status, a connection that breaks before any head) has shown nothing that it could bill: nothing. Where we,
    /// the caller or a clock ended it while the provider was at work, or where the provider had begun to answer well,
    /// it will bill the prompt at least, and so do we; what of an answer was delivered or can be read is billed too.
    private mutating func billUndelivered() {
        guard sentAt != 0 else { return }
        take(meter.bill(undelivered: held))
    }

    private mutating func take(_ bill: AnswerMeter.Bill) {
        record.usage = bill.usage
        record.cost = bill.cost
        record.isPriced = bill.isPriced
    }
}
