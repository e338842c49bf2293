import Domain
import HTTP
import NIOCore
import Wire

/// One client connection: reads requests one after another, lets an `Exchange` decide, and obeys.
///
/// Everything happens on the connection's loop. A request's provider connection lives on the same loop.
final class FrontHandler: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    /// What the connection is doing between bytes.
    enum Mode {
        /// Between requests, or inside a head.
        case waiting
        /// Reading the body of a request that an exchange judges.
        case collecting
        /// Reading past the body of a request that has been answered.
        case discarding
        /// Reading past the body of a request that the gateway answers itself.
        case local
        /// A provider is at work, or its answer is being written.
        case busy
        /// The answer is out; what still comes is read and dropped until the client has seen the end.
        case lingering
        case closed
    }

    let loop: LoopContext
    var slot = -1
    var mode: Mode = .waiting
    var parser: RequestParser
    var input = ByteBuffer()
    var context: ChannelHandlerContext?
    var address = ""
    var userAgent = ""
    var userAgentBytes = ByteBuffer()

    // The request at hand.
    var exchange: Exchange?
    var facts: RequestIntake?
    var body = ByteBuffer()
    var discarded = 0
    /// What the last good head on this connection led to.
    var memo: HeadMemo?
    var order: Dispatch?
    var upstream: UpstreamConnection?
    var upstreamHead: Head?
    var keepsAlive = true
    var isChunked = false
    /// Pieces of the answer that go out together, when what has been read of the provider is used up.
    var outgoing = ByteBuffer()
    /// The end of what came of the answer, where the provider's key may begin in it: it waits for what follows.
    var withheld = ByteBuffer()
    var hasBegun = false
    /// Whether the request at hand has been read to its end.
    var isBodyDone = false
    /// Grows with each finished request, so that late news of an old one is recognised.
    var requestSerial: UInt64 = 0

    // Clocks, monotonic nanoseconds.
    var since: Int64 = 0
    var bodyBytes: Int64 = 0

    private var isObeying = false
    private var isAdvancing = false
    private var waitingEvents: [ExchangeEvent] = []

    /// Bytes of pipelined requests that are kept while one is being answered.
    static let pipelineLimit = 256 * 1024
    /// Bytes of an answer that are gathered for one write.
    static let outgoingLimit = 64 * 1024
    /// Bytes of a refused request's body that are read past before the connection is closed instead.
    static let discardLimit = 1 << 20

    init(loop: LoopContext) {
        self.loop = loop
        // The size of bodies is judged here, after the caller: a stranger's 401 does not depend on what follows it.
        parser = RequestParser(limits: MessageLimits(body: .max))
    }

    func channelActive(context: ChannelHandlerContext) {
        self.context = context
        address = context.channel.remoteAddress?.ipAddress ?? ""
        since = LoopClock.monotonic()
        loop.opened(self)
        context.fireChannelActive()
    }

    func channelInactive(context: ChannelHandlerContext) {
        clientLeft()
        self.context = nil
        mode = .closed
        loop.closed(self)
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        // A reset or a broken pipe: the client is gone, which `channelInactive` tells.
        context.close(promise: nil)
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        var bytes = unwrapInboundIn(data)
        switch mode {
        case .lingering, .closed:
            return
        case .busy:
            append(&bytes)
            if input.readableBytes > FrontHandler.pipelineLimit { setReading(false) }
        default:
            append(&bytes)
            advance()
            if isBlocked, input.readableBytes > FrontHandler.pipelineLimit { setReading(false) }
        }
    }

    /// Whether the client does not take the answers that it has got: no further request of it is begun.
    private var isBlocked: Bool { mode == .waiting && context?.channel.isWritable == false }

    private func append(_ bytes: inout ByteBuffer) {
        if input.readableBytes == 0 { input = bytes } else { input.writeBuffer(&bytes) }
    }

    func channelWritabilityChanged(context: ChannelHandlerContext) {
        if context.channel.isWritable {
            upstream?.resume()
            if mode == .waiting, input.readableBytes > 0 {
                setReading(true)
                // Not from inside the write that made room: its own turn goes on with what has come.
                context.eventLoop.assumeIsolated().execute { [self] in advance() }
            }
        } else if hasBegun {
            upstream?.pause()
        }
        context.fireChannelWritabilityChanged()
    }

    func setReading(_ isOn: Bool) {
        try? context?.channel.syncOptions?.setOption(.autoRead, value: isOn)
    }

    /// Reads what has come until it is used up or a request is being answered.
    func advance() {
        // Never nested: a connection's worth of pipelined refusals would pile up on the stack.
        guard !isAdvancing else { return }
        isAdvancing = true
        defer { isAdvancing = false }
        while true {
            switch mode {
            case .busy, .lingering, .closed: return
            case .waiting where isBlocked: return
            default: break
            }
            let event: RequestParser.Event
            do {
                event = try parser.next(&input)
            } catch {
                return refuseMessage(error)
            }
            switch event {
            case .needsMore:
                if mode == .waiting, parser.isInsideHead, input.readableBytes > 0 {
                    // The clock of a slow head starts with its first byte.
                    if !isTimingHead { (isTimingHead, since) = (true, LoopClock.monotonic()) }
                }
                if input.readableBytes == 0 { input = ByteBuffer() }
                return
            case .head:
                isTimingHead = false
                headArrived()
            case .body(let slice): bodyArrived(slice)
            case .end: requestEnded()
            }
        }
    }

    var isTimingHead = false
    /// Bytes that waited to be written when that was last looked at, and since when it is so many.
    var unwritten = 0
    var unwrittenAt: Int64 = 0

    /// Puts an event to the exchange and obeys; events that arrive while obeying wait their turn.
    ///
    /// `writeAndFlush` can call `channelInactive` before it returns, so obeying never nests.
    func feed(_ event: ExchangeEvent) {
        if isObeying {
            waitingEvents.append(event)
            return
        }
        isObeying = true
        var next: ExchangeEvent? = event
        while let event = next {
            let now = LoopClock.monotonic()
            if let action = exchange?.on(event, at: now) { obey(action, now: now) }
            next = waitingEvents.isEmpty ? nil : waitingEvents.removeFirst()
        }
        isObeying = false
        // An exchange may have ended meanwhile with the next request already here.
        if exchange == nil, mode == .waiting, input.readableBytes > 0 { advance() }
    }

    private func clientLeft() {
        guard exchange != nil else { return }
        feed(.clientGone)
    }
}

