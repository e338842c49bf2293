import Glibc
import Synchronization

/// A provider that does what a test tells it: each connection is a thread that runs the script.
final class ScriptedProvider: Sendable {
    let port: Int
    private let listener: Int32
    /// Every request that arrived whole, in order.
    private let seen = Mutex<[Message]>([])
    private let opened = Atomic<Int>(0)

    /// - Parameter script: called for each connection; the connection is closed when it returns.
    init(_ script: @escaping @Sendable (ProviderSide) -> Void) throws {
        let made = socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        guard made >= 0 else { throw SocketFault(code: errno) }
        listener = made
        var address = TestSocket.loopback(0)
        var size = socklen_t(MemoryLayout<sockaddr_in>.size)
        let isBound = withUnsafeMutablePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(made, $0, size) == 0 && getsockname(made, $0, &size) == 0
            }
        }
        guard isBound, listen(made, 512) == 0 else { throw SocketFault(code: errno) }
        port = Int(UInt16(bigEndian: address.sin_port))
        Threads.run(1, { [self] _ in accept(script) }, {})
    }

    private func accept(_ script: @escaping @Sendable (ProviderSide) -> Void) {
        while true {
            let descriptor = Glibc.accept(listener, nil, nil)
            guard descriptor >= 0 else {
                // Closed here and not by `stop`: this thread would else accept at whatever took the number next.
                close(listener)
                return
            }
            opened.add(1, ordering: .relaxed)
            Threads.run(
                1,
                { [self] _ in
                    script(
                        ProviderSide(socket: TestSocket(descriptor: descriptor)) { [self] request in
                            seen.withLock { $0.append(request) }
                        })
                }, {})
        }
    }

    var requests: [Message] { seen.withLock { $0 } }
    var connections: Int { opened.load(ordering: .relaxed) }

    func stop() { shutdown(listener, Int32(SHUT_RDWR)) }

    /// Answers every request of a connection with the same bytes.
    static func answering(_ answer: String) throws -> ScriptedProvider {
        try ScriptedProvider { side in
            while side.next() != nil { side.send(answer) }
        }
    }

    /// A whole answer with a body.
    static func text(_ status: Int, _ body: String, fields: String = "") -> String {
        "HTTP/1.1 \(status) X\r\nContent-Type: application/json\r\nContent-Length: \(body.utf8.count)\r\n\(fields)\r\n\(body)"
    }

    /// The head of an event stream.
    static let streamHead = "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n"

    static func chunk(_ text: String) -> String { String(text.utf8.count, radix: 16) + "\r\n" + text + "\r\n" }

    static let lastChunk = "0\r\n\r\n"
}

/// The provider's end of one connection.
struct ProviderSide {
    let socket: TestSocket
    private let note: (Message) -> Void

    init(socket: TestSocket, note: @escaping (Message) -> Void) {
        self.socket = socket
        self.note = note
    }

    /// The next request; nil where none comes any more.
    func next() -> Message? {
        guard let request = socket.message() else { return nil }
        note(request)
        return request
    }

    @discardableResult
    func send(_ text: String) -> Bool { socket.send(text) }

    @discardableResult
    func chunk(_ text: String) -> Bool { socket.send(ScriptedProvider.chunk(text)) }
}
