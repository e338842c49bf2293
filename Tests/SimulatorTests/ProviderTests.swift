import FoundationEssentials
import NIOCore
import NIOPosix
import Synchronization
import Testing

@testable import Simulator

/// A provider of its own for each test, without waits and without chance but what the mood says.
struct ProviderFixture {
    let provider: SimulatedProvider
    let loopback: Loopback

    init(mood: ProviderMood = .instant, seed: UInt64 = 1) throws {
        provider = SimulatedProvider(
            ProviderConfiguration(
                name: "openai-eu", key: "sk-good",
                models: [
                    SimulatedModel(name: "gpt-4.1", firstTokenSeconds: 0.4, reasoningRate: 0.5, cacheRate: 0.5),
                    SimulatedModel(name: "embed", kind: .embedding, firstTokenSeconds: 0.1),
                ],
                mood: mood, seed: seed))
        loopback = Loopback(port: try provider.listen(on: MultiThreadedEventLoopGroup.singleton))
    }

    func chat(_ more: String = "") throws -> Loopback.Answer {
        let prompt = String(repeating: "word ", count: 300)
        return try loopback.post(
            "/v1/chat/completions", key: "sk-good",
            "{\"model\":\"gpt-4.1\",\"user\":\"acme\",\"messages\":[{\"role\":\"user\",\"content\":\"\(prompt)\"}]\(more)}"
        )
    }
}

/// What an answer says of usage, in either API's words.
struct ReportedUsage: Decodable, Equatable {
    struct Details: Decodable, Equatable {
        var cachedTokens: Int?
        var reasoningTokens: Int?
    }
    struct Carrier: Decodable {
        var usage: ReportedUsage?
        var response: Inner?
        struct Inner: Decodable { var usage: ReportedUsage? }
    }
    var promptTokens: Int?
    var completionTokens: Int?
    var inputTokens: Int?
    var outputTokens: Int?
    var totalTokens: Int
    var promptTokensDetails: Details?
    var completionTokensDetails: Details?
    var inputTokensDetails: Details?
    var outputTokensDetails: Details?

    static func find(_ answer: Loopback.Answer) -> ReportedUsage? {
        let texts = answer.events.isEmpty ? [answer.body] : answer.events
        let decoder = JSONDecoder()
        decoder.keyDecodingStrategy = .convertFromSnakeCase
        for text in texts.reversed() {
            guard let carrier = try? decoder.decode(Carrier.self, from: Data(text.utf8)) else { continue }
            if let usage = carrier.usage ?? carrier.response?.usage { return usage }
        }
        return nil
    }

    var simulated: SimulatedUsage {
        SimulatedUsage(
            input: promptTokens ?? inputTokens ?? 0,
            cached: (promptTokensDetails ?? inputTokensDetails)?.cachedTokens ?? 0,
            output: completionTokens ?? outputTokens ?? 0,
            reasoning: (completionTokensDetails ?? outputTokensDetails)?.reasoningTokens ?? 0)
    }
}

@Suite struct ProviderTests {
    @Test func theBookIsTheSumOfWhatTheAnswersReport() throws {
        let fixture = try ProviderFixture()
        defer { fixture.provider.stop() }
        var expected = ProviderBook.Row()
        let usage = ",\"stream\":true,\"stream_options\":{\"include_usage\":true}"
        for round in 0..<24 {
            let answer: Loopback.Answer
            switch round % 6 {
            case 0: answer = try fixture.chat()
            case 1: answer = try fixture.chat(usage)
            case 2:
                answer = try fixture.loopback.post(
                    "/v1/completions", key: "sk-good",
                    "{\"model\":\"gpt-4.1\",\"user\":\"acme\",\"prompt\":\"a\"\(usage)}")
            case 3:
                answer = try fixture.loopback.post(
                    "/v1/responses", key: "sk-good", "{\"model\":\"gpt-4.1\",\"user\":\"acme\",\"input\":\"a\"}")
            case 4:
                answer = try fixture.loopback.post(
                    "/v1/responses", key: "sk-good",
                    "{\"model\":\"gpt-4.1\",\"user\":\"acme\",\"input\":\"a\",\"stream\":true}")
            default:
                answer = try fixture.loopback.post(
                    "/v1/embeddings", key: "sk-good", "{\"model\":\"embed\",\"user\":\"acme\",\"input\":\"abcdef\"}")
            }
            #expect(answer.status == 200)
            #expect(answer.isWhole)
            let reported = try #require(ReportedUsage.find(answer), "round \(round): \(answer.body.suffix(300))")
            #expect(reported.totalTokens == reported.simulated.input + reported.simulated.output)
            expected.received += 1
            expected.answered[200, default: 0] += 1
            if !answer.events.isEmpty { expected.streams += 1 }
            expected.report(reported.simulated)
        }
        let book = fixture.provider.book
        #expect(book.total == expected)
        #expect(book.total(ofUser: "acme") == expected)
        #expect(book.inFlight == 0)
        #expect(book.total.cachedTokens > 0)
        #expect(book.total.reasoningTokens > 0)
        #expect(book.total(ofModel: "embed").outputTokens == 0)
    }

