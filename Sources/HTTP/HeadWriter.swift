package import NIOCore

/// Writes heads and chunks; the caller passes values that it made or that a parser has checked.
package enum HeadWriter {
    /// `HTTP/1.1 200 OK` and its line end.
    @inlinable
    package static func status(_ status: UInt16, into buffer: inout ByteBuffer) {
        buffer.writeStaticString("HTTP/1.1 ")
        integer(Int(status), into: &buffer)
        buffer.writeStaticString(" ")
        buffer.writeStaticString(reason(status))
        buffer.writeStaticString("\r\n")
    }

    /// A field with a text value, in which CR and LF become blanks so that no value can start a new field.
    package static func field(_ name: StaticString, _ value: String, into buffer: inout ByteBuffer) {
        buffer.writeStaticString(name)
        buffer.writeStaticString(": ")
        if hasControl(value) {
            buffer.writeBytes(value.utf8.map { $0 < 0x20 || $0 == 0x7f ? 0x20 : $0 })
        } else {
            buffer.writeString(value)
        }
        buffer.writeStaticString("\r\n")
    }

    /// A field with a whole number.
    @inlinable
    package static func field(_ name: StaticString, _ value: Int, into buffer: inout ByteBuffer) {
        buffer.writeStaticString(name)
        buffer.writeStaticString(": ")
        integer(value, into: &buffer)
        buffer.writeStaticString("\r\n")
    }

    /// Decimal digits, without a String between.
    @inlinable
    package static func integer(_ value: Int, into buffer: inout ByteBuffer) {
        if value < 0 { buffer.writeInteger(UInt8(ascii: "-")) }
        var rest = value.magnitude
        var digits = InlineArray<20, UInt8>(repeating: 0)
        var count = 0
        repeat {
            digits[count] = UInt8(truncatingIfNeeded: 0x30 &+ rest % 10)
            rest /= 10
            count &+= 1
        } while rest > 0
        buffer.writeWithUnsafeMutableBytes(minimumWritableBytes: 20) { space in
            for index in 0..<count { space[index] = digits[count - 1 - index] }
            return count
        }
    }

    /// The line that opens a chunk of `size` bytes.
    @inlinable
    package static func chunkSize(_ size: Int, into buffer: inout ByteBuffer) {
        let rest = UInt64(truncatingIfNeeded: max(size, 0))
        let count = max(1, (67 - rest.leadingZeroBitCount) / 4)
        buffer.writeWithUnsafeMutableBytes(minimumWritableBytes: 18) { space in
            for index in 0..<count {
                let nibble = UInt8(truncatingIfNeeded: rest >> UInt64((count - 1 - index) * 4)) & 0xf
                space[index] = nibble < 10 ? 0x30 &+ nibble : 0x57 &+ nibble
            }
            space[count] = 0x0d
            space[count + 1] = 0x0a
            return count + 2
        }
    }

    /// Whether the text holds a byte that no value may hold.
    private static func hasControl(_ text: String) -> Bool {
        let bytes = text.utf8.span
        for index in bytes.indices where bytes[index] < 0x20 || bytes[index] == 0x7f { return true }
        return false
    }

    /// The usual phrase of a status.
    package static func reason(_ status: UInt16) -> StaticString {
        switch status {
        case 100: "Continue"
        case 200: "OK"
        case 201: "Created"
        case 202: "Accepted"
        case 204: "No Content"
        case 400: "Bad Request"
        case 401: "Unauthorized"
        case 403: "Forbidden"
        case 404: "Not Found"
        case 405: "Method Not Allowed"
        case 408: "Request Timeout"
        case 409: "Conflict"
        case 413: "Content Too Large"
        case 414: "URI Too Long"
        case 415: "Unsupported Media Type"
        case 417: "Expectation Failed"
        case 422: "Unprocessable Content"
        case 429: "Too Many Requests"
        case 431: "Request Header Fields Too Large"
        case 500: "Internal Server Error"
        case 501: "Not Implemented"
        case 502: "Bad Gateway"
        case 503: "Service Unavailable"
        case 504: "Gateway Timeout"
        case 505: "HTTP Version Not Supported"
        default: status < 300 ? "OK" : "Status"
        }
    }
}
