import Dispatch
import Synchronization

/// Waiting for the one reply of something that answers later.
enum Waiting {
    private final class Box<Value: Sendable>: Sendable {
        let value = Mutex<Value?>(nil)
        let bell = DispatchSemaphore(value: 0)
    }

    /// Starts something and waits for its reply, at most `seconds`; nil where none came.
    static func outcome<Value: Sendable>(
        seconds: Int = 10, _ start: (@escaping @Sendable (Value) -> Void) -> Void
    ) -> Value? {
        let box = Box<Value>()
        start { value in
            box.value.withLock { $0 = value }
            box.bell.signal()
        }
        _ = box.bell.wait(timeout: .now() + .seconds(seconds))
        return box.value.withLock { $0 }
    }
}