// What the provider's connection reports.
extension FrontHandler {
    func upstreamAnswered(_ head: Head) {
        upstreamHead = head
        feed(
            .upstreamHead(
                UpstreamHead(
                    status: head.status, isEventStream: head.value(of: .contentType, beginsWith: "text/event-stream"),
                    isJSON: head.value(of: .contentType, beginsWith: "application/json"),
                    length: { if case .length(let length) = head.framing { length } else { nil } }(),
                    isFramedByConnection: head.framing == .untilClose,
                    isEncoded: BodyRules.isEncoded(head),
                    retryAfterMilliseconds: head.text(of: .retryAfter)
                        .flatMap { HTTPDate.retryAfterMilliseconds($0, wall: LoopClock.wall()) } ?? 0)))
    }

    func upstreamSent(_ bytes: ByteBuffer) {
        if !isObeying, let passed = exchange?.pass(bytes, at: LoopClock.monotonic()) {
            forward(passed)
        } else {
            feed(.upstreamBytes(bytes))
        }
    }

    /// What has been read of the provider is used up for now: what of it is for the client goes out in one write.
    func upstreamPaused() { flushOutgoing() }

    func upstreamFinished(_ connection: UpstreamConnection) {
        upstream = nil
        loop.pools.putBack(connection, now: LoopClock.monotonic())
        feed(.upstreamEnd)
    }

    func upstreamBroke(_ reason: String) {
        upstream = nil
        feed(.upstreamBroken(reason))
    }
}
