import ArgumentParser
import Glibc

/// Standard output: whole texts, and a clean end where nobody reads them.
enum Output {
    /// Writes a line.
    ///
    /// - Throws: `Failure` where the device refuses; an exit without a word where the reader has gone (`| head`).
    static func line(_ text: String) throws { try write(Array(text.utf8) + [0x0a]) }

    /// Writes bytes as they are.
    static func write(_ bytes: [UInt8]) throws {
        var rest = bytes[...]
        while !rest.isEmpty {
            let size = rest.withUnsafeBytes { Glibc.write(1, $0.baseAddress, $0.count) }
            if size > 0 {
                rest = rest.dropFirst(size)
            } else if size < 0, errno == EINTR {
                continue
            } else if size < 0, errno == EPIPE {
                throw ExitCode(0)
            } else {
                throw Failure(.io, "standard output: \(SystemText.error(size < 0 ? errno : EIO))")
            }
        }
    }

    /// Whether the reader of a pipe has gone; a program that only waits would never learn it by writing.
    static var hasNoReader: Bool {
        var polled = pollfd(fd: 1, events: 0, revents: 0)
        return poll(&polled, 1, 0) > 0 && polled.revents & Int16(POLLERR | POLLNVAL) != 0
    }

    static var isTerminal: Bool { isatty(1) == 1 }
}

/// Words of the system.
enum SystemText {
    /// The text of an error number: `No space left on device`.
    static func error(_ number: Int32) -> String {
        var buffer = [CChar](repeating: 0, count: 256)
        guard strerror_r(number, &buffer, buffer.count) == 0 else { return "error \(number)" }
        return String(decoding: buffer.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }
}
