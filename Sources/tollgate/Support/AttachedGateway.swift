import Control
import Dashboard
import Dispatch
import Domain
import Synchronization
import Telemetry
import Threads

/// A gateway in another process, as a dashboard needs it: snapshots that come by themselves, orders and questions that
/// are answered later.
///
/// Three connections, each on a thread of its own: a slow question must not hold up a revocation, nor either of them
/// the picture.
final class AttachedGateway: Sendable {
    private struct Pace: Sendable {
        var windowSeconds = 300
        var intervalMilliseconds = 1000
        var isStopped = false
    }

    /// How long the gateway may fail to answer before it counts as gone, in milliseconds.
    private static let patience: Int64 = 5000

    private let path: String
    private let inbox: DashboardInbox
    private let pace = Mutex(Pace())
    private let bell = DispatchSemaphore(value: 0)
    private let orders = DispatchQueue(label: "tollgate.attach.orders", qos: .userInitiated)
    private let questions = DispatchQueue(label: "tollgate.attach.questions")
    private let orderClient: Mutex<AdminClient>
    private let questionClient: Mutex<AdminClient>
    private let loss = Mutex<AdminError?>(nil)
    private let onLoss: @Sendable () -> Void

    /// - Parameters:
    ///   - path: the admin socket.
    ///   - inbox: where snapshots are left.
    ///   - onLoss: called once, from another thread, when the gateway is gone; see `lost`.
    init(path: String, inbox: DashboardInbox, onLoss: @escaping @Sendable () -> Void) {
        self.path = path
        self.inbox = inbox
        self.onLoss = onLoss
        orderClient = Mutex(AdminClient(path: path))
        questionClient = Mutex(AdminClient(path: path))
    }

    /// Why the gateway counts as gone; nil where it does not.
    var lost: AdminError? { loss.withLock { $0 } }

    /// Begins to fetch snapshots.
    ///
    /// - Returns: false where the system has no thread.
    func start() -> Bool { NamedThread.start("attach") { [self] in poll() } }

    func stop() {
        pace.withLock { $0.isStopped = true }
        bell.signal()
    }

    func change(windowSeconds: Int) {
        pace.withLock { $0.windowSeconds = windowSeconds }
        bell.signal()
    }

    func change(intervalMilliseconds: Int) {
        pace.withLock { $0.intervalMilliseconds = max(100, intervalMilliseconds) }
        bell.signal()
    }

    /// Fetches a snapshot before the next one is due.
    func hurry() { bell.signal() }

    func submit(_ order: Order, reply: @escaping @Sendable (Outcome) -> Void) {
        orders.async { [self] in
            do throws(AdminError) {
                reply(try orderClient.withLock { client throws(AdminError) in try client.submit(order) })
            } catch {
                reply(Outcome(.failed, error.message))
            }
        }
    }

    func ask(_ query: Query, reply: @escaping @Sendable (Answer) -> Void) {
        questions.async { [self] in
            do throws(AdminError) {
                reply(try questionClient.withLock { client throws(AdminError) in try client.ask(query) })
            } catch {
                reply(.failed(error.message))
            }
        }
    }

    private func poll() {
        let client = AdminClient(path: path)
        var lastAnswer = Clock.now()
        while true {
            let pace = pace.withLock { $0 }
            if pace.isStopped { return }
            do throws(AdminError) {
                inbox.publish(try client.live(windowSeconds: pace.windowSeconds))
                lastAnswer = Clock.now()
            } catch {
                if error.code != .failed || Clock.now() - lastAnswer > AttachedGateway.patience {
                    loss.withLock { $0 = error }
                    return onLoss()
                }
            }
            _ = bell.wait(timeout: .now() + .milliseconds(pace.intervalMilliseconds))
        }
    }
}
