/// Whose fault a refusal or an error is: the header `x-tollgate-error-source`.
package enum ErrorOrigin: String, Sendable, Codable {
    case gateway
    case upstream
}

/// Every way in which a request can end badly.
///
/// Text forms, statuses and origins are decided here and nowhere else.
package enum ErrorCode: UInt8, Sendable, Codable, CaseIterable {
    case invalidAPIKey = 1
    case keyRevoked
    case tokenExpired
    case conflictingCredentials
    case credentialInQuery
    case modelNotAllowed
    case pathNotAllowed
    case tierUnknown
    case clientSuspended
    case modelNotFound
    case pathNotFound
    case methodNotAllowed
    case invalidJSON
    case invalidRequest
    case badHTTP
    case unsupportedHTTP
    case bodyTooLarge
    case headTooLarge
    case uriTooLong
    case requestTimeout
    case rateLimitExceeded
    case concurrencyExceeded
    case insufficientQuota
    case upstreamUnavailable
    case upstreamError
    case upstreamAuth
    case upstreamTimeout
    /// The provider refused the request itself (400, 404, 409, 413, 422); its body is passed on.
    case upstreamRejected
    /// The provider answered 429; its body and `Retry-After` are passed on.
    case upstreamRateLimited
    /// The answer began and then broke off.
    case upstreamCut
    case clientGone
    case shuttingDown
    case internalError

    /// The `code` of an error body, the `error` of a record and the `reason` of a metric.
    package var label: String {
        switch self {
        case .invalidAPIKey: "invalid_api_key"
        case .keyRevoked: "key_revoked"
        case .tokenExpired: "token_expired"
        case .conflictingCredentials: "conflicting_credentials"
        case .credentialInQuery: "credential_in_query"
        case .modelNotAllowed: "model_not_allowed"
        case .pathNotAllowed: "path_not_allowed"
        case .tierUnknown: "tier_unknown"
        case .clientSuspended: "client_suspended"
        case .modelNotFound: "model_not_found"
        case .pathNotFound: "not_found"
        case .methodNotAllowed: "method_not_allowed"
        case .invalidJSON: "invalid_json"
        case .invalidRequest: "invalid_request"
        case .badHTTP: "bad_request"
        case .unsupportedHTTP: "not_implemented"
        case .bodyTooLarge: "request_too_large"
        case .headTooLarge: "headers_too_large"
        case .uriTooLong: "uri_too_long"
        case .requestTimeout: "request_timeout"
        case .rateLimitExceeded, .concurrencyExceeded: "rate_limit_exceeded"
        case .insufficientQuota: "insufficient_quota"
        case .upstreamUnavailable: "upstream_unavailable"
        case .upstreamError: "upstream_error"
        case .upstreamAuth: "upstream_auth"
        case .upstreamTimeout: "upstream_timeout"
        case .upstreamRejected: "upstream_rejected"
        case .upstreamRateLimited: "upstream_rate_limited"
        case .upstreamCut: "upstream_cut"
        case .clientGone: "client_gone"
        case .shuttingDown: "shutting_down"
        case .internalError: "internal_error"
        }
    }

    /// The status sent where nothing of the answer has been sent yet; 499 is never sent, only recorded.
    package var status: UInt16 {
        switch self {
        case .invalidAPIKey, .keyRevoked, .tokenExpired: 401
        case .conflictingCredentials, .credentialInQuery, .invalidJSON, .invalidRequest, .badHTTP, .upstreamRejected:
            400
        case .modelNotAllowed, .pathNotAllowed, .tierUnknown, .clientSuspended: 403
        case .modelNotFound, .pathNotFound: 404
        case .methodNotAllowed: 405
        case .requestTimeout: 408
        case .bodyTooLarge: 413
        case .uriTooLong: 414
        case .rateLimitExceeded, .concurrencyExceeded, .insufficientQuota, .upstreamRateLimited: 429
        case .headTooLarge: 431
        case .clientGone: 499
        case .internalError: 500
        case .unsupportedHTTP: 501
        case .upstreamError, .upstreamAuth, .upstreamCut: 502
        case .upstreamUnavailable, .shuttingDown: 503
        case .upstreamTimeout: 504
        }
    }

    /// Whose it is.
    package var origin: ErrorOrigin {
        switch self {
        case .upstreamError, .upstreamAuth, .upstreamTimeout, .upstreamRejected, .upstreamRateLimited, .upstreamCut,
            .upstreamUnavailable:
            .upstream
        default: .gateway
        }
    }

    /// Whether it counts as ours: a refusal by a limit, the figure of the error tile's left half.
    package var isLimitRefusal: Bool {
        self == .rateLimitExceeded || self == .concurrencyExceeded || self == .insufficientQuota
    }
}

/// How bad it is, for rows and incidents; the raw value sorts.
package enum Severity: UInt8, Sendable, Codable, Comparable {
    case ok = 0
    case suspended = 1
    case error = 2
    case critical = 3

    package static func < (left: Severity, right: Severity) -> Bool { left.rawValue < right.rawValue }
}
