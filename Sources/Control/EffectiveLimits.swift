import Domain
import Ledger
import Proxy
import Settings

/// Works out which limits hold for a scope, and where each comes from: override > client > tier > default.
struct EffectiveLimits {
    let configuration: Configuration
    var book: Book
    /// Knows the tiers that tokens claim.
    let table: ClientTable
    let now: Timestamp

    /// The tier of a client: the configuration's or the kept one, else what its newest token claimed, else the default.
    ///
    /// It may be one that a reload took away, see `lacksTier`.
    func tierName(of name: String) -> String {
        PolicyMaker.record(name, configuration, book)?.tier ?? table.tier(of: "client:" + name)
            ?? configuration.defaultTier
    }

    /// Whether a client is of a tier that the configuration no longer has: the default could let it do more than ever.
    func lacksTier(_ name: String) -> Bool { configuration.tier(tierName(of: name)) == nil }

    /// The limits in force for a scope.
    func of(_ scope: LimitScope) -> [EffectiveLimit] {
        switch scope {
        case .gateway: gateway()
        case .tier(let name): tier(name)
        case .model(let name): model(name)
        case .client(let name): client(name)
        }
    }

    /// The limits of the client of this name.
    func client(_ name: String) -> [EffectiveLimit] {
        let tierName = tierName(of: name)
        let own = PolicyMaker.record(name, configuration, book)?.limits ?? LimitSet()
        let tier = configuration.tier(tierName)?.limits ?? LimitSet()
        let tierOverrides = overrides(of: .tier(tierName))
        let ownOverrides = overrides(of: .client(name))
        return LimitKind.allCases.compactMap { kind in
            var current: EffectiveLimit?
            if let limit = Configuration.defaultLimits[kind] {
                current = EffectiveLimit(limit: limit, source: .default)
            }
            if let limit = tier[kind] { current = EffectiveLimit(limit: limit, source: .tier) }
            if own[kind] == nil { current = tierOverrides[kind].map { over($0, current) } ?? current }
            if let limit = own[kind] { current = EffectiveLimit(limit: limit, source: .client) }
            return ownOverrides[kind].map { over($0, current) } ?? current
        }
    }

    /// What an operator changed for a client by its own name, and nothing of its tier.
    func ownOverrides(of name: String) -> [EffectiveLimit] {
        book.overrides(of: .client(name)).map { over($0, nil) }
    }

    private func overrides(of scope: LimitScope) -> [LimitKind: LimitOverride] {
        Dictionary(
            book.overrides(of: scope).map { ($0.limit.kind, $0) }, uniquingKeysWith: { first, _ in first })
    }

    private func over(_ override: LimitOverride, _ current: EffectiveLimit?) -> EffectiveLimit {
        EffectiveLimit(
            limit: override.limit, source: .override, until: override.until,
            underneath: override.standing?.limit ?? current?.limit)
    }

    /// The limits of a tier itself, as a new client of it gets them.
    func tier(_ name: String) -> [EffectiveLimit] {
        shared(.tier(name), configuration.tier(name)?.limits, source: .tier)
    }

    func model(_ name: String) -> [EffectiveLimit] {
        shared(.model(name), configuration.model(name)?.limits, source: .default, hasDefaults: false)
    }

    func gateway() -> [EffectiveLimit] { shared(.gateway, configuration.limits, source: .default, hasDefaults: false) }

    private func shared(
        _ scope: LimitScope, _ configured: LimitSet?, source: LimitSource, hasDefaults: Bool = true
    ) -> [EffectiveLimit] {
        let overrides = overrides(of: scope)
        return LimitKind.allCases.compactMap { kind in
            var current: EffectiveLimit?
            if hasDefaults, let limit = Configuration.defaultLimits[kind] {
                current = EffectiveLimit(limit: limit, source: .default)
            }
            if let limit = configured?[kind] { current = EffectiveLimit(limit: limit, source: source) }
            return overrides[kind].map { over($0, current) } ?? current
        }
    }
}
