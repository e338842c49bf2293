import Glibc

/// The descriptors that the process is given and may open.
enum OpenFiles {
    /// What a gateway without traffic needs, and some for its first callers.
    private static let least: rlim_t = 64

    /// Fills standard descriptors that the caller has closed.
    ///
    /// Else the next files to be opened, the data folder's lock and the database among them, would become standard
    /// output and standard error, and log lines and keys would be written into them. A closed standard output is
    /// filled so that writing to it still fails.
    static func fillStandard() {
        for (descriptor, mode) in [(Int32(0), O_RDONLY), (1, O_RDONLY), (2, O_WRONLY)] {
            guard fcntl(descriptor, F_GETFD) < 0, errno == EBADF else { continue }
            // The lowest free number is this one: those below it are filled.
            _ = open("/dev/null", mode)
        }
    }

    /// Says that there is too little room, where the event loops would only crash.
    ///
    /// - Throws: `Failure` of status 69.
    static func check() throws {
        var limit = rlimit()
        guard getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0, limit.rlim_cur < least else {
            return
        }
        throw Failure(
            .unavailable,
            "only \(limit.rlim_cur) files may be open (ulimit -n); a gateway needs \(least), and two for each open request"
        )
    }
}