    @Test func aStreamOpensWithTheRoleAndEndsWithDone() throws {
        let fixture = try ProviderFixture()
        defer { fixture.provider.stop() }
        let answer = try fixture.chat(",\"stream\":true")
        #expect(answer.fields["content-type"] == "text/event-stream; charset=utf-8")
        #expect(answer.fields["x-request-id"] == "r-1")
        let events = answer.events
        #expect(events.first?.contains("\"role\":\"assistant\"") == true)
        #expect(events.last == "[DONE]")
        #expect(events.dropLast().last?.contains("\"finish_reason\":\"stop\"") == true)
        #expect(events.count > 4)
        #expect(!answer.body.contains("usage"))
        #expect(fixture.provider.book.total.reports == 0)
    }

    @Test func aStreamTellsItsUsageOnceWhereItIsAskedTo() throws {
        let fixture = try ProviderFixture()
        defer { fixture.provider.stop() }
        let events = try fixture.chat(",\"stream\":true,\"stream_options\":{\"include_usage\":true}").events
        let last = try #require(events.dropLast().last)
        #expect(last.contains("\"choices\":[]"))
        #expect(last.contains("\"usage\":{"))
        #expect(events.dropLast(2).allSatisfy { $0.contains("\"usage\":null") })
    }

    @Test func aStreamSaysTheSameWordsAsManyAsItCounts() throws {
        let fixture = try ProviderFixture()
        defer { fixture.provider.stop() }
        struct Chunk: Decodable {
            struct Choice: Decodable { var delta: Delta }
            struct Delta: Decodable { var content: String? }
            var choices: [Choice]
        }
        let answer = try fixture.chat(",\"stream\":true,\"stream_options\":{\"include_usage\":true}")
        var text = ""
        for event in answer.events.dropLast() {
            let chunk = try JSONDecoder().decode(Chunk.self, from: Data(event.utf8))
            text += chunk.choices.first?.delta.content ?? ""
        }
        let usage = try #require(ReportedUsage.find(answer)).simulated
        #expect(text.split(separator: " ").count == usage.output - usage.reasoning)
    }

