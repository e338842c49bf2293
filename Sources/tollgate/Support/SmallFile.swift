import CLinux
import Glibc

/// Files that commands read and write whole.
enum SmallFile {
    /// Reads a file, or standard input for `-`.
    ///
    /// - Throws: `Failure`: 74 where it cannot be read, 65 where it is longer than `limit`.
    static func read(_ path: String, limit: Int) throws -> [UInt8] {
        let descriptor = path == "-" ? dup(0) : open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw Failure(.io, "\(Visible.name(path)): \(SystemText.error(errno))") }
        defer { close(descriptor) }
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 64 * 1024)
        while true {
            let size = Glibc.read(descriptor, &chunk, chunk.count)
            if size < 0, errno == EINTR { continue }
            if size < 0 { throw Failure(.io, "\(Visible.name(path)): \(SystemText.error(errno))") }
            if size == 0 { return bytes }
            bytes += chunk.prefix(size)
            if bytes.count > limit { throw Failure(.data, "\(Visible.name(path)) is longer than \(limit) bytes") }
        }
    }

    /// Writes a file that must not exist yet, for its owner alone, and lasting.
    ///
    /// - Throws: `Failure`: 1 where it exists, 74 where it cannot be written; then nothing of it stays.
    static func create(_ path: String, _ bytes: [UInt8]) throws {
        let descriptor = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0o600)
        guard descriptor >= 0 else {
            if errno == EEXIST { throw Failure(.failure, "\(Visible.name(path)) exists already; nothing was written") }
            throw Failure(.io, "\(Visible.name(path)): \(SystemText.error(errno))")
        }
        defer { close(descriptor) }
        let fault = Descriptor.write(bytes, to: descriptor)
        guard fault == 0 else {
            unlink(path)
            throw Failure(.io, "\(Visible.name(path)): \(SystemText.error(fault))")
        }
        _ = fsync(descriptor)
    }
}

/// The monotonic clock in milliseconds.
enum Clock {
    static func now() -> Int64 { tg_monotonic_ns() / 1_000_000 }
}
