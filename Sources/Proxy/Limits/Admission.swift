package import Domain
import Synchronization

/// A scope as admission sees it: what it may use and what it has used.
package struct Scope: Sendable {
    package let limits: ScopeLimits
    package let counters: ScopeCounters

    package init(limits: ScopeLimits, counters: ScopeCounters) {
        self.limits = limits
        self.counters = counters
    }
}

/// Decides whether a request may pass: all scopes or none, in one critical section.
///
/// The locks are taken in the fixed order client, model, gateway, so that two requests can never wait for each other.
package struct Admission: Sendable {
    package let client: Scope
    package let model: Scope?
    package let gateway: Scope?

    package init(client: Scope, model: Scope?, gateway: Scope?) {
        self.client = client
        self.model = model
        self.gateway = gateway
    }

    /// Judges one request and, where it passes, counts it in every scope.
    ///
    /// - Parameters:
    ///   - wallSeconds: for the calendar periods of budgets.
    ///   - clock: monotonic nanoseconds, read inside the locks so that counts and times cannot disagree.
    /// - Returns: how the client's limits stand after it; `refusedBy` is set where nothing was counted.
    package func judge(wallSeconds: Int64, clock: () -> Int64) -> LimitState {
        client.counters.state.withLock { own in
            switch (model, gateway) {
            case (nil, nil):
                var absent = ScopeCounters.State()
                var missing = ScopeCounters.State()
                return decide(&own, &absent, &missing, now: clock(), wallSeconds: wallSeconds)
            case (let model?, nil):
                return model.counters.state.withLock { shared in
                    var missing = ScopeCounters.State()
                    return decide(&own, &shared, &missing, now: clock(), wallSeconds: wallSeconds)
                }
            case (nil, let gateway?):
                return gateway.counters.state.withLock { all in
                    var absent = ScopeCounters.State()
                    return decide(&own, &absent, &all, now: clock(), wallSeconds: wallSeconds)
                }
            case (let model?, let gateway?):
                return model.counters.state.withLock { shared in
                    gateway.counters.state.withLock { all in
                        decide(&own, &shared, &all, now: clock(), wallSeconds: wallSeconds)
                    }
                }
            }
        }
    }

    /// Gives back the open request and adds what it used.
    ///
    /// Called exactly once for each admitted request.
    ///
    /// - Parameters:
    ///   - wallSeconds: when the request arrived: its cost belongs to that hour, day and month, as in the ledger.
    ///   - now: monotonic nanoseconds; its tokens count from now on.
    package func settle(tokens: Int64, costNanos: Int64, wallSeconds: Int64, now: Int64) {
        Admission.settle(client, tokens: tokens, costNanos: costNanos, wallSeconds: wallSeconds, now: now)
        if let model {
            Admission.settle(model, tokens: tokens, costNanos: costNanos, wallSeconds: wallSeconds, now: now)
        }
        if let gateway {
            Admission.settle(gateway, tokens: tokens, costNanos: costNanos, wallSeconds: wallSeconds, now: now)
        }
    }

    private static func settle(_ scope: Scope, tokens: Int64, costNanos: Int64, wallSeconds: Int64, now: Int64) {
        scope.counters.state.withLock { state in
            state.inFlight = max(0, state.inFlight - 1)
            if tokens > 0 {
                state.tokens.advance(to: now, unlessAsked: scope.limits.tokenWindowSeconds)
                state.tokens.add(tokens)
            }
            state.spend.advance(toSecond: wallSeconds)
            state.spend.add(costNanos)
        }
    }

    /// The limit of `kind` that a refusing scope has.
    package func limit(_ kind: LimitKind, of scope: LimitState.RefusingScope) -> Limit? {
        switch scope {
        case .client: client.limits.limit(kind)
        case .model: model?.limits.limit(kind)
        case .gateway: gateway?.limits.limit(kind)
        }
    }

    private func decide(
        _ own: inout ScopeCounters.State, _ shared: inout ScopeCounters.State, _ all: inout ScopeCounters.State,
        now: Int64, wallSeconds: Int64
    ) -> LimitState {
        var refusal = client.limits.refusal(&own, now: now, wallSeconds: wallSeconds)
        var scope = LimitState.RefusingScope.client
        // Where several refuse, the longest wait is the one after which the caller gets through.
        if let other = model?.limits.refusal(&shared, now: now, wallSeconds: wallSeconds), other.outlasts(refusal) {
            (refusal, scope) = (other, .model)
        }
        if let other = gateway?.limits.refusal(&all, now: now, wallSeconds: wallSeconds), other.outlasts(refusal) {
            (refusal, scope) = (other, .gateway)
        }
        if refusal == nil {
            client.limits.count(&own, now: now)
            model?.limits.count(&shared, now: now)
            gateway?.limits.count(&all, now: now)
        }
        var answer = client.limits.state(own, now: now)
        if let refusal {
            answer.refusedBy = refusal.kind
            answer.refusedScope = scope
            answer.retryAfterMilliseconds = max(1, (refusal.waitNanos + 999_999) / 1_000_000)
        }
        return answer
    }
}

