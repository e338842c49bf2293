import HTTP
import NIOCore
import Testing

@Suite struct ResponseTests {
    @Test(arguments: [
        "HTTP/1.1 20 OK\r\n\r\n", "HTTP/1.1 2000 OK\r\n\r\n", "HTTP/1.1 099 OK\r\n\r\n", "HTTP/1.1 600 OK\r\n\r\n",
        "HTTP/1.1 abc OK\r\n\r\n", "http/1.1 200 OK\r\n\r\n", "HTTP/2.0 200 OK\r\n\r\n", "HTTP/1.1  200 OK\r\n\r\n",
        "ICY 200 OK\r\n\r\n", "HTTP/1.1 200 O\0K\r\n\r\n", "HTTP/1.1 101 Switching Protocols\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n", "HTTP/1.1 200 OK\r\nX : a\r\n\r\n",
        "HTTP/1.1 200 OK\r\nX: a\r\n b\r\n\r\n", "HTTP/1.1 200 OK\r\n: a\r\n\r\n",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nabc\r\n",
        "HTTP/1.0 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n",
    ])
    func refusesNonsense(_ text: String) {
        #expect(Reading.responses(Reading.whole(text)).last == .fault(.malformed))
    }

    @Test func refusesACodingThatItCannotRead() {
        let text = "HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip\r\n\r\n"
        #expect(Reading.responses(Reading.whole(text)).last == .fault(.unsupported))
    }

    @Test func refusesAHeadWithoutEnd() {
        let text = "HTTP/1.1 200 OK\r\nX: " + String(repeating: "a", count: 70_000)
        #expect(Reading.responses(Reading.whole(text)) == [.fault(.headTooLarge)])
    }

    @Test func refusesInterimAnswersWithoutEnd() {
        let text = String(repeating: "HTTP/1.1 103 Early Hints\r\n\r\n", count: 9)
        #expect(Reading.responses(Reading.whole(text)) == [.fault(.malformed)])
    }

    @Test func refusesBytesThatNoRequestAskedFor() {
        let text = "HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\nxHTTP/1.1 200 OK\r\n\r\n"
        let seen = Reading.responses(Reading.whole(text))
        #expect(seen.suffix(2) == [.end, .fault(.malformed)])
    }

    @Test func readsOneAnswerForEachRequest() {
        let text = String(repeating: "HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\nx", count: 3)
        let seen = Reading.responses(Reading.whole(text), count: 3)
        #expect(seen.filter { $0 == .end }.count == 3)
    }

    @Test func theAnswerToHeadHasNoBody() {
        let text = "HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\n"
        #expect(Reading.responses(Reading.whole(text), isHead: true).last == .end)
    }

    @Test(arguments: [
        "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nabc",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nabc",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n", "HTTP/1.1 200 OK\r\nContent-Le", "",
    ])
    func aCutAnswerNeverLooksComplete(_ text: String) {
        #expect(!Reading.responses(Reading.whole(text)).contains(.end))
    }

    @Test func anAnswerFramedByTheConnectionSaysSo() throws {
        var parser = ResponseParser()
        parser.expect()
        var input = ByteBuffer(string: "HTTP/1.1 200 OK\r\n\r\nx")
        _ = try parser.next(&input)
        #expect(parser.head.framing == .untilClose)
        #expect(!parser.head.keepsAlive)
    }
}
