import Glibc

/// Files that Tollgate itself lives on: a log or a socket in the place of one of them would destroy it.
struct OwnFiles {
    private struct Own {
        var path: String
        var name: String
    }

    /// What stands in a data folder beside the log and the socket.
    private static let reserved: [(name: String, meaning: String)] = [
        ("tollgate.sqlite", "the database"), ("tollgate.sqlite-wal", "the database"),
        ("tollgate.sqlite-shm", "the database"), ("tollgate.sqlite-journal", "the database"),
        ("lock", "the data folder's lock"), ("unwritten.jsonl", "the acts that wait for the database"),
        ("unwritten.jsonl.new", "the acts that wait for the database"),
        ("output.log", "the dashboard's own log"),
        ("output.log.1", "the dashboard's own log"),
    ]

    private var own: [Own] = []
    /// What relative paths are relative to; nil where the disk is not looked at.
    private let folder: String?

    /// - Parameters:
    ///   - configuration: the configuration file; nil where there is none.
    ///   - data: the data folder.
    ///   - folder: the working directory; nil for a comparison of the names alone.
    init(configuration: String?, data: String, in folder: String?) {
        self.folder = folder
        let slash = configuration?.lastIndex(of: "/")
        let beside = slash.flatMap { configuration?[...$0] } ?? ""
        if let configuration { add(configuration, "the configuration") }
        add(beside + ".env", "the .env of the configuration")
        for (name, meaning) in OwnFiles.reserved { add("\(data)/\(name)", meaning) }
    }

    mutating func add(_ path: String, _ name: String) { own.append(Own(path: absolute(path), name: name)) }

    /// Why a path may not be written to; nil where it may.
    func fault(_ path: String) -> String? {
        let path = absolute(path)
        return own.first { isSame($0.path, path) }.map { "is \($0.name); name another file" }
    }

    /// Whether two paths lead to one file, or would, were it made.
    private func isSame(_ left: String, _ right: String) -> Bool {
        if left == right { return true }
        guard folder != nil else { return false }
        if let file = OwnFiles.identity(left) { return file == OwnFiles.identity(right) }
        let (leftFolder, leftName) = OwnFiles.split(left)
        let (rightFolder, rightName) = OwnFiles.split(right)
        guard leftName == rightName, let folder = OwnFiles.identity(leftFolder) else { return false }
        return folder == OwnFiles.identity(rightFolder)
    }

    /// The path from the root, without `.` and empty parts; `..` stays, since a link may stand before it.
    private func absolute(_ path: String) -> String {
        let whole = path.hasPrefix("/") ? path : (folder ?? "") + "/" + path
        return "/" + whole.split(separator: "/").filter { $0 != "." }.joined(separator: "/")
    }

    private static func split(_ path: String) -> (folder: String, name: String) {
        guard let slash = path.lastIndex(of: "/") else { return (".", path) }
        return (String(path[...slash]), String(path[path.index(after: slash)...]))
    }

    /// Device and number of a file; nil where there is none.
    private static func identity(_ path: String) -> [UInt]? {
        var status = stat()
        guard !path.utf8.contains(0), stat(path, &status) == 0 else { return nil }
        return [UInt(status.st_dev), UInt(status.st_ino)]
    }
}
