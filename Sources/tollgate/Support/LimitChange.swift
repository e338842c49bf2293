import Control
import Domain
import Ledger

/// Several limits set by one command: all of them, or as far as can be none.
///
/// The gateway takes them one by one. Whatever it may refuse about one limit and not about the others concerns budgets,
/// so those go first: a refusal leaves nothing done. Only a disk or a socket that fails on the way can leave a part.
struct LimitChange {
    /// The limits as they were named, each with what became of it; nil where it was not tried any more.
    private(set) var steps: [(limit: Limit, outcome: Outcome?)]
    /// Why not all of them hold.
    private(set) var failure: Failure?

    /// Sets them.
    ///
    /// - Throws: what `submit` throws for the first one.
    init(_ limits: [Limit], _ submit: (Limit) throws -> Outcome) throws {
        steps = limits.map { ($0, nil) }
        let order =
            limits.indices.filter { limits[$0].kind.isMoney } + limits.indices.filter { !limits[$0].kind.isMoney }
        for (count, index) in order.enumerated() {
            do {
                steps[index].outcome = try submit(limits[index])
            } catch {
                guard count > 0, let fault = Failure(ofRoom: error) else { throw error }
                failure = fault
            }
            if let outcome = steps[index].outcome, !LimitChange.holds(outcome) {
                failure = Failure(ActReport.status(outcome), outcome.message)
            }
            if failure != nil { break }
        }
        guard var failed = failure, limits.count > 1 else { return }
        failed.message += done.isEmpty ? "; nothing was set" : "; set: \(names(done)); not set: \(names(undone))"
        failure = failed
    }

    /// Those that hold now.
    var done: [(limit: Limit, outcome: Outcome)] {
        steps.compactMap { step in step.outcome.flatMap { LimitChange.holds($0) ? (step.limit, $0) : nil } }
    }

    private var undone: [(limit: Limit, outcome: Outcome?)] {
        steps.filter { step in !(step.outcome.map(LimitChange.holds) ?? false) }
    }

    private static func holds(_ outcome: Outcome) -> Bool { outcome.result == .done || outcome.result == .unchanged }

    private func names<Result>(_ limits: [(limit: Limit, outcome: Result)]) -> String {
        limits.map { "\($0.limit.kind.word) \($0.limit.text)" }.joined(separator: ", ")
    }

    /// Two limits of one kind: the later one would silently win.
    static func repetition(in limits: [Limit]) -> Failure? {
        for (index, limit) in limits.enumerated() where limits[..<index].contains(where: { $0.kind == limit.kind }) {
            return Failure(.usage, "\(limit.kind.rawValue) is named twice")
        }
        return nil
    }
}
