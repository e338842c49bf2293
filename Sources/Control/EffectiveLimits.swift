import Domain
import Settings

/// Works out which limits hold for a scope, and where each comes from: override > client > tier > default.
struct EffectiveLimits {
    let configuration: Configuration
    let book: Book
    let now: Timestamp

    /// The limits of a client of this name.
    func client(_ name: String, tier tierName: String, own: LimitSet) -> [EffectiveLimit] {
        let tier = configuration.tier(tierName)?.limits ?? LimitSet()
        let tierOverrides = Dictionary(
            book.overrides(of: .tier(tierName), at: now).map { ($0.limit.kind, $0) },
            uniquingKeysWith: { first, _ in first })
        let ownOverrides = Dictionary(
            book.overrides(of: .client(name), at: now).map { ($0.limit.kind, $0) },
            uniquingKeysWith: { first, _ in first })
        return LimitKind.allCases.compactMap { kind in
            var current: EffectiveLimit?
            if let limit = Configuration.defaultLimits[kind] {
                current = EffectiveLimit(limit: limit, source: .default)
            }
            if let limit = tier[kind] { current = EffectiveLimit(limit: limit, source: .tier) }
            if let override = tierOverrides[kind], own[kind] == nil {
                current = EffectiveLimit(
                    limit: override.limit, source: .override, until: override.until, underneath: current?.limit)
            }
            if let limit = own[kind] { current = EffectiveLimit(limit: limit, source: .client) }
            if let override = ownOverrides[kind] {
                current = EffectiveLimit(
                    limit: override.limit, source: .override, until: override.until, underneath: current?.limit)
            }
            return current
        }
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
        let overrides = book.overrides(of: scope, at: now)
        return LimitKind.allCases.compactMap { kind in
            var current: EffectiveLimit?
            if hasDefaults, let limit = Configuration.defaultLimits[kind] {
                current = EffectiveLimit(limit: limit, source: .default)
            }
            if let limit = configured?[kind] { current = EffectiveLimit(limit: limit, source: source) }
            if let override = overrides.first(where: { $0.limit.kind == kind }) {
                current = EffectiveLimit(
                    limit: override.limit, source: .override, until: override.until, underneath: current?.limit)
            }
            return current
        }
    }
}
