import Crypto
import Domain
import HTTP
import Wire

/// Proves who calls, on the head alone: before a byte of the body is read.
struct CallerCheck {
    /// Tokens that have been verified, by digest; dropped with every new policy, bounded.
    private var tokens: [KeyEntry.Digest: Caller] = [:]
    private static let tokenLimit = 4096
    private static let fields: [KnownField] = [.authorization, .xAPIKey, .apiKey, .xGoogAPIKey]

    /// The clients of tokens whose subject no configuration names, by subject; dropped likewise.
    private var subjects: [String: ClientPolicy] = [:]

    /// Forgets everything that was derived from the policy before.
    mutating func policyChanged() {
        tokens.removeAll(keepingCapacity: true)
        subjects.removeAll(keepingCapacity: true)
    }

    /// The caller of a request, or why there is none.
    ///
    /// - Parameters:
    ///   - head: the request's head, in which the credential stands.
    ///   - policy: the keys, clients and tokens' rules in force.
    ///   - wall: milliseconds since 1970, for the ends of keys and tokens.
    ///   - now: monotonic nanoseconds, for the windows of a subject that is new.
    ///   - table: where the counters of unknown subjects are kept.
    mutating func caller(
        of head: Head, policy: Policy, wall: Int64, now: Int64, table: ClientTable
    ) -> Result<Caller, CallerFault> {
        head.withBytes { all in
            var credential: Range<Int>?
            for field in CallerCheck.fields {
                guard var range = head.range(of: field) else { continue }
                if head.isRepeated(field) { return .failure(CallerFault(.conflictingCredentials)) }
                if field == .authorization {
                    guard let bearer = CallerCheck.bearer(all, range) else {
                        return .failure(
                            CallerFault(
                                .invalidAPIKey,
                                "The Authorization field is not `Bearer KEY`. Send a gateway key that way."))
                    }
                    range = bearer
                }
                if range.isEmpty { continue }
                if let credential, !CallerCheck.areEqual(all, credential, range) {
                    return .failure(CallerFault(.conflictingCredentials))
                }
                credential = range
            }
            guard let credential else {
                return .failure(
                    CallerFault(
                        .invalidAPIKey, "No API key. Send a gateway key (tg_...) as `Authorization: Bearer KEY`."))
            }
            let bytes = UnsafeRawBufferPointer(rebasing: all[credential])
            let span = bytes.bindMemory(to: UInt8.self).span
            if KeyText.looksLikeKey(span) {
                return key(bytes, span, policy: policy, wall: wall)
            }
            if let jwt = policy.jwt, TokenVerifier.looksLikeToken(span) {
                return token(bytes, jwt: jwt, policy: policy, wall: wall, now: now, table: table)
            }
            return .failure(CallerFault(.invalidAPIKey))
        }
    }

    private static func bearer(_ all: UnsafeRawBufferPointer, _ range: Range<Int>) -> Range<Int>? {
        let scheme: StaticString = "bearer"
        guard range.count > 7, all[range.lowerBound + 6] == 0x20 else { return nil }
        for index in 0..<6 where all[range.lowerBound + index] | 0x20 != scheme.utf8Start[index] { return nil }
        var start = range.lowerBound + 7
        while start < range.upperBound, all[start] == 0x20 { start += 1 }
        return start..<range.upperBound
    }

    private static func areEqual(_ all: UnsafeRawBufferPointer, _ left: Range<Int>, _ right: Range<Int>) -> Bool {
        left.count == right.count && zip(left, right).allSatisfy { all[$0] == all[$1] }
    }

    private func key(
        _ bytes: UnsafeRawBufferPointer, _ span: Span<UInt8>, policy: Policy, wall: Int64
    ) -> Result<Caller, CallerFault> {
        guard let id = KeyText.parse(span) else {
            return .failure(CallerFault(.invalidAPIKey, "This API key has a typing error. Copy it again, whole."))
        }
        guard let entry = policy.keys[id] else { return .failure(CallerFault(.invalidAPIKey)) }
        guard KeyEntry.Digest(SHA256.hash(data: bytes)) == entry.digest else {
            return .failure(CallerFault(.invalidAPIKey))
        }
        if entry.isRevoked { return .failure(CallerFault(.keyRevoked, key: id, client: entry.client)) }
        if entry.expires <= wall { return .failure(CallerFault(.tokenExpired, key: id, client: entry.client)) }
        guard let client = policy.clients[entry.client] else {
            return .failure(CallerFault(.invalidAPIKey, key: id, client: entry.client))
        }
        if client.lacksTier {
            return .failure(
                CallerFault(
                    .tierUnknown, "This gateway no longer has the tier of this key's client. Ask your operator.",
                    key: id, client: entry.client))
        }
        return .success(Caller(client: client, key: entry, expires: entry.expires))
    }

    private mutating func token(
        _ bytes: UnsafeRawBufferPointer, jwt: JWTPolicy, policy: Policy, wall: Int64, now: Int64, table: ClientTable
    ) -> Result<Caller, CallerFault> {
        let digest = KeyEntry.Digest(SHA256.hash(data: bytes))
        if let known = tokens[digest], known.expires > wall { return .success(known) }
        switch TokenVerifier.verify(bytes, jwt: jwt, wallSeconds: Calendar.floorDivide(wall, 1000)) {
        case .failure(let fault): return .failure(fault)
        case .success(let token):
            switch client(of: token, policy: policy, now: now, table: table) {
            case .failure(let fault): return .failure(fault)
            case .success(let client):
                let caller = Caller(
                    client: client, key: nil, expires: token.expires.multipliedSaturated(by: 1000))
                if tokens.count >= CallerCheck.tokenLimit { tokens.removeAll(keepingCapacity: true) }
                tokens[digest] = caller
                return .success(caller)
            }
        }
    }

    /// For a configured client its configured tier wins; an unknown subject becomes a client of the token's tier.
    private mutating func client(
        of token: VerifiedToken, policy: Policy, now: Int64, table: ClientTable
    ) -> Result<ClientPolicy, CallerFault> {
        let named = policy.clients[token.subject]
        if let named, !named.isSubject { return .success(named) }
        let tierName = token.tier ?? policy.defaultTier
        guard let tier = policy.tiers[tierName] else {
            return .failure(CallerFault(.tierUnknown, client: token.subject))
        }
        if let known = subjects[token.subject], known.tier == tierName { return .success(known) }
        // What an operator changed for this subject wins over its tier.
        let limits = tier.limits(under: named?.limits ?? [])
        let scope = Scope(
            limits: ScopeLimits(limits.map(\.limit)), counters: table.counters(for: "client:" + token.subject, now: now)
        )
        table.remember(tier: tierName, of: "client:" + token.subject)
        let made = ClientPolicy(
            name: token.subject, tier: tierName, scope: scope, models: tier.models,
            isSuspended: named?.isSuspended ?? false, limits: limits)
        if subjects.count >= CallerCheck.tokenLimit { subjects.removeAll(keepingCapacity: true) }
        subjects[token.subject] = made
        return .success(made)
    }
}

/// Why a caller is refused.
struct CallerFault: Error, Sendable {
    var code: ErrorCode
    var message: String?
    /// The key that was recognised all the same, for the record.
    var key: KeyID?
    var client: String

    init(_ code: ErrorCode, _ message: String? = nil, key: KeyID? = nil, client: String = "") {
        self.code = code
        self.message = message
        self.key = key
        self.client = client
    }
}
