import Domain
import Ledger
import NIOCore
import Proxy
import Settings

/// Makes the policy that the corridor judges by, whole or only where something changed.
///
/// Counters come from the gateway's table by name, so a new policy keeps what was used.
struct PolicyMaker {
    let table: ClientTable
    /// Activity of keys over all versions of their entries.
    private(set) var activities: [KeyID: KeyActivity] = [:]
    /// Providers by name; kept over reloads where nothing changed, so that their connections live on.
    private(set) var upstreams: [String: (settings: UpstreamSettings, upstream: Upstream)] = [:]
    private(set) var epoch: UInt64 = 0
    private var keys = KeyTable()
    private var clients: [String: ClientPolicy] = [:]
    private var tiers: [String: TierPolicy] = [:]
    private var models: [String: ModelPolicy] = [:]
    private var gateway = Scope(limits: ScopeLimits(), counters: ScopeCounters())

    init(table: ClientTable) { self.table = table }

    /// Everything anew, at start and after a reload.
    mutating func make(_ configuration: Configuration, _ book: Book, now: Timestamp) throws(UpstreamFault) -> Policy {
        try makeUpstreams(configuration)
        keys = KeyTable()
        // The keys of a client that a reload took out of the file are nobody's: they must not live on in another tier.
        for key in book.keys.values where PolicyMaker.record(key.record.client, configuration, book) != nil {
            keys.set(entry(key.record))
        }
        let limits = EffectiveLimits(configuration: configuration, book: book, table: table, now: now)
        clients = [:]
        for name in PolicyMaker.clientNames(configuration, book) {
            clients[name] = client(name, configuration, limits, book)
        }
        makeShared(configuration, limits)
        return policy(configuration, book)
    }

    /// Only what a change touched.
    mutating func update(
        _ touched: Book.Touched, _ configuration: Configuration, _ book: Book, now: Timestamp
    ) -> Policy {
        let limits = EffectiveLimits(configuration: configuration, book: book, table: table, now: now)
        for id in touched.keys {
            guard let key = book.keys[id], PolicyMaker.record(key.record.client, configuration, book) != nil else {
                continue
            }
            keys.set(entry(key.record))
        }
        var names = touched.clients
        if !touched.tiers.isEmpty {
            names.formUnion(clients.values.filter { touched.tiers.contains($0.tier) }.map(\.name))
        }
        for name in names { clients[name] = client(name, configuration, limits, book) }
        if !touched.tiers.isEmpty || !touched.models.isEmpty || touched.gateway { makeShared(configuration, limits) }
        return policy(configuration, book)
    }

    /// Everyone whose name the gateway knows: configured, kept, or the subject of an act.
    static func clientNames(_ configuration: Configuration, _ book: Book) -> Set<String> {
        var names = Set(configuration.clients.map(\.name))
        names.formUnion(book.clients.keys)
        names.formUnion(book.suspensions.keys)
        for case .client(let name) in book.overrides.keys.map(\.scope) { names.insert(name) }
        return names
    }

    /// Who a client is: the configuration's word wins over what was kept.
    static func record(_ name: String, _ configuration: Configuration, _ book: Book) -> ClientRecord? {
        if var configured = configuration.client(name) {
            configured.since = configured.since ?? book.clients[name]?.since
            return configured
        }
        return book.clients[name]
    }

    private mutating func makeUpstreams(_ configuration: Configuration) throws(UpstreamFault) {
        var made: [String: (settings: UpstreamSettings, upstream: Upstream)] = [:]
        for settings in configuration.upstreams {
            if let known = upstreams[settings.name], known.settings == settings {
                made[settings.name] = known
                continue
            }
            var tls: ProviderTLS?
            if settings.url.isSecure {
                let file = ProviderTLS.namedFile
                do {
                    tls = try ProviderTLS(certificates: file)
                } catch {
                    let what = file == nil ? "the system's certificates" : "the certificates of SSL_CERT_FILE"
                    throw UpstreamFault(reason: "upstream \(settings.name): \(what) cannot be read")
                }
            }
            made[settings.name] = (
                settings,
                Upstream(
                    name: settings.name, host: settings.url.host, port: Int(settings.url.port), tls: tls,
                    basePath: settings.url.path, key: settings.key?.revealed)
            )
        }
        upstreams = made
    }

