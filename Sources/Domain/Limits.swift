/// What a limit counts.
///
/// Budgets of different periods are separate kinds: all of them hold at once.
package enum LimitKind: String, CaseIterable, Sendable, Codable, Comparable {
    case requests
    case tokens
    case concurrent
    case budgetHour = "budget/hour"
    case budgetDay = "budget/day"
    case budgetMonth = "budget/month"

    package static func < (left: LimitKind, right: LimitKind) -> Bool { left.order < right.order }

    private var order: Int {
        switch self {
        case .requests: 0
        case .tokens: 1
        case .concurrent: 2
        case .budgetHour: 3
        case .budgetDay: 4
        case .budgetMonth: 5
        }
    }

    /// The word of the configuration and of `limits set`: all budgets are `budget`.
    package var word: String {
        switch self {
        case .requests: "requests"
        case .tokens: "tokens"
        case .concurrent: "concurrent"
        case .budgetHour, .budgetDay, .budgetMonth: "budget"
        }
    }

    /// `hour`, `day` or `month` of a budget, nil for the others.
    package var period: String? {
        switch self {
        case .budgetHour: "hour"
        case .budgetDay: "day"
        case .budgetMonth: "month"
        default: nil
        }
    }

    /// Whether the limit is counted in a sliding window.
    package var isWindowed: Bool { self == .requests || self == .tokens }

    /// Whether the amount is nano-dollars.
    package var isMoney: Bool { period != nil }
}

/// One limit: so many requests or tokens a window, so many at once, or so much money a calendar period.
package struct Limit: Hashable, Sendable, Codable {
    package var kind: LimitKind
    /// Requests, tokens, open requests, or nano-dollars, by `kind`; never negative.
    ///
    /// Zero refuses everything.
    package var amount: Int64
    /// Length of the sliding window in seconds, 1 to 86,400; 0 where `kind` has no window.
    package var windowSeconds: Int64

    package init(kind: LimitKind, amount: Int64, windowSeconds: Int64 = 0) {
        self.kind = kind
        self.amount = amount
        self.windowSeconds = windowSeconds
    }
}

/// At most one limit of each kind.
package struct LimitSet: Hashable, Sendable, Codable {
    private var limits: [LimitKind: Limit] = [:]

    package init(_ limits: [Limit] = []) { for limit in limits { self.limits[limit.kind] = limit } }

    package subscript(kind: LimitKind) -> Limit? {
        get { limits[kind] }
        set { limits[kind] = newValue }
    }

    /// The limits in the order of `LimitKind`.
    package var all: [Limit] { limits.values.sorted { $0.kind < $1.kind } }

    package var isEmpty: Bool { limits.isEmpty }
}

/// Whose limit it is.
package enum LimitScope: Hashable, Sendable, Codable {
    case client(String)
    case tier(String)
    case model(String)
    case gateway

    /// The text form of commands: `NAME`, `tier:NAME`, `model:NAME`, `gateway`.
    ///
    /// A client that is called `gateway` is reached as `client:gateway`.
    package init?(text: String) {
        if text.isEmpty { return nil }
        if text == "gateway" {
            self = .gateway
        } else if let name = LimitScope.rest(of: text, after: "tier:") {
            self = .tier(name)
        } else if let name = LimitScope.rest(of: text, after: "model:") {
            self = .model(name)
        } else {
            self = .client(LimitScope.rest(of: text, after: "client:") ?? text)
        }
    }

    private static func rest(of text: String, after prefix: String) -> String? {
        guard text.hasPrefix(prefix), text.utf8.count > prefix.utf8.count else { return nil }
        return String(text.dropFirst(prefix.count))
    }

    /// The text form that `init(text:)` reads back.
    package var text: String {
        switch self {
        case .client(let name):
            name == "gateway" || name.hasPrefix("tier:") || name.hasPrefix("model:") || name.hasPrefix("client:")
                ? "client:\(name)" : name
        case .tier(let name): "tier:\(name)"
        case .model(let name): "model:\(name)"
        case .gateway: "gateway"
        }
    }
}

/// Where an effective limit comes from; earlier cases win over later ones.
package enum LimitSource: String, Sendable, Codable {
    case override
    case client
    case tier
    case `default`
}

/// A limit as it is in force for a scope now.
package struct EffectiveLimit: Hashable, Sendable, Codable {
    package var limit: Limit
    package var source: LimitSource
    /// When a temporary override ends; nil for one that stays and for every other source.
    package var until: Timestamp?
    /// What is in force again when the override ends; nil where nothing is.
    package var underneath: Limit?

    package init(limit: Limit, source: LimitSource, until: Timestamp? = nil, underneath: Limit? = nil) {
        self.limit = limit
        self.source = source
        self.until = until
        self.underneath = underneath
    }
}

/// An operator's replacement of one limit of one scope, until a moment or until it is cleared.
package struct LimitOverride: Hashable, Sendable, Codable {
    package var scope: LimitScope
    package var limit: Limit
    package var until: Timestamp?
    package var why: String
    package var by: String
    package var since: Timestamp
    /// The override without an end that this temporary one lies over: it holds again afterwards.
    package var standing: StandingLimit?

    package init(
        scope: LimitScope, limit: Limit, until: Timestamp?, why: String, by: String, since: Timestamp,
        standing: StandingLimit? = nil
    ) {
        self.scope = scope
        self.limit = limit
        self.until = until
        self.why = why
        self.by = by
        self.since = since
        self.standing = standing
    }

    /// What holds when this one has ended; nil where nothing of an operator's does.
    package var afterwards: LimitOverride? {
        standing.map {
            LimitOverride(scope: scope, limit: $0.limit, until: nil, why: $0.why, by: $0.by, since: $0.since)
        }
    }
}

/// An override without an end, without the scope that it is kept under.
package struct StandingLimit: Hashable, Sendable, Codable {
    package var limit: Limit
    package var why: String
    package var by: String
    package var since: Timestamp

    /// What a new temporary override over `override` leaves standing; nil where nothing without an end is there.
    package init?(under override: LimitOverride?) {
        guard let override else { return nil }
        guard override.until == nil else {
            guard let standing = override.standing else { return nil }
            self = standing
            return
        }
        (limit, why, by, since) = (override.limit, override.why, override.by, override.since)
    }
}
