import Domain
import HTTP
import NIOCore
import Wire

/// What a request's head must say of its body, so that a provider reads the bytes that were judged as we read them.
enum BodyRules {
    /// What `Content-Type` says; nothing where it is missing.
    static func mediaType(of head: Head) -> MediaType {
        head.withBytes { all in
            let range = head.range(of: .contentType) ?? 0..<0
            let value = UnsafeRawBufferPointer(rebasing: all[range]).bindMemory(to: UInt8.self)
            return MediaType(value.span)
        }
    }

    /// Why a request cannot be passed on whatever its body is: its type is said twice, in different words.
    static func refusal(of head: Head) -> Refusal? {
        guard head.isRepeated(.contentType), head.differs(in: .contentType) else { return nil }
        return Refusal(
            .invalidRequest, message: "The request has two different Content-Type fields. Send one.",
            detail: "two content types")
    }

    /// Why a body that is read here as JSON cannot be: it is compressed, or in another charset.
    ///
    /// The provider would unpack it and could read another one.
    static func refusalAsJSON(of head: Head) -> Refusal? {
        if isEncoded(head) {
            return unsupported(
                "A compressed body is not read here. Send it without Content-Encoding.", "the body is compressed")
        }
        guard mediaType(of: head).hasOtherCharset else { return nil }
        return unsupported(
            "JSON is UTF-8 here, and Content-Type names another charset. Send `Content-Type: application/json`.",
            "the body's charset is not UTF-8")
    }

    /// Whether a message's body is compressed, or may be: anything but `identity` alone.
    static func isEncoded(_ head: Head) -> Bool {
        guard let range = head.range(of: .contentEncoding) else { return false }
        let isPlain = range.count == 8 && head.value(of: .contentEncoding, beginsWith: "identity")
        return !isPlain || head.isRepeated(.contentEncoding)
    }

    private static func unsupported(_ message: String, _ detail: String) -> Refusal {
        var refusal = Refusal(.invalidRequest, message: message, detail: detail)
        refusal.status = 415
        return refusal
    }

    /// Whether a body begins as a JSON object does, whatever its type says; a byte order mark is left aside.
    static func beginsAsObject(_ body: ByteBuffer) -> Bool {
        body.withUnsafeReadableBytes { all in
            var index = all.starts(with: [0xef, 0xbb, 0xbf]) ? 3 : 0
            while index < all.count, [0x20, 0x09, 0x0a, 0x0d].contains(all[index]) { index += 1 }
            return index < all.count && all[index] == UInt8(ascii: "{")
        }
    }
}
