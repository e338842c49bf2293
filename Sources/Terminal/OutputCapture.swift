internal import CLinux
internal import Glibc
internal import Synchronization

/// Descriptors 1 and 2 while the screen is up: they go to a file, because a stray line would destroy the picture, and
/// a pipe that the dashboard drains would block whoever writes once the dashboard stalls.
///
/// The file is appended to, private to its owner, and rotated to `PATH.1` by `rotate()` once it is longer than the
/// bound. One capture a process; its methods are safe from any thread.
package final class OutputCapture: Sendable {
    private struct State {
        /// Where what this capture has seen begins in the file.
        var start: Int
        var isActive: Bool
    }

    /// The bytes at the end of the file that `tail` looks at.
    private static let window = 65_536

    private let path: String
    private let limit: Int
    private let output: Int32
    private let errors: Int32
    private let state: Mutex<State>

    /// Sends descriptors 1 and 2 to a file.
    ///
    /// - Parameters:
    ///   - path: the file in the data folder; made where it does not exist, a symbolic link is refused.
    ///   - limit: bytes after which `rotate()` begins a new file.
    /// - Throws: `TerminalError` of code `system`; the descriptors are then as they were.
    package convenience init(path: String, limit: Int = 1_000_000) throws(TerminalError) {
        try self.init(path: path, limit: max(4_096, limit), output: STDOUT_FILENO, errors: STDERR_FILENO)
    }

    /// Sends two descriptors to a file.
    init(path: String, limit: Int, output: Int32, errors: Int32) throws(TerminalError) {
        self.path = path
        self.limit = limit
        self.output = output
        self.errors = errors
        state = Mutex(State(start: 0, isActive: true))
        let size = try redirect()
        state.withLock { $0.start = size }
    }

    deinit { _ = restore() }

    /// Begins a new file where the present one is longer than the bound.
    ///
    /// Call it about every second.
    package func rotate() {
        state.withLock { state in
            guard state.isActive, OutputCapture.size(of: path) > limit, rename(path, path + ".1") == 0 else { return }
            if (try? redirect()) != nil { state.start = 0 }
        }
    }

    /// The last lines that were written since this capture began (or since the file was rotated), oldest first.
    ///
    /// - Parameter count: the most lines to return; only the last 64 KB are looked at.
    package func tail(_ count: Int) -> [String] {
        state.withLock { OutputCapture.lines(count, path: path, from: $0.start) }
    }

    /// Puts descriptors 1 and 2 back.
    ///
    /// - Parameter count: how many of the last lines to return.
    /// - Returns: the last lines that were written meanwhile, to be shown now that the screen is gone; later calls
    ///   return none.
    @discardableResult
    package func restore(last count: Int = 20) -> [String] {
        state.withLock { state in
            guard state.isActive else { return [] }
            state.isActive = false
            _ = tg_output_restore()
            return OutputCapture.lines(count, path: path, from: state.start)
        }
    }

    /// - Returns: the length of the file as it was found.
    private func redirect() throws(TerminalError) -> Int {
        let file = open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0o600)
        guard file >= 0 else {
            throw TerminalError(.system, "\(TextWidth.neutral(path)): \(String(cString: strerror(errno)))")
        }
        defer { close(file) }
        let found = Int(clamping: lseek(file, 0, SEEK_END))
        let outcome = tg_output_redirect(file, output, errors)
        guard outcome == 0 else {
            throw TerminalError(.system, "standard output: \(String(cString: strerror(-outcome)))")
        }
        return max(0, found)
    }

    private static func size(of path: String) -> Int {
        var about = stat()
        return stat(path, &about) == 0 ? Int(clamping: about.st_size) : 0
    }

    private static func lines(_ count: Int, path: String, from start: Int) -> [String] {
        let file = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW)
        guard file >= 0, count > 0 else { return [] }
        defer { close(file) }
        let end = Int(clamping: lseek(file, 0, SEEK_END))
        let begin = max(start, end &- window)
        guard begin < end else { return [] }
        let bytes = [UInt8](unsafeUninitializedCapacity: end &- begin) { buffer, taken in
            taken = max(0, pread(file, buffer.baseAddress, buffer.count, off_t(clamping: begin)))
        }
        var lines = bytes.split(separator: 0x0A, omittingEmptySubsequences: true)
        if begin > start, lines.count > 1 { lines.removeFirst() }
        return lines.suffix(count).map { String(decoding: $0, as: UTF8.self) }
    }
}
