import Domain
import Testing
import Wire

@Suite struct UsageReaderTests {
    private static let believable: [(String, TokenUsage)] = [
        (
            #"{"choices":[],"usage":{"prompt_tokens":9,"completion_tokens":12,"total_tokens":21}}"#,
            TokenUsage(inputUncached: 9, outputVisible: 12, source: .reported)
        ),
        (
            #"""
            {"usage":{"prompt_tokens":100,"completion_tokens":50,"total_tokens":150,
            "prompt_tokens_details":{"cached_tokens":60,"audio_tokens":0},
            "completion_tokens_details":{"reasoning_tokens":30,"accepted_prediction_tokens":0}}}
            """#,
            TokenUsage(inputUncached: 40, cacheRead: 60, outputVisible: 20, reasoning: 30, source: .reported)
        ),
        (
            #"{"object":"list","data":[{"embedding":[0.1,-2e-5]}],"usage":{"prompt_tokens":8,"total_tokens":8}}"#,
            TokenUsage(inputUncached: 8, source: .reported)
        ),
        (
            #"""
            {"object":"response","usage":{"input_tokens":36,"input_tokens_details":{"cached_tokens":6},
            "output_tokens":87,"output_tokens_details":{"reasoning_tokens":80},"total_tokens":123}}
            """#,
            TokenUsage(inputUncached: 30, cacheRead: 6, outputVisible: 7, reasoning: 80, source: .reported)
        ),
        // Gemini leaves thoughts out of the completion; the total has them.
        (
            #"{"usage":{"prompt_tokens":10,"completion_tokens":5,"total_tokens":215}}"#,
            TokenUsage(inputUncached: 10, outputVisible: 5, reasoning: 200, source: .reported)
        ),
        // A total that is too small changes nothing.
        (
            #"{"usage":{"prompt_tokens":10,"completion_tokens":5,"total_tokens":3}}"#,
            TokenUsage(inputUncached: 10, outputVisible: 5, source: .reported)
        ),
        (
            #"{"usage":{"prompt_tokens":10,"completion_tokens":5,"prompt_cache_hit_tokens":4}}"#,
            TokenUsage(inputUncached: 6, cacheRead: 4, outputVisible: 5, source: .reported)
        ),
        (
            #"{"usage":{"prompt_tokens":10.0,"completion_tokens":0,"prompt_tokens_details":null}}"#,
            TokenUsage(inputUncached: 10, source: .reported)
        ),
        (
            #"{"usage":{"prompt_tokens":10000000,"completion_tokens":10000000,"total_tokens":20000000}}"#,
            TokenUsage(inputUncached: 10_000_000, outputVisible: 10_000_000, source: .reported)
        ),
        (
            #"{"us\u0061ge":{"prompt_tokens":1,"completion_tokens":2}}"#,
            TokenUsage(inputUncached: 1, outputVisible: 2, source: .reported)
        ),
        // The last one wins.
        (
            #"{"usage":{"prompt_tokens":1,"completion_tokens":2},"usage":{"prompt_tokens":3,"completion_tokens":4}}"#,
            TokenUsage(inputUncached: 3, outputVisible: 4, source: .reported)
        ),
    ]

    @Test(arguments: believable)
    func readsWhatTheProviderReports(body: String, usage: TokenUsage) {
        #expect(UsageReader.scan(body.bytes.span) == usage)
    }

    @Test(arguments: [
        "", "[]", "{}", "{\"usage\":null}", "{\"usage\":7}", "{\"usage\":{}}", "{\"usage\":{\"prompt_tokens\":5}}",
        "{\"usage\":{\"completion_tokens\":5}}", "{\"usage\":{\"prompt_tokens\":-1,\"completion_tokens\":5}}",
        "{\"usage\":{\"prompt_tokens\":1,\"completion_tokens\":-5}}",
        "{\"usage\":{\"prompt_tokens\":1.5,\"completion_tokens\":5}}",
        "{\"usage\":{\"prompt_tokens\":1e2,\"completion_tokens\":5}}",
        "{\"usage\":{\"prompt_tokens\":\"1\",\"completion_tokens\":5}}",
        "{\"usage\":{\"prompt_tokens\":10000001,\"completion_tokens\":5}}",
        "{\"usage\":{\"prompt_tokens\":1,\"completion_tokens\":99999999999999999999999}}",
        "{\"usage\":{\"prompt_tokens\":1,\"completion_tokens\":5,\"total_tokens\":20000001}}",
        "{\"usage\":{\"prompt_tokens\":1,\"completion_tokens\":5,\"total_tokens\":20000000}}",
        "{\"usage\":{\"prompt_tokens\":5,\"completion_tokens\":5,\"prompt_tokens_details\":{\"cached_tokens\":6}}}",
        "{\"usage\":{\"prompt_tokens\":5,\"completion_tokens\":5,\"completion_tokens_details\":{\"reasoning_tokens\":6}}}",
        "{\"usage\":{\"prompt_tokens\":5,\"completion_tokens\":5}", "{\"a\":{\"usage\":{\"prompt_tokens\":5}}}",
    ])
    func believesNothingElse(body: String) {
        #expect(UsageReader.scan(body.bytes.span) == nil)
    }

    @Test(arguments: [
        (#"{"choices":[{"message":{"role":"assistant","content":"12345","reasoning_content":"6"}}]}"#, 6),
        (#"{"choices":[{"text":"1234"},{"text":"5678"}]}"#, 8),
        (#"{"output":[{"type":"message","content":[{"type":"output_text","text":"12345"}]},{"arguments":"{}"}]}"#, 7),
        (#"{"choices":[{"message":{"content":"cut o"#, 0), (#"{"data":[{"embedding":[1,2]}]}"#, 0),
        (#"{"choices":[{"message":{"content":"1234"}}],"#, 4),
    ])
    func measuresTheTextForAnEstimate(body: String, length: Int) {
        #expect(UsageReader.read(body.bytes.span).textLength == length)
    }

    @Test(arguments: [(3, 0, 0, 0), (3, 1, 0, 1), (3, 8, 0, 2), (3, 9, 2, 3), (3, 9, 7, 7), (-1, -1, 0, 0)])
    func estimatesATokenForFourBytesAndOneForAChunk(prompt: Int64, length: Int64, chunks: Int64, output: Int64) {
        let usage = UsageReader.estimate(
            promptTokens: prompt, textLength: length, chunks: chunks, source: .estimated)
        #expect(usage == TokenUsage(inputUncached: max(prompt, 0), outputVisible: output, source: .estimated))
    }

    @Test func tellsAnAnswerThatMakesNoSense() {
        #expect(UsageReader.read(#"{"error":{"message":"x"}}"#.bytes.span).hasError)
        #expect(UsageReader.read(#"{"error":null}"#.bytes.span).hasError == false)
        for body in ["<html>", "", "{\"a\":1", "[1]", "{}{}"] { #expect(!UsageReader.read(body.bytes.span).isObject) }
    }
}
