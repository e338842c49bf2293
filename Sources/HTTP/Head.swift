package import NIOCore

/// Fields that the gateway itself looks at, found while the head is read.
package enum KnownField: UInt8, CaseIterable, Sendable {
    case host
    case contentLength
    case transferEncoding
    case connection
    case expect
    case authorization
    case xAPIKey
    case apiKey
    case xGoogAPIKey
    case contentType
    case contentEncoding
    case userAgent
    case xRequestID
    case xForwardedFor
    case forwarded
    case retryAfter

    /// The field of this name, by length first: at most three comparisons a field.
    @inline(__always)
    static func find(_ bytes: UnsafeRawBufferPointer, _ range: Range<Int>) -> KnownField? {
        switch range.count {
        case 4: return named(bytes, range, "host", .host)
        case 6: return named(bytes, range, "expect", .expect)
        case 7: return named(bytes, range, "api-key", .apiKey)
        case 9: return named(bytes, range, "x-api-key", .xAPIKey) ?? named(bytes, range, "forwarded", .forwarded)
        case 10: return named(bytes, range, "connection", .connection) ?? named(bytes, range, "user-agent", .userAgent)
        case 11: return named(bytes, range, "retry-after", .retryAfter)
        case 12:
            return named(bytes, range, "content-type", .contentType) ?? named(bytes, range, "x-request-id", .xRequestID)
        case 13: return named(bytes, range, "authorization", .authorization)
        case 14:
            return named(bytes, range, "content-length", .contentLength)
                ?? named(bytes, range, "x-goog-api-key", .xGoogAPIKey)
        case 15: return named(bytes, range, "x-forwarded-for", .xForwardedFor)
        case 16: return named(bytes, range, "content-encoding", .contentEncoding)
        case 17: return named(bytes, range, "transfer-encoding", .transferEncoding)
        default: return nil
        }
    }

    /// `field` where the bytes are `name`.
    @inline(__always)
    private static func named(
        _ bytes: UnsafeRawBufferPointer, _ range: Range<Int>, _ name: StaticString, _ field: KnownField
    ) -> KnownField? {
        bytes.equals(range, name) ? field : nil
    }
}

/// The methods that the gateway tells apart.
package enum Method: UInt8, Sendable {
    case get, head, post, put, patch, delete, options, other

    /// As it is written; `other` has no single name.
    package var text: String {
        switch self {
        case .get: "GET"
        case .head: "HEAD"
        case .post: "POST"
        case .put: "PUT"
        case .patch: "PATCH"
        case .delete: "DELETE"
        case .options: "OPTIONS"
        case .other: "OTHER"
        }
    }
}

/// How the end of a body is found.
package enum Framing: Equatable, Sendable {
    case none
    case length(Int)
    case chunked
    /// The connection's end is the body's end (answers only).
    case untilClose
}

