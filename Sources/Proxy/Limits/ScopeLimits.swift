package import Domain

/// The limits of one scope in the form that the path compares with: plain integers, -1 where there is none.
package struct ScopeLimits: Sendable, Equatable {
    package var requests: Int64 = -1
    package var requestWindowSeconds: Int64 = 60
    package var tokens: Int64 = -1
    package var tokenWindowSeconds: Int64 = 60
    package var concurrent: Int64 = -1
    package var budgetHour: Int64 = -1
    package var budgetDay: Int64 = -1
    package var budgetMonth: Int64 = -1

    package init() {}

    package init(_ limits: [Limit]) {
        for limit in limits {
            switch limit.kind {
            case .requests:
                requests = limit.amount
                requestWindowSeconds = limit.windowSeconds
            case .tokens:
                tokens = limit.amount
                tokenWindowSeconds = limit.windowSeconds
            case .concurrent: concurrent = limit.amount
            case .budgetHour: budgetHour = limit.amount
            case .budgetDay: budgetDay = limit.amount
            case .budgetMonth: budgetMonth = limit.amount
            }
        }
    }

    /// The limit of `kind`; nil where there is none.
    package func limit(_ kind: LimitKind) -> Limit? {
        let (amount, window): (Int64, Int64) =
            switch kind {
            case .requests: (requests, requestWindowSeconds)
            case .tokens: (tokens, tokenWindowSeconds)
            case .concurrent: (concurrent, 0)
            case .budgetHour: (budgetHour, 0)
            case .budgetDay: (budgetDay, 0)
            case .budgetMonth: (budgetMonth, 0)
            }
        return amount < 0 ? nil : Limit(kind: kind, amount: amount, windowSeconds: window)
    }
}
