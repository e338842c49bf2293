import Glibc

/// A small text file, read whole.
struct TextFile {
    var text: String
    /// Whether users other than the owner and its group may read it.
    var isWorldReadable: Bool

    /// Why a file was not read.
    enum Failure: Error, Hashable {
        case missing
        case unreadable(String)
        /// What it holds is no text, from this place on.
        case malformed(SourcePlace, String)

        /// Words for a message.
        var reason: String {
            switch self {
            case .missing: "there is no such file"
            case .unreadable(let reason), .malformed(_, let reason): reason
            }
        }

        /// Where, as far as there is a place.
        var place: SourcePlace? {
            if case .malformed(let place, _) = self { return place }
            return nil
        }
    }

    /// Reads a regular file of at most `limit` bytes of UTF-8.
    ///
    /// Never blocks: a pipe or a device in the file's place is refused.
    static func read(_ path: String, limit: Int) throws(Failure) -> TextFile {
        guard !path.utf8.contains(0) else { throw .missing }
        let descriptor = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC)
        guard descriptor >= 0 else {
            let code = errno
            throw code == ENOENT || code == ENOTDIR ? .missing : .unreadable(message(code))
        }
        defer { close(descriptor) }
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { throw .unreadable(message(errno)) }
        guard status.st_mode & S_IFMT == S_IFREG else { throw .unreadable("is not a regular file") }
        let bytes = try contents(descriptor, limit: limit)
        guard let text = String(validating: bytes, as: UTF8.self) else {
            throw .malformed(firstFault(in: bytes), "is not UTF-8")
        }
        return TextFile(text: text, isWorldReadable: status.st_mode & S_IROTH != 0)
    }

    private static func contents(_ descriptor: Int32, limit: Int) throws(Failure) -> [UInt8] {
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 65_536)
        while true {
            let count = Glibc.read(descriptor, &buffer, buffer.count)
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else { throw .unreadable(message(errno)) }
            if count == 0 { return bytes }
            bytes += buffer.prefix(count)
            if bytes.count > limit {
                throw .malformed(SourcePlace(line: 1, column: 1), "is larger than \(size(limit))")
            }
        }
    }

    /// The place of the first byte that belongs to no character.
    private static func firstFault(in bytes: [UInt8]) -> SourcePlace {
        var place = SourcePlace(line: 1, column: 1)
        var rest = bytes[...]
        while let byte = rest.first {
            let count =
                switch byte {
                case 0xf0...: 4
                case 0xe0...: 3
                case 0xc0...: 2
                default: 1
                }
            guard String(validating: rest.prefix(count), as: UTF8.self) != nil else { return place }
            rest = rest.dropFirst(count)
            // A mark at the very beginning is no column.
            if byte == 0xef, rest.startIndex == 3, bytes.starts(with: [0xef, 0xbb, 0xbf]) { continue }
            place =
                byte == 0x0a
                ? SourcePlace(line: place.line &+ 1, column: 1)
                : SourcePlace(line: place.line, column: place.column &+ 1)
        }
        return place
    }

    private static func size(_ bytes: Int) -> String {
        bytes < 1_000_000 ? "\(bytes / 1000) KB" : "\(bytes / 1_000_000) MB"
    }

    private static func message(_ code: Int32) -> String {
        switch code {
        case EACCES, EPERM: "may not be read (permission denied)"
        case EISDIR: "is a folder"
        case ELOOP: "is a loop of links"
        default: "cannot be read: \(String(cString: strerror(code)))"
        }
    }
}
