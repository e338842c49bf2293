import Domain
import Glibc
import NIOCore
import Synchronization
import Testing
import Wire

@testable import Proxy

/// Requests that go well, over real sockets.
@Suite(.timeLimit(.minutes(2))) struct CorridorTests {
    private func answering(
        _ setup: Corridor.Setup = Corridor.Setup(), _ answer: String = Corridor.whole
    ) throws -> Corridor {
        try Corridor(setup) { side in while side.next() != nil { side.send(answer) } }
    }

    @Test func aBufferedAnswerComesBackAsItIsAndLeavesOneRecord() throws {
        let corridor = try answering()
        let answer = try corridor.ask(Corridor.request(fields: "X-Request-ID: my-id\r\nUser-Agent: t/1\r\n"))
        #expect(answer.status == 200 && answer.body == Answers.whole && answer.isWhole)
        #expect(answer.field("x-request-id") == "my-id" && !answer.has("connection") && !answer.has("server"))
        let record = try #require(corridor.records(1).first)
        #expect(record.client == "acme" && record.keyID == Corridor.key.id && record.model == "gpt")
        #expect(record.upstream == "prov" && record.attempt == 1 && record.status == 200 && record.error == nil)
        #expect(record.cost.nanos == 37 && record.usage.source == .reported && record.wasAdmitted)
        #expect(record.requestID.text == "my-id" && record.userAgent == "t/1" && record.address == "127.0.0.1")
        #expect(record.messageCount == 1 && record.promptLength == 5 && record.path == "/v1/chat/completions")
        #expect(corridor.opened.map(\.decision) == [.admitted])
    }

    @Test func whoeverHasReadAnAnswerFindsItsPlaceFreeAndItsCostCounted() throws {
        let corridor = try answering()
        let counters = corridor.gateway.table.counters(for: "client:acme", now: 0)
        let socket = try corridor.connect()
        for round in 1...500 {
            socket.send(Corridor.request())
            // Spinning, so that the answer is looked at in the moment in which its last byte has come.
            var byte: UInt8 = 0
            let deadline = milliseconds() + 10_000
            while recv(socket.descriptor, &byte, 1, Int32(MSG_DONTWAIT | MSG_PEEK)) < 1, milliseconds() < deadline {}
            let (open, spent) = counters.state.withLock { ($0.inFlight, $0.spend.spent(.budgetMonth)) }
            guard open == 0, spent == Int64(37 * round) else {
                Issue.record("in answer \(round) \(open) are open and \(spent) spent")
                return
            }
            #expect(socket.message()?.status == 200)
        }
    }

    @Test func theProviderGetsTheJudgedBytesAndOurCredentialAlone() throws {
        let corridor = try answering()
        let fields =
            "Cookie: a=b\r\nX-Forwarded-For: 9.9.9.9\r\nVia: x\r\nOpenAI-Organization: org\r\nAccept-Encoding: gzip\r\n"
            + "X_Bad: 1\r\nConnection: keep-alive, x-private\r\nX-Private: 1\r\nTE: trailers\r\nOpenAI-Beta: v2\r\n"
            + "Proxy-Authorization: Basic x\r\n"
        _ = try corridor.ask(Corridor.request(path: "/v1/chat/completions?a=1", fields: fields))
        let seen = try #require(corridor.provider.requests.first)
        #expect(seen.start == "POST /v1/chat/completions?a=1 HTTP/1.1")
        #expect(seen.body == Corridor.chat())
        #expect(seen.field("authorization") == "Bearer \(Corridor.secret)")
        #expect(seen.field("host") == "127.0.0.1:\(corridor.provider.port)")
        #expect(seen.field("openai-beta") == "v2" && seen.field("accept-encoding") == "identity")
        for name in [
            "cookie", "x-forwarded-for", "via", "openai-organization", "x_bad", "x-private", "te", "connection",
            "proxy-authorization",
        ] { #expect(!seen.has(name), "\(name)") }
        for name in ["authorization", "content-length", "host", "x-request-id", "content-type", "accept-encoding"] {
            #expect(seen.fields.count { $0.name == name } == 1, "\(name)")
        }
        #expect(!seen.fields.contains { $0.value.contains(Corridor.key.text) })
    }

    @Test(arguments: ["", "/v1", "/api/v1"]) func aBasePathStandsForOurVersion(base: String) throws {
        var setup = Corridor.Setup()
        setup.basePath = base
        let corridor = try answering(setup)
        _ = try corridor.ask()
        let path = base.isEmpty ? "/v1" : base
        #expect(corridor.provider.requests.first?.start == "POST \(path)/chat/completions HTTP/1.1")
    }

    @Test func theProvidersPrivateFieldsAreDroppedAndOursWin() throws {
        let corridor = try answering(
            Corridor.Setup(),
            ScriptedProvider.text(
                200, Answers.whole,
                fields: "Server: x\r\nSet-Cookie: a=b\r\nX-Request-ID: theirs\r\nx-ratelimit-limit-requests: 9\r\n"
                    + "X-Kept: yes\r\nConnection: x-hop\r\nX-Hop: 1\r\n"))
        let answer = try corridor.ask()
        #expect(answer.field("x-kept") == "yes" && answer.field("x-request-id")?.hasPrefix("req_") == true)
        for name in ["server", "set-cookie", "x-ratelimit-limit-requests", "x-hop"] {
            #expect(!answer.has(name), "\(name)")
        }
    }

    @Test func rateFieldsStandOnAnswersStreamsAndRefusalsAlike() throws {
        var setup = Corridor.Setup()
        setup.limits = [Limit(kind: .requests, amount: 2, windowSeconds: 60)]
        let corridor = try answering(setup)
        let first = try corridor.ask()
        #expect(first.field("x-ratelimit-limit") == "2" && first.field("x-ratelimit-remaining") == "1")
        #expect(first.field("ratelimit-policy") == "\"default\";q=2;w=60")
        #expect(first.field("x-ratelimit-remaining-requests") == "1")
        _ = try corridor.ask()
        let refused = try corridor.ask()
        #expect(refused.status == 429 && refused.field("x-ratelimit-remaining") == "0")
        #expect(
            refused.body.contains("\"code\":\"rate_limit_exceeded\"") && refused.body.contains("\"type\":\"requests\""))
        #expect(refused.field("x-tollgate-error-source") == "gateway")
        let wait = try #require(refused.field("retry-after-ms").flatMap { Int($0) })
        #expect((59_000...61_000).contains(wait))
        #expect(refused.field("retry-after") == String((wait + 999) / 1000))
        #expect(corridor.provider.requests.count == 2)
        #expect(corridor.records(3).map(\.wasAdmitted) == [true, true, false])
        #expect(corridor.records(3).map(\.upstream) == ["prov", "prov", ""])
    }

    @Test func aChunkedRequestArrivesWithItsLength() throws {
        let corridor = try answering()
        let body = Corridor.chat()
        let socket = try corridor.connect()
        socket.send(
            "POST /v1/chat/completions HTTP/1.1\r\nHost: g\r\nAuthorization: Bearer \(Corridor.key.text)\r\n"
                + "Transfer-Encoding: chunked\r\n\r\n")
        for character in body { socket.send(ScriptedProvider.chunk(String(character))) }
        socket.send("0\r\nX-Trailer: 1\r\n\r\n")
        #expect(socket.message()?.status == 200)
        let seen = try #require(corridor.provider.requests.first)
        #expect(seen.body == body && !seen.has("x-trailer") && !seen.has("transfer-encoding"))
    }

    @Test func continueIsSentToAKnownCallerOnly() throws {
        let corridor = try answering()
        let body = Corridor.chat()
        let head = { (key: String) in
            "POST /v1/chat/completions HTTP/1.1\r\nHost: g\r\nAuthorization: Bearer \(key)\r\nExpect: 100-continue\r\n"
                + "Content-Length: \(body.utf8.count)\r\n\r\n"
        }
        let known = try corridor.connect()
        known.send(head(Corridor.key.text))
        #expect(known.message()?.status == 100)
        known.send(body)
        #expect(known.message()?.status == 200)
        let stranger = try corridor.connect()
        stranger.send(head("tg_nonsense"))
        let refused = try #require(stranger.message())
        // It may or may not send its body now: only a closed connection is read the same by both.
        #expect(refused.status == 401 && refused.field("connection") == "close")
        #expect(stranger.waitForEnd())
    }

    @Test func aThousandPipelinedRequestsAreEachJudgedByTheirOwnKey() throws {
        let corridor = try answering()
        let keys = [
            Corridor.key.text, Corridor.otherKey.text, Corridor.revokedKey.text, "tg_wrong", Corridor.expiredKey.text,
        ]
        let expected = [200, 200, 401, 401, 401]
        let socket = try corridor.connect()
        let requests = (0..<1000).map { Corridor.request(key: keys[$0 % 5], fields: "X-Request-ID: r\($0)\r\n") }
        Threads.run(1, { [socket = Handed(socket)] _ in socket.value.send(requests.joined()) }, {})
        for index in 0..<1000 {
            let answer = try #require(socket.message(), "\(index)")
            #expect(answer.status == expected[index % 5] && answer.field("x-request-id") == "r\(index)", "\(index)")
        }
        #expect(corridor.provider.requests.count == 400)
        let records = corridor.records(1000)
        #expect(records.count { $0.client == "other" } == 200)
        #expect(records.count { $0.error == .keyRevoked } == 200)
    }

    /// Refusals that are judged at once must not pile up on the stack, one within the other.
    @Test func manyPipelinedRefusalsAreNotNested() throws {
        var setup = Corridor.Setup()
        setup.limits = [Limit(kind: .requests, amount: 1, windowSeconds: 3600)]
        let mayAnswer = Atomic<Bool>(false)
        let corridor = try Corridor(setup) { side in
            _ = side.next()
            _ = eventually { mayAnswer.load(ordering: .acquiring) }
            side.send(Corridor.whole)
        }
        let socket = try corridor.connect()
        socket.send(Corridor.request())
        #expect(eventually { corridor.provider.requests.count == 1 })
        // Short ones, so that as many as can be wait behind the first.
        let request =
            "POST /v1/embeddings HTTP/1.1\r\nHost:g\r\nApi-Key:\(Corridor.key.text)\r\nContent-Length:15\r\n\r\n"
            + #"{"model":"gpt"}"#
        let count = 4000
        let requests = String(repeating: request, count: count)
        Threads.run(1, { [socket = Handed(socket)] _ in socket.value.send(requests) }, {})
        pause(milliseconds: 300)
        mayAnswer.store(true, ordering: .releasing)
        #expect(socket.message()?.status == 200)
        for _ in 0..<count where socket.message()?.status != 429 { Issue.record("not refused") }
        #expect(corridor.records(count + 1).count == count + 1)
    }

    @Test func anHTTP10ClientIsClosedUnlessItAsksToStay() throws {
        let corridor = try answering()
        let plain = try corridor.connect()
        plain.send(Corridor.request(version: "1.0"))
        let answer = try #require(plain.message())
        #expect(answer.status == 200 && answer.isWhole && !answer.has("transfer-encoding"))
        #expect(plain.waitForEnd())
        let staying = try corridor.connect()
        staying.send(Corridor.request(fields: "Connection: keep-alive\r\n", version: "1.0"))
        #expect(staying.message()?.field("connection") == "keep-alive")
        staying.send(Corridor.request(version: "1.0"))
        #expect(staying.message()?.status == 200)
    }

    @Test func closeIsObeyedAndWhatFollowsIsNotServed() throws {
        let corridor = try answering()
        let socket = try corridor.connect()
        socket.send(Corridor.request(fields: "Connection: close\r\n") + Corridor.request())
        #expect(socket.message()?.field("connection") == "close")
        #expect(socket.message() == nil)
        #expect(corridor.provider.requests.count == 1)
    }

    @Test func providerConnectionsAreUsedAgainAndDeadOnesAreNot() throws {
        let served = Atomic<Int>(0)
        let corridor = try Corridor { side in
            while side.next() != nil {
                side.send(Corridor.whole)
                // The third answer is this connection's last; it does not say so.
                if served.add(1, ordering: .relaxed).newValue == 3 { return }
            }
        }
        for _ in 0..<3 { #expect(try corridor.ask().status == 200) }
        #expect(corridor.provider.connections == 1)
        _ = corridor.records(3)
        #expect(eventually { corridor.gateway.idleConnections == 0 })
        #expect(try corridor.ask().status == 200)
        #expect(corridor.provider.connections == 2)
    }

    @Test func openPathsAnswerWithoutAKeyAndOthersNever() throws {
        let corridor = try answering()
        for path in ["/health", "/healthz", "/readyz", "/metrics", "/openapi.json", "/docs"] {
            #expect(
                try corridor.ask(Corridor.request("", method: "GET", path: path, key: nil)).status == 200, "\(path)")
        }
        for path in [
            "/", "/v1/models", "//health", "/health/", "/./health", "/%68ealth", "/health;a=b", "/v1/chat/completions",
            "/metrics/", "/admin", "/v1/../health",
        ] {
            #expect(
                try corridor.ask(Corridor.request("", method: "GET", path: path, key: nil)).status == 401, "\(path)")
        }
        #expect(try corridor.ask(Corridor.request("", method: "GET", path: "/nowhere")).status == 404)
        for (method, path, allowed) in [
            ("GET", "/v1/chat/completions", "POST"), ("DELETE", "/v1/models", "GET, HEAD"),
            ("POST", "/health", "GET, HEAD"),
        ] {
            let answer = try corridor.ask(Corridor.request("", method: method, path: path))
            #expect(answer.status == 405 && answer.field("allow") == allowed, "\(method) \(path)")
        }
        #expect(corridor.provider.requests.isEmpty)
    }

    @Test(arguments: [
        ("/v1/chat/completions", "Content-Encoding: gzip\r\n", 415),
        ("/v1/chat/completions", "Content-Encoding: identity\r\nContent-Encoding: br\r\n", 415),
        ("/v1/chat/completions", "Content-Encoding: Identity\r\n", 200),
        ("/v1/moderations", "Content-Encoding: br\r\n", 415),
    ])
    func aBodyThatTheProviderWouldUnpackIsRefused(path: String, fields: String, status: Int) throws {
        var setup = Corridor.Setup()
        setup.passthrough = ["/v1/moderations"]
        let corridor = try Corridor(setup) { side in
            while side.next() != nil { side.send(ScriptedProvider.text(200, Answers.whole)) }
        }
        #expect(try corridor.ask(Corridor.request(path: path, fields: fields)).status == status)
        #expect(corridor.provider.requests.count == (status == 200 ? 1 : 0))
    }

    /// What was judged as JSON is sent as JSON: no provider is given a reason to read the bytes in another way.
    @Test(
        arguments: [
            "", "Content-Type: application/json\r\n", "Content-Type: application/x-www-form-urlencoded\r\n",
            "Content-Type: text/plain\r\n", "Content-Type: multipart/form-data; boundary=x\r\n",
            "Content-Type: Application/JSON; Charset=\"UTF-8\"\r\n", "Content-Type: application/json;v=1\r\n",
            "content-type: text/json\r\nContent-Type: text/json\r\n",
        ], ["/v1/chat/completions", "/v1/moderations"])
    func aJudgedBodyIsSentAsJSON(type: String, path: String) throws {
        var setup = Corridor.Setup()
        setup.passthrough = ["/v1/moderations"]
        let corridor = try answering(setup)
        let socket = try corridor.connect()
        for _ in 0..<2 {
            socket.send(Corridor.request(path: path, type: type))
            #expect(socket.message()?.status == 200)
        }
        for seen in corridor.provider.requests {
            #expect(seen.fields.filter { $0.name == "content-type" }.map(\.value) == ["application/json"])
            #expect(seen.body == Corridor.chat())
        }
        #expect(corridor.records(2).map(\.cost.nanos) == [37, 37])
    }

    @Test(arguments: [
        ("Content-Type: application/json; charset=utf-7\r\n", 415),
        ("Content-Type: application/json;a=\"b;charset=x\";charset=\"UTF-16\"\r\n", 415),
        ("Content-Type: text/plain;charset=latin1\r\n", 415),
        ("Content-Type: application/json\r\nContent-Type: text/plain\r\n", 400),
    ])
    func aBodyThatCouldBeReadInAnotherWayIsRefused(type: String, status: Int) throws {
        var setup = Corridor.Setup()
        setup.passthrough = ["/v1/moderations"]
        let corridor = try answering(setup)
        for path in ["/v1/chat/completions", "/v1/moderations"] {
            let answer = try corridor.ask(Corridor.request(path: path, type: type))
            #expect(answer.status == status && answer.body.contains("Content-Type"), "\(path)")
        }
        #expect(corridor.provider.requests.isEmpty)
    }

    /// A model that a body names is found and paid for, whatever the body is called.
    @Test(
        arguments: [
            ("application/x+json", Corridor.chat(), "gpt"), ("application/octet-stream", "\n" + Corridor.chat(), "gpt"),
            ("application/jsonx", Corridor.chat(), "gpt"), ("application/jsonx", "[1]", ""), ("audio/wav", "RIFF", ""),
            ("application/x-ndjson; charset=utf-16", "1\n{}", ""),
        ])
    func aModelNamedInAPassedThroughBodyIsFound(type: String, body: String, model: String) throws {
        var setup = Corridor.Setup()
        setup.passthrough = ["/v1/moderations"]
        let corridor = try answering(setup)
        let request = Corridor.request(body, path: "/v1/moderations", type: "Content-Type: \(type)\r\n")
        #expect(try corridor.ask(request).status == 200)
        let seen = try #require(corridor.provider.requests.first)
        #expect(seen.field("content-type") == (model.isEmpty ? type : "application/json") && seen.body == body)
        let record = try #require(corridor.records(1).first)
        #expect(record.model == model && record.isPriced == !model.isEmpty)
    }

    @Test(arguments: ["{\"model\":\"gpt\"}{}", "\u{feff}{\"model\":\"gpt\"}", "{\"model\":\"gpt\",\"model\":\"dear\"}"])
    func aBodyThatBeginsAsAnObjectMustBeOne(body: String) throws {
        var setup = Corridor.Setup()
        setup.passthrough = ["/v1/moderations"]
        let corridor = try answering(setup)
        let request = Corridor.request(body, path: "/v1/moderations", type: "Content-Type: text/plain\r\n")
        #expect(try corridor.ask(request).status == 400)
        #expect(corridor.provider.requests.isEmpty)
    }

    @Test func headHasTheLengthAndNoBody() throws {
        var setup = Corridor.Setup()
        setup.passthrough = ["/v1/files"]
        let corridor = try Corridor(setup) { side in
            while side.next() != nil {
                side.send("HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 5000\r\n\r\n")
            }
        }
        let socket = try corridor.connect()
        for (path, length) in [("/docs", "32768"), ("/v1/files", "5000"), ("/v1/files", "5000")] {
            socket.send(Corridor.request("", method: "HEAD", path: path))
            let answer = try #require(socket.message(isForHead: true))
            #expect(answer.status == 200 && answer.field("content-length") == length)
        }
        #expect(corridor.provider.connections == 1)
    }

    @Test(arguments: [204, 304]) func anAnswerWithoutABodyByItsKindPasses(status: Int) throws {
        var setup = Corridor.Setup()
        setup.passthrough = ["/v1/files"]
        let corridor = try answering(setup, "HTTP/1.1 \(status) X\r\n\r\n")
        let socket = try corridor.connect()
        for _ in 0..<2 {
            socket.send(Corridor.request("", method: "GET", path: "/v1/files"))
            let answer = try #require(socket.message())
            #expect(answer.status == status && !answer.has("content-length") && !answer.has("transfer-encoding"))
        }
    }

    @Test func metricsAreClosedToWhatWasForwardedAndToOthers() throws {
        let corridor = try answering()
        for field in ["X-Forwarded-For: 127.0.0.1\r\n", "Forwarded: for=127.0.0.1\r\n"] {
            #expect(
                try corridor.ask(Corridor.request("", method: "GET", path: "/metrics", key: nil, fields: field)).status
                    == 403)
        }
        var setup = Corridor.Setup()
        setup.metricsAllow = ["10.0.0.0/8"]
        #expect(try answering(setup).ask(Corridor.request("", method: "GET", path: "/metrics", key: nil)).status == 403)
    }

    @Test func aForwardedAddressIsBelievedOfATrustedProxyOnly() throws {
        func address(_ trusted: [String], _ field: String) throws -> String? {
            var setup = Corridor.Setup()
            setup.trustedProxies = trusted
            let corridor = try answering(setup)
            _ = try corridor.ask(Corridor.request(fields: field))
            return corridor.records(1).first?.address
        }
        #expect(try address([], "X-Forwarded-For: 1.2.3.4\r\n") == "127.0.0.1")
        #expect(try address(["127.0.0.1"], "X-Forwarded-For: 9.9.9.9, 1.2.3.4\r\n") == "1.2.3.4")
        #expect(try address(["127.0.0.0/8", "10.0.0.0/8"], "X-Forwarded-For: 1.2.3.4, 10.1.1.1\r\n") == "1.2.3.4")
        #expect(try address(["127.0.0.1"], "X-Forwarded-For: 1.2.3.4\r\nX-Forwarded-For: 5.6.7.8\r\n") == "127.0.0.1")
        #expect(try address(["127.0.0.1"], "X-Forwarded-For: junk\r\n") == "127.0.0.1")
    }
}

/// Waits for what another thread will make true.
func eventually(_ isTrue: () -> Bool) -> Bool {
    let end = milliseconds() + 10_000
    while milliseconds() < end {
        if isTrue() { return true }
        pause(milliseconds: 2)
    }
    return isTrue()
}

/// Lets real time pass, where the test is about what does not happen meanwhile.
func pause(milliseconds: Int32) { poll(nil, 0, milliseconds) }

/// What one thread hands to another and does not touch meanwhile but to read.
struct Handed<Value>: @unchecked Sendable {
    // A socket is sent to by one thread and read by another, which the system allows.
    let value: Value
    init(_ value: Value) { self.value = value }
}
