import Domain
import FoundationEssentials
import Glibc
import HTTP
import NIOCore
import Synchronization
import Telemetry

/// `struct ucred` of the kernel, which Glibc's module does not show.
private struct PeerCredentials: Sendable {
    var process: Int32 = 0
    var user: UInt32 = .max
    var group: UInt32 = .max
}

/// Whether the event loop of the socket still takes answers: the desk and the collector are stopped after it, and what
/// is given to a loop that has ended is an error of its own.
final class AnswerGate: Sendable {
    private let isOpen = Mutex(true)

    /// Does something unless the gate is closed, which waits for it meanwhile.
    func pass(_ body: () -> Void) { isOpen.withLock { if $0 { body() } } }

    func close() { isOpen.withLock { $0 = false } }
}

/// What goes back on an admin connection.
private struct AdminReply: Sendable {
    var status: UInt16
    var content: [UInt8]

    static let unavailable = AdminReply(
        status: 503, content: Array(#"{"error":"the figures are not available now"}"#.utf8))

    init(status: UInt16, content: [UInt8]) {
        self.status = status
        self.content = content
    }

    /// A value that becomes JSON on the thread that has it, not on the socket's loop.
    init(json value: some Encodable) {
        if let data = try? JSONEncoder().encode(value) {
            self.init(status: 200, content: Array(data))
        } else {
            self.init(status: 500, content: Array(#"{"error":"the answer cannot be written"}"#.utf8))
        }
    }
}

/// One admin connection: requests one after another, each answered whole.
///
/// Nothing more is read while one is answered and until the answer has gone out: a peer that asks without reading fills
/// its own socket and no memory of ours.
final class AdminHandler: ChannelDuplexHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private let backend: AdminBackend
    private let gate: AnswerGate
    private var parser = RequestParser(limits: MessageLimits(body: 1 << 20))
    private var input = ByteBuffer()
    private var body = ByteBuffer()
    private var isBusy = false
    /// The peer's user; nil until the kernel has said who it is.
    private var user: String?
    private var wantsRead = false
    private var context: ChannelHandlerContext?

    init(backend: AdminBackend, gate: AnswerGate) {
        self.backend = backend
        self.gate = gate
    }

    func channelActive(context: ChannelHandlerContext) {
        self.context = context
        // The socket's mode keeps others out; a mode can be changed by hand, a peer's user cannot.
        guard let provider = context.channel as? any SocketOptionProvider else {
            context.close(promise: nil)
            return
        }
        let bound = NIOLoopBound(self, eventLoop: context.eventLoop)
        let asked: EventLoopFuture<PeerCredentials> = provider.unsafeGetSocketOption(
            level: NIOBSDSocket.OptionLevel(rawValue: SOL_SOCKET), name: NIOBSDSocket.Option(rawValue: SO_PEERCRED))
        asked.whenComplete { bound.value.judge(try? $0.get()) }
    }

    private func judge(_ peer: PeerCredentials?) {
        guard let peer, peer.user == geteuid() || peer.user == 0 else {
            isBusy = true
            send(status: 403, Array(#"{"error":"this gateway is another user's"}"#.utf8), closes: true)
            return
        }
        user = UserName.of(peer.user)
        advance()
    }

    func channelInactive(context: ChannelHandlerContext) { self.context = nil }

    func read(context: ChannelHandlerContext) {
        if isBusy { wantsRead = true } else { context.read() }
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        var bytes = unwrapInboundIn(data)
        input.writeBuffer(&bytes)
        advance()
    }

    private func advance() {
        while !isBusy, user != nil {
            do {
                switch try parser.next(&input) {
                case .needsMore: return
                case .head: body = ByteBuffer()
                case .body(var slice): body.writeBuffer(&slice)
                case .end:
                    isBusy = true
                    handle()
                }
            } catch {
                isBusy = true
                send(status: error.status, Array("{\"error\":\"\(error.reason)\"}".utf8), closes: true)
                return
            }
        }
    }

    private func handle() {
        let target = parser.head.text(in: parser.head.target)
        let path = String(target.prefix { $0 != "?" })
        switch (parser.head.method, path) {
        case (.get, AdminPath.info): sendJSON(backend.info)
        case (.get, AdminPath.live):
            let reply = promiseReply()
            let asked = backend.collector.snapshot(windowSeconds: AdminHandler.window(target)) {
                reply(AdminReply(json: $0))
            }
            if !asked { reply(.unavailable) }
        case (.get, AdminPath.snapshot):
            let reply = promiseReply()
            let (collector, window) = (backend.collector, AdminHandler.window(target))
            // What the loops still hold belongs to the figures: scripts compare them with a provider's own.
            backend.desk.afterHandOver {
                let asked = collector.snapshot(windowSeconds: window) {
                    reply(AdminReply(status: 200, content: SnapshotJSON.encode($0)))
                }
                if !asked { reply(.unavailable) }
            }
        case (.post, AdminPath.orders):
            guard var order = decode(Order.self), let user else { return sendFault(400, "the body is no order") }
            // Who acts is the kernel's word; from which terminal, the peer's.
            order.actor = Actor(user: user, terminal: String(order.actor.terminal.filter(\.isPlain).prefix(40)))
            let reply = promiseReply()
            backend.desk.submit(order) { reply(AdminReply(json: $0)) }
        case (.post, AdminPath.queries):
            guard let query = decode(Query.self) else { return sendFault(400, "the body is no query") }
            let reply = promiseReply()
            backend.desk.ask(query) { reply(AdminReply(json: $0)) }
        default: sendFault(404, "there is no such path")
        }
    }

    private static func window(_ target: String) -> Int {
        let query = target.drop { $0 != "?" }.dropFirst()
        for part in query.split(separator: "&") where part.hasPrefix("window=") {
            return min(max(Int(part.dropFirst(7)) ?? 300, 60), 86_400)
        }
        return 300
    }

    private func decode<Value: Decodable>(_ type: Value.Type) -> Value? {
        try? JSONDecoder().decode(type, from: Data(body.readableBytesView))
    }

    private func sendJSON(_ value: some Encodable) {
        guard let data = try? JSONEncoder().encode(value) else { return sendFault(500, "the answer cannot be written") }
        send(status: 200, Array(data), closes: false)
    }

    private func sendFault(_ status: UInt16, _ reason: String) {
        send(status: status, Array("{\"error\":\"\(reason)\"}".utf8), closes: false)
    }

    /// A closure that answers from any thread, once; after the end it answers nobody.
    private func promiseReply() -> @Sendable (AdminReply) -> Void {
        guard let context else { return { _ in } }
        let bound = NIOLoopBound(self, eventLoop: context.eventLoop)
        return { [gate] reply in
            gate.pass {
                bound.eventLoop.execute { bound.value.send(status: reply.status, reply.content, closes: false) }
            }
        }
    }

    private func send(status: UInt16, _ content: [UInt8], closes: Bool) {
        guard let context else { return }
        var buffer = ByteBufferAllocator().buffer(capacity: 256 + content.count)
        HeadWriter.status(status, into: &buffer)
        buffer.writeStaticString("Content-Type: application/json\r\n")
        HeadWriter.field("Content-Length", content.count, into: &buffer)
        buffer.writeStaticString("\r\n")
        buffer.writeBytes(content)
        let bound = NIOLoopBound(self, eventLoop: context.eventLoop)
        context.writeAndFlush(wrapOutboundOut(buffer)).whenComplete { _ in bound.value.answered(closes: closes) }
    }

    /// The answer has gone out: the next request may be looked at.
    private func answered(closes: Bool) {
        // Who has gone has no more requests.
        guard let context else { return }
        if closes { return context.close(promise: nil) }
        isBusy = false
        advance()
        guard !isBusy, wantsRead else { return }
        wantsRead = false
        context.read()
    }
}

extension Character {
    /// Fit for a line of the audit: a visible character that is one scalar.
    fileprivate var isPlain: Bool { unicodeScalars.count == 1 && unicodeScalars.allSatisfy(VisibleText.isVisible) }
}
