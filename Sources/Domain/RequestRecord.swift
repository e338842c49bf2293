/// The identifier of a request: ours from a counter, or the caller's where it was fit to keep.
package enum RequestID: Hashable, Sendable, Codable {
    /// `boot` is random for each start, so that ids never repeat across restarts.
    case made(boot: UInt64, counter: UInt64)
    /// 1 to 200 visible ASCII characters.
    case given(String)

    /// The text of the header `X-Request-ID`: `req_` and 24 hexadecimal digits for our own.
    package var text: String {
        switch self {
        case .given(let text): return text
        case .made(let boot, let counter):
            var bytes: [UInt8] = Array("req_".utf8)
            bytes.reserveCapacity(28)
            RequestID.hex(boot, digits: 12, into: &bytes)
            RequestID.hex(counter, digits: 12, into: &bytes)
            return String(decoding: bytes, as: UTF8.self)
        }
    }

    private static func hex(_ value: UInt64, digits: Int, into bytes: inout [UInt8]) {
        for index in stride(from: digits - 1, through: 0, by: -1) {
            bytes.append(UInt8(hexadecimal: value >> UInt64(index * 4)))
        }
    }
}

/// How the tightest limit of a request stood after it was judged: the rate-limit headers and `limit_state`.
package struct LimitState: Hashable, Sendable, Codable {
    /// The kind that refused, or nil where the request was admitted.
    package var refusedBy: LimitKind?
    /// Which scope refused: `client`, `model` or `gateway`.
    package var refusedScope: RefusingScope?
    /// The client's request limit and what is left of it; -1 where it has none.
    package var requestLimit: Int64 = -1
    package var requestRemaining: Int64 = -1
    package var requestWindowSeconds: Int64 = 0
    /// Milliseconds until one more request would fit (0 where one fits now) and until the window is empty.
    package var requestResetMilliseconds: Int64 = 0
    /// The client's token limit and what is left of it; -1 where it has none.
    package var tokenLimit: Int64 = -1
    package var tokenRemaining: Int64 = -1
    package var tokenResetMilliseconds: Int64 = 0
    /// Milliseconds to wait after a refusal; 0 where the request was admitted.
    package var retryAfterMilliseconds: Int64 = 0

    package init() {}

    /// The scopes that can refuse, in the order in which they are asked.
    package enum RefusingScope: UInt8, Sendable, Codable {
        case client
        case model
        case gateway
    }
}

/// What was decided about a request on arrival.
package enum Decision: Hashable, Sendable, Codable {
    /// It goes to a provider; a `RequestRecord` with `wasAdmitted` follows when it is finished.
    case admitted
    /// It was refused here; its `RequestRecord` follows at once.
    case refused(ErrorCode)
}

/// The first of the two facts that everything is counted from: a request arrived and was judged.
package struct Opened: Sendable {
    /// Wall time of the decision.
    package var time: Timestamp
    /// The client's name; empty where the caller is unknown.
    package var client: String
    package var keyID: KeyID?
    /// The model asked for; empty where none is known yet.
    package var model: String
    /// The upstream it is sent to; empty for a refusal.
    package var upstream: String
    package var isStream: Bool
    package var decision: Decision

    package init(
        time: Timestamp, client: String, keyID: KeyID?, model: String, upstream: String, isStream: Bool,
        decision: Decision
    ) {
        self.time = time
        self.client = client
        self.keyID = keyID
        self.model = model
        self.upstream = upstream
        self.isStream = isStream
        self.decision = decision
    }
}

/// The second fact: a finished request.
///
/// Screen, log, ledger and metrics are made of it; it never holds text of a prompt or an answer, nor a secret.
package struct RequestRecord: Sendable, Codable {
    /// Wall time of arrival.
    package var time: Timestamp
    package var requestID: RequestID
    /// Name of the client; empty where the caller was not recognised.
    package var client: String
    package var keyID: KeyID?
    package var address: String
    /// Raw text from outside, at most 120 bytes; escaped where it is written or shown.
    package var userAgent: String
    package var method: String
    package var path: String
    package var model: String
    /// The upstream that it was admitted for; empty for a refusal.
    package var upstream: String
    /// How many times a provider was asked; 0 for a refusal.
    package var attempt: UInt8
    /// The status that was sent, or 499.
    package var status: UInt16
    /// The provider's status, 0 where it gave none.
    package var upstreamStatus: UInt16
    package var error: ErrorCode?
    /// A short cause for people.
    ///
    /// `requests 300/1m, retry after 41 s`, `connection refused`. No secret, no prompt.
    package var detail: String
    package var isStream: Bool
    package var messageCount: Int32
    package var promptLength: Int64
    package var usage: TokenUsage
    package var cost: NanoDollars
    /// False where the model has no price: the cost is then unknown, not zero.
    package var isPriced: Bool
    package var limits: LimitState
    package var queueMilliseconds: Int64
    /// Milliseconds from arrival to the first byte of the answer's body; -1 where none came.
    package var firstByteMilliseconds: Int64
    package var totalMilliseconds: Int64
    /// Microseconds spent in the gateway itself: total less the time that the provider took.
    package var gatewayMicroseconds: Int64
    package var bytesIn: Int64
    package var bytesOut: Int64
    /// Whether an `Opened` with `.admitted` preceded it, so that gauges can count down.
    package var wasAdmitted: Bool

    /// When its last byte was sent, or it was given up.
    package var end: Timestamp { time.adding(milliseconds: max(0, totalMilliseconds)) }

    package init(time: Timestamp, requestID: RequestID) {
        self.time = time
        self.requestID = requestID
        client = ""
        keyID = nil
        address = ""
        userAgent = ""
        method = ""
        path = ""
        model = ""
        upstream = ""
        attempt = 0
        status = 0
        upstreamStatus = 0
        error = nil
        detail = ""
        isStream = false
        messageCount = 0
        promptLength = 0
        usage = TokenUsage()
        cost = .zero
        isPriced = true
        limits = LimitState()
        queueMilliseconds = 0
        firstByteMilliseconds = -1
        totalMilliseconds = 0
        gatewayMicroseconds = 0
        bytesIn = 0
        bytesOut = 0
        wasAdmitted = false
    }
}
