import HTTP
import NIOCore
import NIOPosix
import Synchronization

@testable import Simulator

/// One request over real loopback HTTP, and its whole answer.
struct Loopback {
    struct Answer: Sendable, Equatable {
        var status: UInt16 = 0
        var fields: [String: String] = [:]
        var body = ""
        /// Whether the body came to its proper end.
        var isWhole = false

        /// The `data:` texts of an event stream.
        var events: [String] {
            body.split(separator: "\n").filter { $0.hasPrefix("data: ") }.map { String($0.dropFirst(6)) }
        }
    }

    var port: Int

    func post(_ path: String, key: String, _ body: String) throws -> Answer {
        try send(
            "POST \(path) HTTP/1.1\r\nHost: sim\r\nAuthorization: Bearer \(key)\r\nX-Request-ID: r-1\r\n"
                + "Content-Length: \(body.utf8.count)\r\nConnection: close\r\n\r\n\(body)")
    }

    func get(_ path: String, key: String) throws -> Answer {
        try send("GET \(path) HTTP/1.1\r\nHost: sim\r\nAuthorization: Bearer \(key)\r\nConnection: close\r\n\r\n")
    }

    /// Sends `text` on a connection of its own, and reads until the other side closes.
    func send(_ text: String) throws -> Answer {
        let group = MultiThreadedEventLoopGroup.singleton
        let promise = group.next().makePromise(of: Answer.self)
        _ = try ClientBootstrap(group: group)
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(Collector(promise))
                }
            }
            .connect(host: "127.0.0.1", port: port)
            .flatMap { channel in channel.writeAndFlush(ByteBuffer(string: text)) }
            .wait()
        return try promise.futureResult.wait()
    }

    private final class Collector: ChannelInboundHandler {
        typealias InboundIn = ByteBuffer

        private let promise: EventLoopPromise<Answer>
        private var parser = ResponseParser()
        private var input = ByteBuffer()
        private var answer = Answer()

        init(_ promise: EventLoopPromise<Answer>) {
            self.promise = promise
            parser.expect()
        }

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            var bytes = unwrapInboundIn(data)
            input.writeBuffer(&bytes)
            do {
                while true {
                    switch try parser.next(&input) {
                    case .head:
                        answer.status = parser.head.status
                        for field in parser.head.fields {
                            let name = parser.head.text(in: field.nameRange).lowercased()
                            answer.fields[name] = parser.head.text(in: field.valueRange)
                        }
                    case .body(let bytes): answer.body += String(buffer: bytes)
                    case .end:
                        // The next answer of a pipeline may come in this read or in a later one.
                        answer.isWhole = true
                        parser.expect()
                    case .needsMore: return
                    }
                }
            } catch {
                promise.fail(error)
            }
        }

        func channelInactive(context: ChannelHandlerContext) { promise.succeed(answer) }
    }
}
