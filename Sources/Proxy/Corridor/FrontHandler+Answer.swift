import Domain
import Glibc
import HTTP
import NIOCore
import Synchronization
import Telemetry
import Wire

// Obeying the exchange.
extension FrontHandler {
    /// Carries out what the exchange decided.
    func obey(_ action: ExchangeAction, now: Int64) {
        if action.isLast { release(now: now) }
        switch action {
        case .nothing: break
        case .judge: askAdmission()
        case .connect: connect()
        case .send: send()
        case .answer(let body): answer(body, now: now)
        case .begin(let first, let length): begin(first, length: length)
        case .forward(let bytes): forward(bytes)
        case .end(let rest): end(rest, now: now)
        case .refuse(let refusal): answerRefusal(refusal, now: now)
        case .passError(let refusal, let body): passError(refusal, body, now: now)
        case .cut(let event): cut(event, now: now)
        case .abandon:
            keepsAlive = false
            finish(now: now)
        }
    }

    private func askAdmission() {
        guard var dispatch = order else { return refuse(Refusal(.internalError)) }
        let wall = LoopClock.wall()
        let state = dispatch.admission.judge(
            wallSeconds: Calendar.floorDivide(wall, 1000), clock: LoopClock.monotonic)
        if let kind = state.refusedBy {
            let scope = state.refusedScope ?? .client
            let name =
                switch scope {
                case .client: facts?.caller?.client.name ?? ""
                case .model: "model \(dispatch.model?.name ?? "")"
                case .gateway: "the gateway"
                }
            let limit = dispatch.admission.limit(kind, of: scope)
            return feed(.limitAnswered(state, Refusal(limits: state, scopeName: name, limit: limit)))
        }
        dispatch.isCounted = true
        exchange?.record.upstream = dispatch.upstream.name
        order = dispatch
        facts?.caller?.key?.activity.lastAccepted.store(wall, ordering: .relaxed)
        open(.admitted, wall: wall)
        feed(.limitAnswered(state, nil))
    }

    /// States the fact that a request arrived and how it was judged.
    func open(_ decision: Decision, wall: Int64) {
        guard let opened = exchange?.opened(decision, wall: wall) else { return }
        loop.meter.open(opened)
        loop.armTick()
    }

    private func connect() {
        guard let dispatch = order else { return }
        if let idle = loop.pools.take(dispatch.upstream) {
            upstream = idle
            return feed(.upstreamReady)
        }
        let serial = requestSerial
        loop.pools.connect(dispatch.upstream, timeout: dispatch.timeouts.connect) { [self] result in
            guard serial == requestSerial, exchange?.phase == .connecting else {
                // Whoever wanted it has gone; the next one may have it.
                if case .success(let connection) = result { loop.pools.putBack(connection, now: LoopClock.monotonic()) }
                return
            }
            switch result {
            case .success(let connection):
                upstream = connection
                feed(.upstreamReady)
            case .failure(let fault): feed(.upstreamUnreachable(fault.reason))
            }
        }
    }

    private func send() {
        guard let upstream, let facts, let id = exchange?.record.requestID else {
            return feed(.upstreamBroken("connection lost"))
        }
        let fields = facts.passedFields ?? UpstreamRequest.passedFields(of: parser.head)
        if memo != nil, memo?.passedFields == nil { memo?.passedFields = fields }
        let head = UpstreamRequest.head(
            of: parser.head, intake: facts, fields: fields, upstream: upstream.upstream, requestID: id,
            bodyLength: body.readableBytes)
        let sent = body
        body = ByteBuffer()
        upstream.send(head: head, body: sent, isForHead: parser.head.method == .head, for: self)
    }

    private func common(date wall: Int64) -> AnswerHead.Common {
        AnswerHead.Common(
            requestID: exchange?.record.requestID ?? .made(boot: loop.boot, counter: 0),
            limits: exchange?.record.limits,
            date: loop.date(wall: wall), keepsAlive: keepsAlive && !loop.isDraining, isHTTP10: parser.head.isHTTP10)
    }

    private func answer(_ content: ByteBuffer, now: Int64) {
        guard let head = upstreamHead else { return finish(now: now) }
        let content = secret?.redacted(content) ?? content
        var buffer = ByteBufferAllocator().buffer(capacity: 1024 + min(content.readableBytes, 16_384))
        AnswerHead.relay(
            head, status: head.status, ending: ending(of: head, content: content),
            common: common(date: LoopClock.wall()), secret: secret, into: &buffer)
        write(buffer, content: content)
        finish(now: now)
    }

    /// The key of the provider that is asked, which must not reach the caller.
    private var secret: ProviderSecret? { order?.upstream.secret }

