package import Domain
package import Synchronization

/// What one scope has used: its windows, its open requests, its spend.
///
/// It outlives every `Policy`: a changed limit keeps what was counted. One short lock, integers only.
package final class ScopeCounters: Sendable {
    package struct State: Sendable {
        package var requests = UseWindows()
        package var tokens = UseWindows()
        package var inFlight: Int64 = 0
        package var spend = PeriodSpend()

        package init() {}
    }

    package let state: Mutex<State>

    package init() { state = Mutex(State()) }

    /// Takes over what was spent before the start in the current hour, day and month.
    package func seed(hour: Int64, day: Int64, month: Int64, wallSeconds: Int64) {
        state.withLock { state in
            state.spend.advance(toSecond: wallSeconds)
            state.spend.seed(hour: hour, day: day, month: month)
        }
    }

    /// Whether nothing is counted, open or spent, so that forgetting the scope gives nothing back to anybody.
    package func isIdle(at now: Int64) -> Bool {
        state.withLock {
            $0.inFlight == 0 && $0.requests.isEmpty(at: now) && $0.tokens.isEmpty(at: now) && $0.spend.isEmpty
        }
    }

    /// How far each of `limits` is used.
    package func used(of limits: [Limit], now: Int64, wallSeconds: Int64) -> [Int64] {
        state.withLock { state in
            state.spend.advance(toSecond: wallSeconds)
            return limits.map { limit in
                switch limit.kind {
                case .requests:
                    state.requests.advance(to: now, windowSeconds: limit.windowSeconds)
                    return state.requests.total
                case .tokens:
                    state.tokens.advance(to: now, windowSeconds: limit.windowSeconds)
                    return state.tokens.total
                case .concurrent: return state.inFlight
                default: return state.spend.spent(limit.kind)
                }
            }
        }
    }
}
