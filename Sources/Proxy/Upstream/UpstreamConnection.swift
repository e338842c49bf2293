import HTTP
import NIOCore
import NIOTLS
import Synchronization

/// One connection to a provider; it serves one exchange at a time, on the loop of the client's connection.
final class UpstreamConnection: ChannelInboundHandler, RemovableChannelHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    let upstream: Upstream
    /// The client's connection whose request is being answered; nil while idle.
    private(set) var owner: FrontHandler?
    var idleSince: Int64 = 0
    private var parser = ResponseParser()
    private var input = ByteBuffer()
    private var context: ChannelHandlerContext?
    private var isHandshaking: Bool
    private var ready: ((Result<UpstreamConnection, ConnectFault>) -> Void)?
    private var isPaused = false
    private var hasLargeBody = false
    private var isBroken = false
    private var fault: ConnectFault?

    init(upstream: Upstream) {
        self.upstream = upstream
        isHandshaking = upstream.tls != nil
    }

    var isUsable: Bool { !isBroken && context?.channel.isActive == true }

    /// Calls back once the connection can be written to: after the TLS handshake where there is one.
    func whenReady(_ completion: @escaping (Result<UpstreamConnection, ConnectFault>) -> Void) {
        if let fault { return completion(.failure(fault)) }
        if isHandshaking { ready = completion } else { completion(.success(self)) }
    }

    /// Sends a request; its answer goes to `owner`.
    ///
    /// - Parameter isForHead: the answer to a HEAD request has no body whatever it says.
    func send(head: ByteBuffer, body: ByteBuffer, isForHead: Bool, for owner: FrontHandler) {
        guard let context, isUsable else { return owner.upstreamBroke("connection lost") }
        self.owner = owner
        hasLargeBody = body.readableBytes > 16_384
        parser.expect(isHead: isForHead)
        if hasLargeBody {
            context.write(wrapOutboundOut(head), promise: nil)
            context.write(wrapOutboundOut(body), promise: nil)
            context.flush()
        } else {
            // One copy of a small body is cheaper than a second vector.
            var whole = head
            whole.writeImmutableBuffer(body)
            context.writeAndFlush(wrapOutboundOut(whole), promise: nil)
        }
    }

    /// Gives the connection up: nobody wants the rest of its answer.
    func close() {
        isBroken = true
        owner = nil
        context?.close(promise: nil)
    }

    /// Stops reading while the client does not take what was read.
    func pause() {
        guard !isPaused, let context else { return }
        isPaused = true
        try? context.channel.syncOptions?.setOption(.autoRead, value: false)
    }

    func resume() {
        guard isPaused, let context else { return }
        isPaused = false
        try? context.channel.syncOptions?.setOption(.autoRead, value: true)
    }

    var isReadingPaused: Bool { isPaused }

    func handlerAdded(context: ChannelHandlerContext) { self.context = context }

    func handlerRemoved(context: ChannelHandlerContext) { self.context = nil }

    func channelActive(context: ChannelHandlerContext) {
        upstream.gauge.connections.add(1, ordering: .relaxed)
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if case .handshakeCompleted? = event as? TLSUserEvent {
            isHandshaking = false
            let ready = ready
            self.ready = nil
            ready?(.success(self))
        }
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        var bytes = unwrapInboundIn(data)
        if input.readableBytes == 0 { input = bytes } else { input.writeBuffer(&bytes) }
        read()
    }

    private func read() {
        do {
            while true {
                switch try parser.next(&input) {
                case .needsMore:
                    if input.readableBytes == 0 { input = ByteBuffer() }
                    owner?.upstreamPaused()
                    return
                case .head: owner?.upstreamAnswered(parser.head)
                case .body(let slice): owner?.upstreamSent(slice)
                case .end: finish(isReusable: parser.head.keepsAlive)
                }
            }
        } catch {
            isBroken = true
            let owner = owner
            self.owner = nil
            context?.close(promise: nil)
            owner?.upstreamBroke("the provider's answer is not HTTP: \(error.reason)")
        }
    }

    private func finish(isReusable: Bool) {
        guard let owner else { return close() }
        self.owner = nil
        resume()
        if !isReusable || input.readableBytes > 0 || isStillSending { isBroken = true }
        owner.upstreamFinished(self)
    }

    /// Whether the provider answered before it had taken the request: it may never take the rest.
    private var isStillSending: Bool {
        guard hasLargeBody, let left = try? context?.channel.syncOptions?.getOption(.bufferedWritableBytes) else {
            return false
        }
        return left > 0
    }

    /// The handshake has taken as long as a connection may.
    func handshakeTimedOut() {
        guard isHandshaking else { return }
        fault = ConnectFault(reason: "tls handshake timeout")
        close()
    }

    func channelInactive(context: ChannelHandlerContext) {
        upstream.gauge.connections.subtract(1, ordering: .relaxed)
        isBroken = true
        let owner = owner
        self.owner = nil
        let ready = ready
        self.ready = nil
        ready?(.failure(fault ?? ConnectFault(reason: "connection closed during the handshake")))
        if let owner {
            // A close without TLS's own goodbye can be anybody's: it never ends a body.
            if fault == nil, parser.connectionEnded() {
                owner.upstreamFinished(self)
            } else {
                owner.upstreamBroke("the provider closed too early")
            }
        } else {
            idleListener?(self)
        }
    }

    /// Told when the connection dies while idle.
    var idleListener: ((UpstreamConnection) -> Void)?

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        fault = ConnectFault(error)
        isBroken = true
        context.close(promise: nil)
    }
}
