import Domain
import Synchronization

/// When each key was last used since the start; as many entries as there are keys that were used.
final class KeyUses: Sendable {
    private let times = Mutex<[KeyID: Timestamp]>([:])

    func merge(_ fresh: [KeyID: Timestamp]) {
        guard !fresh.isEmpty else { return }
        times.withLock { $0.merge(fresh) { max($0, $1) } }
    }

    func all() -> [KeyID: Timestamp] { times.withLock { $0 } }
}
