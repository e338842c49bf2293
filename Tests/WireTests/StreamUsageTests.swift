import Domain
import Testing
import Wire

@Suite struct StreamUsageTests {
    @Test func estimatesWhereTheProviderGivesNoFigures() {
        let meter = feed("\(contentEvent)\n\n\(contentEvent)\n\ndata: [DONE]\n\n").1
        #expect(meter.finish(cutOff: false) == TokenUsage(inputUncached: 5, outputVisible: 3, source: .estimated))
        #expect(meter.finish(cutOff: true) == TokenUsage(inputUncached: 5, outputVisible: 3, source: .partial))
    }

    @Test func countsAtLeastOneTokenForEachContentChunk() {
        let letter = #"data: {"choices":[{"delta":{"content":"a"}}]}"# + "\n\n"
        #expect(feed(String(repeating: letter, count: 7)).1.finish(cutOff: false).output == 7)
    }

    @Test func marksARunningCountPartialWhenTheStreamIsCut() {
        let running =
            #"data: {"choices":[{"delta":{"content":"a"}}],"usage":{"prompt_tokens":4,"completion_tokens":2}}"# + "\n\n"
        let meter = feed(running).1
        #expect(meter.finish(cutOff: true) == TokenUsage(inputUncached: 4, outputVisible: 2, source: .partial))
        #expect(meter.finish(cutOff: false).source == .reported)
    }

    @Test func believesTheLastUsageOnly() {
        let other = #"data: {"choices":[],"usage":{"prompt_tokens":1,"completion_tokens":1}}"#
        let absurd = #"data: {"choices":[],"usage":{"prompt_tokens":-1,"completion_tokens":1}}"#
        #expect(feed("\(other)\n\n\(usageEvent)\n\n").1.finish(cutOff: false) == reportedUsage)
        #expect(feed("\(usageEvent)\n\n\(absurd)\n\n").1.finish(cutOff: false).source == .estimated)
    }

    @Test func ignoresUsageAfterTheEnd() {
        let meter = feed("\(contentEvent)\n\ndata: [DONE]\n\n\(usageEvent)\n\n").1
        #expect(meter.finish(cutOff: false).source == .estimated)
    }

