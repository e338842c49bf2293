import Glibc

/// Reads the request log back, across the files that rotation has left, while it may still be written.
///
/// A line that a crash or a full disk tore, or that is absurdly long, is passed over and counted.
package struct LogReader: Sendable {
    private let path: String
    private static let chunk = 256 * 1024
    /// No line of ours is longer; what is has been written by somebody else.
    private static let longest = 64 * 1024

    /// - Parameter path: the log file as configured; `path.1` and so on are older.
    package init(path: String) { self.path = path }

    /// The files there are, oldest first.
    private func files() -> [String] {
        var files: [String] = []
        var number = 1
        while Files.status("\(path).\(number)") != nil {
            files.append("\(path).\(number)")
            number += 1
        }
        files.reverse()
        if Files.status(path) != nil { files.append(path) }
        return files
    }

    /// Calls `body` with each whole line, oldest first, without its line feed, until it answers false.
    ///
    /// - Throws: `.missing` where there is no log, `.unwritable` where it may not be read.
    package func forEach(_ body: ([UInt8]) throws -> Bool) throws {
        let files = files()
        guard !files.isEmpty else { throw LedgerError(.missing, "no log file \(path)") }
        for file in files {
            let descriptor = try open(file)
            defer { _ = close(descriptor) }
            var lines = LineSplitter(longest: LogReader.longest)
            var offset: Int64 = 0
            while let bytes = Files.read(descriptor, count: LogReader.chunk, at: offset), !bytes.isEmpty {
                offset += Int64(bytes.count)
                guard try lines.add(bytes, body) else { return }
            }
        }
    }

    /// The newest lines that `matches`, newest first.
    ///
    /// - Parameter limit: how many at most; files are read from their end, so that few lines of a large log are cheap.
    /// - Throws: `LedgerError` where a file cannot be read, and what `matches` throws.
    package func newest(_ limit: Int, where matches: ([UInt8]) throws -> Bool = { _ in true }) throws -> [[UInt8]] {
        let files = files()
        guard !files.isEmpty else { throw LedgerError(.missing, "no log file \(path)") }
        var found: [[UInt8]] = []
        for file in files.reversed() where found.count < limit {
            let descriptor = try open(file)
            defer { _ = close(descriptor) }
            var end = Int64(Files.status(of: descriptor)?.st_size ?? 0)
            // The bytes from `end` up to the first line feed that is known: the end of the line that begins before.
            var tail: [UInt8] = []
            var isWhole = false
            while end > 0, found.count < limit {
                let start = max(0, end - Int64(LogReader.chunk))
                guard let bytes = Files.read(descriptor, count: Int(clamping: end - start), at: start), !bytes.isEmpty
                else { break }
                end = start
                var pieces = (bytes + tail).split(separator: 0x0a, omittingEmptySubsequences: false)
                tail = Array(pieces.removeFirst())
                // What follows the last line feed of the file is being written, or torn.
                if !isWhole, !pieces.isEmpty {
                    pieces.removeLast()
                    isWhole = true
                } else if !isWhole {
                    continue
                }
                if tail.count > LogReader.longest { tail = Array(repeating: 0x20, count: LogReader.longest + 1) }
                try LogReader.collect(pieces, limit, into: &found, where: matches)
            }
            if end == 0, isWhole { try LogReader.collect([tail[...]], limit, into: &found, where: matches) }
        }
        return found
    }

    private static func collect(
        _ pieces: [ArraySlice<UInt8>], _ limit: Int, into found: inout [[UInt8]],
        where matches: ([UInt8]) throws -> Bool
    ) throws {
        for piece in pieces.reversed() where found.count < limit {
            let line = Array(piece)
            if LineSplitter.isWhole(line, longest: longest), try matches(line) { found.append(line) }
        }
    }

    private func open(_ file: String) throws(LedgerError) -> Int32 {
        let descriptor = Files.open(file, O_RDONLY | O_NONBLOCK | O_NOCTTY)
        guard descriptor >= 0 else {
            throw LedgerError(.unwritable, "log file \(file) cannot be read: \(Files.text(of: errno))")
        }
        return descriptor
    }
}

