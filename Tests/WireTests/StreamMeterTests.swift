import Domain
import Testing
import Wire

@Suite struct StreamMeterTests {
    private static let chat = "\(contentEvent)\n\n: ping\n\n\(contentEvent)\n\n\(usageEvent)\n\ndata: [DONE]\n\n"
    private static let stripped = "\(contentEvent)\n\n: ping\n\n\(contentEvent)\n\ndata: [DONE]\n\n"

    @Test func readsAChatAndPassesItUnchanged() {
        let (outcome, meter) = feed(Self.chat)
        #expect(outcome.forwarded == Self.chat)
        #expect(outcome.chunks == 2)
        #expect(outcome.text == 12)
        #expect(outcome.events == 4)
        #expect(outcome.isDone)
        #expect(meter.finish(cutOff: false) == reportedUsage)
        #expect(meter.finish(cutOff: true) == reportedUsage)
    }

    @Test func keepsTheUsageChunkFromACallerWhoDidNotAsk() {
        let (outcome, meter) = feed(Self.chat, strip: true)
        #expect(outcome.forwarded == Self.stripped)
        #expect(meter.finish(cutOff: false) == reportedUsage)
    }

    @Test(arguments: ["\n", "\r", "\r\n"], [false, true])
    func isTheSameAtEverySplitPoint(lineEnd: String, strip: Bool) {
        let text = Self.chat.split(separator: "\n", omittingEmptySubsequences: false).joined(separator: lineEnd)
        let whole = feed(text, strip: strip).0
        let expected = (strip ? Self.stripped : Self.chat)
            .split(separator: "\n", omittingEmptySubsequences: false).joined(separator: lineEnd)
        #expect(whole.forwarded == expected)
        #expect(whole.running == reportedUsage)
        let bytes = text.bytes
        for split in 0...bytes.count {
            #expect(feed([Array(bytes[..<split]), Array(bytes[split...])], strip: strip).0 == whole, "at \(split)")
        }
        #expect(feed(bytes.map { [$0] }, strip: strip).0 == whole)
    }

    @Test(arguments: 0..<6)
    func isTheSameForAnyBytesInAnyChunks(seed: UInt64) {
        var random = SeededRandom(seed: seed)
        let seeds = [
            Self.chat, "\u{feff}\(usageEvent)\r\n\r\ndata: {\"choices\":[]}\r\rdata:[DONE]\n\n",
            "data\ndata: x\n\n\n\n",
        ]
        for round in 0..<400 {
            let bytes = seeds[round % seeds.count].bytes.mutated(using: &random)
            let strip = round % 2 == 0
            let whole = feed([bytes], strip: strip).0
            var chunks: [[UInt8]] = []
            var index = 0
            while index < bytes.count {
                let end = min(bytes.count, index + Int.random(in: 0...40, using: &random))
                chunks.append(Array(bytes[index..<end]))
                index = end
            }
            #expect(feed(chunks, strip: strip).0 == whole, "\(bytes.text)")
            if !strip { #expect(whole.forwarded == bytes.text) }
        }
    }

    @Test func sendsOnAtOnceWhatIsNotTheUsageChunk() {
        var meter = StreamMeter(promptTokens: 1)
        var plan = ForwardPlan()
        let first = "\(contentEvent)\n\n: keep-alive\ndata: {\"cho"
        meter.consume(first.bytes.span, stripUsage: true, forward: &plan)
        #expect(plan.pieces == [0..<"\(contentEvent)\n\n: keep-alive\n".utf8.count])
        meter.consume("ices\":[1]}\n\n".bytes.span, stripUsage: true, forward: &plan)
        #expect(plan.held.text == "data: {\"cho")
        #expect(plan.pieces == [0..<12])
    }

    @Test func copiesNothingWhereEventsAreWhole() {
        var meter = StreamMeter(promptTokens: 1)
        var plan = ForwardPlan()
        meter.consume("\(contentEvent)\n\n\(contentEvent)\n\n".bytes.span, stripUsage: true, forward: &plan)
        #expect(plan.isUnchanged)
        meter.consume("\(contentEvent)\n\(contentEvent)\n\n".bytes.span, stripUsage: false, forward: &plan)
        #expect(plan.isUnchanged)
    }

    @Test(arguments: [
        "data: {\"choices\":[{\"delta\":{}}],\"usage\":{\"prompt_tokens\":1,\"completion_tokens\":1}}\n\n",
        "data: {\"choices\":[],\"usage\":null}\n\n", "data: {\"choices\":[],\"prompt_filter_results\":[]}\n\n",
        "data: {\"usage\":{\"prompt_tokens\":1,\"completion_tokens\":1}}\n\n",
        "data: {\"choices\":[],\"usage\":{}}garbage\n\n",
    ])
    func stripsNothingButTheUsageChunk(event: String) {
        #expect(feed(event, strip: true).0.forwarded == event)
    }

    @Test func passesAnUnfinishedEventAtAProperEndButDoesNotReadIt() {
        let (outcome, meter) = feed("\(contentEvent)\n\ndata: [DONE]\n", strip: true)
        #expect(outcome.forwarded == "\(contentEvent)\n\ndata: [DONE]\n")
        #expect(!meter.isDone)
        let (half, halfMeter) = feed("\(contentEvent)\n\n\(usageEvent)\n", strip: true)
        #expect(half.forwarded == "\(contentEvent)\n\n")
        #expect(halfMeter.finish(cutOff: false).source == .estimated)
        #expect(feed("\(contentEvent)\n\n\(usageEvent)\n").0.forwarded == "\(contentEvent)\n\n\(usageEvent)\n")
    }
}
