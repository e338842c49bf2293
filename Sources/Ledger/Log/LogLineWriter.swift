import Domain

/// Formats request records as JSON lines: fields and order of the product's contract, at most 8 KB a line.
struct LogLineWriter {
    /// The most that a line can be, its line feed included.
    static let longest = 8192

    /// The text of the second that the last record arrived in: records come in runs of the same one.
    private var second: Int64 = .min
    private var secondText: [UInt8] = []

    // Escaped lengths of the outside texts; with every one at its limit a line is about 6 KB.
    private enum Longest {
        static let requestID = 400
        static let client = 512
        static let address = 128
        static let userAgent = 720
        static let method = 64
        static let path = 2048
        static let model = 512
        static let upstream = 256
    }

    /// Appends one line with its line feed.
    mutating func write(_ record: RequestRecord, to buffer: inout LineBuffer) {
        buffer.put("{\"time\":\"")
        put(record.time, to: &buffer)
        buffer.put("\",\"request_id\":")
        put(record.requestID, to: &buffer)
        buffer.put(",\"client\":")
        buffer.put(quoted: record.client, limit: Longest.client)
        buffer.put(",\"key_id\":")
        put(record.keyID, to: &buffer)
        buffer.put(",\"address\":")
        buffer.put(quoted: record.address, limit: Longest.address)
        buffer.put(",\"user_agent\":")
        buffer.put(quoted: LogLineWriter.cut(record.userAgent, to: 120), limit: Longest.userAgent)
        buffer.put(",\"method\":")
        buffer.put(quoted: record.method, limit: Longest.method)
        buffer.put(",\"path\":")
        buffer.put(quoted: record.path, limit: Longest.path)
        buffer.put(",\"model\":")
        buffer.put(quoted: record.model, limit: Longest.model)
        buffer.put(",\"upstream\":")
        buffer.put(quoted: record.upstream, limit: Longest.upstream)
        putOutcome(of: record, to: &buffer)
        putUsage(of: record, to: &buffer)
        putTimes(of: record, to: &buffer)
        buffer.put("}\n")
    }

    private func putOutcome(of record: RequestRecord, to buffer: inout LineBuffer) {
        buffer.put(",\"attempt\":")
        buffer.put(Int64(record.attempt))
        buffer.put(",\"status\":")
        buffer.put(Int64(record.status))
        buffer.put(",\"upstream_status\":")
        put(Int64(record.upstreamStatus), nullIf: record.upstreamStatus == 0, to: &buffer)
        buffer.put(",\"error\":")
        if let error = record.error {
            buffer.put(quoted: error.label, limit: 64)
        } else {
            buffer.put("null")
        }
        if record.isStream { buffer.put(",\"stream\":true") } else { buffer.put(",\"stream\":false") }
        buffer.put(",\"message_count\":")
        buffer.put(Int64(record.messageCount))
        buffer.put(",\"prompt_length\":")
        buffer.put(record.promptLength)
    }

    private func putUsage(of record: RequestRecord, to buffer: inout LineBuffer) {
        buffer.put(",\"input_tokens\":")
        buffer.put(record.usage.input)
        buffer.put(",\"cached_tokens\":")
        buffer.put(record.usage.cached)
        buffer.put(",\"output_tokens\":")
        buffer.put(record.usage.output)
        buffer.put(",\"reasoning_tokens\":")
        buffer.put(record.usage.reasoning)
        switch record.usage.source {
        case .none: buffer.put(",\"usage_source\":\"none\"")
        case .reported: buffer.put(",\"usage_source\":\"reported\"")
        case .estimated: buffer.put(",\"usage_source\":\"estimated\"")
        case .partial: buffer.put(",\"usage_source\":\"partial\"")
        }
        // Without a price the cost is unknown, which is not nothing.
        if record.isPriced {
            buffer.put(",\"cost_nano_usd\":")
            buffer.put(record.cost.nanos)
            buffer.put(",\"cost_usd\":")
            put(record.cost, to: &buffer)
        } else {
            buffer.put(",\"cost_nano_usd\":null,\"cost_usd\":null")
        }
        buffer.put(",\"limit_state\":\"")
        put(record.limits, to: &buffer)
        buffer.put(UInt8(ascii: "\""))
    }

    private func putTimes(of record: RequestRecord, to buffer: inout LineBuffer) {
        buffer.put(",\"queue_ms\":")
        buffer.put(record.queueMilliseconds)
        buffer.put(",\"first_byte_ms\":")
        put(record.firstByteMilliseconds, nullIf: record.firstByteMilliseconds < 0, to: &buffer)
        buffer.put(",\"total_ms\":")
        buffer.put(record.totalMilliseconds)
        buffer.put(",\"gateway_us\":")
        buffer.put(record.gatewayMicroseconds)
        buffer.put(",\"bytes_in\":")
        buffer.put(record.bytesIn)
        buffer.put(",\"bytes_out\":")
        buffer.put(record.bytesOut)
        switch LogLevel(status: record.status) {
        case .error: buffer.put(",\"level\":\"error\"")
        case .warning: buffer.put(",\"level\":\"warning\"")
        case .info, .debug: buffer.put(",\"level\":\"info\"")
        }
    }

