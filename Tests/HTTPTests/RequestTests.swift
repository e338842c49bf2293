import HTTP
import NIOCore
import Testing

@Suite struct RequestTests {
    @Test(arguments: RefusedRequests.all)
    func refuses(_ refused: RefusedRequests.Case) {
        let seen = Reading.requests(Reading.whole(refused.text))
        #expect(seen.last == .fault(refused.code), "\(seen)")
        let isServed = seen.contains(.end)
        #expect(!isServed)
    }

    @Test(arguments: [
        (HTTPFault.Code.malformed, UInt16(400)), (.headTooLarge, 431), (.uriTooLong, 414), (.bodyTooLarge, 413),
        (.unsupported, 501), (.versionUnsupported, 505), (.expectationFailed, 417), (.cutShort, 400),
    ])
    func everyFaultHasItsStatus(code: HTTPFault.Code, status: UInt16) {
        #expect(HTTPFault(code, "").status == status)
    }

    @Test func readsTheHeadOfAPost() throws {
        let seen = Reading.requests(Reading.whole(Corpus.requests[3]))
        guard case .head(let head) = seen.first else {
            Issue.record("no head in \(seen)")
            return
        }
        #expect(head.method == "POST")
        #expect(head.target == "/v1/chat/completions")
        #expect(head.framing == .length(13))
        #expect(head.fields.map(\.name) == ["Host", "Content-Type", "Authorization", "Content-Length"])
        #expect(head.fields.map(\.value) == ["[::1]:8080", "application/json", "Bearer tg_x", "13"])
        #expect(seen.dropFirst() == [.body(Array("{\"model\":\"a\"}".utf8)), .end])
    }

    @Test func cutsAnAbsoluteTargetDownToItsPath() {
        guard case .head(let head) = Reading.requests(Reading.whole(Corpus.requests[2])).first else {
            Issue.record("no head")
            return
        }
        #expect(head.target == "/v1/models?q=a")
    }

    @Test func dropsTrailersAndExtensions() {
        let seen = Reading.requests(Reading.whole(Corpus.requests[4]))
        #expect(seen.dropFirst() == [.body(Array("hello!".utf8)), .end])
    }

    @Test func readsPipelinedRequestsOneAfterTheOther() {
        let targets = Reading.requests(Reading.whole(Corpus.requests[9])).compactMap { seen -> String? in
            if case .head(let head) = seen { "\(head.method) \(head.target)" } else { nil }
        }
        #expect(targets == ["POST /a", "GET /b", "POST /c", "HEAD /d"])
    }

    @Test func aThousandPipelinedRequestsAreAThousand() {
        let text = String(repeating: "GET /a HTTP/1.1\r\nHost: a\r\n\r\n", count: 1000)
        #expect(Reading.requests(Reading.whole(text)).filter { $0 == .end }.count == 1000)
    }

    @Test func nothingIsReadAfterAFault() throws {
        var parser = RequestParser()
        var input = ByteBuffer(string: "GET / HTTP/1.1\r\n\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n")
        #expect(throws: HTTPFault.self) { try parser.next(&input) }
        guard case .needsMore = try parser.next(&input) else {
            Issue.record("the parser went on after a fault")
            return
        }
    }

    @Test(arguments: [
        "GET / HTTP/1.0\r\n\r\n", "GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n",
        "POST / HTTP/1.1\r\nHost: a\r\nConnection: close\r\nContent-Length: 2\r\n\r\nok",
    ])
    func nothingIsReadAfterAMessageThatEndsItsConnection(_ first: String) {
        let seen = Reading.requests(Reading.whole(first + "GET /b HTTP/1.1\r\nHost: a\r\n\r\n"))
        #expect(seen == Reading.requests(Reading.whole(first)))
    }

    @Test(arguments: [
        ("GET / HTTP/1.1\r\nHost: a\r\n\r\n", true), ("GET / HTTP/1.0\r\n\r\n", false),
        ("GET / HTTP/1.1\r\nHost: a\r\nConnection: Close\r\n\r\n", false),
        ("GET / HTTP/1.1\r\nHost: a\r\nConnection: x , close\r\n\r\n", false),
        ("GET / HTTP/1.1\r\nHost: a\r\nConnection: keep-alive\r\nConnection: close\r\n\r\n", false),
        ("GET / HTTP/1.0\r\nConnection: Keep-Alive\r\n\r\n", true),
        ("GET / HTTP/1.1\r\nHost: a\r\nConnection: closed\r\n\r\n", true),
    ])
    func knowsWhetherTheConnectionStays(text: String, keepsAlive: Bool) {
        guard case .head(let head) = Reading.requests(Reading.whole(text)).first else {
            Issue.record("no head")
            return
        }
        #expect(head.keepsAlive == keepsAlive)
    }

    @Test(arguments: [
        ("POST / HTTP/1.1\r\nHost: a\r\nExpect: 100-Continue\r\nContent-Length: 1\r\n\r\n", true),
        ("POST / HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 0\r\n\r\n", false),
        ("POST / HTTP/1.0\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 1\r\n\r\n", false),
        ("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\n\r\n", false),
    ])
    func promisesToContinueOnlyWhereABodyIsToCome(text: String, expects: Bool) {
        guard case .head(let head) = Reading.requests(Reading.whole(text)).first else {
            Issue.record("no head")
            return
        }
        #expect(head.expectsContinue == expects)
    }

    @Test(arguments: [
        "Content-Length", "Authorization", "X-API-Key", "api-key", "x-goog-api-key", "Content-Encoding", "Retry-After",
        "X-Forwarded-For", "Forwarded", "User-Agent", "X-Request-ID", "Content-Type",
    ])
    func findsEveryKnownFieldWhateverItsCase(_ name: String) throws {
        for spelling in [name, name.lowercased(), name.uppercased()] {
            var parser = RequestParser()
            var input = ByteBuffer(string: "GET / HTTP/1.1\r\nHost: a\r\n\(spelling): 7\r\n\r\n")
            _ = try parser.next(&input)
            let found = KnownField.allCases.filter { parser.head.text(of: $0) == "7" }
            #expect(found.count == 1)
            #expect(found.allSatisfy { !parser.head.isRepeated($0) })
        }
    }

    @Test func aBodyAtTheLimitPassesAndOneByteMoreDoesNot() {
        let limits = MessageLimits(body: 8)
        let head = "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"
        let good = Reading.requests(Reading.whole(head + "4\r\nabcd\r\n4\r\nefgh\r\n0\r\n\r\n"), limits: limits)
        #expect(good.last == .end)
        let bad = Reading.requests(Reading.whole(head + "4\r\nabcd\r\n5\r\nefghi\r\n0\r\n\r\n"), limits: limits)
        #expect(bad.last == .fault(.bodyTooLarge))
    }
}
