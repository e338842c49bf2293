import Domain
import HTTP
import NIOCore
import Wire

/// Writes the heads of answers: the provider's fields that may pass, and ours.
enum AnswerHead {
    /// Which end an answer has.
    enum Ending {
        case length(Int)
        case chunked
        /// HTTP/1.0 knows no chunks: the connection's end ends the answer.
        case close
        /// The answer has no body by its kind, and its length is not told.
        case none
    }

    /// Fields of every answer of ours.
    struct Common {
        var requestID: RequestID
        var limits: LimitState?
        var date: String
        var keepsAlive: Bool
        /// Whether the caller speaks HTTP/1.0, where staying open has to be said.
        var isHTTP10: Bool
    }

    /// The provider's head as the caller is to see it.
    ///
    /// - Parameter secret: the provider's key; a field that repeats it is left out.
    static func relay(
        _ head: Head, status: UInt16, ending: Ending, common: Common, secret: ProviderSecret?,
        into buffer: inout ByteBuffer
    ) {
        HeadWriter.status(status, into: &buffer)
        let leak = secret.flatMap { $0.isIn(head) ? $0 : nil }
        copyFields(of: head, isRequest: false, without: leak, into: &buffer)
        finish(ending: ending, common: common, into: &buffer)
    }

    /// The head of an answer that the gateway makes itself.
    static func own(
        status: UInt16, contentType: StaticString, ending: Ending, common: Common, into buffer: inout ByteBuffer
    ) {
        HeadWriter.status(status, into: &buffer)
        buffer.writeStaticString("Content-Type: ")
        buffer.writeStaticString(contentType)
        buffer.writeStaticString("\r\n")
        finish(ending: ending, common: common, into: &buffer)
    }

    /// The head of a refusal.
    ///
    /// - Parameter provider: the head of the provider whose own body follows; nil where the body is ours.
    static func refusal(
        _ refusal: Refusal, provider: Head? = nil, length: Int, common: Common, into buffer: inout ByteBuffer
    ) {
        HeadWriter.status(refusal.status ?? refusal.code.status, into: &buffer)
        HeadWriter.field("Content-Type", provider?.text(of: .contentType) ?? "application/json", into: &buffer)
        buffer.writeStaticString("x-tollgate-error-source: ")
        buffer.writeString(refusal.code.origin.rawValue)
        buffer.writeStaticString("\r\n")
        if refusal.code.status == 401 { buffer.writeStaticString("WWW-Authenticate: Bearer\r\n") }
        if refusal.code == .methodNotAllowed {
            buffer.writeStaticString("Allow: ")
            buffer.writeStaticString(refusal.allowed)
            buffer.writeStaticString("\r\n")
        }
        if let said = provider?.value(named: "x-should-retry") {
            HeadWriter.field("x-should-retry", said, into: &buffer)
        } else if let mayRetry = refusal.mayRetry {
            buffer.writeStaticString(mayRetry ? "x-should-retry: true\r\n" : "x-should-retry: false\r\n")
        }
        if refusal.retryAfterMilliseconds > 0 {
            let seconds = RateText.wholeSeconds(milliseconds: refusal.retryAfterMilliseconds)
            HeadWriter.field("Retry-After", Int(clamping: seconds), into: &buffer)
            HeadWriter.field("retry-after-ms", Int(clamping: refusal.retryAfterMilliseconds), into: &buffer)
        }
        finish(ending: .length(length), common: common, into: &buffer)
    }

    /// Copies the fields that may pass from one side to the other.
    ///
    /// - Parameter secret: what no field that passes may hold; nil where none does.
    static func copyFields(
        of head: Head, isRequest: Bool, without secret: ProviderSecret? = nil, into buffer: inout ByteBuffer
    ) {
        head.withBytes { all in
            head.writeFields(into: &buffer) { name, field in
                let span = name.bindMemory(to: UInt8.self).span
                let rule = isRequest ? HeaderRules.request(span) : HeaderRules.response(span)
                return rule == .pass && !(head.namesHopFields && isNamedByConnection(span, head, all))
                    && secret?.find(in: UnsafeRawBufferPointer(rebasing: all[field.valueRange])) == nil
            }
        }
    }

    private static func isNamedByConnection(
        _ name: borrowing Span<UInt8>, _ head: Head, _ all: UnsafeRawBufferPointer
    ) -> Bool {
        head.fields.contains { field in
            let own = UnsafeRawBufferPointer(rebasing: all[field.nameRange]).bindMemory(to: UInt8.self).span
            guard HeaderRules.request(own) == .hopByHop else { return false }
            let value = UnsafeRawBufferPointer(rebasing: all[field.valueRange]).bindMemory(to: UInt8.self).span
            return HeaderRules.connection(value, names: copy name)
        }
    }

