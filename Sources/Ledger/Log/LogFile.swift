import Glibc

/// The request log on disk: appends whole lines, rotates by size, mends what a full disk or a crash tore.
///
/// Only one thread uses it at a time.
struct LogFile: ~Copyable {
    /// How bytes reach the file; tests put a full disk in its place.
    struct Sink: Sendable {
        var write: @Sendable (UnsafeRawBufferPointer, Int32) -> (written: Int, error: Int32)

        static let kernel = Sink { Files.write($0, to: $1) }
    }

    let path: String
    /// The file is renamed before it grows beyond this many bytes; 0: never.
    let rotateBytes: Int64
    /// How many renamed files stay: `path.1` is the youngest.
    let keep: Int
    private let sink: Sink
    private var descriptor: Int32 = -1
    private var size: Int64 = 0
    /// A file can be cut back and renamed; a pipe or a terminal cannot.
    private var isRegular = false
    /// The last line in the file has no end: one is written before anything else.
    private var isTorn = false

    init(path: String, rotateBytes: Int64, keep: Int, sink: Sink = .kernel) {
        self.path = path
        self.rotateBytes = rotateBytes
        self.keep = keep
        self.sink = sink
    }

    deinit { if descriptor >= 0 { _ = close(descriptor) } }

    /// Opens the file where it is not open.
    ///
    /// - Throws: `.full`, `.readOnly` or `.unwritable`, with the reason.
    mutating func open() throws(LedgerError) {
        guard descriptor < 0 else { return }
        // Non-blocking, so that a pipe nobody reads cannot hold the thread; a regular file does not mind.
        let opened = Files.open(path, O_RDWR | O_CREAT | O_APPEND | O_NONBLOCK | O_NOCTTY)
        guard opened >= 0 else { throw Store.failure(errno, "log file \(path)") }
        guard let status = Files.status(of: opened) else {
            let reason = errno
            _ = close(opened)
            throw Store.failure(reason, "log file \(path)")
        }
        isRegular = status.st_mode & S_IFMT == S_IFREG
        size = isRegular ? Int64(status.st_size) : 0
        if isRegular { _ = fchmod(opened, 0o600) }
        descriptor = opened
        if isRegular, size > 0 { isTorn = Files.read(opened, count: 1, at: size - 1) != [0x0a] }
    }

    /// Lets the file go; the next append opens whatever has its name then.
    mutating func reopen() {
        if descriptor >= 0 { _ = close(descriptor) }
        descriptor = -1
        isTorn = false
    }

    /// Closes a file that has been deleted: what is written to it nobody will read.
    ///
    /// A renamed one is another matter: whoever renamed it says when it may go, see `reopen`.
    private mutating func letGoOfRemoved() {
        if isRegular, descriptor >= 0, Files.status(of: descriptor)?.st_nlink == 0 { reopen() }
    }

    /// Appends whole lines.
    ///
    /// - Parameter lines: bytes that end in a line feed.
    /// - Returns: how many of the bytes are in the file for good, always whole lines, and why it stopped early.
    mutating func append(_ lines: UnsafeRawBufferPointer) -> (written: Int, failure: LedgerError?) {
        letGoOfRemoved()
        do throws(LedgerError) { try open() } catch { return (0, error) }
        var done = 0
        while done < lines.count {
            if isTorn, let failure = mend() { return (done, failure) }
            let rest = UnsafeRawBufferPointer(rebasing: lines[done...])
            let length = fitting(rest)
            if length == 0 {
                do throws(LedgerError) { try rotate() } catch { return (done, error) }
                continue
            }
            let (written, number) = sink.write(UnsafeRawBufferPointer(rebasing: rest[..<length]), descriptor)
            size += Int64(written)
            if written == length {
                done += written
                continue
            }
            done += cutBack(rest, written: written)
            return (done, Store.failure(number, "log file \(path)"))
        }
        return (done, nil)
    }

    /// How many of the bytes go into this file before it is renamed: whole lines, 0 where it is full.
    private func fitting(_ lines: UnsafeRawBufferPointer) -> Int {
        guard isRegular, rotateBytes > 0 else { return lines.count }
        let room = rotateBytes - size
        if room >= Int64(lines.count) { return lines.count }
        if room > 0, let end = lines[..<Int(room)].lastIndex(of: 0x0a) { return end + 1 }
        guard size == 0 else { return 0 }
        // One line alone is longer than a file may be: it gets a file of its own.
        return (lines.firstIndex(of: 0x0a) ?? lines.count - 1) + 1
    }

    /// After a write that ended early: keeps the whole lines and removes the beginning of the next.
    ///
    /// - Returns: how many bytes of whole lines stay.
    private mutating func cutBack(_ lines: UnsafeRawBufferPointer, written: Int) -> Int {
        let whole = (lines[..<written].lastIndex(of: 0x0a) ?? -1) + 1
        guard written > whole else { return whole }
        let target = size - Int64(written - whole)
        if isRegular, ftruncate(descriptor, off_t(target)) == 0 {
            size = target
        } else {
            isTorn = true
        }
        return whole
    }

    /// Ends a line that was left without an end.
    private mutating func mend() -> LedgerError? {
        let (written, number) = [UInt8(0x0a)].withUnsafeBytes { sink.write($0, descriptor) }
        guard written == 1 else { return Store.failure(number, "log file \(path)") }
        size += 1
        isTorn = false
        return nil
    }

    /// Renames `path` to `path.1`, `path.1` to `path.2` and so on, and begins a new file.
    private mutating func rotate() throws(LedgerError) {
        if keep > 0 {
            for number in stride(from: keep - 1, through: 1, by: -1) {
                _ = rename("\(path).\(number)", "\(path).\(number + 1)")
            }
            guard rename(path, "\(path).1") == 0 || errno == ENOENT else {
                throw Store.failure(errno, "log file \(path)")
            }
        } else if unlink(path) != 0, errno != ENOENT {
            throw Store.failure(errno, "log file \(path)")
        }
        reopen()
        try open()
        // Another program may have put a full file there meanwhile; writing on beats renaming for ever.
        if size >= rotateBytes { throw LedgerError(.failed, "log file \(path) is written by another program") }
    }
}
