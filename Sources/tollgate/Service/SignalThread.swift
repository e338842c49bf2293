import CLinux
import Glibc

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
        Threads.start("signals") {
            while true {
                let signal = tg_signals_read(descriptor, nil)
                if signal > 0 { handle(signal) } else if signal != -EINTR { return }
            }
        }
    }
}

/// Plain threads with a name and a stack for crash handlers.
enum Threads {
    private final class Start {
        let name: String
        let body: @Sendable () -> Void
        init(name: String, body: @escaping @Sendable () -> Void) {
            self.name = name
            self.body = body
        }
    }

    @discardableResult
    static func start(_ name: String, _ body: @escaping @Sendable () -> Void) -> Bool {
        let context = Unmanaged.passRetained(Start(name: name, body: body))
        var thread = pthread_t()
        let code = pthread_create(
            &thread, nil,
            { context in
                guard let context else { return nil }
                let start = Unmanaged<Start>.fromOpaque(context).takeRetainedValue()
                _ = tg_thread_name(start.name)
                _ = tg_thread_alternate_stack()
                start.body()
                return nil
            }, context.toOpaque())
        guard code == 0 else {
            context.release()
            return false
        }
        pthread_detach(thread)
        return true
    }
}
