import Domain
import HTTP
import NIOCore
import Wire

/// Writes the request that a provider receives: the caller's own but for credentials, framing and hop-by-hop fields.
enum UpstreamRequest {
    /// The caller's fields that may pass.
    static func passedFields(of head: Head) -> ByteBuffer {
        var buffer = ByteBufferAllocator().buffer(capacity: head.bytes.readableBytes)
        AnswerHead.copyFields(of: head, isRequest: true, into: &buffer)
        return buffer
    }

    static func head(
        of head: Head, intake: RequestIntake, fields: ByteBuffer, upstream: Upstream, requestID: RequestID,
        bodyLength: Int
    ) -> ByteBuffer {
        var buffer = ByteBufferAllocator().buffer(capacity: 768 + fields.readableBytes + min(bodyLength, 16_384))
        head.withBytes { all in
            buffer.writeBytes(UnsafeRawBufferPointer(rebasing: all[head.methodRange]))
            buffer.writeStaticString(" ")
            buffer.writeString(upstream.basePath)
            buffer.writeBytes(UnsafeRawBufferPointer(rebasing: all[tail(of: intake, all, basePath: upstream.basePath)]))
        }
        buffer.writeStaticString(" HTTP/1.1\r\n")
        buffer.writeBytes(upstream.requestFields)
        buffer.writeImmutableBuffer(fields)
        writeContentType(of: head, isJSON: intake.isJSON, into: &buffer)
        buffer.writeStaticString("Accept-Encoding: identity\r\nX-Request-ID: ")
        AnswerHead.write(requestID, into: &buffer)
        buffer.writeStaticString("\r\n")
        if bodyLength > 0 || head.method == .post || head.method == .put || head.method == .patch {
            HeadWriter.field("Content-Length", bodyLength, into: &buffer)
        }
        buffer.writeStaticString("\r\n")
        return buffer
    }

    /// A body that was judged as JSON is sent as that, whatever the caller called it; every other keeps its type.
    private static func writeContentType(of head: Head, isJSON: Bool, into buffer: inout ByteBuffer) {
        if isJSON {
            buffer.writeStaticString("Content-Type: application/json\r\n")
            return
        }
        guard let range = head.range(of: .contentType) else { return }
        buffer.writeStaticString("Content-Type: ")
        head.withBytes { all in
            _ = buffer.writeBytes(UnsafeRawBufferPointer(rebasing: all[range]))
        }
        buffer.writeStaticString("\r\n")
    }

    /// The part of the caller's target that follows the provider's base path.
    ///
    /// A base of `https://host/v1` stands for our `/v1`; a base without a path keeps `/v1` in the target.
    private static func tail(of intake: RequestIntake, _ all: UnsafeRawBufferPointer, basePath: String) -> Range<Int> {
        let target = intake.target
        guard !basePath.isEmpty, target.count > 3, all[target.lowerBound + 1] == UInt8(ascii: "v"),
            all[target.lowerBound + 2] == UInt8(ascii: "1"), all[target.lowerBound + 3] == UInt8(ascii: "/")
        else { return target }
        return target.lowerBound + 3..<target.upperBound
    }
}
