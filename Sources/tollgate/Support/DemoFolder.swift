import Glibc
import Ledger

/// Where a demo keeps its configuration and data: a private temporary folder that is removed with it, or one that the
/// operator names.
struct DemoFolder {
    let path: String
    /// The demo's configuration in it.
    var file: String { path + "/tollgate.yaml" }
    /// Whether it was made for this demo alone.
    private let isPrivate: Bool

    private static let prefix = "tollgate-demo-"
    /// The longest name of a file in it, and what the path of a Unix socket has room for, in bytes.
    private static let longest = 107 - "/admin.sock".utf8.count

    /// Makes it.
    ///
    /// - Parameter given: the folder of `--data`; nil for a private one in `TMPDIR`.
    /// - Throws: `Failure`, 74 where it cannot be made, 64 where it cannot hold the admin socket.
    init(_ given: String?) throws {
        isPrivate = given == nil
        if let given {
            guard mkdir(given, 0o700) == 0 || errno == EEXIST else {
                throw Failure(.io, "the folder \(Visible.name(given)) cannot be made: \(SystemText.error(errno))")
            }
            path = given
        } else {
            let named = Operator.environment()["TMPDIR"] ?? ""
            let base = named.isEmpty ? "/tmp" : named
            DemoFolder.sweep(base)
            var template = Array("\(base)/\(DemoFolder.prefix)XXXXXX".utf8CString)
            guard mkdtemp(&template) != nil else {
                throw Failure(
                    .io,
                    "no temporary folder can be made in \(Visible.name(base)): \(SystemText.error(errno)); "
                        + "name another in TMPDIR")
            }
            path = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
        }
        guard path.utf8.count <= DemoFolder.longest else {
            remove()
            throw Failure(
                .usage,
                "the path of \(given == nil ? "TMPDIR" : "--data") is too long for a socket in it: name a shorter one")
        }
    }

    /// Writes the configuration; one that is not a demo's, or that a running one has, is never touched.
    func write(_ text: String) throws {
        if let holder = DataFolder(path: path).holder() {
            throw Failure(
                .unavailable,
                "\(Visible.name(path)) is in use by a running gateway (pid \(holder)); name another folder")
        }
        if access(file, F_OK) == 0 {
            let there = String(decoding: try SmallFile.read(file, limit: 1 << 20), as: UTF8.self)
            guard there.prefix(while: { $0 != "\n" }) == text.prefix(while: { $0 != "\n" }) else {
                throw Failure(
                    .failure,
                    "\(Visible.name(file)) is no demo's configuration; nothing was written: name another folder")
            }
            unlink(file)
        }
        try SmallFile.create(file, Array(text.utf8))
    }

    /// Removes a private folder with all that is in it.
    func remove() { if isPrivate { DemoFolder.remove(path) } }

    /// Removes what demos that were killed have left; a folder whose lock somebody holds is in use.
    private static func sweep(_ base: String) {
        for name in names(in: base) where name.hasPrefix(prefix) {
            let path = base + "/" + name
            var status = stat()
            guard lstat(path, &status) == 0, status.st_mode & S_IFMT == S_IFDIR, status.st_uid == geteuid(),
                lstat(path + "/lock", &status) == 0, time(nil) - status.st_mtim.tv_sec > 10,
                DataFolder(path: path).holder() == nil
            else { continue }
            remove(path)
        }
    }

    private static func remove(_ path: String) {
        for name in names(in: path) { unlink(path + "/" + name) }
        rmdir(path)
    }

    private static func names(in path: String) -> [String] {
        guard let folder = opendir(path) else { return [] }
        defer { closedir(folder) }
        var names: [String] = []
        while let entry = readdir(folder) {
            let name = withUnsafeBytes(of: entry.pointee.d_name) { bytes in
                String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
            }
            if name != ".", name != ".." { names.append(name) }
        }
        return names
    }
}