    /// How a whole answer says its length: one without a body by its kind says what the provider said, or nothing.
    private func ending(of head: Head, content: ByteBuffer) -> AnswerHead.Ending {
        if head.status == 204 || head.status == 304 { return .none }
        guard parser.head.method == .head else { return .length(content.readableBytes) }
        return head.text(of: .contentLength).flatMap { Int($0) }.map { .length($0) } ?? .none
    }

    /// Writes a head and its content: in one piece where copying is cheaper than a second vector.
    private func write(_ head: ByteBuffer, content: ByteBuffer) {
        guard let context else { return }
        exchange?.record.bytesOut += Int64(content.readableBytes + head.readableBytes)
        if content.readableBytes <= 16_384 {
            var whole = head
            whole.writeImmutableBuffer(content)
            context.writeAndFlush(wrapOutboundOut(whole), promise: nil)
        } else {
            context.write(wrapOutboundOut(head), promise: nil)
            context.writeAndFlush(wrapOutboundOut(content), promise: nil)
        }
    }

    private func begin(_ first: ByteBuffer, length: Int?) {
        guard let head = upstreamHead else { return }
        hasBegun = true
        let ending: AnswerHead.Ending =
            if let length { .length(length) } else if parser.head.isHTTP10 { .close } else { .chunked }
        isChunked = if case .chunked = ending { true } else { false }
        if case .close = ending { keepsAlive = false }
        outgoing.reserveCapacity(1024)
        AnswerHead.relay(
            head, status: head.status, ending: ending, common: common(date: LoopClock.wall()), secret: secret,
            into: &outgoing)
        forward(first)
    }

    private func frame(_ bytes: ByteBuffer, into buffer: inout ByteBuffer) {
        if isChunked { HeadWriter.chunkSize(bytes.readableBytes, into: &buffer) }
        buffer.writeImmutableBuffer(bytes)
        if isChunked { buffer.writeStaticString("\r\n") }
    }

    /// Passes a piece of the answer on; it goes out with `flushOutgoing`.
    func forward(_ piece: ByteBuffer) {
        guard let secret else { return pass(piece) }
        var piece = piece
        if withheld.readableBytes > 0 {
            var joined = withheld
            joined.writeImmutableBuffer(piece)
            (piece, withheld) = (joined, ByteBuffer())
        }
        var bytes = secret.masked(piece)
        let open = secret.openEnd(of: bytes)
        if open > 0, let rest = bytes.getSlice(at: bytes.writerIndex - open, length: open) {
            // A copy: the slice would keep the whole read alive.
            withheld = ByteBuffer(bytes: rest.readableBytesView)
            bytes.moveWriterIndex(to: bytes.writerIndex - open)
        }
        pass(bytes)
    }

    /// Passes on bytes in which the provider's key does not stand.
    private func pass(_ bytes: ByteBuffer) {
        guard bytes.readableBytes > 0 else { return }
        if bytes.readableBytes > FrontHandler.outgoingLimit { return passLarge(bytes) }
        if outgoing.readableBytes + bytes.readableBytes > FrontHandler.outgoingLimit { flushOutgoing() }
        if !isChunked, outgoing.readableBytes == 0 {
            outgoing = bytes
        } else {
            frame(bytes, into: &outgoing)
        }
    }

    /// Writes a piece that is too large to be copied, so that a client that reads slowly holds it once.
    private func passLarge(_ bytes: ByteBuffer) {
        guard let context else { return }
        if isChunked { HeadWriter.chunkSize(bytes.readableBytes, into: &outgoing) }
        exchange?.record.bytesOut += Int64(outgoing.readableBytes + bytes.readableBytes)
        context.write(wrapOutboundOut(outgoing), promise: nil)
        context.write(wrapOutboundOut(bytes), promise: nil)
        outgoing.clear(minimumCapacity: 0)
        // Flushed with what ends the chunk, at the latest when this read of the provider is used up.
        if isChunked { outgoing.writeStaticString("\r\n") } else { context.flush() }
    }

    /// Writes what was gathered of the answer.
    ///
    /// Writing can end the exchange before it returns: the client may turn out to be gone.
    func flushOutgoing() {
        guard outgoing.readableBytes > 0, let context else { return }
        exchange?.record.bytesOut += Int64(outgoing.readableBytes)
        context.writeAndFlush(wrapOutboundOut(outgoing), promise: nil)
        // What was written at once left its memory to be used again; what waits keeps it.
        outgoing.clear(minimumCapacity: 0)
        if !context.channel.isWritable { upstream?.pause() }
    }

