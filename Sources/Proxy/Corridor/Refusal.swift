import Domain
import Wire

/// An answer that the gateway gives by itself instead of a provider's.
struct Refusal: Error, Sendable {
    var code: ErrorCode
    /// What the caller reads; the code's own advice where nil.
    var message: String?
    var param: String?
    /// What the record and the operator read.
    var detail: String
    /// Milliseconds for `Retry-After`; 0 where none is given.
    var retryAfterMilliseconds: Int64 = 0
    /// Whether the connection must be closed after it (a request that could not be read to its end).
    var closes = false
    /// Whether the provider was at work on it and may bill it.
    var mayBeBilled = false
    /// Methods that the path answers, for `Allow`, where another one was used.
    var allowed: StaticString = "GET, HEAD"
    /// Status where it is not the code's own.
    var status: UInt16?

    init(_ code: ErrorCode, message: String? = nil, param: String? = nil, detail: String = "") {
        self.code = code
        self.message = message
        self.param = param
        self.detail = detail.isEmpty ? code.label : detail
    }

    /// The refusal of a request by its limits.
    init(limits: LimitState, scopeName: String, limit: Limit?) {
        let kind = limits.refusedBy ?? .requests
        let seconds = RateText.wholeSeconds(milliseconds: limits.retryAfterMilliseconds)
        let what = limit?.text ?? "0"
        let whose = limits.refusedScope == .client ? "" : " of \(scopeName)"
        if kind.isMoney {
            self.init(
                .insufficientQuota,
                message: "The budget\(whose) of \(what) is used up. Ask your operator; a retry does not help.",
                detail: "budget \(what)\(whose) used up")
        } else if kind == .concurrent {
            self.init(
                .concurrencyExceeded,
                message: "Too many requests at once\(whose): \(what) are open. Wait until one of yours has ended.",
                detail: "concurrent \(what)\(whose)")
        } else {
            self.init(
                .rateLimitExceeded,
                message: "Rate limit\(whose) reached: \(kind.word) \(what). Retry after \(seconds) s.",
                detail: "\(kind.word) \(what)\(whose), retry after \(seconds) s")
        }
        retryAfterMilliseconds = limits.retryAfterMilliseconds
    }

    /// The refusal that stands for a provider's bad status; see the table in the product's contract.
    init(answering head: UpstreamHead) {
        switch head.status {
        case 400, 404, 409, 413, 422:
            self.init(.upstreamRejected, detail: "the provider refused the request (\(head.status))")
            status = head.status
        case 401, 403:
            self.init(.upstreamAuth, detail: "the provider refused our credential (\(head.status))")
        case 408:
            self.init(.upstreamTimeout, detail: "the provider timed out (408)")
        case 429:
            self.init(.upstreamRateLimited, detail: "the provider's limit is reached (429)")
            retryAfterMilliseconds = head.retryAfterMilliseconds
        case 503, 529:
            self.init(.upstreamUnavailable, detail: "the provider is not available (\(head.status))")
            retryAfterMilliseconds = max(1000, head.retryAfterMilliseconds)
        default:
            self.init(.upstreamError, detail: "the provider answered \(head.status)")
        }
    }

    /// Whether an SDK should try again by itself; a final refusal says so or each becomes three calls.
    var mayRetry: Bool? {
        // Sent again it could be billed twice.
        if mayBeBilled { return false }
        return switch code {
        case .insufficientQuota, .upstreamAuth, .upstreamCut: false
        // The provider may have billed it: sending it again could be billed twice.
        case .upstreamTimeout, .upstreamError: false
        default: nil
        }
    }
}
