import Dispatch
import Synchronization

/// How the process was told to stop; the main thread waits on it.
final class StopSignal: Sendable {
    enum Request: Int, Sendable, Comparable {
        case none = 0
        /// Open requests may finish first.
        case drain = 1
        /// At once.
        case force = 2

        static func < (left: Request, right: Request) -> Bool { left.rawValue < right.rawValue }
    }

    private let state = Mutex(Request.none)
    private let bell = DispatchSemaphore(value: 0)

    /// Asks for a drain; a second time, for an end at once.
    func request() {
        state.withLock { $0 = $0 == .none ? .drain : .force }
        bell.signal()
    }

    /// Asks for a drain, however often it is said.
    func drain() {
        state.withLock { $0 = max($0, .drain) }
        bell.signal()
    }

    var current: Request { state.withLock { $0 } }

    /// Waits for the first request.
    func wait() { while current == .none { bell.wait() } }

    /// Waits a moment, or until something more is said.
    func wait(milliseconds: Int) { _ = bell.wait(timeout: .now() + .milliseconds(milliseconds)) }
}
