import Crypto
import Domain
import Wire

/// What a token proves once its signature holds.
struct VerifiedToken: Sendable {
    var subject: String
    /// Nil where the token names no tier.
    var tier: String?
    /// Seconds since 1970.
    var expires: Int64
}

/// Verifies JSON Web Tokens on the loop: HS256 alone, by constant-time HMAC.
///
/// The algorithm is ours, never the token's: a header that names another is refused before the signature is looked at.
enum TokenVerifier {
    static func looksLikeToken(_ bytes: Span<UInt8>) -> Bool { JWTScanner.looksLikeToken(bytes) }

    static func verify(
        _ bytes: UnsafeRawBufferPointer, jwt: JWTPolicy, wallSeconds: Int64
    ) -> Result<VerifiedToken, CallerFault> {
        let invalid = CallerFault(.invalidAPIKey, "The token is not valid here.")
        guard let facts = try? JWTScanner.scan(bytes.bindMemory(to: UInt8.self).span, tierClaim: jwt.tierClaim),
            facts.algorithm == "HS256", facts.keyID == nil, facts.signed.upperBound <= bytes.count
        else { return .failure(invalid) }
        let isAuthentic = HMAC<SHA256>.isValidAuthenticationCode(
            facts.signature, authenticating: UnsafeRawBufferPointer(rebasing: bytes[facts.signed]),
            using: SymmetricKey(data: jwt.secret))
        guard isAuthentic, let subject = facts.subject, let expires = facts.expires else { return .failure(invalid) }
        if expires <= wallSeconds {
            return .failure(CallerFault(.tokenExpired, client: subject))
        }
        if let notBefore = facts.notBefore, notBefore > wallSeconds { return .failure(invalid) }
        if let issuer = jwt.issuer, facts.issuer != issuer { return .failure(invalid) }
        if let audience = jwt.audience, !facts.audience.contains(audience) { return .failure(invalid) }
        return .success(VerifiedToken(subject: subject, tier: facts.tier, expires: expires))
    }
}
