import HTTP
import NIOCore
import Wire

/// One request of a simulated client, ready to be written.
struct ClientRequest: Sendable {
    var bytes: ByteBuffer
    var isStream: Bool
    /// Chunks of the answer after which the client leaves; nil to stay.
    var leavesAfter: Int?
    var attempt = 0
    /// Wrong on purpose: its refusal says nothing about the client's key.
    var isMistake = false

    // Prompts are cut out of one text: a fresh one for each request would cost more than the gateway does.
    private static let prose: ByteBuffer = {
        let sentence = "Summarise the ticket below for the person on call and say what to do first. "
        var buffer = ByteBuffer()
        while buffer.readableBytes < 256 * 1024 { buffer.writeString(sentence) }
        return buffer
    }()

    /// Writes a request of `errand` by `user`.
    static func make(
        _ errand: ClientProfile.Errand, user: String, userAgent: String, key: String, host: String, promptBytes: Int,
        asksForUsage: Bool
    ) -> ClientRequest {
        let body = self.body(errand, user: user, promptBytes: promptBytes, asksForUsage: asksForUsage)
        var bytes = ByteBuffer()
        bytes.reserveCapacity(body.readableBytes + 320)
        bytes.writeStaticString("POST ")
        bytes.writeStaticString(path(errand.route))
        bytes.writeStaticString(" HTTP/1.1\r\n")
        HeadWriter.field("Host", host, into: &bytes)
        HeadWriter.field("Authorization", "Bearer \(key)", into: &bytes)
        HeadWriter.field("User-Agent", userAgent, into: &bytes)
        bytes.writeStaticString("Accept: application/json\r\nContent-Type: application/json\r\n")
        HeadWriter.field("Content-Length", body.readableBytes, into: &bytes)
        bytes.writeStaticString("\r\n")
        bytes.writeImmutableBuffer(body)
        let isStream = errand.isStream && errand.route != .embeddings
        return ClientRequest(bytes: bytes, isStream: isStream)
    }

    private static func path(_ route: ClientProfile.Errand.Route) -> StaticString {
        switch route {
        case .chat: "/v1/chat/completions"
        case .completions: "/v1/completions"
        case .responses: "/v1/responses"
        case .embeddings: "/v1/embeddings"
        }
    }

    private static func body(
        _ errand: ClientProfile.Errand, user: String, promptBytes: Int, asksForUsage: Bool
    ) -> ByteBuffer {
        var body = ByteBuffer()
        body.writeString("{\"model\":\(JSONText.quoted(errand.model)),\"user\":\(JSONText.quoted(user)),")
        switch errand.route {
        case .chat:
            body.writeString("\"max_tokens\":\(errand.outputLimit),")
            body.writeStaticString(
                "\"messages\":[{\"role\":\"system\",\"content\":\"Be brief.\"},{\"role\":\"user\",\"content\":\"")
            prompt(promptBytes, into: &body)
            body.writeStaticString("\"}]")
        case .completions:
            body.writeString("\"max_tokens\":\(errand.outputLimit),\"prompt\":\"")
            prompt(promptBytes, into: &body)
            body.writeStaticString("\"")
        case .responses:
            body.writeString("\"max_output_tokens\":\(errand.outputLimit),\"input\":\"")
            prompt(promptBytes, into: &body)
            body.writeStaticString("\"")
        case .embeddings:
            body.writeStaticString("\"input\":[\"")
            prompt(promptBytes, into: &body)
            body.writeStaticString("\"]")
        }
        if errand.isStream, errand.route != .embeddings {
            body.writeStaticString(",\"stream\":true")
            if asksForUsage, errand.route != .responses {
                body.writeStaticString(",\"stream_options\":{\"include_usage\":true}")
            }
        }
        body.writeStaticString("}")
        return body
    }

    private static func prompt(_ size: Int, into body: inout ByteBuffer) {
        let size = max(1, min(size, prose.readableBytes))
        if let slice = prose.getSlice(at: prose.readerIndex, length: size) { body.writeImmutableBuffer(slice) }
    }
}
