import Domain
import NIOCore
import Synchronization
import Testing
import Wire

@testable import Proxy

/// Providers, clients and operators at their worst, over real sockets.
@Suite(.timeLimit(.minutes(2))) struct FailureTests {
    private static let streaming = Corridor.request(Corridor.chat(stream: true))

    // MARK: Streams

    @Test func aStreamComesThroughWithUsageAskedForAndTakenOut() throws {
        let corridor = try Corridor { side in
            while side.next() != nil {
                side.send(ScriptedProvider.streamHead)
                for text in [Answers.chunk, Answers.usage, Answers.done] { side.chunk(text) }
                side.send(ScriptedProvider.lastChunk)
            }
        }
        let socket = try corridor.connect()
        for _ in 0..<2 {
            socket.send(Self.streaming)
            let answer = try #require(socket.message())
            #expect(answer.isWhole && answer.body == Answers.chunk + Answers.done)
            #expect(answer.field("content-type") == "text/event-stream" && answer.has("x-request-id"))
        }
        #expect(corridor.provider.requests.first?.body.contains(#""stream_options":{"include_usage":true}"#) == true)
        #expect(corridor.records(2).map(\.cost.nanos) == [37, 37])
        #expect(corridor.provider.connections == 1)
    }

    @Test func whoAsksForUsageKeepsIt() throws {
        let corridor = try Corridor { side in
            while side.next() != nil {
                side.send(
                    ScriptedProvider.streamHead + ScriptedProvider.chunk(Answers.usage + Answers.done)
                        + ScriptedProvider.lastChunk)
            }
        }
        let body = #"{"model":"gpt","messages":[],"stream":true,"stream_options":{"include_usage":true}}"#
        #expect(try corridor.ask(Corridor.request(body)).body == Answers.usage + Answers.done)
        #expect(corridor.provider.requests.first?.body == body)
    }

    /// A provider that compresses all the same, whatever else it says: what cannot be read is billed by its length.
    @Test(arguments: [
        ("gzip", Int64(100)), ("identity, gzip", 100), ("identity\r\nContent-Encoding: br", 100), ("Identity", 0),
    ])
    func aStreamThatCannotBeReadIsNotFree(encoding: String, output: Int64) throws {
        let corridor = try Corridor { side in
            _ = side.next()
            side.send(ScriptedProvider.streamHead.dropLast() + "Content-Encoding: \(encoding)\r\n\r\n")
            side.chunk(": " + String(repeating: "?", count: 396) + "\n\n")
            side.send(ScriptedProvider.lastChunk)
        }
        #expect(try corridor.ask(Self.streaming).isWhole)
        #expect(corridor.records(1).first?.usage.output == output)
    }

    @Test func anHTTP10ClientGetsItsStreamUnchunked() throws {
        let corridor = try Corridor { side in
            while side.next() != nil {
                side.send(
                    ScriptedProvider.streamHead + ScriptedProvider.chunk(Answers.chunk + Answers.done)
                        + ScriptedProvider.lastChunk)
            }
        }
        let answer = try corridor.ask(Corridor.request(Corridor.chat(stream: true), version: "1.0"))
        #expect(answer.body == Answers.chunk + Answers.done && !answer.has("transfer-encoding"))
    }

    // MARK: Providers

    @Test(arguments: [
        "HTTP/1.1 200 OK\r\nContent-Length: 50\r\n\r\n{\"a\"",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n{\"a\"",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n", "nonsense\r\n\r\n", "HTTP/2 200\r\n\r\n", "",
        "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\n", "HTTP/1.1 999 X\r\n\r\n",
        "\u{0}\u{1}\u{2}",
        "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n\r\n{\"choices\":[",
        "HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\n<html>",
        "HTTP/1.1 302 X\r\nLocation: http://evil/\r\nContent-Length: 0\r\n\r\n",
        "HTTP/1.1 101 X\r\n\r\n", "HTTP/1.1 500 X\r\nContent-Length: 6\r\n\r\nsecret",
    ])
    func aCutOrSenselessAnswerIs502(answer: String) throws {
        let corridor = try Corridor { side in
            _ = side.next()
            side.send(answer)
        }
        let got = try corridor.ask()
        #expect(got.status == 502 && got.isWhole && got.field("x-tollgate-error-source") == "upstream")
        #expect(got.field("x-should-retry") == "false" && !got.has("location") && !got.body.contains("secret"))
        #expect(corridor.records(1).first?.error == .upstreamError)
    }

    @Test(arguments: [false, true]) func aCutStreamNeverLooksComplete(isReset: Bool) throws {
        let corridor = try Corridor { side in
            _ = side.next()
            side.send(ScriptedProvider.streamHead)
            side.chunk(Answers.chunk)
            if isReset { side.socket.reset() }
        }
        let answer = try corridor.ask(Self.streaming)
        #expect(answer.status == 200 && !answer.isWhole && !answer.body.contains("[DONE]"))
        if !isReset { #expect(answer.body.hasPrefix(Answers.chunk)) }
        #expect(answer.body.contains("\"code\":\"upstream_cut\"") && answer.body.hasSuffix("\n\n"))
        let record = try #require(corridor.records(1).first)
        #expect(record.error == .upstreamCut && record.status == 200 && record.usage.source == .partial)
        #expect(record.cost.nanos > 0)
    }

    @Test func aCutRelayedAnswerNeverLooksCompleteToHTTP10Either() throws {
        let corridor = try Corridor { side in
            _ = side.next()
            side.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
            side.chunk(String(repeating: "x", count: 2 << 20))
        }
        let modern = try corridor.ask()
        #expect(modern.status == 200 && !modern.isWhole)
        let old = try corridor.connect()
        old.send(Corridor.request(version: "1.0"))
        #expect(old.message()?.isWhole != true)
    }

    @Test func aProvidersOwnErrorPassesWithoutOurKey() throws {
        let corridor = try Corridor { side in
            while side.next() != nil {
                side.send(
                    ScriptedProvider.text(
                        400, #"{"error":"bad key \#(Corridor.secret)!"}"#, fields: "X-Leak: 1\r\nSet-Cookie: a\r\n"))
            }
        }
        let answer = try corridor.ask()
        #expect(answer.status == 400 && answer.body == #"{"error":"bad key [redacted]!"}"#)
        #expect(answer.field("x-tollgate-error-source") == "upstream" && !answer.has("set-cookie"))
        #expect(!corridor.records(1).contains { $0.detail.contains(Corridor.secret) })
    }

    @Test func ourKeyReachesNoCallerWhereverAProviderPutsIt() throws {
        let long = String(repeating: "x", count: Exchange.holdLimit)
        let corridor = try Corridor { side in
            _ = side.next()
            side.send(
                ScriptedProvider.text(
                    200, #"{"a":"\#(Corridor.secret)","b":"\#(Corridor.secret)"}"#,
                    fields: "X-Echo: Bearer \(Corridor.secret)\r\nX-Other: 1\r\n"))
            _ = side.next()
            side.send(ScriptedProvider.text(200, #"{"a":"\#(long)\#(Corridor.secret)"}"#))
            _ = side.next()
            side.send(ScriptedProvider.streamHead)
            side.chunk("data: {\"error\":{\"message\":\"bad key \(Corridor.secret.prefix(9))")
            pause(milliseconds: 50)
            side.chunk("\(Corridor.secret.dropFirst(9))\"}}\n\n")
            side.send(ScriptedProvider.lastChunk)
            _ = side.next()
            let body = #"{"a":"\#(long)\#(Corridor.secret)","b":"\#(Corridor.secret.prefix(7))"#
            side.send("HTTP/1.1 200 OK\r\nContent-Length: \(body.utf8.count)\r\n\r\n")
            // In three reads, a part of the key in each of them.
            let cuts = [0, long.utf8.count + 8, long.utf8.count + 15, body.utf8.count]
            for (from, to) in zip(cuts, cuts.dropFirst()) {
                side.send(String(body.dropFirst(from).prefix(to - from)))
                pause(milliseconds: 50)
            }
        }
        let buffered = try corridor.ask()
        #expect(buffered.body == #"{"a":"[redacted]","b":"[redacted]"}"# && buffered.isWhole)
        #expect(!buffered.has("x-echo") && buffered.field("x-other") == "1")
        let relayed = try corridor.ask()
        #expect(relayed.isWhole && relayed.body.hasSuffix(String(repeating: "*", count: 22) + "\"}"))
        let streamed = try corridor.ask(Self.streaming)
        #expect(streamed.isWhole && streamed.body.contains("bad key ***"))
        let stars = String(repeating: "*", count: Corridor.secret.utf8.count)
        let straddling = try corridor.ask()
        // What only begins as the key does is the answer's own.
        #expect(straddling.isWhole && straddling.body.hasSuffix("x\(stars)\",\"b\":\"\(Corridor.secret.prefix(7))"))
        for answer in [buffered, relayed, streamed, straddling] { #expect(!answer.body.contains(Corridor.secret)) }
    }

    @Test func aProvidersLimitPassesWithItsTime() throws {
        let corridor = try Corridor { side in
            while side.next() != nil {
                side.send(ScriptedProvider.text(429, "{}", fields: "Retry-After: 7\r\nx-should-retry: false\r\n"))
            }
        }
        let answer = try corridor.ask()
        #expect(answer.status == 429 && answer.body == "{}" && answer.field("retry-after") == "7")
        #expect(answer.field("x-should-retry") == "false" && answer.isWhole)
    }

    @Test(arguments: [
        (401, "upstream_auth", 502), (503, "upstream_unavailable", 503), (529, "upstream_unavailable", 503),
    ])
    func aProvidersTroubleIsNotTheCallers(status: Int, code: String, answered: Int) throws {
        let corridor = try Corridor { side in
            while side.next() != nil { side.send(ScriptedProvider.text(status, #"{"error":"x"}"#)) }
        }
        let answer = try corridor.ask()
        #expect(answer.status == answered && answer.body.contains("\"code\":\"\(code)\""))
        #expect(answer.has("retry-after") == (answered == 503))
    }

    @Test func nobodyAtTheProvidersPortIs503() throws {
        let closed = try ScriptedProvider.answering("")
        closed.stop()
        var setup = Corridor.Setup()
        setup.providerPort = closed.port
        let corridor = try Corridor(setup) { _ in }
        let answer = try corridor.ask()
        #expect(answer.status == 503 && answer.body.contains("upstream_unavailable") && answer.has("retry-after"))
        let record = try #require(corridor.records(1).first)
        #expect(record.detail == "connection refused" && record.wasAdmitted && record.attempt == 0)
    }

    @Test func aProviderThatNeverAnswersIs504AndLetGo() throws {
        let isGone = Atomic<Bool>(false)
        var setup = Corridor.Setup()
        setup.timeouts = Timeouts(firstToken: .milliseconds(300), idle: .milliseconds(300), total: .milliseconds(600))
        let corridor = try Corridor(setup) { side in
            _ = side.next()
            if side.socket.waitForEnd() { isGone.store(true, ordering: .relaxed) }
        }
        for request in [Corridor.request(), Self.streaming] {
            let answer = try corridor.ask(request)
            #expect(answer.status == 504 && answer.field("x-should-retry") == "false")
        }
        #expect(eventually { isGone.load(ordering: .relaxed) })
        #expect(corridor.records(2).allSatisfy { $0.error == .upstreamTimeout && $0.usage.source == .partial })
    }

    @Test func aStreamThatStandsStillIsCut() throws {
        var setup = Corridor.Setup()
        setup.timeouts = Timeouts(idle: .milliseconds(300))
        let corridor = try Corridor(setup) { side in
            _ = side.next()
            side.send(ScriptedProvider.streamHead)
            side.chunk(Answers.chunk)
            _ = side.socket.waitForEnd()
        }
        let answer = try corridor.ask(Self.streaming)
        #expect(!answer.isWhole && answer.body.contains("upstream_timeout") && !answer.body.contains("[DONE]"))
    }

    @Test func aProviderThatAnswersBeforeTheBodyHasItsConnectionNotUsedAgain() throws {
        var setup = Corridor.Setup()
        setup.maximumBody = 32 << 20
        let corridor = try Corridor(setup) { side in
            guard let head = side.socket.take(through: "\r\n\r\n"), head.hasPrefix("POST") else { return }
            side.send(ScriptedProvider.text(413, #"{"error":"too large"}"#))
            // Alive, but the rest of the body is never read.
            pause(milliseconds: 2000)
        }
        // More than the sockets of both sides hold.
        let body = Corridor.chat(text: String(repeating: "x", count: 30_000_000))
        #expect(try corridor.ask(Corridor.request(body)).status == 413)
        #expect(corridor.gateway.idleConnections == 0)
    }

    // MARK: Clients

    /// The provider's end of a request whose client leaves: how long after that its connection ended.
    private func timeToEnd(_ request: String, _ answer: [String]) throws -> (Int64, RequestRecord?) {
        let ended = Atomic<Int64>(0)
        let hasStarted = Atomic<Bool>(false)
        let corridor = try Corridor { side in
            _ = side.next()
            for text in answer { side.send(text) }
            hasStarted.store(true, ordering: .releasing)
            if side.socket.waitForEnd() { ended.store(milliseconds(), ordering: .releasing) }
        }
        let socket = try corridor.connect()
        socket.send(request)
        #expect(eventually { hasStarted.load(ordering: .acquiring) })
        if answer.count > 1 { _ = socket.take(through: "\n\n") }
        let left = milliseconds()
        socket.close()
        #expect(eventually { ended.load(ordering: .acquiring) > 0 })
        return (ended.load(ordering: .acquiring) - left, corridor.records(1).first)
    }

    @Test func aClientThatLeavesTakesItsProviderConnectionAlong() throws {
        let (before, first) = try timeToEnd(Corridor.request(), [])
        #expect(before <= 250 && first?.status == 499 && first?.error == .clientGone && first?.usage.source == .partial)
        let (held, second) = try timeToEnd(Corridor.request(), ["HTTP/1.1 200 OK\r\nContent-Length: 50\r\n\r\n{"])
        #expect(held <= 250 && second?.status == 499 && (second?.cost.nanos ?? 0) > 0)
        let (streamed, third) = try timeToEnd(
            Self.streaming, [ScriptedProvider.streamHead, ScriptedProvider.chunk(Answers.chunk)])
        #expect(streamed <= 250 && third?.status == 200 && third?.error == .clientGone)
        #expect((third?.usage.output ?? 0) == 1)
    }

    @Test func aBodyOverTheLimitIs413HoweverItIsFramed() throws {
        var setup = Corridor.Setup()
        setup.maximumBody = 1000
        let corridor = try Corridor(setup) { side in while side.next() != nil { side.send(Corridor.whole) } }
        let large = try corridor.ask(Corridor.request(Corridor.chat(text: String(repeating: "x", count: 1000))))
        #expect(large.status == 413 && large.field("connection") == "close")
        let chunked =
            "POST /v1/chat/completions HTTP/1.1\r\nHost: g\r\nAuthorization: Bearer \(Corridor.key.text)\r\n"
            + "Transfer-Encoding: chunked\r\n\r\n" + ScriptedProvider.chunk(String(repeating: " ", count: 1001))
        #expect(try corridor.ask(chunked).status == 413)
        #expect(try corridor.ask().status == 200)
        #expect(corridor.provider.requests.count == 1)
    }

    @Test func aRefusedBodyIsReadPastAndTheConnectionLivesOn() throws {
        let corridor = try Corridor { side in while side.next() != nil { side.send(Corridor.whole) } }
        let socket = try corridor.connect()
        let padding = String(repeating: "x", count: 100_000)
        socket.send(Corridor.request(Corridor.chat(text: padding), key: "tg_bad") + Corridor.request())
        #expect(socket.message()?.status == 401)
        #expect(socket.message()?.status == 200)
        // Too much to read past: the connection ends instead.
        let other = try corridor.connect()
        let huge = Corridor.request(Corridor.chat(text: String(repeating: "x", count: 3 << 20)), key: "tg_bad")
        Threads.run(1, { [other = Handed(other)] _ in other.value.send(huge) }, {})
        #expect(other.message()?.status == 401)
        #expect(other.waitForEnd())
    }

    @Test func aRefusedRequestIsAnsweredOnceWhateverFollows() throws {
        let corridor = try Corridor { _ in }
        let socket = try corridor.connect()
        socket.send(
            "POST /v1/chat/completions HTTP/1.1\r\nHost: g\r\nAuthorization: Bearer no\r\n"
                + "Transfer-Encoding: chunked\r\n\r\nzz\r\n")
        #expect(socket.message()?.status == 401)
        #expect(socket.rest().text.isEmpty)
    }

    @Test(arguments: [
        ("GET / HTTP/1.1\r\n\r\n", 400), ("GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n", 400),
        ("\u{16}\u{3}\u{1}", 400),
        ("GET / HTTP/3.0\r\nHost: a\r\n\r\n", 505), ("TRACE / HTTP/1.1\r\nHost: a\r\n\r\n", 501),
        ("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n", 400),
        ("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: gzip\r\n\r\n", 501),
        ("POST / HTTP/1.1\r\nHost: a\r\nExpect: tea\r\nContent-Length: 1\r\n\r\n", 417),
        ("GET /\(String(repeating: "a", count: 17_000)) HTTP/1.1\r\nHost: a\r\n\r\n", 414),
        ("GET / HTTP/1.1\r\nHost: a\r\nX: \(String(repeating: "a", count: 33_000))\r\n\r\n", 431),
        ("GET / HTTP/1.1\r\nHost: a\r\n\(String(repeating: "X: 1\r\n", count: 101))\r\n", 431),
    ])
    func whatIsNoRequestIsAnsweredAndClosed(bytes: String, status: Int) throws {
        let corridor = try Corridor { _ in }
        let socket = try corridor.connect()
        socket.send(bytes)
        let answer = try #require(socket.message())
        #expect(answer.status == status && answer.field("connection") == "close" && answer.isWhole)
        #expect(socket.waitForEnd())
        #expect(corridor.records(1).first?.status == UInt16(status))
    }

    /// 40 MB of pipelined answers for a client that reads none of them: most are not even asked for.
    @Test func answersThatNobodyReadsDoNotPileUp() throws {
        let body = #"{"choices":[{"message":{"content":"\#(String(repeating: "x", count: 100_000))"}}]}"#
        let corridor = try Corridor { side in while side.next() != nil { side.send(ScriptedProvider.text(200, body)) } }
        let socket = try corridor.connect(receiveBuffer: 16_384)
        let count = 400
        let requests = String(repeating: Corridor.request(), count: count)
        Threads.run(1, { [socket = Handed(socket)] _ in socket.value.send(requests) }, {})
        pause(milliseconds: 1000)
        let asked = corridor.provider.requests.count
        #expect(asked > 0 && asked < count / 2, "\(asked) of \(count)")
        for index in 0..<count { #expect(socket.message()?.isWhole == true, "\(index)") }
    }

    @Test func aSlowReaderHoldsBackTheProviderNotTheMemory() throws {
        let sent = Atomic<Int>(0)
        let piece = "data: {\"choices\":[{\"delta\":{\"content\":\"\(String(repeating: "x", count: 16_000))\"}}]}\n\n"
        let total = 2000
        let corridor = try Corridor { side in
            _ = side.next()
            side.send(ScriptedProvider.streamHead)
            for _ in 0..<total where side.chunk(piece) { sent.add(1, ordering: .relaxed) }
            side.chunk(Answers.done)
            side.send(ScriptedProvider.lastChunk)
        }
        let socket = try corridor.connect(receiveBuffer: 16_384)
        socket.send(Self.streaming)
        #expect(socket.take(through: "\r\n\r\n") != nil)
        pause(milliseconds: 700)
        // What the sockets of both sides hold, and no more: 32 MB are on offer.
        #expect(sent.load(ordering: .relaxed) < total * 2 / 3)
        var message = ""
        while let line = socket.take(through: "\r\n"), let size = Int(line.dropLast(1), radix: 16), size > 0 {
            guard let bytes = socket.take(size + 2) else { break }
            message = String(decoding: bytes.suffix(40), as: UTF8.self)
        }
        #expect(message.hasSuffix("data: [DONE]\n\n\r\n"))
        #expect(sent.load(ordering: .relaxed) == total)
    }

    // MARK: The operator

    @Test func aRevokedKeysStreamsEndWithAnErrorEventAndNothingElseDoes() throws {
        let corridor = try Corridor { side in
            _ = side.next()
            side.send(ScriptedProvider.streamHead)
            side.chunk(Answers.chunk)
            _ = side.socket.waitForEnd()
        }
        let mine = try corridor.connect()
        let other = try corridor.connect()
        mine.send(Self.streaming)
        other.send(Corridor.request(Corridor.chat(stream: true), key: Corridor.otherKey.text))
        #expect(mine.take(through: "abcd") != nil && other.take(through: "abcd") != nil)
        let began = milliseconds()
        #expect(corridor.revoke(Corridor.key.id) == 1)
        let rest = mine.rest()
        #expect(milliseconds() - began < 1000)
        #expect(rest.text.contains("\"code\":\"key_revoked\"") && !rest.text.contains("[DONE]") && !rest.isReset)
        #expect(!rest.text.hasSuffix("0\r\n\r\n"), "a cut answer looks complete")
        let record = try #require(corridor.records(1).first)
        #expect(record.error == .keyRevoked && record.status == 200 && record.usage.source == .partial)
        #expect(try corridor.ask().status == 401)
        #expect(corridor.gateway.openCount() == 1)
    }

    @Test func aRevokedKeysBodyIsNotWaitedFor() throws {
        let corridor = try Corridor { _ in }
        let socket = try corridor.connect()
        socket.send(String(Corridor.request().dropLast(5)))
        #expect(eventually { corridor.gateway.openCount() == 1 })
        #expect(corridor.revoke(Corridor.key.id) == 0)
        #expect(socket.message()?.status == 401)
        #expect(socket.waitForEnd())
        #expect(corridor.provider.requests.isEmpty)
    }

    @Test func aDrainBreaksNoRequestAndLetsConnectionsGo() throws {
        let mayAnswer = Atomic<Bool>(false)
        let corridor = try Corridor { side in
            while side.next() != nil {
                _ = eventually { mayAnswer.load(ordering: .acquiring) }
                side.send(Corridor.whole)
            }
        }
        let open = try corridor.connect()
        open.send(Corridor.request())
        #expect(eventually { corridor.provider.requests.count == 1 })
        let idle = try corridor.connect()
        idle.send(Corridor.request("", method: "GET", path: "/health"))
        #expect(idle.message()?.status == 200)
        corridor.gateway.beginDraining()
        // A request on its way is still served; its answer closes.
        idle.send(Corridor.request("", method: "GET", path: "/health"))
        #expect(idle.message()?.field("connection") == "close")
        #expect(idle.waitForEnd())
        #expect(corridor.gateway.openCount() > 0)
        mayAnswer.store(true, ordering: .releasing)
        #expect(open.message()?.status == 200)
        #expect(open.waitForEnd())
        #expect(eventually { corridor.gateway.openCount() == 0 })
    }

    @Test func aDrainWaitsForAConnectionThatWasBusyAMomentAgo() throws {
        let corridor = try Corridor { _ in }
        let idle = try corridor.connect()
        idle.send(Corridor.request("", method: "GET", path: "/health"))
        #expect(idle.message()?.status == 200)
        corridor.gateway.beginDraining()
        #expect(corridor.gateway.openCount() == 1)
        #expect(idle.waitForEnd())
        #expect(corridor.gateway.openCount() == 0)
    }

    @Test func stoppingCutsStreamsWithAReasonAndSettlesThem() throws {
        let corridor = try Corridor { side in
            _ = side.next()
            side.send(ScriptedProvider.streamHead)
            side.chunk(Answers.chunk)
            _ = side.socket.waitForEnd()
        }
        let socket = try corridor.connect()
        socket.send(Self.streaming)
        #expect(socket.take(through: "abcd") != nil)
        corridor.gateway.stop()
        let rest = socket.rest()
        #expect(rest.text.contains("shutting_down") && !rest.text.contains("[DONE]"))
        let record = try #require(corridor.records(1).first)
        #expect(record.error == .shuttingDown && record.usage.output == 1 && record.usage.source == .partial)
    }

    @Test func concurrencyIsGivenBackOnEveryWayOut() throws {
        var setup = Corridor.Setup()
        setup.limits = [Limit(kind: .concurrent, amount: 1)]
        let corridor = try Corridor(setup) { side in
            while let request = side.next() {
                switch request.field("x-way") {
                case "cut": return
                case "nonsense": side.send("??\r\n\r\n")
                case "error": side.send(ScriptedProvider.text(400, "{}"))
                case "late": _ = side.socket.waitForEnd()
                default: side.send(Corridor.whole)
                }
            }
        }
        for way in ["cut", "nonsense", "error", "good", "late", "good"] {
            let socket = try corridor.connect()
            socket.send(Corridor.request(fields: "X-Way: \(way)\r\n"))
            if way == "late" {
                #expect(eventually { corridor.gateway.openCount() == 1 })
                #expect(try corridor.ask().status == 429)
                socket.close()
                #expect(eventually { corridor.gateway.openCount() == 0 })
            } else {
                #expect(socket.message()?.status != 429, "\(way)")
            }
        }
    }
}
