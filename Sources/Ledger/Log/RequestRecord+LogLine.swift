package import Domain
import FoundationEssentials

extension RequestRecord {
    /// Reads back a line of the request log; nil where it is none.
    ///
    /// For commands only, never on the request path. What the line does not keep is at its default: the parts of cached
    /// input are one, `limits` and `detail` are empty, and limit refusals of one label are `rateLimitExceeded`.
    package init?(logLine: [UInt8]) {
        guard let line = try? JSONDecoder().decode(Line.self, from: Data(logLine)),
            let time = Timestamp(rfc3339: line.time)
        else { return nil }
        self.init(time: time, requestID: .given(line.request_id))
        client = line.client
        keyID = line.key_id.flatMap { KeyID(text: $0) }
        address = line.address
        userAgent = line.user_agent
        method = line.method
        path = line.path
        model = line.model
        upstream = line.upstream
        attempt = line.attempt
        status = line.status
        upstreamStatus = line.upstream_status ?? 0
        error = line.error.flatMap { label in ErrorCode.allCases.first { $0.label == label } }
        isStream = line.stream
        messageCount = line.message_count
        promptLength = line.prompt_length
        usage = TokenUsage(
            inputUncached: line.input_tokens.subtractingSaturated(line.cached_tokens), cacheRead: line.cached_tokens,
            outputVisible: line.output_tokens.subtractingSaturated(line.reasoning_tokens),
            reasoning: line.reasoning_tokens,
            source: UsageSource.allCases.first { $0.label == line.usage_source } ?? .none)
        cost = NanoDollars(nanos: line.cost_nano_usd ?? 0)
        isPriced = line.cost_nano_usd != nil
        queueMilliseconds = line.queue_ms
        firstByteMilliseconds = line.first_byte_ms ?? -1
        totalMilliseconds = line.total_ms
        gatewayMicroseconds = line.gateway_us
        bytesIn = line.bytes_in
        bytesOut = line.bytes_out
        wasAdmitted = line.attempt > 0
    }

    // The names are those of the file, so that they stand here once and no table of keys repeats them.
    // swift-format-ignore: AlwaysUseLowerCamelCase
    private struct Line: Decodable {
        var time: String
        var request_id: String
        var client: String
        var key_id: String?
        var address: String
        var user_agent: String
        var method: String
        var path: String
        var model: String
        var upstream: String
        var attempt: UInt8
        var status: UInt16
        var upstream_status: UInt16?
        var error: String?
        var stream: Bool
        var message_count: Int32
        var prompt_length: Int64
        var input_tokens: Int64
        var cached_tokens: Int64
        var output_tokens: Int64
        var reasoning_tokens: Int64
        var usage_source: String
        var cost_nano_usd: Int64?
        var queue_ms: Int64
        var first_byte_ms: Int64?
        var total_ms: Int64
        var gateway_us: Int64
        var bytes_in: Int64
        var bytes_out: Int64
    }
}