    @Test(arguments: ["response.completed", "response.incomplete", "response.failed"])
    func readsTheResponsesAPI(final: String) {
        let stream = """
            event: response.created
            data: {"type":"response.created","response":{"id":"r","usage":null}}

            event: response.output_text.delta
            data: {"delta":"Hello","type":"response.output_text.delta","output_index":0}

            event: response.output_text.done
            data: {"type":"response.output_text.done","text":"Hello"}

            event: \(final)
            data: {"type":"\(final)","response":{"usage":{"input_tokens":36,"input_tokens_details":
            data: {"cached_tokens":6},"output_tokens":87,"output_tokens_details":{"reasoning_tokens":80},
            data: "total_tokens":123}}}


            """
        let (outcome, meter) = feed(stream)
        #expect(outcome.text == 5)
        #expect(outcome.chunks == 1)
        #expect(outcome.isDone)
        #expect(
            meter.finish(cutOff: false)
                == TokenUsage(inputUncached: 30, cacheRead: 6, outputVisible: 7, reasoning: 80, source: .reported))
    }

    @Test(
        arguments: [
            (#"{"choices":[{"text":"abc"}]}"#, 3), (#"{"choices":[{"delta":{"reasoning_content":"abcd"}}]}"#, 4),
            (#"{"choices":[{"delta":{"reasoning_content":"abcd","reasoning":"abcd","content":"e"}}]}"#, 5),
            (#"{"choices":[{"delta":{"tool_calls":[{"function":{"name":"f","arguments":"{\"a\":1}"}}]}}]}"#, 7),
            (#"{"choices":[{"delta":{"content":null,"refusal":"no"}},{"delta":{"content":"x"}}]}"#, 3),
            (#"{"choices":[{"delta":{"role":"assistant"},"logprobs":{"content":[{"token":"a"}]}}]}"#, 0),
            (#"{"choices":[{"delta":{"tool_calls":[{"custom":{"name":"f","input":"ls -l"}}]}}]}"#, 5),
            (#"{"choices":[{"delta":{"audio":{"data":"AAAA","transcript":"abc"}}}]}"#, 3),
            (#"{"choices":[{"delta":{"reasoning":"abcd","reasoning_details":[{"text":"abcd"}]}}]}"#, 4),
            (#"{"choices":[{"delta":{"reasoning_details":[{"summary":"ab"},{"text":"cd"}]}}]}"#, 4),
            (#"{"type":"response.function_call_arguments.delta","delta":"{}"}"#, 2),
        ] as [(String, Int64)])
    func countsTheTextThatWasDelivered(data: String, length: Int64) {
        let outcome = feed("data:\(data)\n\n").0
        #expect(outcome.text == length)
        #expect(outcome.chunks == (length > 0 ? 1 : 0))
    }

    /// A chunk that adds anything to the answer is worth a token, whatever that is called.
    @Test(
        arguments: [
            (#"{"type":"response.audio.delta","delta":"AAAA"}"#, 1), (#"{"type":"x","delta":"AAAA"}"#, 1),
            (#"{"type":"response.image_generation_call.partial_image","partial_image_b64":"AAAA"}"#, 1),
            (#"{"type":"response.image_generation_call.partial_image","partial_image_b64":""}"#, 0),
            (#"{"choices":[{"delta":{"audio":{"data":"AAAA"}}}]}"#, 1),
            (#"{"choices":[{"delta":{"role":"assistant","novel":{"a":1}}}]}"#, 1),
            (#"{"choices":[{"delta":{"tool_calls":[{"function":{"name":"f","arguments":""}}]}}]}"#, 1),
            (#"{"choices":[{"delta":{"reasoning_details":[{"type":"encrypted","data":"x"}]}}]}"#, 1),
            (#"{"choices":[{"delta":{"role":"assistant","content":"","refusal":null,"tool_calls":[ ]}}]}"#, 0),
            (#"{"choices":[{"delta":{},"finish_reason":"stop"}]}"#, 0), (#"{"choices":[{"delta":null}]}"#, 0),
            (#"{"type":"response.output_text.delta","delta":""}"#, 0),
        ] as [(String, Int64)])
    func aChunkThatCarriesAnythingIsATokenAtLeast(data: String, chunks: Int64) {
        let (outcome, meter) = feed("data:\(data)\n\n")
        #expect(outcome.text == 0 && outcome.chunks == chunks)
        #expect(meter.finish(cutOff: false).output == chunks)
    }

    @Test(arguments: [
        ("data: {\"error\":{\"message\":\"x\"}}\n\n", true), ("event: error\ndata: {}\n\n", true),
        ("data: {\"type\":\"error\",\"code\":\"x\"}\n\n", true), ("data: {\"error\":null}\n\n", false),
        ("event: errors\ndata: {}\n\n", false),
    ])
    func recognisesAnErrorEvent(event: String, hasError: Bool) {
        let meter = feed(event).1
        #expect(meter.hasError == hasError)
        #expect(meter.finish(cutOff: false).source == (hasError ? .partial : .estimated))
    }

    @Test(arguments: [false, true])
    func passesAnEventThatIsTooLongAndReadsTheNext(strip: Bool) {
        let long = "data: \"" + String(repeating: "x", count: StreamMeter.maximumEvent + 100_000) + "\"\n\n"
        let bytes = (long + "\(usageEvent)\n\n").bytes
        var chunks: [[UInt8]] = []
        for start in stride(from: 0, to: bytes.count, by: 50_000) {
            chunks.append(Array(bytes[start..<min(start + 50_000, bytes.count)]))
        }
        let (outcome, meter) = feed(chunks, strip: strip)
        #expect(outcome.forwarded.utf8.count == (strip ? long.utf8.count : bytes.count))
        #expect(meter.finish(cutOff: false) == reportedUsage)
    }

    @Test func anEventThatIsTooLongToReadIsNotFree() {
        let text = String(repeating: "x", count: StreamMeter.maximumEvent * 2)
        let bytes = "data: {\"choices\":[{\"delta\":{\"content\":\"\(text)\"}}]}\n\n".bytes
        let chunks = stride(from: 0, to: bytes.count, by: 60_000).map {
            Array(bytes[$0..<min($0 + 60_000, bytes.count)])
        }
        let (outcome, meter) = feed(chunks)
        #expect(outcome.text == Int64(bytes.count) && outcome.chunks == 1)
        #expect(meter.finish(cutOff: false).output >= Int64(text.utf8.count) / 4)
        let comment = feed([": ".bytes] + Array(repeating: text.bytes, count: 2) + ["\n\n".bytes]).0
        #expect(comment.text == 0 && comment.chunks == 0)
    }

    /// A strict reader's refusal does not make free what was delivered.
    @Test(arguments: [
        (#"{"choices":[{"delta":{"content":"a\#t"}}]}"#, Int64(40), 1),
        (#"{"choices":[{"delta":{"content":"\x"}}]}"#, 40, 1),
        ("keep-alive", 0, 0), ("\"a\tb\"", 0, 0), ("", 0, 0),
    ])
    func anEventThatOurReaderRefusesIsText(data: String, text: Int64, chunks: Int64) {
        let outcome = feed("data: \(data)\n\n").0
        #expect(outcome.text == text && outcome.chunks == chunks && outcome.forwarded == "data: \(data)\n\n")
    }

    @Test func figuresInAnEventThatOurReaderRefusesCount() {
        let event = #"data: {"x":"\#t","usage":{"prompt_tokens":4,"completion_tokens":2}}"# + "\n\n"
        let meter = feed(event).1
        #expect(meter.finish(cutOff: false) == TokenUsage(inputUncached: 4, outputVisible: 2, source: .reported))
        #expect(meter.finish(cutOff: true).source == .partial)
    }

    @Test func dropsALeadingByteOrderMarkOnly() {
        #expect(feed("\u{feff}\(usageEvent)\n\n").1.finish(cutOff: false) == reportedUsage)
        #expect(feed(": x\n\u{feff}\(usageEvent)\n\n").1.finish(cutOff: false).source == .estimated)
    }
}
