import Domain
import Testing
import Wire

@Suite struct UsageSieveTests {
    private static let figures =
        #"{"prompt_tokens":20,"completion_tokens":9,"prompt_tokens_details":{"cached_tokens":8}}"#
    private static let reported = TokenUsage(inputUncached: 12, cacheRead: 8, outputVisible: 9, source: .reported)

    private static let answers: [(String, TokenUsage?)] = [
        (#"{"choices":[{"message":{"content":"a\"b\\"}}],"usage":\#(figures)}"#, reported),
        (#"{ "usage" : \#(figures) , "choices":[]}"#, reported),
        (#"{"a":"日本語 \u0022","usage":\#(figures)}"#, reported),
        (#"{"usage":{"prompt_tokens":1,"completion_tokens":1},"usage":\#(figures)}"#, reported),
        (#"{"usage":\#(figures),"usage":null}"#, reported),
        // Deeper, in a text, under a longer or shorter name, cut, unbelievable: no figures of this answer.
        (#"{"choices":[{"usage":\#(figures)}]}"#, nil), (#"{"a":"\"usage\":{}"}"#, nil),
        (#"{"usages":\#(figures)}"#, nil), (#"{"usag":\#(figures)}"#, nil), (#"{"usage":[\#(figures)]}"#, nil),
        (#"{"a":"usage","b":\#(figures)}"#, nil), (#"{"usage":{"prompt_tokens":20,"completion_to"#, nil),
        (#"{"usage":{"prompt_tokens":-1,"completion_tokens":1}}"#, nil), ("", nil), ("]]}}\"", nil),
    ]

    @Test func findsTheFiguresInPiecesOfAnySize() {
        for (answer, usage) in Self.answers {
            let bytes = answer.bytes
            for size in 1...max(1, bytes.count) {
                var sieve = UsageSieve()
                for start in stride(from: 0, to: bytes.count, by: size) {
                    sieve.read(bytes[start..<min(start + size, bytes.count)].span)
                }
                #expect(sieve.usage == usage, "\(answer) in pieces of \(size)")
            }
        }
    }

    @Test func agreesWithTheReaderOfWholeAnswers() {
        var random = SeededRandom(seed: 7)
        let answer = Self.answers[0].0.bytes
        for _ in 0..<2000 {
            let bytes = answer.mutated(using: &random)
            var sieve = UsageSieve()
            sieve.read(bytes.span)
            if let whole = UsageReader.scan(bytes.span) { #expect(sieve.usage == whole, "\(bytes.text)") }
        }
    }

    @Test func figuresWithoutAnEndAreNotKept() {
        var sieve = UsageSieve()
        sieve.read(#"{"usage":{"a":""#.bytes.span)
        for _ in 0..<100 { sieve.read(String(repeating: "x", count: 10_000).bytes.span) }
        sieve.read(#""}}"#.bytes.span)
        #expect(sieve.usage == nil)
    }
}
