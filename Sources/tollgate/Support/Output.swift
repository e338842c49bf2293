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
        switch Descriptor.write(bytes, to: 1) {
        case 0: return
        case EPIPE: throw ExitCode(0)
        case let number: throw Failure(.io, "standard output: \(SystemText.error(number))")
        }
    }

    /// Whether the reader of a pipe has gone; a program that only waits would never learn it by writing.
    static var hasNoReader: Bool {
        var polled = pollfd(fd: 1, events: 0, revents: 0)
        return poll(&polled, 1, 0) > 0 && polled.revents & Int16(POLLERR | POLLNVAL) != 0
    }

    static var isTerminal: Bool { isatty(1) == 1 }
}

/// Writing whole texts to a descriptor.
enum Descriptor {
    /// Writes in as many calls as it takes.
    ///
    /// - Returns: the error number that ended it early; 0 where all went out.
    static func write(_ bytes: [UInt8], to descriptor: Int32) -> Int32 {
        var rest = bytes[...]
        while !rest.isEmpty {
            let size = rest.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
            if size < 0, errno == EINTR { continue }
            guard size > 0 else { return size < 0 ? errno : EIO }
            rest = rest.dropFirst(size)
        }
        return 0
    }
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
