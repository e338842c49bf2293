import HTTP
import Testing

/// A head that is the last one's bytes again is not read again; nobody may see the difference.
@Suite struct RepeatedHeadTests {
    private static let post = "POST /v1/a HTTP/1.1\r\nHost: a\r\nX-One: 1\r\nContent-Length: 3\r\n\r\n"
    private static let chunked = "POST /v1/b HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"
    private static let plain = "GET /v1/c HTTP/1.1\r\nHost: a\r\n\r\n"
    private static let longer = "GET /v1/c HTTP/1.1\r\nHost: a\r\nX: 1\r\n\r\n"
    private static let last = "GET /v1/c HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"

    private static func requests(_ texts: [String]) -> ([UInt8], [Seen]) {
        // Each by a parser of its own, which has no last head.
        (texts.flatMap { Array($0.utf8) }, texts.flatMap { Reading.requests([Array($0.utf8)[...]]) })
    }

    @Test(arguments: [
        [post + "abc", post + "def", post + "ghi"], [plain, plain, longer, plain, longer, longer],
        [chunked + "1\r\na\r\n0\r\n\r\n", chunked + "0\r\n\r\n", plain, "\r\n" + plain], [plain, post + "GET", plain],
        [post + "\r\n\r", post + "abc", last],
    ])
    func readsRepeatedHeadsAsEachAlone(texts: [String]) {
        let (bytes, expected) = Self.requests(texts)
        for first in 0...bytes.count {
            #expect(Reading.requests([bytes[..<first], bytes[first...]]) == expected, "split at \(first)")
        }
        #expect(Reading.requests(bytes.indices.map { bytes[$0...$0] }) == expected)
    }

    @Test func servesNothingAfterARepeatedLastHead() {
        let (bytes, _) = Self.requests([Self.last, Self.last])
        let (_, expected) = Self.requests([Self.last])
        #expect(Reading.requests([bytes[...]]) == expected)
    }

    @Test func refusesABadHeadAfterAGoodOne() {
        let bad = Self.plain.replacing("Host: a", with: "Host: b,")
        let bytes = Array((Self.plain + Self.plain + bad + bad).utf8)
        #expect(Reading.requests([bytes[...]]).last == .fault(.malformed))
        #expect(Reading.requests([bytes[...]]).count == 5)
    }
}
