package import Domain
import Glibc
package import NIOCore

/// Everything that a request is judged by, as it was at one epoch; immutable.
///
/// `Control` alone makes one, sends it to each loop, and releases the old one when every loop has acknowledged.
package final class Policy: Sendable {
    package let epoch: UInt64
    package let keys: KeyTable
    package let clients: [String: ClientPolicy]
    package let tiers: [String: TierPolicy]
    /// The tier of a token that names none.
    package let defaultTier: String
    package let models: [String: ModelPolicy]
    package let gateway: Scope
    package let jwt: JWTPolicy?
    /// Further paths that are forwarded; each a whole path, or a prefix where it ends in `*`.
    package let passthrough: [String]
    /// Where a passed-through request goes whose body names no model; nil where none may go.
    package let passthroughUpstream: Upstream?
    package let trustedProxies: AddressList
    package let metricsAllowed: AddressList
    package let timeouts: Timeouts

    package init(
        epoch: UInt64, keys: KeyTable, clients: [String: ClientPolicy], tiers: [String: TierPolicy],
        defaultTier: String, models: [String: ModelPolicy], gateway: Scope, jwt: JWTPolicy?, passthrough: [String],
        passthroughUpstream: Upstream?, trustedProxies: AddressList, metricsAllowed: AddressList, timeouts: Timeouts
    ) {
        self.epoch = epoch
        self.keys = keys
        self.clients = clients
        self.tiers = tiers
        self.defaultTier = defaultTier
        self.models = models
        self.gateway = gateway
        self.jwt = jwt
        self.passthrough = passthrough
        self.passthroughUpstream = passthroughUpstream
        self.trustedProxies = trustedProxies
        self.metricsAllowed = metricsAllowed
        self.timeouts = timeouts
    }

    /// Whether the configuration lets this path through.
    package func allowsPassthrough(_ path: String) -> Bool {
        passthrough.contains { pattern in
            pattern.hasSuffix("*") ? path.hasPrefix(pattern.dropLast()) : path == pattern
        }
    }
}

/// A client as the path sees it.
package final class ClientPolicy: Sendable {
    package let name: String
    package let tier: String
    package let scope: Scope
    /// Models that it may use; nil for all.
    package let models: Set<String>?
    /// Whether it may not call; `Control` ends that in time.
    package let isSuspended: Bool
    /// All limits in force, for `/v1/me`.
    package let limits: [EffectiveLimit]
    /// Whether only an operator's act names it: then a token's tier decides its other limits.
    package let isSubject: Bool
    /// Whether the configuration no longer has its tier: then nothing says what it may do, and it may do nothing.
    package let lacksTier: Bool

    package init(
        name: String, tier: String, scope: Scope, models: Set<String>?, isSuspended: Bool,
        limits: [EffectiveLimit], isSubject: Bool = false, lacksTier: Bool = false
    ) {
        self.isSubject = isSubject
        self.lacksTier = lacksTier
        self.name = name
        self.tier = tier
        self.scope = scope
        self.models = models
        self.isSuspended = isSuspended
        self.limits = limits
    }
}

/// What a client of a tier gets where only the tier is known (a token's subject).
package final class TierPolicy: Sendable {
    package let name: String
    package let limits: [EffectiveLimit]
    package let models: Set<String>?

    package init(name: String, limits: [EffectiveLimit], models: Set<String>?) {
        self.name = name
        self.limits = limits
        self.models = models
    }

    /// The limits of a client of the tier, for whom an operator set `own` by name.
    package func limits(under own: [EffectiveLimit]) -> [EffectiveLimit] {
        let own = own.filter { $0.source == .override }
        return limits.filter { limit in !own.contains { $0.limit.kind == limit.limit.kind } } + own
    }
}

/// A model: where it goes, what it costs, what it may use.
package final class ModelPolicy: Sendable {
    package let name: String
    package let upstream: Upstream
    package let price: Price?
    /// Counted whether it has limits or not: one that is set later finds what is open and was used before it.
    package let scope: Scope
    /// The model's own clocks; nil where the gateway's hold.
    package let timeouts: Timeouts?

    package init(name: String, upstream: Upstream, price: Price?, scope: Scope, timeouts: Timeouts?) {
        self.name = name
        self.upstream = upstream
        self.price = price
        self.scope = scope
        self.timeouts = timeouts
    }
}

/// The clocks of a request.
package struct Timeouts: Sendable, Equatable {
    package var connect: TimeAmount
    /// Streams only: from the request's last byte to the answer's first.
    package var firstToken: TimeAmount
    /// Streams only: between two bytes of the answer.
    package var idle: TimeAmount
    package var total: TimeAmount

    package init(
        connect: TimeAmount = .seconds(10), firstToken: TimeAmount = .seconds(120), idle: TimeAmount = .seconds(60),
        total: TimeAmount = .minutes(10)
    ) {
        self.connect = connect
        self.firstToken = firstToken
        self.idle = idle
        self.total = total
    }
}

/// How tokens are verified.
package struct JWTPolicy: Sendable {
    /// At least 32 bytes.
    package let secret: [UInt8]
    package let tierClaim: String
    package let issuer: String?
    package let audience: String?

    package init(secret: [UInt8], tierClaim: String, issuer: String?, audience: String?) {
        self.secret = secret
        self.tierClaim = tierClaim
        self.issuer = issuer
        self.audience = audience
    }
}

/// Addresses and CIDR ranges.
package struct AddressList: Sendable {
    private struct Range {
        var bytes: [UInt8]
        var bits: Int
    }

    private var ranges: [Range] = []
    package var isEmpty: Bool { ranges.isEmpty }

    /// Reads `127.0.0.1`, `10.0.0.0/8`, `::1`; entries that are no addresses are left out and returned.
    package init(_ entries: [String], rejected: inout [String]) {
        for entry in entries {
            let parts = entry.split(separator: "/", maxSplits: 1)
            guard let first = parts.first, let bytes = AddressList.bytes(String(first)) else {
                rejected.append(entry)
                continue
            }
            var bits = bytes.count * 8
            if parts.count == 2 {
                guard let given = Int(parts[1]), given >= 0, given <= bits else {
                    rejected.append(entry)
                    continue
                }
                bits = given
            }
            ranges.append(Range(bytes: bytes, bits: bits))
        }
    }

    package init(_ entries: [String]) {
        var rejected: [String] = []
        self.init(entries, rejected: &rejected)
    }

    /// Whether the address (text form, no port) is in one of the ranges.
    package func contains(_ address: String) -> Bool {
        guard !ranges.isEmpty, let bytes = AddressList.bytes(address) else { return false }
        return ranges.contains { range in
            guard range.bytes.count == bytes.count else { return false }
            for index in 0..<bytes.count {
                let bits = min(8, max(0, range.bits - index * 8))
                let mask = bits == 0 ? 0 : UInt8(truncatingIfNeeded: 0xff00 >> bits)
                if range.bytes[index] & mask != bytes[index] & mask { return false }
            }
            return true
        }
    }

    /// The address in network order; an IPv4 address inside IPv6 counts as the IPv4 address that it is.
    private static func bytes(_ text: String) -> [UInt8]? {
        var storage = [UInt8](repeating: 0, count: 16)
        if inet_pton(AF_INET, text, &storage) == 1 { return Array(storage.prefix(4)) }
        guard inet_pton(AF_INET6, text, &storage) == 1 else { return nil }
        let mapped: [UInt8] = [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff]
        return Array(storage.prefix(12)) == mapped ? Array(storage.suffix(4)) : storage
    }
}
