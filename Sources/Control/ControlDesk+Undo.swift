import Domain
import Ledger
import Proxy

// Acts taken back by their exact inverse.
extension ControlDesk {
    /// Takes an act back by its exact inverse; the audit gets one more row.
    func undo(_ audit: Int64?, _ order: Order) -> Outcome {
        let now = parts.wall()
        let found: UndoableAct?
        do throws(LedgerError) {
            if let audit {
                found = try parts.store.undoable(id: audit, now: now)
            } else {
                found = try parts.store.undoable(actor: order.actor, now: now)
            }
        } catch {
            return Outcome(.failed, "nothing was changed: \(error.message)")
        }
        guard let undone = found else {
            return Outcome(
                .notFound,
                audit == nil ? "there is no act of yours to take back" : "act \(audit ?? 0) cannot be taken back")
        }
        let act = row(
            order.actor, act: "undo", target: undone.row.target, before: undone.row.after, after: undone.row.before,
            why: "takes back \(undone.row.act) of \(undone.row.actor.user)", undoes: undone.row.id)
        let message = "took back \(undone.row.act) \(undone.row.target): \(undone.row.after) → \(undone.row.before)"
        switch undone.inverse {
        case .setSuspension(let suspension):
            return ended(
                deny(act, undone.inverse) { $0.deny(.clientSuspended) { client, _ in client == suspension.client } },
                message)
        case .revokeKey(let id, _):
            return ended(deny(act, undone.inverse) { $0.deny(.keyRevoked) { _, keyID in keyID == id } }, message)
        case let change where tightens(change):
            return outcome(of: deny(act, change), message)
        default: break
        }
        return attempt(act, undone.inverse) { Outcome(.done, message) }
    }

    private func ended(_ denial: Denial, _ message: String) -> Outcome {
        var outcome = outcome(of: denial, "\(message), \(denial.endedWords)")
        outcome.streamsEnded = denial.ended
        return outcome
    }
}
