import Domain
import Wire

/// What came of a stream that was fed in chunks.
struct StreamOutcome: Equatable {
    var forwarded: String
    var running: TokenUsage
    var chunks: Int64
    var text: Int64
    var events: Int64
    var isDone: Bool
    var hasError: Bool
}

func feed(_ chunks: [[UInt8]], strip: Bool = false, prompt: Int64 = 5) -> (StreamOutcome, StreamMeter) {
    var meter = StreamMeter(promptTokens: prompt)
    var plan = ForwardPlan()
    var forwarded: [UInt8] = []
    for chunk in chunks {
        meter.consume(chunk.span, stripUsage: strip, forward: &plan)
        if plan.isUnchanged {
            forwarded += chunk
        } else {
            forwarded += plan.held
            for piece in plan.pieces { forwarded += chunk[piece] }
        }
    }
    forwarded += meter.flush(stripUsage: strip)
    let outcome = StreamOutcome(
        forwarded: forwarded.text, running: meter.finish(cutOff: false), chunks: meter.contentChunks,
        text: meter.textLength,
        events: meter.eventCount, isDone: meter.isDone, hasError: meter.hasError)
    return (outcome, meter)
}

func feed(_ text: String, strip: Bool = false) -> (StreamOutcome, StreamMeter) { feed([text.bytes], strip: strip) }

let contentEvent = #"data: {"choices":[{"index":0,"delta":{"content":"Héllo"},"finish_reason":null}],"usage":null}"#
let usageEvent = """
    data: {"id":"c","choices":[],"usage":{"prompt_tokens":20,"completion_tokens":9,"total_tokens":29,\
    "prompt_tokens_details":{"cached_tokens":8},"completion_tokens_details":{"reasoning_tokens":3}}}
    """
let reportedUsage = TokenUsage(
    inputUncached: 12, cacheRead: 8, outputVisible: 6, reasoning: 3, source: .reported)