/// Why a scope says no, and for how long.
package struct ScopeRefusal: Sendable {
    package let kind: LimitKind
    package let waitNanos: Int64

    /// Whether this one still holds when `other` has let go.
    func outlasts(_ other: ScopeRefusal?) -> Bool { other.map { waitNanos > $0.waitNanos } ?? true }
}

extension ScopeLimits {
    /// A wait that no window ends: the limit itself is smaller than one request.
    private static let neverNanos: Int64 = 3600 * 1_000_000_000

    /// The limit that `state` has no room under; of several the one that holds longest, nil where there is room.
    func refusal(_ state: inout ScopeCounters.State, now: Int64, wallSeconds: Int64) -> ScopeRefusal? {
        var longest: ScopeRefusal?
        func weigh(_ kind: LimitKind, _ wait: Int64) {
            let refusal = ScopeRefusal(kind: kind, waitNanos: wait)
            if wait > 0, refusal.outlasts(longest) { longest = refusal }
        }
        if budgetHour >= 0 || budgetDay >= 0 || budgetMonth >= 0 {
            state.spend.advance(toSecond: wallSeconds)
            weigh(.budgetMonth, budgetWait(.budgetMonth, budgetMonth, state.spend, wallSeconds))
            weigh(.budgetDay, budgetWait(.budgetDay, budgetDay, state.spend, wallSeconds))
            weigh(.budgetHour, budgetWait(.budgetHour, budgetHour, state.spend, wallSeconds))
        }
        if requests >= 0 {
            state.requests.advance(to: now, windowSeconds: requestWindowSeconds)
            weigh(.requests, state.requests.wait(for: 1, limit: requests, now: now) ?? ScopeLimits.neverNanos)
        }
        if tokens >= 0 {
            state.tokens.advance(to: now, windowSeconds: tokenWindowSeconds)
            weigh(.tokens, state.tokens.wait(for: 1, limit: tokens, now: now) ?? ScopeLimits.neverNanos)
        }
        // How long the others stay open is unknown: one second is the honest shortest advice.
        if concurrent >= 0, state.inFlight >= concurrent { weigh(.concurrent, 1_000_000_000) }
        return longest
    }

    /// Nanoseconds to the end of the period in which a budget is used up; 0 where there is no budget or some is left.
    private func budgetWait(_ kind: LimitKind, _ limit: Int64, _ spend: PeriodSpend, _ wallSeconds: Int64) -> Int64 {
        guard limit >= 0, spend.spent(kind) >= limit else { return 0 }
        let now = Timestamp(milliseconds: wallSeconds.multipliedSaturated(by: 1000))
        return kind.secondsLeft(at: now).multipliedSaturated(by: 1_000_000_000)
    }

    /// Counts one admitted request, under a limit or not: a limit that is set later finds what was used before it.
    func count(_ state: inout ScopeCounters.State, now: Int64) {
        state.requests.advance(to: now, windowSeconds: requestWindowSeconds)
        state.requests.add(1)
        state.inFlight = state.inFlight.addingSaturated(1)
    }

    /// What the rate-limit headers say.
    func state(_ state: ScopeCounters.State, now: Int64) -> LimitState {
        var answer = LimitState()
        if requests >= 0 {
            answer.requestLimit = requests
            answer.requestRemaining = max(0, requests.subtractingSaturated(state.requests.total))
            answer.requestWindowSeconds = requestWindowSeconds
            answer.requestResetMilliseconds = (state.requests.untilEmpty(now: now) + 999_999) / 1_000_000
        }
        if tokens >= 0 {
            answer.tokenLimit = tokens
            answer.tokenRemaining = max(0, tokens.subtractingSaturated(state.tokens.total))
            answer.tokenResetMilliseconds = (state.tokens.untilEmpty(now: now) + 999_999) / 1_000_000
        }
        return answer
    }
}