    private mutating func put(_ time: Timestamp, to buffer: inout LineBuffer) {
        let now = time.seconds
        if now != second {
            second = now
            // The date up to the point before the milliseconds; dates outside four-digit years are held at the edge.
            secondText = Array(
                Calendar.rfc3339(Timestamp(milliseconds: now.multipliedSaturated(by: 1000))).utf8.prefix(20))
        }
        secondText.withUnsafeBytes { buffer.put($0) }
        let milliseconds = time.milliseconds &- now.multipliedSaturated(by: 1000)
        buffer.put(digits: UInt64(min(max(milliseconds, 0), 999)), atLeast: 3)
        buffer.put(UInt8(ascii: "Z"))
    }

    private func put(_ id: RequestID, to buffer: inout LineBuffer) {
        switch id {
        case .given(let text):
            buffer.put(quoted: text, limit: Longest.requestID)
        case .made(let boot, let counter):
            buffer.put("\"req_")
            LogLineWriter.put(hex: boot, to: &buffer)
            LogLineWriter.put(hex: counter, to: &buffer)
            buffer.put(UInt8(ascii: "\""))
        }
    }

    /// The lowest twelve hexadecimal digits, as `RequestID.text` has them.
    private static func put(hex value: UInt64, to buffer: inout LineBuffer) {
        var shift: UInt64 = 48
        while shift > 0 {
            shift &-= 4
            buffer.put(UInt8(hexadecimal: value >> shift))
        }
    }

    private func put(_ key: KeyID?, to buffer: inout LineBuffer) {
        guard let key else { return buffer.put("null") }
        buffer.put(UInt8(ascii: "\""))
        var shift: UInt64 = 64
        while shift > 0 {
            shift &-= 8
            // A packed id is base62 by construction; anything else would be a fault of ours and must not break a line.
            let byte = UInt8(truncatingIfNeeded: key.packed >> shift)
            buffer.put(Base62.isDigit(byte) ? byte : UInt8(ascii: "?"))
        }
        buffer.put(UInt8(ascii: "\""))
    }

    private func put(_ number: Int64, nullIf isNull: Bool, to buffer: inout LineBuffer) {
        if isNull { buffer.put("null") } else { buffer.put(number) }
    }

    /// Exact decimal dollars as a JSON number, at least two decimals: `0.00012`.
    private func put(_ cost: NanoDollars, to buffer: inout LineBuffer) {
        if cost.nanos < 0 { buffer.put(UInt8(ascii: "-")) }
        buffer.put(digits: cost.nanos.magnitude / 1_000_000_000, atLeast: 1)
        buffer.put(UInt8(ascii: "."))
        var fraction = cost.nanos.magnitude % 1_000_000_000
        var width = 9
        while width > 2, fraction % 10 == 0 {
            fraction /= 10
            width &-= 1
        }
        buffer.put(digits: fraction, atLeast: width)
    }

    /// `requests 41/60`: the tighter of the client's windows; `requests 60/60 refused by client` where one refused.
    private func put(_ state: LimitState, to buffer: inout LineBuffer) {
        let usesTokens: Bool
        switch state.refusedBy {
        case .requests: usesTokens = false
        case .tokens: usesTokens = true
        case .none: usesTokens = LogLineWriter.isTokensTighter(state)
        case .concurrent, .budgetHour, .budgetDay, .budgetMonth:
            buffer.put(plain: state.refusedBy?.rawValue ?? "")
            return putRefuser(state, to: &buffer)
        }
        let limit = usesTokens ? state.tokenLimit : state.requestLimit
        let left = usesTokens ? state.tokenRemaining : state.requestRemaining
        guard limit >= 0 || state.refusedBy != nil else { return }
        if usesTokens { buffer.put("tokens") } else { buffer.put("requests") }
        // The figures are the client's; a model's or the gateway's limit that refused has others.
        if limit >= 0, state.refusedScope == nil || state.refusedScope == .client {
            buffer.put(UInt8(ascii: " "))
            buffer.put(limit.subtractingSaturated(left))
            buffer.put(UInt8(ascii: "/"))
            buffer.put(limit)
        }
        putRefuser(state, to: &buffer)
    }

    private func putRefuser(_ state: LimitState, to buffer: inout LineBuffer) {
        guard state.refusedBy != nil else { return }
        switch state.refusedScope {
        case .model: buffer.put(" refused by model")
        case .gateway: buffer.put(" refused by gateway")
        case .client, nil: buffer.put(" refused by client")
        }
    }

    private static func isTokensTighter(_ state: LimitState) -> Bool {
        guard state.tokenLimit >= 0 else { return false }
        guard state.requestLimit >= 0 else { return true }
        // left/limit compared crosswise in 128 bits; a limit of nothing is the tightest there is.
        return Int128(state.tokenRemaining) * Int128(max(1, state.requestLimit))
            < Int128(state.requestRemaining) * Int128(max(1, state.tokenLimit))
    }

    /// The first bytes of a text, cut at a character.
    private static func cut(_ text: String, to bytes: Int) -> String {
        guard text.utf8.count > bytes else { return text }
        var end = text.utf8.index(text.utf8.startIndex, offsetBy: bytes)
        while end > text.startIndex, end.samePosition(in: text.unicodeScalars) == nil {
            end = text.utf8.index(before: end)
        }
        return String(text.unicodeScalars[..<end])
    }
}

extension LineBuffer {
    /// Appends a short text of ours that needs no escape.
    fileprivate mutating func put(plain text: String) {
        for byte in text.utf8 { put(byte) }
    }
}