    private static func finish(ending: Ending, common: Common, into buffer: inout ByteBuffer) {
        buffer.writeStaticString("Date: ")
        buffer.writeString(common.date)
        buffer.writeStaticString("\r\nX-Request-ID: ")
        write(common.requestID, into: &buffer)
        buffer.writeStaticString("\r\n")
        if let limits = common.limits { RateFields.write(limits, into: &buffer) }
        var keepsAlive = common.keepsAlive
        switch ending {
        case .length(let length): HeadWriter.field("Content-Length", length, into: &buffer)
        case .chunked: buffer.writeStaticString("Transfer-Encoding: chunked\r\n")
        case .close: keepsAlive = false
        case .none: break
        }
        if !keepsAlive {
            buffer.writeStaticString("Connection: close\r\n")
        } else if common.isHTTP10 {
            buffer.writeStaticString("Connection: keep-alive\r\n")
        }
        buffer.writeStaticString("\r\n")
    }

    /// The id's text without a String between for our own.
    static func write(_ id: RequestID, into buffer: inout ByteBuffer) {
        switch id {
        case .given(let text): buffer.writeString(text)
        case .made(let boot, let counter):
            buffer.writeStaticString("req_")
            buffer.writeWithUnsafeMutableBytes(minimumWritableBytes: 24) { space in
                for index in 0..<24 {
                    let word = index < 12 ? boot : counter
                    space[index] = UInt8(hexadecimal: word >> UInt64(44 - index % 12 * 4))
                }
                return 24
            }
        }
    }
}

/// The rate-limit fields, the same on answers, streams and refusals.
enum RateFields {
    /// Longer than all fields with the longest numbers.
    private static let longest = 1024

    static func write(_ limits: LimitState, into buffer: inout ByteBuffer) {
        guard limits.requestLimit >= 0 || limits.tokenLimit >= 0 else { return }
        // One reservation instead of one a field: these are most of the head's writes.
        buffer.writeWithUnsafeMutableBytes(minimumWritableBytes: longest) { space in
            var line = HeadScratch(space)
            if limits.requestLimit >= 0 { requests(limits, into: &line) }
            if limits.tokenLimit >= 0 { tokens(limits, into: &line) }
            return line.count
        }
    }

    /// Whichever limit refused: a refusal's fields say that nothing is left until `Retry-After` is over.
    private static func requests(_ limits: LimitState, into line: inout HeadScratch) {
        let isRefusal = limits.refusedBy != nil
        let isOurs = limits.refusedBy == .requests
        let reset = isOurs ? limits.retryAfterMilliseconds : limits.requestResetMilliseconds
        let remaining = isRefusal ? 0 : limits.requestRemaining
        let seconds = RateText.wholeSeconds(milliseconds: isRefusal ? limits.retryAfterMilliseconds : reset)
        line.put("X-RateLimit-Limit: ", limits.requestLimit)
        line.put("\r\nX-RateLimit-Remaining: ", remaining)
        line.put("\r\nX-RateLimit-Reset: ", seconds)
        line.put("\r\nx-ratelimit-limit-requests: ", limits.requestLimit)
        line.put("\r\nx-ratelimit-remaining-requests: ", isOurs ? 0 : limits.requestRemaining)
        line.put("\r\nx-ratelimit-reset-requests: ")
        line.put(RateText.goDuration(milliseconds: reset))
        line.put("\r\nRateLimit-Policy: \"default\";q=", limits.requestLimit)
        line.put(";w=", limits.requestWindowSeconds)
        line.put("\r\nRateLimit: \"default\";r=", remaining)
        line.put(";t=", seconds)
        line.put("\r\n")
    }

    private static func tokens(_ limits: LimitState, into line: inout HeadScratch) {
        let isOurs = limits.refusedBy == .tokens
        let reset = isOurs ? limits.retryAfterMilliseconds : limits.tokenResetMilliseconds
        line.put("x-ratelimit-limit-tokens: ", limits.tokenLimit)
        line.put("\r\nx-ratelimit-remaining-tokens: ", isOurs ? 0 : limits.tokenRemaining)
        line.put("\r\nx-ratelimit-reset-tokens: ")
        line.put(RateText.goDuration(milliseconds: reset))
        line.put("\r\n")
    }
}
