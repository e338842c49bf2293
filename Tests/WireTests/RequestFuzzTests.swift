import FoundationEssentials
import Testing
import Wire

/// Another decoder's view of a body, for comparison.
private struct Outside: Decodable {
    var model: String?
    var stream: Bool?
}

@Suite struct RequestFuzzTests {
    private static let seeds = [
        #"{"model":"gpt-4.1","messages":[{"role":"user","content":"Hi \u00e9 \ud83d\ude00 \n"}],"stream":true,"n":1}"#,
        #"{"stream_options":{"include_usage":false,"x":[1,2.5e-3,{"a":null}]},"model":"m\/x","stream":true}"#,
        #"{"input":["a","b"],"model":"é","max_output_tokens":12,"deep":[[[[{"k":"v","l":[true,false]}]]]]}"#,
    ]

    /// Whatever we accept, another decoder accepts and reads alike: nothing is forwarded that was judged otherwise.
    @Test(arguments: 0..<8)
    func acceptsNothingThatAnotherDecoderReadsOtherwise(seed: UInt64) throws {
        var random = SeededRandom(seed: seed)
        var accepted = 0
        for round in 0..<3000 {
            let body = Self.seeds[round % Self.seeds.count].bytes.mutated(using: &random)
            guard let facts = try? RequestFacts.scan(body.span) else { continue }
            accepted += 1
            let outside = try JSONDecoder().decode(Outside.self, from: Data(body))
            #expect(outside.model == facts.model, "\(body.text)")
            #expect((outside.stream ?? false) == facts.isStream, "\(body.text)")
            var output: [UInt8] = []
            Splice.apply(facts.splices(injectUsage: true), to: body.span, into: &output)
            let after = try RequestFacts.scan(output.span)
            #expect(after.model == facts.model)
            #expect(after.promptLength == facts.promptLength)
            #expect(!facts.isStream || after.includesUsage == true, "\(body.text)")
        }
        #expect(accepted > 100, "the mutations must leave something to compare")
    }

    @Test(arguments: 0..<4)
    func survivesRandomBytes(seed: UInt64) {
        var random = SeededRandom(seed: seed)
        for _ in 0..<5000 {
            let count = Int.random(in: 0..<64, using: &random)
            let bytes = (0..<count).map { _ in UInt8.random(in: 0...255, using: &random) }
            _ = try? RequestFacts.scan(bytes.span)
            _ = try? RequestFacts.scan(("{\"".bytes + bytes).span)
            _ = UsageReader.read(bytes.span)
            _ = PathRules.target(bytes.span)
            _ = PathRules.target(("/v1/models/".bytes + bytes).span)
            _ = KeyText.parse(bytes.span)
            _ = try? JWTScanner.scan(bytes.span, tierClaim: "tier")
            _ = HeaderRules.request(bytes.span)
            _ = HeaderRules.response(bytes.span)
            _ = HeaderRules.connection(bytes.span, names: "x".bytes.span)
        }
    }
}
