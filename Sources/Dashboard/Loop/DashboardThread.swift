import CLinux
import Glibc
import Synchronization
import Terminal
import Threads

/// The dashboard's own thread.
package final class DashboardThread: Sendable {
    private let loop: DashboardLoop
    private let onEnd: @Sendable (DashboardEnd) -> Void
    private let result = Mutex<DashboardEnd?>(nil)
    private let ended = tg_event_create()

    /// - Parameter onEnd: called once on the dashboard's thread, after the terminal was given back.
    package init(loop: DashboardLoop, onEnd: @escaping @Sendable (DashboardEnd) -> Void) {
        self.loop = loop
        self.onEnd = onEnd
    }

    deinit { if ended >= 0 { close(ended) } }

    /// Starts the thread.
    ///
    /// - Returns: false where the system has no thread to give.
    package func start() -> Bool {
        NamedThread.start("dashboard") { [self] in finish(loop.run()) }
    }

    private func finish(_ end: DashboardEnd) {
        result.withLock { $0 = end }
        if ended >= 0 { _ = tg_event_signal(ended) }
        onEnd(end)
    }

    /// How it ended; nil while it runs.
    package var end: DashboardEnd? { result.withLock { $0 } }

    /// Ends the dashboard from outside and waits for it, at most 250 ms; a thread that is stuck is left behind and the
    /// terminal is restored over its head.
    package func stop() {
        loop.inbox.stop()
        if end != nil { return }
        var waiting = pollfd(fd: ended, events: Int16(POLLIN), revents: 0)
        if ended >= 0 { _ = poll(&waiting, 1, 250) }
        if end == nil { TerminalScreen.emergencyRestore() }
    }
}
