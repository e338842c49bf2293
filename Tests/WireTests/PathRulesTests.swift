import Testing
import Wire

private func target(_ text: String) -> Target { PathRules.target(text.bytes.span) }

@Suite struct PathRulesTests {
    @Test(arguments: [
        ("/v1/chat/completions", Route.chatCompletions), ("/v1/completions", .completions),
        ("/v1/responses", .responses), ("/v1/embeddings", .embeddings), ("/v1/messages", .messages),
        ("/v1/messages/count_tokens", .countTokens), ("/v1/models", .models), ("/v1/models/gpt-4.1", .model("gpt-4.1")),
        ("/v1/models/org%3Aname", .model("org:name")), ("/v1/models/m:x", .model("m:x")),
        ("/v1/models/vendor%2Fmodel", .model("vendor/model")), ("/v1/models/..%2f..%2Fme", .model("../../me")),
        ("/v1/me", .me),
        ("/health", .health), ("/healthz", .healthz), ("/readyz", .readyz), ("/metrics", .metrics),
        ("/openapi.json", .openapi), ("/docs", .docs), ("/v1/chat/completions?x=%20", .chatCompletions),
        ("/health?", .health),
        ("/v1beta/models/gemini-2.5-flash:generateContent", .generateContent(model: "gemini-2.5-flash")),
        ("/v1beta/models/g:streamGenerateContent?alt=sse", .streamGenerateContent(model: "g")),
        ("/v1beta/models/g", .other), ("/v1beta/models/:generateContent", .other), ("/v1/files", .other),
        ("/v1/audio/speech", .other), ("/v1/Chat/completions", .other), ("/V1/models", .other), ("/v1", .other),
        ("/v1/models/a/b", .other), ("/healthy", .other), ("/v1/files/a%20b", .other),
    ])
    func recognisesExactSpellings(text: String, route: Route) {
        // `%20` is an escape that servers and proxies decode at different times: it is never taken for a name.
        #expect(target(text).route == (text == "/v1/files/a%20b" ? .disguised : route))
    }

    @Test(arguments: [
        "/", "//", "//v1/models", "/v1//models", "/v1/./models", "/v1/../health", "/v1/models/..", "/v1/models/.",
        "/v1/models/", "/health/", "/v1/chat/completions/", "/v1/chat;a=b/completions", "/v1/models;", "/%761/models",
        "/v1/chat%2fcompletions", "/v1/chat%2Fcompletions", "/v1/%2e%2e/health", "/v1/%2E/models", "/v1/models/%2e%2e",
        "/health%3b", "/v1/models%3fx", "/v1/a%25b", "/v1/a%5cb", "/v1/a%0a", "/v1/a%7f",
    ])
    func neverTakesADisguiseForThePath(text: String) {
        #expect(target(text).route == .disguised)
    }

    @Test(arguments: [
        "", "*", "v1/models", "http://host/v1/models", "/v1\\models", "/v1/%00", "/v1/models?x=%00", "/v1/%", "/v1/%2",
        "/v1/%zz", "/v1/\u{1}", "/v1/ x", "/v1/\u{7f}", "/v1/é", "/v1/models#x", "/v1/models?%", "?x", "/v1/a\tb",
        "/v1/models\r\n",
    ])
    func refusesWhatNoPathMayHave(text: String) {
        #expect(target(text).route == .bad)
    }

    @Test(arguments: [
        "key=x", "api_key=x", "api-key=x", "apikey=x", "API_KEY=x", "access_token=x", "a=1&key=2", "a=1;key=2",
        "k%65y=x", "key", "x-api-key=1", "x_goog_api_key=1", "auth=1", "authorization=1", "token=1", "q=tg_7Q2fA9xk",
        "&key=",
    ])
    func findsACredentialInTheQuery(query: String) {
        #expect(target("/v1/models?\(query)").hasCredential)
    }

    @Test(arguments: ["", "alt=sse", "monkey=1", "keys=1", "limit=20&after=x", "q=key", "q=tg", "=tg", "tokens=1"])
    func findsNoneInAnHonestQuery(query: String) {
        #expect(!target("/v1/models?\(query)").hasCredential)
    }

    @Test func splitsAtTheFirstQuestionMark() {
        let found = target("/v1/models?a?b")
        #expect(found.path == 0..<10)
        #expect(found.query == 11..<14)
        #expect(target("/v1/models").query == nil)
    }

    @Test func opensNothingButTheOpenPaths() {
        for text in ["/health", "/healthz", "/readyz", "/metrics", "/openapi.json", "/docs"] {
            #expect(target(text).route.isOpen)
        }
        for text in ["/v1/models", "/v1/me", "/health/", "//health", "/x", "/%68ealth", "/metrics;", "/docs/../v1/me"] {
            #expect(!target(text).route.isOpen)
        }
    }
}
