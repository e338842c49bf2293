import Glibc

/// A blocking socket of a test, with a deadline on every wait.
final class TestSocket {
    private(set) var descriptor: Int32
    /// Bytes that came and have not been taken.
    var pending: [UInt8] = []

    init(descriptor: Int32, patienceSeconds: Int = 10) {
        self.descriptor = descriptor
        var limit = timeval(tv_sec: patienceSeconds, tv_usec: 0)
        setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
        setsockopt(descriptor, SOL_SOCKET, SO_SNDTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
        var on: Int32 = 1
        setsockopt(descriptor, Int32(IPPROTO_TCP), TCP_NODELAY, &on, socklen_t(MemoryLayout<Int32>.size))
    }

    deinit { close() }

    /// Connects to a port of this machine; `receiveBuffer` makes the window small, for slow readers.
    static func connect(port: Int, receiveBuffer: Int32? = nil) throws -> TestSocket {
        let made = socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        guard made >= 0 else { throw SocketFault(code: errno) }
        if var size = receiveBuffer {
            setsockopt(made, SOL_SOCKET, SO_RCVBUF, &size, socklen_t(MemoryLayout<Int32>.size))
        }
        var address = loopback(port)
        let outcome = withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                Glibc.connect(made, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        guard outcome == 0 else {
            Glibc.close(made)
            throw SocketFault(code: errno)
        }
        return TestSocket(descriptor: made)
    }

    static func loopback(_ port: Int) -> sockaddr_in {
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = in_port_t(truncatingIfNeeded: port).bigEndian
        address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
        return address
    }

    /// Sends all of it; false where the other side is gone.
    @discardableResult
    func send(_ text: String) -> Bool { send(Array(text.utf8)) }

    @discardableResult
    func send(_ bytes: [UInt8]) -> Bool {
        var sent = 0
        while sent < bytes.count {
            let size = bytes.withUnsafeBytes { all in
                all.baseAddress.map { Glibc.send(descriptor, $0 + sent, all.count - sent, Int32(MSG_NOSIGNAL)) } ?? 0
            }
            if size <= 0 { return false }
            sent += size
        }
        return true
    }

    /// Takes in what has come; 0 at the end, negative at a reset or after the deadline.
    @discardableResult
    func receive(_ most: Int = 65_536) -> Int {
        var chunk = [UInt8](repeating: 0, count: most)
        let size = recv(descriptor, &chunk, chunk.count, 0)
        if size > 0 { pending += chunk.prefix(size) }
        return size
    }

    /// Everything up to the end of the connection; `isReset` where it did not end properly.
    func rest() -> (text: String, isReset: Bool) {
        var size = 1
        while size > 0 { size = receive() }
        defer { pending = [] }
        return (String(decoding: pending, as: UTF8.self), size < 0)
    }

    /// The bytes up to and with `mark`; nil where the connection ends before.
    func take(through mark: String) -> String? {
        let wanted = Array(mark.utf8)
        var searched = 0
        while true {
            if pending.count >= wanted.count {
                for start in max(0, searched)...(pending.count - wanted.count)
                where pending[start] == wanted[0] && pending[start..<start + wanted.count].elementsEqual(wanted) {
                    let text = String(decoding: pending[..<(start + wanted.count)], as: UTF8.self)
                    pending.removeFirst(start + wanted.count)
                    return text
                }
                searched = pending.count - wanted.count
            }
            if receive() <= 0 { return nil }
        }
    }

    func take(_ count: Int) -> [UInt8]? {
        while pending.count < count { if receive() <= 0 { return nil } }
        defer { pending.removeFirst(count) }
        return Array(pending.prefix(count))
    }

    /// Waits until the other side has closed or reset; true where it has within the deadline.
    func waitForEnd() -> Bool {
        while true {
            let size = receive()
            if size == 0 { return true }
            if size < 0 { return errno != EAGAIN }
        }
    }

    func finishWriting() { shutdown(descriptor, Int32(SHUT_WR)) }

    /// Ends the connection by a reset.
    func reset() {
        var linger = linger(l_onoff: 1, l_linger: 0)
        setsockopt(descriptor, SOL_SOCKET, SO_LINGER, &linger, socklen_t(MemoryLayout<Glibc.linger>.size))
        close()
    }

    func close() {
        if descriptor >= 0 { Glibc.close(descriptor) }
        descriptor = -1
    }
}

/// A socket call that failed.
struct SocketFault: Error {
    var code: Int32
}

/// A message as a test reads it, by a reader of its own.
struct Message {
    var start = ""
    var fields: [(name: String, value: String)] = []
    var body = ""
    /// Whether the body came to its proper end.
    var isWhole = false

    var status: Int { Int(start.split(separator: " ").dropFirst().first ?? "") ?? 0 }

    func field(_ name: String) -> String? { fields.first { $0.name == name.lowercased() }?.value }

    func has(_ name: String) -> Bool { field(name) != nil }
}

extension TestSocket {
    /// The next message; nil where none comes.
    func message(isForHead: Bool = false) -> Message? {
        guard let head = take(through: "\r\n\r\n") else { return nil }
        var message = Message()
        var lines = head.split(separator: "\r\n").map(String.init)
        message.start = lines.removeFirst()
        for line in lines {
            guard let colon = line.firstIndex(of: ":") else { continue }
            let value = line[line.index(after: colon)...].drop { $0 == " " }
            message.fields.append((line[..<colon].lowercased(), String(value)))
        }
        let hasNone = isForHead || message.status == 100 || message.status == 204 || message.status == 304
        if hasNone {
            message.isWhole = true
        } else if message.field("transfer-encoding") == "chunked" {
            readChunks(into: &message)
        } else if let length = message.field("content-length").flatMap({ Int($0) }) {
            let bytes = take(length)
            message.body = String(decoding: bytes ?? pending, as: UTF8.self)
            message.isWhole = bytes != nil
        } else if message.start.hasPrefix("HTTP/") {
            let rest = rest()
            (message.body, message.isWhole) = (rest.text, !rest.isReset)
        } else {
            message.isWhole = true
        }
        return message
    }

    private func readChunks(into message: inout Message) {
        while let line = take(through: "\r\n"), let size = Int(line.dropLast(1), radix: 16) {
            if size == 0 {
                message.isWhole = take(2) != nil
                return
            }
            guard let bytes = take(size + 2) else { return }
            message.body += String(decoding: bytes.dropLast(2), as: UTF8.self)
        }
    }
}
