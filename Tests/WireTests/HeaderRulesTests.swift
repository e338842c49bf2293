import Testing
import Wire

@Suite struct HeaderRulesTests {
    @Test(arguments: [
        ("Content-Type", FieldRule.ours), ("accept", .pass), ("User-Agent", .pass), ("X-Stainless-Lang", .pass),
        ("OpenAI-Beta", .pass), ("anthropic-version", .pass), ("Idempotency-Key", .pass), ("Connection", .hopByHop),
        ("keep-alive", .hopByHop), ("TE", .hopByHop), ("Transfer-Encoding", .hopByHop), ("Upgrade", .hopByHop),
        ("Proxy-Connection", .hopByHop), ("Trailer", .hopByHop), ("Authorization", .credential),
        ("X-API-Key", .credential), ("api-key", .credential), ("x-goog-api-key", .credential), ("Cookie", .credential),
        ("Proxy-Authorization", .credential), ("OpenAI-Organization", .credential), ("OpenAI-Project", .credential),
        ("Host", .framing), ("Content-Length", .framing), ("Expect", .framing), ("Accept-Encoding", .framing),
        ("X-Forwarded-For", .rerouting), ("X-Forwarded-Host", .rerouting), ("Forwarded", .rerouting),
        ("X-HTTP-Method-Override", .rerouting), ("X-Original-URL", .rerouting), ("X-Rewrite-URL", .rerouting),
        ("X-Request-ID", .ours), ("X-Tollgate-Error-Source", .ours), ("x_api_key", .ambiguous),
        ("Content_Length", .ambiguous), ("", .ambiguous), ("a b", .ambiguous), ("x.y", .ambiguous),
        ("Authorization ", .ambiguous), ("Authorizatioñ", .ambiguous),
    ])
    func judgesFieldsOfRequests(name: String, rule: FieldRule) {
        #expect(HeaderRules.request(name) == rule)
        #expect(HeaderRules.request(name.uppercased()) == rule)
        let byBytes = HeaderRules.request(name.bytes.span)
        #expect(byBytes == rule)
    }

    @Test(arguments: [
        ("Content-Type", FieldRule.pass), ("Content-Encoding", .pass), ("openai-processing-ms", .pass),
        ("Retry-After", .pass), ("x-should-retry", .pass), ("Cache-Control", .pass), ("Set-Cookie", .dropped),
        ("Server", .dropped), ("openai-organization", .dropped), ("CF-Ray", .dropped), ("Alt-Svc", .dropped),
        ("Location", .dropped), ("WWW-Authenticate", .dropped), ("x-ratelimit-limit-requests", .ours),
        ("X-RateLimit-Remaining", .ours), ("RateLimit", .ours), ("RateLimit-Policy", .ours), ("x-request-id", .ours),
        ("x-tollgate-anything", .ours), ("Connection", .hopByHop), ("Transfer-Encoding", .hopByHop),
        ("Content-Length", .framing), ("Date", .framing), ("set_cookie", .ambiguous),
    ])
    func judgesFieldsOfAnswers(name: String, rule: FieldRule) {
        #expect(HeaderRules.response(name) == rule)
        #expect(HeaderRules.response(name.lowercased()) == rule)
    }

    @Test(arguments: [
        ("close, X-Secret", "x-secret", true), ("x-secret", "X-Secret", true), (" x-a ,\tx-b", "x-b", true),
        ("x-secrets", "x-secret", false), ("", "x", false), (",,", "", true), ("a,b", "a,b", false),
    ])
    func stripsWhatConnectionNames(value: String, name: String, isNamed: Bool) {
        let found = HeaderRules.connection(value.bytes.span, names: name.bytes.span)
        #expect(found == isNamed)
    }

    @Test(arguments: [
        ("a", true), ("req_0123-XYZ~!", true), (String(repeating: "x", count: 200), true), ("", false),
        (String(repeating: "x", count: 201), false), ("a b", false), ("a\u{7f}", false), ("é", false), ("a\n", false),
    ])
    func keepsAVisibleRequestID(text: String, isKept: Bool) {
        #expect(HeaderRules.isRequestID(text.bytes.span) == isKept)
    }

    @Test(
        arguments: [
            (0, "0s"), (-5, "0s"), (1, "1ms"), (12, "12ms"), (999, "999ms"), (1000, "1s"), (1500, "1.5s"),
            (1050, "1.05s"),
            (1005, "1.005s"), (59_999, "59.999s"), (60_000, "1m0s"), (360_000, "6m0s"), (3_600_000, "1h0m0s"),
            (3_661_001, "1h1m1.001s"), (86_400_000, "24h0m0s"), (.max, "2562047788015h12m55.807s"),
        ] as [(Int64, String)])
    func writesDurationsAsGoDoes(milliseconds: Int64, text: String) {
        #expect(RateText.goDuration(milliseconds: milliseconds) == text)
    }

    @Test(
        arguments: [(0, 0), (1, 1), (1000, 1), (1001, 2), (-1, 0), (.max, 9_223_372_036_854_776)] as [(Int64, Int64)])
    func roundsSecondsUp(milliseconds: Int64, seconds: Int64) {
        #expect(RateText.wholeSeconds(milliseconds: milliseconds) == seconds)
    }
}
