import Domain
import Ledger
import Proxy

// Acts taken back by their exact inverse.
extension ControlDesk {
    /// Takes an act back by its exact inverse; the audit gets one more row.
    func undo(_ audit: Int64?, _ order: Order) -> Outcome {
        let found: UndoableAct?
        do throws(LedgerError) {
            if let audit {
                found = try parts.store.undoable(id: audit, now: parts.wall())
            } else {
                switch try newest(of: order.actor) {
                case .success(let act): found = act
                case .failure(let refusal): return refusal.outcome
                }
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

    private struct Refusal: Error {
        var outcome: Outcome
    }

    /// What an undo without a number means: the newest act and no other.
    ///
    /// Where that one cannot be taken back, an older one, which nobody has in mind any more, must not be taken for it.
    private func newest(of actor: Actor) throws(LedgerError) -> Result<UndoableAct?, Refusal> {
        let now = parts.wall()
        guard let newest = try parts.store.newest(by: actor, now: now) else { return .success(nil) }
        if let act = try parts.store.undoable(id: newest.id, now: now) { return .success(act) }
        let older = try parts.store.undoable(actor: actor, now: now)?.row
        let advice = older.map { "; undo \($0.id) takes back \($0.act) \($0.target)" } ?? ""
        return .failure(
            Refusal(
                outcome: Outcome(
                    .refused, "your newest act, \(newest.act) \(newest.target), cannot be taken back\(advice)")))
    }
}
