/// The page `/docs`: how to call this gateway, for people; it loads nothing from anywhere.
enum DocsPage {
    /// The document as UTF-8.
    static let html: [UInt8] = Array(document.utf8)

    private static let document = """
        <!doctype html>
        <html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1">
        <title>Tollgate</title><style>\(style)</style></head><body><main>
        <h1>Tollgate</h1>
        <p>An AI gateway. It speaks OpenAI's protocol: keep your SDK, change its base URL and its key.</p>
        <pre>from openai import OpenAI
        client = OpenAI(base_url="<span id="base">http://HOST:PORT</span>/v1", api_key="tg_…")
        client.chat.completions.create(model="…", messages=[{"role": "user", "content": "Hello"}])</pre>
        <p>Keys look like <code>tg_</code> and 47 more characters; your operator makes them. Send yours as
        <code>Authorization: Bearer KEY</code> or <code>X-API-Key: KEY</code>, never in the URL.</p>
        <h2>Paths</h2>
        <table><thead><tr><th>path</th><th>does</th></tr></thead><tbody>\(rows(paths))</tbody></table>
        <h2>When it says no</h2>
        <p>Errors have OpenAI's form, <code>{"error": {"message", "type", "param", "code"}}</code>. The field
        <code>x-tollgate-error-source</code> says whose it is: <code>gateway</code> or <code>upstream</code>. Name the
        <code>X-Request-ID</code> when you ask your operator.</p>
        <table><thead><tr><th>status</th><th>code</th><th>what to do</th></tr></thead><tbody>\(rows(errors))</tbody></table>
        <h2>Limits</h2>
        <p>Every answer tells what is left: <code>X-RateLimit-Limit</code>, <code>-Remaining</code>,
        <code>-Reset</code>, OpenAI's <code>x-ratelimit-*</code> and the IETF's <code>RateLimit</code>.
        <code>GET /v1/me</code> lists your limits, what is used, and where each comes from.</p>
        <p><a href="/openapi.json">openapi.json</a> · version \(Version.text)</p>
        </main><script>document.getElementById("base").textContent = location.origin</script></body></html>
        """

    private static let paths = [
        ["<code>POST /v1/chat/completions</code>", "chat, buffered or streamed"],
        ["<code>POST /v1/completions</code>", "completion of a text"],
        ["<code>POST /v1/responses</code>", "the Responses API"],
        ["<code>POST /v1/embeddings</code>", "embeddings"],
        ["<code>GET /v1/models</code>", "the models that your key may use"],
        ["<code>GET /v1/me</code>", "your limits, usage and spend"],
        [
            "<code>GET /health</code>, <code>/readyz</code>",
            "whether it lives, whether it takes requests; no key needed",
        ],
    ]

    private static let errors = [
        [
            "401", "<code>invalid_api_key</code>, <code>key_revoked</code>, <code>token_expired</code>",
            "get a good key",
        ],
        [
            "403", "<code>model_not_allowed</code>, <code>client_suspended</code>, <code>tier_unknown</code>",
            "ask your operator",
        ],
        ["404", "<code>model_not_found</code>", "look at <code>GET /v1/models</code>"],
        ["429", "<code>rate_limit_exceeded</code>", "wait as long as <code>Retry-After</code> says"],
        ["429", "<code>insufficient_quota</code>", "the budget is used up; a retry does not help"],
        ["503", "<code>upstream_unavailable</code>", "the provider is away; try again after <code>Retry-After</code>"],
        [
            "502, 504", "<code>upstream_error</code>, <code>upstream_timeout</code>",
            "the provider failed or was too slow",
        ],
    ]

    private static func rows(_ table: [[String]]) -> String {
        table.map { "<tr>" + $0.map { "<td>\($0)</td>" }.joined() + "</tr>" }.joined(separator: "\n")
    }

    private static let style = """
        :root{color-scheme:light dark}body{font:16px/1.5 system-ui,sans-serif;margin:0;padding:2rem 1rem}
        main{max-width:46rem;margin:auto}pre{padding:1rem;overflow:auto;border:1px solid #8886;border-radius:6px}
        code,pre{font-family:ui-monospace,monospace;font-size:.92em}table{border-collapse:collapse;width:100%}
        th,td{text-align:left;vertical-align:top;padding:.35rem .6rem .35rem 0;border-bottom:1px solid #8884}
        """
}
