import Domain
import Glibc
import NIOCore
import NIOPosix
import Synchronization
package import Telemetry

/// The admin socket: the operator's other door, on an event loop of its own.
package final class AdminServer: Sendable {
    private let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
    private let channel = Mutex<(any Channel)?>(nil)
    private let path: String
    private let backend: AdminBackend

    package init(path: String, backend: AdminBackend) {
        self.path = path
        self.backend = backend
    }

    /// Opens the socket, mode 0600; a socket that a dead gateway left behind is replaced.
    ///
    /// - Throws: `AdminError` where the path cannot be used.
    package func start() throws(AdminError) {
        try clear()
        let backend = backend
        let before = umask(0o177)
        defer { umask(before) }
        do {
            let bound = try ServerBootstrap(group: group)
                .serverChannelOption(.backlog, value: 64)
                .childChannelInitializer { channel in
                    channel.eventLoop.makeCompletedFuture {
                        try channel.pipeline.syncOperations.addHandler(AdminHandler(backend: backend))
                    }
                }
                .bind(unixDomainSocketPath: path).wait()
            channel.withLock { $0 = bound }
        } catch {
            throw AdminError(.failed, "the admin socket \(path) cannot be opened: \(error)")
        }
        chmod(path, 0o600)
    }

    /// Makes room at the path: only a socket that nobody answers is removed, never a file that a typo names, nor the
    /// door of another gateway.
    private func clear() throws(AdminError) {
        var status = stat()
        guard lstat(path, &status) == 0 else { return }
        guard status.st_mode & S_IFMT == S_IFSOCK else {
            throw AdminError(.failed, "\(path) is no socket: `admin.socket` must name a path that is free")
        }
        let isAnswered: Bool
        do throws(AdminError) {
            _ = try AdminClient(path: path, patienceSeconds: 1).info()
            isAnswered = true
        } catch {
            isAnswered = error.code != .notRunning
        }
        if isAnswered { throw AdminError(.failed, "another gateway answers on \(path)") }
        unlink(path)
    }

    package func stop() {
        if let channel = channel.withLock({ $0 }) { try? channel.close().wait() }
        unlink(path)
        try? group.syncShutdownGracefully()
    }
}

/// What the admin socket gives access to.
package struct AdminBackend: Sendable {
    package var desk: ControlDesk
    package var collector: Collector
    package var info: AdminInfo

    package init(desk: ControlDesk, collector: Collector, info: AdminInfo) {
        self.desk = desk
        self.collector = collector
        self.info = info
    }
}
