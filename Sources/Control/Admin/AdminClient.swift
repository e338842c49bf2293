package import Domain
import FoundationEssentials
import Glibc
import HTTP
import NIOCore
package import Telemetry

/// The other end of the admin socket: blocking, one request at a time, for commands and attached dashboards.
package final class AdminClient {
    private let path: String
    private var descriptor: Int32 = -1
    /// How long one answer may take, in seconds.
    private let patience: Int

    package init(path: String, patienceSeconds: Int = 10) {
        self.path = path
        patience = patienceSeconds
    }

    deinit { if descriptor >= 0 { close(descriptor) } }

    /// Who answers at the socket.
    ///
    /// - Throws: `AdminError`, as every call here does: `.notRunning` where nobody listens, `.failed` where no answer
    ///   came in time or it makes no sense, `.denied` where the socket is another user's.
    package func info() throws(AdminError) -> AdminInfo { try get(AdminPath.info) }

    /// One snapshot over a window of 60 to 86,400 seconds.
    ///
    /// - Throws: see `info()`.
    package func live(windowSeconds: Int) throws(AdminError) -> LiveSnapshot {
        try get("\(AdminPath.live)?window=\(windowSeconds)")
    }

    /// The stable JSON of a snapshot, as bytes.
    ///
    /// - Throws: see `info()`.
    package func snapshotJSON(windowSeconds: Int) throws(AdminError) -> [UInt8] {
        try exchange("GET", "\(AdminPath.snapshot)?window=\(windowSeconds)", body: [])
    }

    /// Has an order carried out.
    ///
    /// - Throws: `.failed` where no answer came; whether the order was carried out only the audit knows then.
    package func submit(_ order: Order) throws(AdminError) -> Outcome {
        do throws(AdminError) {
            return try post(AdminPath.orders, order)
        } catch {
            guard error.code == .failed else { throw error }
            throw AdminError(.failed, error.message + "; it may have happened or not, the audit shows it")
        }
    }

    /// Has a question answered; `.failed` in it is an answer too.
    ///
    /// - Throws: see `info()`.
    package func ask(_ query: Query) throws(AdminError) -> Answer { try post(AdminPath.queries, query) }

    private func get<Value: Decodable>(_ path: String) throws(AdminError) -> Value {
        try decode(try exchange("GET", path, body: []))
    }

    private func post<Value: Decodable>(_ path: String, _ value: some Encodable) throws(AdminError) -> Value {
        guard let body = try? JSONEncoder().encode(value) else {
            throw AdminError(.failed, "cannot be written as JSON")
        }
        return try decode(try exchange("POST", path, body: Array(body)))
    }

    private func decode<Value: Decodable>(_ bytes: [UInt8]) throws(AdminError) -> Value {
        do {
            return try JSONDecoder().decode(Value.self, from: Data(bytes))
        } catch {
            throw AdminError(.failed, "the gateway's answer is of another version; use the same tollgate on both sides")
        }
    }

    /// Sends a request and waits for its answer; a connection that broke since the last one is made anew, once.
    private func exchange(_ method: String, _ target: String, body: [UInt8]) throws(AdminError) -> [UInt8] {
        let isFresh = descriptor < 0
        if isFresh { try connectSocket() }
        do throws(AdminError) {
            return try attempt(method, target, body: body)
        } catch {
            closeSocket()
            // An order may have been carried out: only questions are asked twice.
            if isFresh || method != "GET" { throw error }
        }
        try connectSocket()
        do throws(AdminError) {
            return try attempt(method, target, body: body)
        } catch {
            closeSocket()
            throw error
        }
    }

    private func attempt(_ method: String, _ target: String, body: [UInt8]) throws(AdminError) -> [UInt8] {
        let head = "\(method) \(target) HTTP/1.1\r\nHost: admin\r\nContent-Length: \(body.count)\r\n\r\n"
        try send(Array(head.utf8) + body)
        var parser = ResponseParser(limits: MessageLimits(head: 64 * 1024, body: 1 << 30))
        parser.expect()
        var input = ByteBuffer()
        var content: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 64 * 1024)
        while true {
            do {
                switch try parser.next(&input) {
                case .head: break
                case .body(let slice): content += slice.readableBytesView
                case .end:
                    if parser.head.status == 200 { return content }
                    if parser.head.status == 403 {
                        throw AdminError(.denied, "the admin socket \(path) is another user's")
                    }
                    throw AdminError(.failed, AdminClient.reason(content, status: parser.head.status))
                case .needsMore:
                    let size = read(descriptor, &chunk, chunk.count)
                    if size < 0, errno == EINTR { continue }
                    if size <= 0 {
                        throw AdminError(.failed, size == 0 ? "the gateway has gone" : "the gateway does not answer")
                    }
                    input.writeBytes(chunk.prefix(size))
                }
            } catch let fault as AdminError {
                throw fault
            } catch {
                throw AdminError(.failed, "the gateway's answer cannot be read")
            }
        }
    }

    private static func reason(_ content: [UInt8], status: UInt16) -> String {
        struct Fault: Decodable { var error: String }
        return (try? JSONDecoder().decode(Fault.self, from: Data(content)))?.error ?? "the gateway answered \(status)"
    }

    private func send(_ bytes: [UInt8]) throws(AdminError) {
        var sent = 0
        while sent < bytes.count {
            let size = bytes.withUnsafeBytes { all in
                all.baseAddress.map { Glibc.send(descriptor, $0 + sent, all.count - sent, Int32(MSG_NOSIGNAL)) } ?? 0
            }
            if size < 0, errno == EINTR { continue }
            if size <= 0 { throw AdminError(.failed, "the gateway has gone") }
            sent += size
        }
    }

    private func closeSocket() {
        if descriptor >= 0 { close(descriptor) }
        descriptor = -1
    }

    private func connectSocket() throws(AdminError) {
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        let bytes = Array(path.utf8)
        guard bytes.count < MemoryLayout.size(ofValue: address.sun_path) else {
            // No gateway can listen there either.
            throw AdminError(.notRunning, "the path of the admin socket is too long: \(path)")
        }
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: bytes) }
        let made = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        guard made >= 0 else { throw AdminError(.failed, "no socket to be had") }
        var limit = timeval(tv_sec: patience, tv_usec: 0)
        setsockopt(made, SOL_SOCKET, SO_RCVTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
        setsockopt(made, SOL_SOCKET, SO_SNDTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
        let outcome = withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(made, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
            }
        }
        guard outcome == 0 else {
            let code = errno
            close(made)
            if code == ENOENT || code == ECONNREFUSED {
                throw AdminError(.notRunning, "no gateway is running here (\(path))")
            }
            if code == EACCES || code == EPERM {
                throw AdminError(.denied, "the admin socket \(path) is another user's")
            }
            throw AdminError(.failed, "the admin socket \(path) cannot be reached (errno \(code))")
        }
        descriptor = made
    }
}
