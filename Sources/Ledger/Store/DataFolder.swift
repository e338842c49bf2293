import Glibc

/// The folder that holds what survives a restart: database, request log, lock.
package struct DataFolder: Hashable, Sendable {
    package var path: String

    package init(path: String) { self.path = path }

    /// The database file.
    package var database: String { path + "/tollgate.sqlite" }

    /// The file whose lock says that a gateway runs here.
    package var lockFile: String { path + "/lock" }

    /// Creates the folder (0700, parents too) where it is missing.
    ///
    /// The mode of a folder that exists is left alone: it may be a mount of somebody else's making.
    /// - Returns: remarks for the operator, such as a mode that lets others in.
    /// - Throws: `.unwritable` where it cannot be made or is no folder.
    @discardableResult
    package func prepare() throws(LedgerError) -> [String] {
        guard !path.isEmpty else { throw LedgerError(.unwritable, "the data folder has no name") }
        try DataFolder.make(path)
        guard let status = Files.status(path) else {
            throw LedgerError(.unwritable, "data folder \(path): \(Files.text(of: errno))")
        }
        guard status.st_mode & S_IFMT == S_IFDIR else {
            throw LedgerError(.unwritable, "data folder \(path) is not a folder; name another with --data or data:")
        }
        if access(path, W_OK | X_OK) != 0 {
            let reason = Files.text(of: errno)
            throw LedgerError(.unwritable, "data folder \(path) cannot be written: \(reason)")
        }
        guard status.st_mode & 0o022 == 0 else {
            return ["data folder \(path) can be written by other users; chmod 700 \(path)"]
        }
        return []
    }

    private static func make(_ path: String) throws(LedgerError) {
        if makeOne(path) { return }
        if errno == ENOENT, let slash = path.lastIndex(of: "/"), slash != path.startIndex {
            try make(String(path[..<slash]))
            if makeOne(path) { return }
        }
        throw LedgerError(.unwritable, "data folder \(path) cannot be created: \(Files.text(of: errno))")
    }

    /// Creates one folder; true where it is there afterwards, else `errno` says why not.
    private static func makeOne(_ path: String) -> Bool {
        guard mkdir(path, 0o700) == 0 else { return errno == EEXIST }
        // Whatever the mask of this process is just now: without its x bit a folder is of no use to its owner.
        _ = chmod(path, 0o700)
        return true
    }

    /// Claims the folder for this process until the returned lock is released or the process ends, however it ends.
    ///
    /// - Throws: `.inUse` with the other process's id where somebody has it; `.unwritable` where it cannot be asked.
    package func lock() throws(LedgerError) -> DataLock {
        try prepare()
        let descriptor = Files.open(lockFile, O_RDWR | O_CREAT | O_NOFOLLOW)
        guard descriptor >= 0 else {
            throw LedgerError(.unwritable, "data folder \(path) cannot be locked: \(Files.text(of: errno))")
        }
        guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
            let reason = errno
            let holder = DataFolder.pid(in: descriptor)
            _ = close(descriptor)
            guard reason == EWOULDBLOCK else {
                throw LedgerError(.unwritable, "data folder \(path) cannot be locked: \(Files.text(of: reason))")
            }
            throw LedgerError(
                .inUse,
                "data folder \(path) is in use by a running gateway (pid \(holder.map(String.init) ?? "unknown")); "
                    + "stop it, or give this one another folder with --data")
        }
        // The id is for people; the kernel's lock is the truth. A stale file with no lock on it means nothing.
        let text = Array("\(getpid())\n".utf8)
        _ = ftruncate(descriptor, 0)
        _ = text.withUnsafeBytes { pwrite(descriptor, $0.baseAddress, $0.count, 0) }
        return DataLock(folder: self, descriptor: descriptor)
    }

    /// The process that holds the folder's lock now; nil where nobody does.
    package func holder() -> Int32? {
        let descriptor = Files.open(lockFile, O_RDONLY)
        guard descriptor >= 0 else { return nil }
        defer { _ = close(descriptor) }
        guard flock(descriptor, LOCK_SH | LOCK_NB) != 0 else { return nil }
        return DataFolder.pid(in: descriptor) ?? 0
    }

    private static func pid(in descriptor: Int32) -> Int32? {
        guard let bytes = Files.read(descriptor, count: 16, at: 0) else { return nil }
        let digits = bytes.prefix { $0 >= UInt8(ascii: "0") && $0 <= UInt8(ascii: "9") }
        return Int32(String(decoding: digits, as: UTF8.self))
    }
}

/// Proof that this process alone writes a data folder.
package final class DataLock: Sendable {
    package let folder: DataFolder
    private let descriptor: Int32

    fileprivate init(folder: DataFolder, descriptor: Int32) {
        self.folder = folder
        self.descriptor = descriptor
    }

    // The file stays: removing it would let a third process lock a file that a second one has just opened.
    deinit { _ = close(descriptor) }
}
