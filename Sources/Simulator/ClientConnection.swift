import HTTP
import NIOCore

/// How one request of a client ended.
struct ClientResult {
    /// Status of the answer; 0 where none came.
    var status: UInt16 = 0
    /// Whether the answer came to its proper end.
    var isWhole = false
    var hasLeft = false
    var hasErrorEvent = false
    /// Whole seconds of `Retry-After`.
    var retryAfterSeconds: Int?
    /// Whether the answer forbids another try.
    var forbidsRetry = false
}

/// One keep-alive connection of a simulated client, one request at a time.
final class ClientConnection: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private struct Waiting {
        var request: ClientRequest
        var result = ClientResult()
        var chunks = 0
        var done: (ClientResult) -> Void
    }

    private var parser = ResponseParser()
    private var input = ByteBuffer()
    private var waiting: Waiting?
    private var context: ChannelHandlerContext?
    /// Whether another request may be sent on it.
    private(set) var isOpen = true
    /// Told once when the connection has ended.
    var onClose: ((ClientConnection) -> Void)?

    func handlerAdded(context: ChannelHandlerContext) { self.context = context }

    func handlerRemoved(context: ChannelHandlerContext) { self.context = nil }

    /// Sends `request`; `done` is called once, on the same event loop.
    func send(_ request: ClientRequest, done: @escaping (ClientResult) -> Void) {
        guard isOpen, waiting == nil, let context else { return done(ClientResult()) }
        waiting = Waiting(request: request, done: done)
        parser.expect()
        context.writeAndFlush(wrapOutboundOut(request.bytes), promise: nil)
    }

    /// Closes; a request under way ends as broken.
    func close() {
        isOpen = false
        context?.close(promise: nil)
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        var bytes = unwrapInboundIn(data)
        if input.readableBytes == 0 { input = bytes } else { input.writeBuffer(&bytes) }
        while isOpen {
            do throws(HTTPFault) {
                switch try parser.next(&input) {
                case .needsMore: return
                case .head: readHead()
                case .body(let bytes): readBody(bytes)
                case .end:
                    waiting?.result.isWhole = true
                    if !parser.head.keepsAlive { isOpen = false }
                    finish()
                    if !isOpen { context.close(promise: nil) }
                }
            } catch {
                isOpen = false
                context.close(promise: nil)
            }
        }
    }

    func channelInactive(context: ChannelHandlerContext) {
        isOpen = false
        if parser.connectionEnded() { waiting?.result.isWhole = true }
        finish()
        let onClose = self.onClose
        self.onClose = nil
        onClose?(self)
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        isOpen = false
        context.close(promise: nil)
    }

    private func readHead() {
        waiting?.result.status = parser.head.status
        waiting?.result.retryAfterSeconds = parser.head.text(of: .retryAfter).flatMap { Int($0) }
        waiting?.result.forbidsRetry = parser.head.value(named: "x-should-retry") == "false"
    }

    private func readBody(_ bytes: ByteBuffer) {
        guard let now = waiting, now.request.isStream, now.result.status == 200 else { return }
        waiting?.chunks = now.chunks + 1
        if bytes.readableBytesView.starts(with: "data: {\"error\"".utf8) { waiting?.result.hasErrorEvent = true }
        if let leavesAfter = now.request.leavesAfter, now.chunks + 1 >= leavesAfter {
            waiting?.result.hasLeft = true
            finish()
            close()
        }
    }

    private func finish() {
        guard let ended = waiting else { return }
        waiting = nil
        ended.done(ended.result)
    }
}
