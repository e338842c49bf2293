import Dispatch
import Domain
import Glibc
import Ledger
import NIOCore
import NIOPosix
import Synchronization
package import Telemetry

/// The admin socket: the operator's other door, on an event loop of its own.
///
/// A gateway whose socket somebody removed could not be commanded any more: every few seconds, and whenever it is told
/// to, the server looks whether the door is still its own, and opens it again.
package final class AdminServer: Sendable {
    /// An open door.
    private struct Door: Sendable {
        var channel: any Channel
        /// The file that it made.
        var file: SocketFile
    }

    private struct State: Sendable {
        var door: Door?
        var tick: RepeatedTask?
        var hasStopped = false
        /// Said once, not every few seconds.
        var complaint: String?
    }

    private static let pace = TimeAmount.seconds(5)

    private let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
    /// Opening waits for the event loop and for whoever answers at the path, so neither happens on the loop.
    private let queue = DispatchQueue(label: "tollgate.admin")
    private let state = Mutex(State())
    private let gate = AnswerGate()
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
        let door = try open()
        let tick = group.next().scheduleRepeatedTask(initialDelay: AdminServer.pace, delay: AdminServer.pace) {
            [weak self] _ in
            guard let self, !isInPlace else { return }
            mend()
        }
        state.withLock { state in
            state.door = door
            state.tick = tick
        }
    }

    /// Opens the socket again where its file is gone or another's; returns at once.
    package func mend() { queue.async { [self] in mendNow() } }

    /// Does what `mend` does and waits for it.
    func mendNow() {
        guard !state.withLock({ $0.hasStopped }) else { return }
        // Asked rather than looked at: a file that came in the same moment may look the same.
        if isAnsweredByUs {
            return state.withLock { state in
                state.door?.file = SocketFile(path) ?? SocketFile()
                state.complaint = nil
            }
        }
        do throws(AdminError) {
            try clear()
            // Who is connected stays so; only the door that nobody can find any more is closed, before the new one is
            // opened: closing it removes whatever socket lies at its path.
            if let old = state.withLock({ $0.door.take() }) { try? old.channel.close().wait() }
            let door = try open()
            state.withLock { state in (state.door, state.complaint) = (door, nil) }
            backend.desk.parts.log.log(.warning, "the admin socket \(path) was gone; it is open again")
        } catch {
            let isNew = state.withLock { state in
                defer { state.complaint = error.message }
                return state.complaint != error.message
            }
            if isNew { backend.desk.parts.log.log(.error, "the admin socket was gone: \(error.message)") }
        }
    }

    /// Whether the path still leads to the file that was made.
    private var isInPlace: Bool {
        guard let file = state.withLock({ $0.door?.file }) else { return false }
        return SocketFile(path) == file
    }

    /// Whether the path leads here all the same: the file was touched, or moved and linked to.
    private var isAnsweredByUs: Bool {
        guard let info = try? AdminClient(path: path, patienceSeconds: 1).info() else { return false }
        return info.pid == backend.info.pid && info.listen == backend.info.listen
    }

    private func open() throws(AdminError) -> Door {
        let (backend, gate) = (backend, gate)
        let before = umask(0o177)
        defer { umask(before) }
        do {
            let bound = try ServerBootstrap(group: group)
                .serverChannelOption(.backlog, value: 64)
                .childChannelInitializer { channel in
                    channel.eventLoop.makeCompletedFuture {
                        try channel.pipeline.syncOperations.addHandler(AdminHandler(backend: backend, gate: gate))
                    }
                }
                .bind(unixDomainSocketPath: path).wait()
            chmod(path, 0o600)
            return Door(channel: bound, file: SocketFile(path) ?? SocketFile())
        } catch {
            throw AdminError(.failed, "the admin socket \(path) cannot be opened: \(error)")
        }
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

    /// Closes the door and ends every connection; a file in its place that is no socket stays.
    package func stop() {
        queue.sync {
            let (door, tick) = state.withLock { state in
                state.hasStopped = true
                return (state.door, state.tick)
            }
            tick?.cancel()
            // Its socket goes with it.
            try? door?.channel.close().wait()
        }
        gate.close()
        try? group.syncShutdownGracefully()
    }
}

/// Which file a socket's path led to when it was made.
///
/// The number alone would not do: file systems give a removed file's number to the next one.
private struct SocketFile: Equatable, Sendable {
    private var device: UInt = 0
    private var number: UInt = 0
    private var made: Int64 = 0
    private var mode: UInt32 = 0

    init() {}

    /// nil where there is nothing.
    init?(_ path: String) {
        var status = stat()
        guard lstat(path, &status) == 0 else { return nil }
        (device, number, mode) = (UInt(status.st_dev), UInt(status.st_ino), status.st_mode & S_IFMT)
        made = Int64(status.st_mtim.tv_sec).multipliedSaturated(by: 1_000_000_000)
            .addingSaturated(Int64(status.st_mtim.tv_nsec))
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
