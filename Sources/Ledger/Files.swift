import Glibc

/// The few calls to the kernel about files that this room needs, with `EINTR` handled in one place.
enum Files {
    /// The text of an error number: `No space left on device`.
    static func text(of number: Int32) -> String {
        var buffer = [CChar](repeating: 0, count: 256)
        guard strerror_r(number, &buffer, buffer.count) == 0 else { return "error \(number)" }
        let bytes = buffer.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// Opens a file, closed on exec; -1 with `errno` set where it fails.
    static func open(_ path: String, _ flags: Int32, mode: mode_t = 0o600) -> Int32 {
        while true {
            let descriptor = Glibc.open(path, flags | O_CLOEXEC, mode)
            if descriptor >= 0 || errno != EINTR { return descriptor }
        }
    }

    /// Writes as much as the kernel takes, in as many calls as it needs.
    ///
    /// - Returns: how many bytes were written, and the error number that ended it early (0 where all went out).
    static func write(_ bytes: UnsafeRawBufferPointer, to descriptor: Int32) -> (written: Int, error: Int32) {
        var done = 0
        while done < bytes.count {
            guard let base = bytes.baseAddress else { break }
            let count = Glibc.write(descriptor, base + done, bytes.count - done)
            if count > 0 {
                done += count
            } else if count < 0 && errno == EINTR {
                continue
            } else {
                return (done, count < 0 ? errno : EIO)
            }
        }
        return (done, 0)
    }

    /// Reads up to `count` bytes at `offset`; nil with `errno` set where it fails, empty at the end.
    static func read(_ descriptor: Int32, count: Int, at offset: Int64) -> [UInt8]? {
        var failed = false
        let bytes = [UInt8](unsafeUninitializedCapacity: max(0, count)) { buffer, filled in
            while true {
                let got = pread(descriptor, buffer.baseAddress, buffer.count, off_t(offset))
                if got >= 0 {
                    filled = got
                } else if errno == EINTR {
                    continue
                } else {
                    failed = true
                }
                return
            }
        }
        return failed ? nil : bytes
    }

    /// The status of a path; nil where there is nothing (or it cannot be asked).
    static func status(_ path: String) -> stat? {
        var status = stat()
        return stat(path, &status) == 0 ? status : nil
    }

    /// The status of an open file.
    static func status(of descriptor: Int32) -> stat? {
        var status = stat()
        return fstat(descriptor, &status) == 0 ? status : nil
    }

    /// Makes a rename or a creation in `folder` last over a power cut; failure is of no consequence to the caller.
    static func synchronizeFolder(_ folder: String) {
        let descriptor = open(folder, O_RDONLY | O_DIRECTORY)
        guard descriptor >= 0 else { return }
        _ = fsync(descriptor)
        _ = close(descriptor)
    }
}

/// Which file a path led to: another one of the same name is another file.
struct FileIdentity: Equatable, Sendable {
    private let device: UInt
    private let number: UInt

    init(_ status: stat) {
        device = UInt(status.st_dev)
        number = UInt(status.st_ino)
    }
}
