import CLinux
import Glibc
import Threads

/// The one thread that takes signals; everybody else has them blocked.
enum SignalThread {
    static let taken: [Int32] = [SIGTERM, SIGINT, SIGHUP, SIGQUIT, SIGUSR1, SIGWINCH]
    /// A vanished terminal or a closed pipe must not stop or end a gateway.
    static let ignored: [Int32] = [SIGPIPE, SIGXFSZ, SIGTSTP, SIGTTIN, SIGTTOU]

    /// Blocks and ignores; before any thread is started.
    static func prepare() {
        _ = tg_signals_ignore(ignored, ignored.count)
        _ = tg_signals_block(taken, taken.count)
    }

    /// Starts the thread.
    static func start(_ handle: @escaping @Sendable (Int32) -> Void) {
        let descriptor = tg_signals_open(taken, taken.count)
        guard descriptor >= 0 else { return }
        NamedThread.start("signals") {
            while true {
                let signal = tg_signals_read(descriptor, nil)
                if signal > 0 { handle(signal) } else if signal != -EINTR { return }
            }
        }
    }
}
