import CLinux
import Glibc

/// A thread of our own, for work that blocks; nobody joins it.
package enum NamedThread {
    private final class Start {
        let name: String
        let body: @Sendable () -> Void

        init(name: String, body: @escaping @Sendable () -> Void) {
            self.name = name
            self.body = body
        }
    }

    /// Starts a detached thread, with a stack of its own for crash handlers: without one an overflow of its stack would
    /// end the process before the terminal is restored.
    ///
    /// - Parameter name: at most 15 bytes, as `top -H` shows it.
    /// - Returns: false where the system gave no thread.
    @discardableResult
    package static func start(_ name: String, _ body: @escaping @Sendable () -> Void) -> Bool {
        let start = Unmanaged.passRetained(Start(name: name, body: body))
        var thread = pthread_t()
        let failure = pthread_create(
            &thread, nil,
            { context in
                guard let context else { return nil }
                let start = Unmanaged<Start>.fromOpaque(context).takeRetainedValue()
                _ = tg_thread_name(start.name)
                _ = tg_thread_alternate_stack()
                start.body()
                return nil
            }, start.toOpaque())
        guard failure == 0 else {
            start.release()
            return false
        }
        pthread_detach(thread)
        return true
    }
}