    @Test func responsesSendTheirEventsInOrder() throws {
        let fixture = try ProviderFixture()
        defer { fixture.provider.stop() }
        let answer = try fixture.loopback.post(
            "/v1/responses", key: "sk-good", "{\"model\":\"gpt-4.1\",\"input\":\"a\",\"stream\":true}")
        let names = answer.body.split(separator: "\n").filter { $0.hasPrefix("event: ") }.map { $0.dropFirst(7) }
        #expect(
            names.prefix(4) == [
                "response.created", "response.in_progress", "response.output_item.added", "response.content_part.added",
            ])
        #expect(
            names.suffix(4) == [
                "response.output_text.done", "response.content_part.done", "response.output_item.done",
                "response.completed",
            ])
        #expect(names.dropFirst(4).dropLast(4).allSatisfy { $0 == "response.output_text.delta" })
        for (index, event) in answer.events.enumerated() { #expect(event.contains("\"sequence_number\":\(index),")) }
    }

    @Test func theTokenLimitOfTheRequestIsKept() throws {
        let fixture = try ProviderFixture()
        defer { fixture.provider.stop() }
        let answer = try fixture.chat(",\"max_tokens\":3")
        #expect(try #require(ReportedUsage.find(answer)).completionTokens == 3)
        #expect(answer.body.contains("\"finish_reason\":\"length\""))
    }

    @Test func embeddingsComeOneForEachInputInTheWantedCoding() throws {
        let fixture = try ProviderFixture()
        defer { fixture.provider.stop() }
        struct Page<Vector: Decodable>: Decodable {
            struct Entry: Decodable { var embedding: Vector }
            var data: [Entry]
        }
        func ask(_ more: String) throws -> Data {
            let body = "{\"model\":\"embed\",\"input\":[\"a\",\"b\",\"c\"]\(more)}"
            return Data(try fixture.loopback.post("/v1/embeddings", key: "sk-good", body).body.utf8)
        }
        let plain = try JSONDecoder().decode(Page<[Float]>.self, from: try ask(""))
        #expect(plain.data.count == 3)
        #expect(plain.data.allSatisfy { $0.embedding.count == 32 })
        let coded = try JSONDecoder().decode(Page<String>.self, from: try ask(",\"encoding_format\":\"base64\""))
        #expect(coded.data.compactMap { Data(base64Encoded: $0.embedding)?.count } == [128, 128, 128])
    }

    @Test(arguments: [
        ("/v1/chat/completions", "{\"model\":\"none\",\"messages\":[]}", 404, "model_not_found"),
        ("/v1/chat/completions", "{\"messages\":[]}", 400, "invalid_json"),
        ("/v1/chat/completions", "{\"model\":\"gpt-4.1\"", 400, "invalid_json"),
        ("/v1/chat/completions", "{\"model\":\"gpt-4.1\",\"max_tokens\":0}", 400, "invalid_value"),
        ("/v1/images", "{}", 404, "Invalid URL"), ("/v1/models", "{}", 405, "method_not_supported"),
    ])
    func refusesWhatItDoesNotServe(path: String, body: String, status: Int, word: String) throws {
        let fixture = try ProviderFixture()
        defer { fixture.provider.stop() }
        let answer = try fixture.loopback.post(path, key: "sk-good", body)
        #expect(Int(answer.status) == status)
        #expect(answer.body.contains(word))
        #expect(fixture.provider.book.total.answered == [status: 1])
    }

    @Test func refusesEveryKeyButItsOwn() throws {
        let fixture = try ProviderFixture()
        defer { fixture.provider.stop() }
        #expect(try fixture.loopback.get("/v1/models", key: "sk-bad").status == 401)
        #expect(try fixture.loopback.get("/v1/models", key: "").status == 401)
        let answer = try fixture.loopback.get("/v1/models", key: "sk-good")
        #expect(answer.status == 200)
        #expect(answer.body.contains("\"gpt-4.1\""))
        #expect(fixture.provider.book.unauthorized == 2)
    }

    @Test func itsMoodMayChangeWhileItRuns() throws {
        let fixture = try ProviderFixture()
        defer { fixture.provider.stop() }
        #expect(try fixture.chat().status == 200)
        fixture.provider.mood = ProviderMood(latencyFactor: 0, isDown: true)
        #expect(try fixture.chat().status == 503)
        fixture.provider.mood = ProviderMood(latencyFactor: 0, throttleRate: 1)
        let throttled = try fixture.chat()
        #expect(throttled.status == 429)
        #expect((1...3).contains(Int(throttled.fields["retry-after"] ?? "") ?? 0))
        fixture.provider.mood = ProviderMood(latencyFactor: 0, errorRate: 1)
        #expect([500, 503].contains(try fixture.chat().status))
        fixture.provider.mood = .instant
        #expect(try fixture.chat().status == 200)
        let total = fixture.provider.book.total
        #expect(total.received == 5)
        #expect(total.failures == 2)
        #expect(total.reports == 2)
    }

    @Test func aCutStreamHasNoEnd() throws {
        let fixture = try ProviderFixture(mood: ProviderMood(latencyFactor: 0, cutRate: 1))
        defer { fixture.provider.stop() }
        let answer = try fixture.chat(",\"stream\":true,\"stream_options\":{\"include_usage\":true}")
        #expect(answer.status == 200)
        #expect(!answer.isWhole)
        #expect(!answer.body.contains("[DONE]"))
        #expect(fixture.provider.book.total.cut == 1)
        #expect(fixture.provider.book.total.reports == 0)
    }

    @Test func pipelinedRequestsAreAnsweredInOrder() throws {
        let fixture = try ProviderFixture()
        defer { fixture.provider.stop() }
        let body = "{\"model\":\"none\"}"
        let one =
            "POST /v1/chat/completions HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer sk-good\r\nContent-Length: 16\r\n"
        let answer = try fixture.loopback.send(
            one + "\r\n" + body + one + "\r\n" + body + one + "Connection: close\r\n\r\n" + body)
        #expect(answer.status == 404)
        #expect(fixture.provider.book.total.answered == [404: 3])
    }

    @Test func theBookIsServedAsJSON() throws {
        let fixture = try ProviderFixture()
        defer { fixture.provider.stop() }
        struct Page: Decodable {
            struct Entry: Decodable {
                var user: String
                var model: String
                var counts: ProviderBook.Row
            }
            var provider: String
            var total: ProviderBook.Row
            var rows: [Entry]
        }
        _ = try fixture.chat()
        let answer = try fixture.loopback.get("/book", key: "")
        let page = try JSONDecoder().decode(Page.self, from: Data(answer.body.utf8))
        #expect(page.provider == "openai-eu")
        #expect(page.total == fixture.provider.book.total)
        #expect(page.rows.map(\.user) == ["acme"])
        #expect(page.rows.map(\.model) == ["gpt-4.1"])
    }

    @Test func anOverloadEndsWithTheLoadThatCausesIt() throws {
        let lane = OverloadedLane(user: "batch", requestsPerSecond: 9, mood: ProviderMood(errorRate: 1))
        let seconds = Mutex(Int64(0))
        let provider = SimulatedProvider(
            ProviderConfiguration(
                name: "p", key: "k", models: [SimulatedModel(name: "m", firstTokenSeconds: 0.1)], mood: .instant,
                lane: lane),
            clock: { .uptimeNanoseconds(0) + .seconds(seconds.withLock { $0 }) })
        let loopback = Loopback(port: try provider.listen(on: MultiThreadedEventLoopGroup.singleton))
        defer { provider.stop() }
        func ask(_ user: String) throws -> UInt16 {
            try loopback.post("/v1/chat/completions", key: "k", "{\"model\":\"m\",\"user\":\"\(user)\"}").status
        }
        for _ in 0..<72 { #expect(try ask("batch") == 200) }
        #expect(!provider.isOverloaded)
        _ = try ask("batch")
        #expect(provider.isOverloaded)
        #expect(try ask("other") >= 500)
        seconds.withLock { $0 = 8 }
        #expect(!provider.isOverloaded)
        #expect(try ask("other") == 200)
    }
}