/// The head of a message: its bytes and where in them the parts lie; nothing is copied or decoded on reading.
package struct Head: Sendable {
    /// One field, as ranges into `bytes`.
    package struct Field: Sendable {
        var name: UInt32
        var nameLength: UInt16
        var value: UInt32
        var valueLength: UInt32

        package var nameRange: Range<Int> { Int(name)..<Int(name) + Int(nameLength) }
        package var valueRange: Range<Int> { Int(value)..<Int(value) + Int(valueLength) }
    }

    /// The head as it came, from the start line to the last field's line end.
    package internal(set) var bytes = ByteBuffer()
    package internal(set) var fields: [Field] = []
    package internal(set) var method: Method = .other
    package internal(set) var methodRange = 0..<0
    /// The target's path and query; the authority of an absolute form has been checked and left out.
    package internal(set) var target = 0..<0
    /// Status of an answer; 0 for requests.
    package internal(set) var status: UInt16 = 0
    package internal(set) var isHTTP10 = false
    package internal(set) var keepsAlive = true
    package internal(set) var expectsContinue = false
    package internal(set) var framing: Framing = .none
    /// Whether `Connection` names other fields than `close` and `keep-alive`: those are hop-by-hop too.
    package internal(set) var namesHopFields = false
    var known = InlineArray<16, Int16>(repeating: -1)
    var repeated: UInt32 = 0

    package init() {}

    mutating func reset() {
        fields.removeAll(keepingCapacity: true)
        method = .other
        methodRange = 0..<0
        target = 0..<0
        status = 0
        isHTTP10 = false
        keepsAlive = true
        expectsContinue = false
        framing = .none
        namesHopFields = false
        known = InlineArray<16, Int16>(repeating: -1)
        repeated = 0
    }

    /// Where the first value of `field` lies in `bytes`; nil where it is absent.
    @inline(__always)
    package func range(of field: KnownField) -> Range<Int>? {
        let index = Int(known[Int(field.rawValue)])
        return index >= 0 && index < fields.count ? fields[index].valueRange : nil
    }

    /// Whether `field` came more than once.
    package func isRepeated(_ field: KnownField) -> Bool { repeated >> UInt32(field.rawValue) & 1 == 1 }

    /// The first value of `field` as text (invalid UTF-8 is repaired); nil where it is absent.
    package func text(of field: KnownField) -> String? {
        guard let range = range(of: field) else { return nil }
        return text(in: range)
    }

    /// The bytes of `range` as text (invalid UTF-8 is repaired).
    package func text(in range: Range<Int>) -> String {
        bytes.withUnsafeReadableBytes { all in
            guard range.lowerBound >= 0, range.upperBound <= all.count else { return "" }
            return String(decoding: UnsafeRawBufferPointer(rebasing: all[range]), as: UTF8.self)
        }
    }

    /// Whether the trimmed value of `field` begins with `prefix` (ASCII, lower case), case aside.
    package func value(of field: KnownField, beginsWith prefix: StaticString) -> Bool {
        guard let range = range(of: field) else { return false }
        return bytes.withUnsafeReadableBytes { all in
            range.count >= prefix.utf8CodeUnitCount
                && all.equals(range.lowerBound..<range.lowerBound + prefix.utf8CodeUnitCount, prefix)
        }
    }

    /// Whether `field` came with values that are not the same bytes.
    package func differs(in field: KnownField) -> Bool {
        let index = Int(known[Int(field.rawValue)])
        guard index >= 0, index < fields.count else { return false }
        let first = fields[index]
        return bytes.withUnsafeReadableBytes { all in
            fields.contains { other in
                KnownField.find(all, other.nameRange) == field
                    && !all[other.valueRange].elementsEqual(all[first.valueRange])
            }
        }
    }

    /// Gives the bytes that all ranges of this head point into.
    @inline(__always)
    package func withBytes<Result>(_ body: (UnsafeRawBufferPointer) throws -> Result) rethrows -> Result {
        try bytes.withUnsafeReadableBytes(body)
    }

    /// The value of the first field of this name (ASCII, lower case), for tests and rare needs.
    package func value(named name: StaticString) -> String? {
        withBytes { all in
            for field in fields where all.equals(field.nameRange, name) {
                return String(decoding: UnsafeRawBufferPointer(rebasing: all[field.valueRange]), as: UTF8.self)
            }
            return nil
        }
    }
}

extension Head {
    /// Writes the fields that `passes` accepts, one line each, as `Name: value`.
    ///
    /// Neighbours that stand in the head as they are written go over in one copy: a head of twelve fields takes two or
    /// three writes and not four a field.
    ///
    /// - Parameter passes: takes the name's bytes and the field; it must not keep the bytes.
    @inline(__always)
    package func writeFields(
        into buffer: inout ByteBuffer, where passes: (UnsafeRawBufferPointer, Field) -> Bool
    ) {
        withBytes { all in
            var run = 0..<0
            for field in fields {
                let name = field.nameRange
                let value = field.valueRange
                guard passes(UnsafeRawBufferPointer(rebasing: all[name]), field) else { continue }
                let isPlain =
                    value.lowerBound == name.upperBound + 2 && all[name.upperBound + 1] == Bytes.space
                    && value.upperBound + 2 <= all.count && all[value.upperBound] == Bytes.carriageReturn
                if isPlain, name.lowerBound == run.upperBound {
                    run = run.lowerBound..<value.upperBound + 2
                    continue
                }
                buffer.writeBytes(UnsafeRawBufferPointer(rebasing: all[run]))
                run = isPlain ? name.lowerBound..<value.upperBound + 2 : 0..<0
                if isPlain { continue }
                buffer.writeBytes(UnsafeRawBufferPointer(rebasing: all[name]))
                buffer.writeStaticString(": ")
                buffer.writeBytes(UnsafeRawBufferPointer(rebasing: all[value]))
                buffer.writeStaticString("\r\n")
            }
            buffer.writeBytes(UnsafeRawBufferPointer(rebasing: all[run]))
        }
    }
}