    private mutating func makeShared(_ configuration: Configuration, _ limits: EffectiveLimits) {
        tiers = [:]
        for tier in configuration.tiers {
            tiers[tier.name] = TierPolicy(
                name: tier.name, limits: limits.tier(tier.name), models: tier.models.map { Set($0) })
        }
        models = [:]
        for model in configuration.models {
            guard let name = model.via.first, let upstream = upstreams[name]?.upstream else { continue }
            let own = ScopeLimits(limits.model(model.name).map(\.limit))
            let counters = table.counters(for: "model:" + model.name, now: 0)
            models[model.name] = ModelPolicy(
                name: model.name, upstream: upstream, price: model.price,
                scope: Scope(limits: own, counters: counters),
                timeouts: PolicyMaker.timeouts(model.timeouts))
        }
        gateway = Scope(
            limits: ScopeLimits(limits.gateway().map(\.limit)), counters: table.counters(for: "gateway:", now: 0))
    }

    private mutating func entry(_ record: KeyRecord) -> KeyEntry {
        let activity = activities[record.id] ?? KeyActivity()
        activities[record.id] = activity
        return KeyEntry(
            id: record.id, client: record.client, digest: KeyEntry.Digest(record.digest),
            isRevoked: record.revoked != nil, expires: record.expires?.milliseconds ?? .max,
            models: record.models.map { Set($0) }, activity: activity)
    }

    private func client(
        _ name: String, _ configuration: Configuration, _ limits: EffectiveLimits, _ book: Book
    ) -> ClientPolicy {
        let record = PolicyMaker.record(name, configuration, book)
        let tierName = limits.tierName(of: name)
        // Of a token's subject only what was changed for it by name: its tier is the token's to say.
        let effective = record == nil ? limits.ownOverrides(of: name) : limits.client(name)
        return ClientPolicy(
            name: name, tier: tierName,
            scope: Scope(
                limits: ScopeLimits(effective.map(\.limit)), counters: table.counters(for: "client:" + name, now: 0)),
            models: (record?.models ?? configuration.tier(tierName)?.models).map { Set($0) },
            isSuspended: book.suspensions[name] != nil, limits: effective,
            isSubject: record == nil, lacksTier: record != nil && limits.lacksTier(name))
    }

    private mutating func policy(_ configuration: Configuration, _ book: Book) -> Policy {
        epoch += 1
        return Policy(
            epoch: epoch, keys: keys, clients: clients, tiers: tiers, defaultTier: configuration.defaultTier,
            models: models, gateway: gateway,
            jwt: configuration.jwt.map {
                JWTPolicy(
                    secret: Array($0.secret.revealed.utf8), tierClaim: $0.tierClaim, issuer: $0.issuer,
                    audience: $0.audience)
            },
            passthrough: configuration.passthrough,
            passthroughUpstream: configuration.upstreams.first.flatMap { upstreams[$0.name]?.upstream },
            trustedProxies: AddressList(configuration.trustedProxies.map { PolicyMaker.text($0) }),
            metricsAllowed: AddressList(configuration.metricsAllow.map { PolicyMaker.text($0) }),
            timeouts: PolicyMaker.timeouts(configuration.timeouts))
    }

    private static func timeouts(_ settings: Settings.Timeouts) -> Proxy.Timeouts {
        Proxy.Timeouts(
            connect: amount(settings.connect), firstToken: amount(settings.firstToken), idle: amount(settings.idle),
            total: amount(settings.total))
    }

    private static func amount(_ duration: Duration) -> TimeAmount { .nanoseconds(duration.nanosecondsClamped) }

    private static func text(_ range: AddressRange) -> String {
        let address =
            range.bytes.count == 4
            ? range.bytes.map(String.init).joined(separator: ".")
            : stride(from: 0, to: range.bytes.count - 1, by: 2).map { index in
                String(UInt16(range.bytes[index]) << 8 | UInt16(range.bytes[index + 1]), radix: 16)
            }.joined(separator: ":")
        return "\(address)/\(range.prefix)"
    }
}

/// A provider that cannot be set up.
package struct UpstreamFault: Error, Sendable {
    package var reason: String
}
