import CLinux
import Domain
import Glibc
import Synchronization
package import Telemetry

/// What other threads leave for the dashboard's: snapshots, replies, signals.
///
/// Whoever leaves something wakes it. Nobody waits here: a full inbox drops replies (counted), and only the newest snapshot is kept.
package final class DashboardInbox: Sendable {
    /// Something that was left.
    enum Item: Sendable {
        case outcome(ticket: UInt64, Order, Outcome)
        case answer(ticket: UInt64, Query, Answer)
    }

    /// Signals that the signal thread passes on.
    package enum Signal: Sendable {
        /// SIGWINCH: the picture is painted anew even where the size is the old one, for a multiplexer that was
        /// attached elsewhere may have lost it.
        case resized
        /// SIGINT.
        case interrupted
    }

    /// Everything since the last look.
    struct Contents: Sendable {
        var items: [Item] = []
        var isInterrupted = false
        var isResized = false
        var isStopped = false
        var dropped = 0
    }

    private struct Box: Sendable {
        var snapshot: LiveSnapshot?
        var contents = Contents()
    }

    static let mostItems = 1000

    private let box = Mutex(Box())
    /// The descriptor that the dashboard's thread polls; below zero where the system had none left, and then the loop
    /// looks every quarter of a second.
    let descriptor: Int32

    package init() { descriptor = tg_event_create() }

    deinit { if descriptor >= 0 { close(descriptor) } }

    /// Leaves a snapshot; one that was not looked at is replaced.
    package func publish(_ snapshot: LiveSnapshot) {
        box.withLock { $0.snapshot = snapshot }
        wake()
    }

    /// Passes a signal on.
    package func notify(_ signal: Signal) {
        box.withLock { box in
            switch signal {
            case .interrupted: box.contents.isInterrupted = true
            case .resized: box.contents.isResized = true
            }
        }
        wake()
    }

    /// Tells the dashboard to end.
    package func stop() {
        box.withLock { $0.contents.isStopped = true }
        wake()
    }

    func leave(_ item: Item) {
        box.withLock { box in
            if box.contents.items.count < DashboardInbox.mostItems {
                box.contents.items.append(item)
            } else {
                box.contents.dropped += 1
            }
        }
        wake()
    }

    /// Takes everything but the snapshot.
    func takeContents() -> Contents {
        box.withLock { box in
            let contents = box.contents
            box.contents = Contents()
            // A stop stays: it is seen by whoever looks, however often.
            box.contents.isStopped = contents.isStopped
            return contents
        }
    }

    /// Takes the snapshot.
    func takeSnapshot() -> LiveSnapshot? {
        box.withLock { box in
            let snapshot = box.snapshot
            box.snapshot = nil
            return snapshot
        }
    }

    /// Whether a snapshot waits.
    var hasSnapshot: Bool { box.withLock { $0.snapshot != nil } }

    private func wake() { if descriptor >= 0 { _ = tg_event_signal(descriptor) } }
}