    private func end(_ rest: ByteBuffer?, now: Int64) {
        if let rest { forward(rest) }
        // The answer is whole, so what may have been a key's beginning was none.
        pass(withheld)
        if isChunked { outgoing.writeStaticString("0\r\n\r\n") }
        flushOutgoing()
        finish(now: now)
    }

    private func answerRefusal(_ refusal: Refusal, now: Int64) {
        let content = ErrorBody.json(
            refusal.code, message: refusal.message, param: refusal.param, limit: exchange?.record.limits.refusedBy)
        sendRefusal(refusal, ByteBuffer(bytes: content), now: now)
    }

    private func passError(_ refusal: Refusal, _ content: ByteBuffer, now: Int64) {
        sendRefusal(refusal, secret?.redacted(content) ?? content, provider: upstreamHead, now: now)
    }

    /// - Parameter provider: the head of the provider whose own body `content` is.
    private func sendRefusal(_ refusal: Refusal, _ content: ByteBuffer, provider: Head? = nil, now: Int64) {
        if refusal.closes || (parser.head.expectsContinue && !isBodyDone && mode != .collecting) { keepsAlive = false }
        var buffer = ByteBufferAllocator().buffer(capacity: 1024 + content.readableBytes)
        AnswerHead.refusal(
            refusal, provider: provider, length: content.readableBytes, common: common(date: LoopClock.wall()),
            into: &buffer)
        write(buffer, content: parser.head.method == .head ? ByteBuffer() : content)
        finish(now: now)
    }

    private func cut(_ event: [UInt8]?, now: Int64) {
        keepsAlive = false
        withheld = ByteBuffer()
        if let event { forward(ByteBuffer(bytes: event)) }
        flushOutgoing()
        if event == nil, !isChunked, parser.head.isHTTP10 {
            // Its end would be the connection's end: only a reset tells that there should be more.
            if let socket = context?.channel as? any SocketOptionProvider {
                _ = socket.setSoLinger(Glibc.linger(l_onoff: 1, l_linger: 0))
            }
            context?.close(promise: nil)
        }
        finish(now: now)
    }

    /// The request at hand is over: settle, record, and make ready for the next.
    func finish(now: Int64) {
        release(now: now)
        guard let ended = exchange.take() else { return }
        if let upstream {
            self.upstream = nil
            upstream.close()
        }
        let record = ended.close(at: now)
        settle(record)
        loop.exchangeCount(changedBy: -1)
        requestSerial &+= 1
        order = nil
        facts = nil
        upstreamHead = nil
        body = ByteBuffer()
        outgoing = ByteBuffer()
        withheld = ByteBuffer()
        isChunked = false
        prepareNext(now: now)
    }

    /// Gives admission back what the request held, and tells it what was used, before the last bytes go out: whoever
    /// has read an answer finds it counted and its place free, on whichever event loop it asks next.
    private func release(now: Int64) {
        guard let dispatch = order, dispatch.isCounted, !dispatch.isReleased, let tokens = exchange?.record.usage.total,
            let cost = exchange?.record.cost, let arrival = exchange?.record.time
        else { return }
        order?.isReleased = true
        dispatch.admission.settle(
            tokens: tokens, costNanos: cost.nanos, wallSeconds: arrival.seconds, now: now)
    }

    private func settle(_ record: RequestRecord) {
        // What was admitted was stated then.
        if order?.isCounted != true {
            // Probes are not traffic.
            if facts?.route.isOpen == true, record.error == nil { return }
            loop.meter.open(
                Opened(
                    time: Timestamp(milliseconds: LoopClock.wall()), client: record.client, keyID: record.keyID,
                    model: record.model,
                    upstream: "", isStream: record.isStream,
                    decision: record.error.map { .refused($0) } ?? .admitted))
        }
        loop.meter.finish(record)
        loop.armTick()
    }

    private func prepareNext(now: Int64) {
        since = now
        if mode == .closed || context == nil { return }
        guard keepsAlive, !loop.isDraining else { return linger() }
        setReadingIfNeeded()
        if isBodyDone {
            mode = .waiting
            isBodyDone = false
        } else {
            mode = .discarding
        }
    }

    private func setReadingIfNeeded() {
        if input.readableBytes > FrontHandler.pipelineLimit { setReading(true) }
    }

    /// Ends the connection so that the answer is not lost to a reset: our half first, the rest when the client has
    /// closed or a second is over.
    func linger() {
        guard mode != .lingering, mode != .closed else { return }
        mode = .lingering
        since = LoopClock.monotonic()
        input = ByteBuffer()
        context?.close(mode: .output, promise: nil)
        setReading(true)
        loop.armTick()
    }
}
