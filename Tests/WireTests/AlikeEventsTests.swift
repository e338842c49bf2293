import Domain
import Testing
import Wire

/// Chunks that are like the one before are read by comparison; these tests hold that to what parsing gives.
@Suite struct AlikeEventsTests {
    /// What a meter counts.
    private struct Counts: Equatable {
        var events: Int64 = 0
        var chunks: Int64 = 0
        var text: Int64 = 0
        var hasError = false
        var isDone = false

        init() {}

        init(_ meter: StreamMeter) {
            events = meter.eventCount
            chunks = meter.contentChunks
            text = meter.textLength
            hasError = meter.hasError
            isDone = meter.isDone
        }

        static func + (left: Counts, right: Counts) -> Counts {
            var sum = left
            sum.events += right.events
            sum.chunks += right.chunks
            sum.text += right.text
            sum.hasError = left.hasError || right.hasError
            sum.isDone = left.isDone || right.isDone
            return sum
        }
    }

    /// Each event read by a meter of its own, which has nothing to compare it with.
    private static func parsed(_ events: [[UInt8]]) -> Counts {
        events.reduce(Counts()) { $0 + Counts(feed([$1]).1) }
    }

    private static let texts = [
        "", "Hi", "a longer piece of text, past eight bytes", #"a\nb"#, #"\u00e9\u20AC"#, #"\ud83d\ude00"#, #"\ud83d"#,
        "é€😀",
        #"\x"#, "\u{1}", "data: x", #"\""#, "\r", "\n", "\n\n", "\u{7f}",
    ]

    private static let shapes: [@Sendable (String) -> String] = [
        {
            #"data: {"id":"c-1","choices":[{"index":0,"delta":{"content":"\#($0)"},"finish_reason":null}],"usage":null}"#
        },
        { #"data: {"id":"c-1","choices":[{"index":1,"delta":{"content":"\#($0)"},"finish_reason":null}]}"# },
        { #"data:{"choices":[{"delta":{"reasoning":"\#($0)","reasoning_content":"\#($0)"}}]}"# },
        { #"data: {"choices":[{"delta":{"reasoning_content":"\#($0)"}}],"model":"m"}"# },
        { #"data: {"choices":[{"text":"\#($0)"}],"error":{"message":"no"}}"# },
        { #"data: {"choices":[{"text":"\#($0)"}],"usage":{"prompt_tokens":3,"completion_tokens":1}}"# },
        { #"data: {"type":"response.output_text.delta","delta":"\#($0)"}"# },
        { #"data: {"choices":[{"delta":{"tool_calls":[{"index":0,"function":{"arguments":"\#($0)"}}]}}]}"# },
        { #"data: {"choices":[{"delta":{"content":"\#($0)","novel":1}}]}"# },
        { #"data: {"choices":[{"delta":{"novel":"\#($0)"}}]}"# },
        { #"data: {"choices":[],"note":"\#($0)"}"# },
        { "event: error\ndata: {\"choices\":[{\"text\":\"\($0)\"}]}" },
        { "event: chunk\ndata: {\"choices\":[{\"text\":\"\($0)\"}]}\nid: 7" },
        { "data: {\"choices\":\ndata: [{\"text\":\"\($0)\"}]}" },
        { #"data: {"choices":[{"text":"\#($0)"}]} trailing"# },
        { #"data: {"\#($0)":"choices","choices":[{"text":"x"}]}"# },
    ]

    private static func event(using random: inout SeededRandom, shape: Int) -> [UInt8] {
        let text = texts[Int.random(in: 0..<texts.count, using: &random)]
        let end = ["\n\n", "\n\n", "\r\n\r\n"][Int.random(in: 0..<3, using: &random)]
        return (shapes[shape](text) + end).bytes
    }

    @Test(arguments: 0..<8) func comparingGivesWhatParsingGives(seed: UInt64) {
        var random = SeededRandom(seed: seed)
        for _ in 0..<300 {
            let main = Int.random(in: 0..<Self.shapes.count, using: &random)
            var events: [[UInt8]] = []
            for _ in 0..<Int.random(in: 1...20, using: &random) {
                let isOther = Int.random(in: 0..<6, using: &random) == 0
                let shape = isOther ? Int.random(in: 0..<Self.shapes.count, using: &random) : main
                var event = Self.event(using: &random, shape: shape)
                if Int.random(in: 0..<8, using: &random) == 0 {
                    // A change within the line, so that the event stays one event.
                    let body = Array(event.prefix { $0 != 0x0a && $0 != 0x0d })
                    let changed = body.mutated(using: &random).filter { $0 != 0x0a && $0 != 0x0d }
                    event = changed + Array("\n\n".utf8)
                }
                events.append(event)
            }
            // A mark only counts at the stream's beginning, where each single meter stands.
            events.removeAll { $0.starts(with: [0xef]) }
            let stream = events.flatMap { $0 }
            // Texts that hold line ends make other events of one: compare whole against byte by byte there.
            let expected = Self.parsed(Self.events(of: stream))
            #expect(Counts(feed([stream]).1) == expected, "\(stream.text)")
            #expect(Counts(feed(events).1) == expected, "\(stream.text)")
            #expect(Counts(feed(events, strip: true).1) == expected, "\(stream.text)")
            #expect(Counts(feed(stream.map { [$0] }).1) == expected, "\(stream.text)")
        }
    }

    /// The events of a stream, each with its blank line, by the letter of the standard and with no thought of speed.
    private static func events(of stream: [UInt8]) -> [[UInt8]] {
        var events: [[UInt8]] = []
        var event: [UInt8] = []
        var line: [UInt8] = []
        var index = 0
        while index < stream.count {
            let byte = stream[index]
            event.append(byte)
            index += 1
            guard byte == 0x0a || byte == 0x0d else {
                line.append(byte)
                continue
            }
            if byte == 0x0d, index < stream.count, stream[index] == 0x0a {
                event.append(0x0a)
                index += 1
            }
            if line.isEmpty {
                events.append(event)
                event = []
            }
            line = []
        }
        return events
    }

    @Test func forwardsAlikeChunksAsTheyCame() {
        let event = #"data: {"choices":[{"delta":{"content":"Hi"}}]}"# + "\n\n"
        let (outcome, _) = feed([(event + event + event).bytes, (event + "data: ").bytes, "[DONE]\n\n".bytes])
        #expect(outcome.forwarded == event + event + event + event + "data: [DONE]\n\n")
        #expect(outcome.events == 5)
        #expect(outcome.chunks == 4)
        #expect(outcome.text == 8)
        #expect(outcome.isDone)
    }

    @Test func believesNothingAfterTheEnd() {
        let event = #"data: {"choices":[{"delta":{"content":"Hi"}}]}"# + "\n\n"
        let (outcome, _) = feed(event + event + "data: [DONE]\n\n" + event + event)
        #expect(outcome.chunks == 2)
        #expect(outcome.text == 4)
        #expect(outcome.events == 5)
    }
}