/// Follows the end of a log file as it grows, and from one file to the next when it is rotated.
package struct LogFollower: ~Copyable {
    private let path: String
    private var descriptor: Int32 = -1
    private var offset: Int64 = 0
    private var lines = LineSplitter(longest: 64 * 1024)
    private var hasBegun = false

    /// Begins at the end of what is there now, or at the first line where there is no file yet.
    package init(path: String) {
        self.path = path
        attach()
        if descriptor >= 0 { offset = Int64(Files.status(of: descriptor)?.st_size ?? 0) }
        // The line that is being written just now belongs to the past: its beginning was not seen.
        if offset > 0, Files.read(descriptor, count: 1, at: offset - 1) != [0x0a] { lines.skipToNext() }
    }

    deinit { if descriptor >= 0 { _ = close(descriptor) } }

    /// The whole lines that have come since the last call; call it a few times a second.
    package mutating func next() -> [[UInt8]] {
        if descriptor < 0 { attach() }
        var found: [[UInt8]] = []
        drain(into: &found)
        // The renamed file is read to its end before its successor is opened, so that no line falls between.
        if descriptor >= 0, isReplaced() {
            drain(into: &found)
            _ = close(descriptor)
            descriptor = -1
            attach()
            drain(into: &found)
        }
        return found
    }

    private mutating func drain(into found: inout [[UInt8]]) {
        guard descriptor >= 0 else { return }
        if let size = Files.status(of: descriptor)?.st_size, Int64(size) < offset {
            // Cut off by another program, or a torn line taken back: begin again where the file ends or began.
            offset = size == 0 ? 0 : Int64(size)
            lines = LineSplitter(longest: 64 * 1024)
        }
        while let bytes = Files.read(descriptor, count: 256 * 1024, at: offset), !bytes.isEmpty {
            offset += Int64(bytes.count)
            _ = lines.add(bytes) { line in
                found.append(line)
                return true
            }
        }
    }

    private mutating func attach() {
        descriptor = Files.open(path, O_RDONLY | O_NONBLOCK | O_NOCTTY)
        offset = 0
        lines = LineSplitter(longest: 64 * 1024)
    }

    private func isReplaced() -> Bool {
        guard let now = Files.status(path), let mine = Files.status(of: descriptor) else { return false }
        return now.st_ino != mine.st_ino || now.st_dev != mine.st_dev
    }
}

/// Cuts a run of bytes into whole lines, whatever pieces it comes in.
struct LineSplitter {
    private var partial: [UInt8] = []
    private var isSkipping = false
    private let longest: Int

    init(longest: Int) { self.longest = longest }

    /// Drops what comes before the next line feed.
    mutating func skipToNext() { isSkipping = true }

    /// Adds bytes and calls `body` with each line that they complete, until it answers false.
    ///
    /// - Returns: false where `body` did.
    mutating func add(_ bytes: [UInt8], _ body: ([UInt8]) throws -> Bool) rethrows -> Bool {
        var rest = bytes[...]
        while let end = rest.firstIndex(of: 0x0a) {
            let line = partial + rest[..<end]
            partial = []
            rest = rest[(end + 1)...]
            let isWanted = !isSkipping && LineSplitter.isWhole(line, longest: longest)
            isSkipping = false
            if isWanted, try !body(line) { return false }
        }
        guard partial.count + rest.count <= longest else {
            partial = []
            isSkipping = true
            return true
        }
        partial += rest
        return true
    }

    /// Whether a line can be one of ours: an object that was closed, of sane length.
    static func isWhole(_ line: [UInt8], longest: Int) -> Bool {
        line.count <= longest && line.first == UInt8(ascii: "{") && line.last == UInt8(ascii: "}")
    }
}
