import HTTP
import NIOCore
import Testing

@Suite struct HeadWriterTests {
    @Test(arguments: [0, 7, 10, 999, 123_456_789, Int.max, -1, Int.min])
    func writesWholeNumbers(_ number: Int) {
        var buffer = ByteBuffer()
        HeadWriter.integer(number, into: &buffer)
        #expect(String(buffer: buffer) == String(number))
    }

    @Test(arguments: [0, 1, 15, 16, 255, 4096, 65_535, 1_048_576, Int.max])
    func writesChunkSizesThatTheParserReads(_ size: Int) {
        var buffer = ByteBuffer()
        HeadWriter.chunkSize(size, into: &buffer)
        #expect(String(buffer: buffer) == String(size, radix: 16) + "\r\n")
    }

    @Test func noValueStartsANewField() {
        var buffer = ByteBuffer()
        HeadWriter.field("X", "a\r\nSet-Cookie: b\0\u{7f}", into: &buffer)
        #expect(String(buffer: buffer) == "X: a  Set-Cookie: b  \r\n")
    }

    @Test(arguments: [UInt16(200), 401, 429, 503, 299, 599])
    func writesStatusLinesThatTheParserReads(_ status: UInt16) {
        var buffer = ByteBuffer()
        HeadWriter.status(status, into: &buffer)
        HeadWriter.field("Content-Length", 0, into: &buffer)
        buffer.writeStaticString("\r\n")
        guard case .head(let head) = Reading.responses([ArraySlice(buffer.readableBytesView)]).first else {
            Issue.record("no head")
            return
        }
        #expect(head.status == status)
    }
}
