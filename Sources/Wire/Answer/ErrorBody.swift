package import Domain

/// The languages that providers and their clients speak.
package enum Dialect: UInt8, Sendable, CaseIterable {
    case openAI
}

/// Bodies of refusals, in the caller's dialect.
package enum ErrorBody {
    /// A whole JSON body: `{"error":{"message":…,"type":…,"param":…,"code":…}}`.
    ///
    /// - Parameters:
    ///   - message: what to tell the caller; `code.advice` where nil. Never a secret, never text of a prompt.
    ///   - param: the member of the request at fault.
    ///   - limit: the limit that refused, which decides between `requests` and `tokens`.
    package static func json(
        _ code: ErrorCode, message: String? = nil, param: String? = nil, limit: LimitKind? = nil,
        dialect: Dialect = .openAI
    ) -> [UInt8] {
        var writer = JSONWriter()
        write(code, message: message, param: param, limit: limit, dialect: dialect, to: &writer)
        return writer.bytes
    }

    /// The last event of a stream that ends badly, its blank line included; what follows is the end of the
    /// connection's answer, never `[DONE]`.
    package static func streamEvent(
        _ code: ErrorCode, message: String? = nil, param: String? = nil, limit: LimitKind? = nil,
        dialect: Dialect = .openAI
    ) -> [UInt8] {
        var writer = JSONWriter(appendingTo: Array("data: ".utf8))
        write(code, message: message, param: param, limit: limit, dialect: dialect, to: &writer)
        return writer.bytes + [0x0a, 0x0a]
    }

    private static func write(
        _ code: ErrorCode, message: String?, param: String?, limit: LimitKind?, dialect: Dialect,
        to writer: inout JSONWriter
    ) {
        switch dialect {
        case .openAI:
            writer.beginObject()
            writer.key("error")
            writer.beginObject()
            writer.member("message", message ?? code.advice)
            writer.member("type", openAIType(code, limit: limit))
            writer.member("param", orNull: param)
            writer.member("code", code.label)
            writer.endObject()
            writer.endObject()
        }
    }

    /// The `type` of OpenAI's error bodies.
    ///
    /// Source: `wire.md`.
    package static func openAIType(_ code: ErrorCode, limit: LimitKind? = nil) -> String {
        switch code {
        case .insufficientQuota: "insufficient_quota"
        case .rateLimitExceeded, .concurrencyExceeded, .upstreamRateLimited: limit == .tokens ? "tokens" : "requests"
        default: code.status >= 500 ? "server_error" : "invalid_request_error"
        }
    }
}

extension ErrorCode {
    /// What went wrong and what to do about it, for the caller, where nothing more exact is known.
    package var advice: String {
        switch self {
        case .invalidAPIKey:
            "No valid API key. Send a gateway key (tg_...) as `Authorization: Bearer KEY`; ask your operator for one."
        case .keyRevoked: "This API key was revoked. Ask your operator for a new one."
        case .tokenExpired: "This API key or token has expired. Get a fresh one and try again."
        case .conflictingCredentials: "The request carries two different credentials. Send one."
        case .credentialInQuery: "Credentials in the URL are refused, since URLs are logged. Send the key in a header."
        case .modelNotAllowed: "This key may not use this model. `GET /v1/models` lists those that it may use."
        case .pathNotAllowed: "This path is not open to this key. Ask your operator to allow it."
        case .tierUnknown: "The token names a tier that this gateway does not have."
        case .clientSuspended: "This client is suspended. Ask your operator when it resumes."
        case .modelNotFound: "This gateway has no such model. `GET /v1/models` lists those that it has."
        case .pathNotFound: "This gateway has no such path. Check the base URL: it ends in `/v1`."
        case .methodNotAllowed: "This path does not answer this method."
        case .invalidJSON: "The body is not valid JSON."
        case .invalidRequest: "The request has a member with a wrong type or value."
        case .badHTTP: "The request is not valid HTTP/1.1."
        case .unsupportedHTTP: "The request asks for something that this gateway does not do."
        case .bodyTooLarge: "The body is larger than this gateway accepts."
        case .headTooLarge: "The request's headers are larger than this gateway accepts."
        case .uriTooLong: "The request's URL is longer than this gateway accepts."
        case .requestTimeout: "The request came too slowly. Send it again."
        case .rateLimitExceeded: "Rate limit reached. Wait as long as `Retry-After` says."
        case .concurrencyExceeded: "Too many requests at once. Wait until one of yours has ended."
        case .insufficientQuota: "The budget of this client is used up. Ask your operator; a retry does not help."
        case .upstreamUnavailable: "The provider is not available now. Try again later."
        case .upstreamError: "The provider gave an answer that makes no sense."
        case .upstreamAuth: "The provider refused the gateway's own credential. Your key is fine; tell your operator."
        case .upstreamTimeout: "The provider took too long to answer."
        case .upstreamRejected: "The provider refused the request."
        case .upstreamRateLimited: "The provider's rate limit is reached. Wait as long as `Retry-After` says."
        case .upstreamCut: "The provider's answer broke off."
        case .clientGone: "The client went away before the answer."
        case .shuttingDown: "This gateway is shutting down. Send the request again; another instance answers."
        case .internalError: "The gateway failed. Give your operator the request id."
        }
    }
}
