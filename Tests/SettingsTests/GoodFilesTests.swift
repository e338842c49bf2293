import Domain
import Testing

@testable import Settings

/// Files that load, and the values they make.
@Suite struct GoodFilesTests {
    @Test func theTemplateLoadsWithoutAWarningOnceTheKeyIsSet() throws {
        let loaded = try Configuration.parse(
            Configuration.template, environment: ["HOLYSHEEP_API_KEY": "sk-1"], themes: ThemeLibrary().names)
        #expect(loaded.warnings == [])
        let configuration = loaded.configuration
        #expect(configuration.listen.text == "127.0.0.1:8080")
        #expect(configuration.maxBodyBytes == 32_000_000)
        #expect(configuration.drain == .seconds(25))
        #expect(configuration.upstreams.map(\.name) == ["holysheep"])
        #expect(configuration.upstreams.first?.url.origin == "https://api.holysheep.ai:443")
        #expect(configuration.upstreams.first?.url.path == "/v1")
        #expect(configuration.upstreams.first?.key?.revealed == "sk-1")
        #expect(configuration.timeouts == .standard)
        #expect(
            configuration.models.map(\.name) == ["gpt-4.1", "claude-sonnet-4", "gemini-2.5-flash", "deepseek-v3.2"])
        #expect(configuration.model("deepseek-v3.2")?.price?.cachedInputNanosPerMillion == 70_000_000)
        #expect(configuration.tier("free")?.limits[.budgetDay]?.amount == 1_000_000_000)
        #expect(configuration.tier("free")?.models == ["deepseek-v3.2"])
        #expect(configuration.limits[.concurrent]?.amount == 2000)
        #expect(configuration.alerts == .standard)
        #expect(configuration.jwt == nil)
    }

    @Test func theTemplateIsRefusedWithoutTheKey() {
        #expect(throws: ConfigurationProblems.self) { try Configuration.parse(Configuration.template) }
    }

    /// Every key at once, and that each has its effect.
    @Test func everyKeyHasItsEffect() throws {
        let text = """
            name: 研究
            listen: "[::1]:0"
            max_body: 1MiB
            trusted_proxies: [10.0.0.0/8, "fd00::/8"]
            metrics: { allow: [192.0.2.7] }
            passthrough: [/v1/files, /v1/audio/*]
            drain: 0s
            data: /var/lib/x/
            log: { level: warning, rotate: 10KB, keep: 2 }
            auth:
              jwt:
                algorithms: [HS256]
                secret: ${JWT_SECRET}
                tier_claim: plan
                issuer: https://issuer.example
                audience: null
            upstreams:
              local: { url: "http://127.0.0.1:9000/" }
              other: { url: HTTPS://Example.COM:8443/a/b, dialect: openai, key: literal }
            timeouts: { connect: 250ms, total: 1m30s }
            retries: { attempts: 1 }
            models:
              a/b:c: { via: [other], input: 0.000000001, output: 2, reasoning: 3, limits: { requests: 5/10s }, timeouts: { idle: 2s } }
              free-of-price: { via: [local] }
            default_tier: pro
            tiers:
              pro: { tokens: 1M/1h, models: [a/b:c] }
              basic: {}
            clients:
              one: { owner: o, budget: [1/hour, "$ 2.50/day", 30/month], models: [a/b:c] }
              two: { tier: basic }
            limits: { requests: 100 }
            alerts: { upstream_errors: 2.5%, refused: 100% }
            fleet: { redis: null }
            theme: mono
            """
        let secret = String(repeating: "s", count: 32)
        let result = try Configuration.parse(text, environment: ["JWT_SECRET": secret]).configuration
        #expect(result.name == "研究")
        #expect(result.listen.host == "::1" && result.listen.port == 0 && result.listen.isLoopback)
        #expect(result.maxBodyBytes == 1_048_576)
        #expect(result.trustedProxies.contains { $0.contains(text: "10.200.1.1") })
        #expect(result.metricsAllow.map(\.prefix) == [32])
        #expect(result.passesThrough("/v1/files") && !result.passesThrough("/v1/files/x"))
        #expect(result.passesThrough("/v1/audio/speech") && !result.passesThrough("/v1/audio/"))
        #expect(result.drain == .zero)
        #expect(result.adminSocket == "/var/lib/x/admin.sock")
        #expect(
            result.log == LogSettings(file: "/var/lib/x/requests.jsonl", level: .warning, rotateBytes: 10_000, keep: 2))
        #expect(result.jwt?.secret.revealed == secret && result.jwt?.tierClaim == "plan")
        #expect(result.jwt?.issuer == "https://issuer.example" && result.jwt?.audience == nil)
        #expect(result.upstream("local")?.url.hostHeader == "127.0.0.1:9000" && result.upstream("local")?.key == nil)
        #expect(result.upstream("other")?.url.origin == "https://example.com:8443")
        #expect(result.upstream("other")?.url.path == "/a/b")
        #expect(result.timeouts.connect == .milliseconds(250) && result.timeouts.total == .seconds(90))
        #expect(result.timeouts.idle == Timeouts.standard.idle)
        let model = try #require(result.model("a/b:c"))
        #expect(model.via == ["other"] && model.price?.inputNanosPerMillion == 1)
        #expect(model.price?.reasoningNanosPerMillion == 3_000_000_000)
        #expect(model.limits[.requests] == Limit(kind: .requests, amount: 5, windowSeconds: 10))
        #expect(model.timeouts.idle == .seconds(2) && model.timeouts.connect == .milliseconds(250))
        #expect(result.model("free-of-price")?.price == nil)
        #expect(result.tier("pro")?.limits[.tokens]?.windowSeconds == 3600)
        let one = try #require(result.clients.first)
        #expect(one.tier == "pro" && one.owner == "o" && one.models == ["a/b:c"])
        #expect(one.limits[.budgetDay]?.amount == 2_500_000_000 && one.limits[.budgetMonth]?.amount == 30_000_000_000)
        #expect(result.clients.map(\.tier) == ["pro", "basic"])
        #expect(result.limits[.requests]?.windowSeconds == 60)
        #expect(result.alerts == AlertThresholds(upstreamErrors: 0.025, refused: 1, quota: 0.95))
        #expect(result.theme == "mono")
    }

    @Test func aReferenceIsAValueAndNeverSyntax() throws {
        let text = "upstreams: { h: { url: https://x, key: ${K} } }\nmodels: {}\nname: ${N:-a, b # c: *d}\n"
        let key = "x},#&*:!|"
        let result = try Configuration.parse(text, environment: ["K": key]).configuration
        #expect(result.upstreams.first?.key?.revealed == key)
        #expect(result.name == "a, b # c: *d")
    }

    @Test(arguments: [
        ("${A}", "1"), ("${A:-2}", "1"), ("${B:-2}", "2"), ("${E:-2}", "2"), ("x${A}y${A}", "x1y1"),
        ("\"${A}\"", "1"), ("'${A}'", "1"), ("\"#${A}\"", "#1"), ("$A", "$A"), ("${B:-}z", "z"),
    ]) func referencesAreResolved(text: String, expected: String) throws {
        let file = "upstreams: { h: { url: https://x } }\nmodels: {}\nname: \(text)\n"
        let result = try Configuration.parse(file, environment: ["A": "1", "E": ""]).configuration
        #expect(result.name == expected)
    }

    @Test func warnsOfWhatIsDoubtful() throws {
        let text = "upstreams: { h: { url: http://far.example, key: k } }\n"
        let warnings = try Configuration.parse(text).warnings.map(\.description)
        #expect(
            warnings == [
                "tollgate.yaml:1:1: models: there are none: every request is answered 404",
                "tollgate.yaml:1:24: upstreams.h.url: is not https: the key crosses the network in the clear",
            ])
    }

    @Test(arguments: [
        "limits: { budget: 1/day }", "tiers: { free: { budget: 1/day } }",
        "models: { m: { input: 1, output: 1, limits: { budget: 1/day } } }", "clients: { c: { budget: 1/day } }",
    ])
    func warnsWherePassedThroughRequestsMayMissABudget(block: String) throws {
        func warnings(_ lines: [String]) throws -> [String] {
            try Configuration.parse(lines.joined(separator: "\n")).warnings.map(\.reason)
        }
        let models = block.hasPrefix("models") ? [] : ["models: { m: { input: 1, output: 1 } }"]
        let file = ["upstreams: { h: { url: https://x } }", block] + models
        let expected =
            "requests on /v1/files, /v1/files/* that name no priced model do not count toward budgets"
        #expect(try warnings(file + ["passthrough: [/v1/files, /v1/files/*]"]) == [expected])
        #expect(try warnings(file) == [])
        let free = ["upstreams: { h: { url: https://x } }", "models: { m: {} }", "passthrough: [/v1/files]"]
        #expect(try warnings(free) == [])
    }

    @Test func aBudgetHoldsOnlyTheModelsThatItsTierMayUse() throws {
        let text = """
            upstreams: { h: { url: https://x } }
            models: { priced: { input: 1, output: 1 }, open: {} }
            tiers: { free: { budget: 1/day, models: [priced] }, lab: { models: [open] } }
            clients: { c: { tier: free, budget: 1/day } }
            """
        #expect(try Configuration.parse(text).configuration.models.count == 2)
    }

    @Test func aSecretIsNeverPrinted() {
        let secret = Secret("hunter2")
        var dumped = ""
        dump([secret], to: &dumped)
        let texts = ["\(secret)", String(describing: secret), String(reflecting: secret), "\([secret])", dumped]
        #expect(texts.allSatisfy { !$0.contains("hunter2") })
    }

    @Test func windowsLineEndsAndAByteOrderMarkAreTaken() throws {
        let text = "\u{feff}upstreams: { h: { url: https://x } }\r\nmodels: {}\r\nname: n\r\n"
        #expect(try Configuration.parse(text).configuration.name == "n")
    }
}
