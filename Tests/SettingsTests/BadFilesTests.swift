import Testing

@testable import Settings

/// Files that must be refused, each with the problems that must be named and no others.
@Suite struct BadFilesTests {
    /// A file with one provider and one priced model, put around a line that is wrong.
    private static let good =
        "upstreams: { h: { url: https://h.example/v1, key: ${KEY} } }\nmodels: { m: { input: 1, output: 2 } }\n"

    /// A line, and the problem it makes; its line is counted from the top of the file.
    struct Case: Sendable, CustomTestStringConvertible {
        var text: String
        var expected: [String]

        init(_ text: String, _ expected: String...) {
            self.text = text
            self.expected = expected
        }

        var testDescription: String { String(text.prefix(60)) }
    }

    /// Added below a good file: the first line of the text is line 3.
    static let lines: [Case] = [
        Case("listne: 127.0.0.1:80", "3:1: listne: unknown key; did you mean listen?"),
        Case("maxBody: 1MB", "3:1: maxBody: unknown key; did you mean max_body?"),
        Case("quite_other: 1", "3:1: quite_other: unknown key"),
        Case(
            "listen: 8080",
            "3:9: listen: expected an address and a port such as 127.0.0.1:8080, 0.0.0.0:8080 or '[::1]:8080' (with the quotes), found \"8080\""
        ),
        Case(
            "listen: example.com:80",
            "3:9: listen: expected an address and a port such as 127.0.0.1:8080, 0.0.0.0:8080 or '[::1]:8080' (with the quotes), found \"example.com:80\""
        ),
        Case(
            "listen: 127.0.0.1:65536",
            "3:9: listen: expected an address and a port such as 127.0.0.1:8080, 0.0.0.0:8080 or '[::1]:8080' (with the quotes), found \"127.0.0.1:65536\""
        ),
        Case("listen:", "3:8: listen: has no value"),
        Case("listen: null", "3:9: listen: has no value"),
        Case("listen: ~", "3:9: listen: has no value"),
        Case("listen: [a]", "3:9: listen: expected a single value, found a list"),
        Case("name: { a: 1 }", "3:7: name: expected a single value, found a block of keys"),
        Case("name: \"\"", "3:7: name: is empty"),
        Case("name: \"a\\e[31m\"", "3:7: name: holds a control or format character, U+1B"),
        Case("name: \"a\\u202Eb\"", "3:7: name: holds a control or format character, U+202E"),
        Case("name: \" a\"", "3:1: name: a name must not be empty nor begin or end with a space"),
        Case("name: ${UNSET}", "3:7: name: ${UNSET} is not set"),
        Case(
            "name: ${A:-${B:-c}}", "3:7: name: references do not nest; write the default itself"),
        Case(
            "name: \"x${A:-${B}}\"\nlistne: 1",
            "3:7: name: references do not nest; write the default itself",
            "4:1: listne: unknown key; did you mean listen?"),
        Case("name: ${A:-${B}", "3:7: name: references do not nest; write the default itself"),
        Case(
            "limits: { concurrent: ${A:-${B:-1}} }",
            "3:23: limits.concurrent: references do not nest; write the default itself"),
        Case("name: ${EMPTY}", "3:7: name: is empty: ${EMPTY}"),
        Case("name: ${OPEN", "3:7: name: ${ is never closed; write ${NAME}"),
        Case(
            "auth: { jwt: { algorithms: [HS256], secret: $A_NAME_OF_MORE_THAN_THIRTY_TWO_BYTES } }",
            "3:45: auth.jwt.secret: $NAME is taken as it stands; write ${NAME} for a variable's value"),
        Case("limits: { concurrent: 2", "3:9: the { is never closed"),
        Case("passthrough: [/v1/a,", "3:14: the [ is never closed"),
        Case("limits:\n\tconcurrent: 2", "4:1: a tab does not indent; use spaces"),
        Case("name: ${9X}", "3:7: name: \"${9X}\" is no variable of the environment"),
        Case("name: ${}", "3:7: name: \"${}\" is no variable of the environment"),
        Case("${KEY}: 1", "3:1: ${KEY}: a key cannot come from the environment"),
        Case("max_body: -1MB", "3:11: max_body: must not be negative"),
        Case(
            "max_body: 0",
            "3:11: max_body: expected a size such as 512KB or 32MB, from 1 to 1000000000 bytes, found \"0\""),
        Case(
            "max_body: 99999999999999999999GB",
            "3:11: max_body: expected a size such as 512KB or 32MB, from 1 to 1000000000 bytes, found \"99999999999999999999GB\""
        ),
        Case(
            "max_body: 1XB",
            "3:11: max_body: expected a size such as 512KB or 32MB, from 1 to 1000000000 bytes, found \"1XB\""),
        Case("trusted_proxies: 10.0.0.1", "3:18: trusted_proxies: expected a list in [ ], found a single value"),
        Case(
            "trusted_proxies: [10.0.0.1/8]",
            "3:19: trusted_proxies: expected an address such as 127.0.0.1 or 10.0.0.0/8, found \"10.0.0.1/8\""),
        Case(
            "trusted_proxies: [10.0.0.0/33]",
            "3:19: trusted_proxies: expected an address such as 127.0.0.1 or 10.0.0.0/8, found \"10.0.0.0/33\""),
        Case("metrics: { alow: [] }", "3:12: metrics.alow: unknown key; did you mean allow?"),
        Case(
            "passthrough: [/v2/x]",
            "3:15: passthrough: expected a path such as /v1/files or /v1/files/*, found \"/v2/x\""),
        Case(
            "passthrough: [/v1/../x]",
            "3:15: passthrough: expected a path such as /v1/files or /v1/files/*, found \"/v1/../x\""),
        Case("passthrough: [/v1/a, /v1/a]", "3:22: passthrough: /v1/a is repeated"),
        Case("drain: 25", "3:8: drain: expected a duration such as 500ms, 30s or 2m, at most 1d, found \"25\""),
        Case("drain: 2d", "3:8: drain: expected a duration such as 500ms, 30s or 2m, at most 1d, found \"2d\""),
        Case("drain: -5s", "3:8: drain: must not be negative"),
        Case(
            "drain: 9999999999999999999s",
            "3:8: drain: expected a duration such as 500ms, 30s or 2m, at most 1d, found \"9999999999999999999s\""),
        Case(
            "timeouts: { connect: 0s }",
            "3:22: timeouts.connect: expected a duration such as 500ms, 30s or 2m, at most 1d, found \"0s\""),
        Case("timeouts: { first-token: 1s }", "3:13: timeouts.first-token: unknown key; did you mean first_token?"),
        Case("log: { level: loud }", "3:15: log.level: expected one of debug, info, warning, error, found \"loud\""),
        Case("log: { keep: 0 }", "3:14: log.keep: expected a whole number from 1 to 10000, found \"0\""),
        Case("log: { keep: 1.5 }", "3:14: log.keep: expected a whole number from 1 to 10000, found \"1.5\""),
        Case(
            "log: { rotate: 1B }",
            "3:16: log.rotate: expected a size such as 512KB or 32MB, from 10000 to 1000000000000 bytes, found \"1B\""),
        Case(
            "admin: { socket: /\(String(repeating: "a", count: 107)) }",
            "3:18: admin.socket: the path of a socket has at most 107 bytes, this one 108: name a shorter one"),
        Case("auth: { jwt: {} }", "3:14: auth.jwt.secret: is missing"),
        Case("auth: { jwt: { secret: short } }", "3:24: auth.jwt.secret: is shorter than 32 bytes"),
        Case("auth: { jwt: { secret: \"\" } }", "3:24: auth.jwt.secret: is empty"),
        Case("auth: { jwt: { secret: null } }", "3:24: auth.jwt.secret: has no value"),
        Case(
            "auth: { jwt: { secret: ${LONG}, algorithms: [HS256, none] } }",
            "3:53: auth.jwt.algorithms: \"none\" is not in this version; only HS256 is"),
        Case(
            "auth: { jwt: { secret: ${LONG}, algorithms: [] } }",
            "3:45: auth.jwt.algorithms: names no algorithm; write [HS256]"),
        Case("auth: { jwt: { secret: ${LONG}, tier_claim: null } }", "3:45: auth.jwt.tier_claim: has no value"),
        Case("retries: { attempts: 2 }", "3:22: retries.attempts: retries are not in this version; only 1 attempt is"),
        Case("retries: { attempts: 11 }", "3:22: retries.attempts: expected a whole number from 1 to 10, found \"11\""),
        Case("retries: { attempts: 0 }", "3:22: retries.attempts: expected a whole number from 1 to 10, found \"0\""),
        Case(
            "retries: { base: 500ms, cap: 8s }", "3:12: retries.base: retries are not in this version; leave it out",
            "3:25: retries.cap: retries are not in this version; leave it out"),
        Case(
            "fleet: { redis: redis://r:6379 }",
            "3:17: fleet.redis: Redis is not in this version; write null or leave it out"),
        Case(
            "tiers: { free: { requests: 60/2d } }",
            "3:28: tiers.free.requests: expected a number and a window of at most 1d, such as 600/1m, found \"60/2d\""),
        Case("tiers: { free: { requests: -1/1m } }", "3:28: tiers.free.requests: must not be negative"),
        Case(
            "tiers: { free: { tokens: 1.5/1m } }",
            "3:26: tiers.free.tokens: expected a number and a window of at most 1d, such as 40k/1m, found \"1.5/1m\""),
        Case(
            "tiers: { free: { concurrent: 99999999999999999999 } }",
            "3:30: tiers.free.concurrent: expected a whole number such as 64, found \"99999999999999999999\""),
        Case(
            "tiers: { free: { budget: 5/week } }",
            "3:26: tiers.free.budget: expected USD and a period such as 1.00/day; periods are hour, day and month, found \"5/week\""
        ),
        Case("tiers: { free: { budget: [1/day, 2/day] } }", "3:34: tiers.free.budget: a second budget for a day"),
        Case(
            "tiers: { free: { budget: 99999999999999999999/day } }",
            "3:26: tiers.free.budget: expected USD and a period such as 1.00/day; periods are hour, day and month, found \"99999999999999999999/day\""
        ),
        Case("tiers: { free: { models: [n] } }", "3:27: tiers.free.models: no such model: n; did you mean m?"),
        Case("tiers: { free: null }", "3:16: tiers.free: has no value"),
        Case("tiers: { a: {}, b: {} }", "3:8: default_tier: is missing; name one of the tiers"),
        Case("default_tier: fre", "3:15: default_tier: no such tier: fre; did you mean free?"),
        Case("clients: { c: { tier: pro } }", "3:23: clients.c.tier: no such tier: pro; there is free"),
        Case("clients: { c: { models: [m, m] } }", "3:29: clients.c.models: m is repeated"),
        Case("clients: { c: {}, c: {} }", "3:19: clients.c: repeated key; it is first at line 3, column 12"),
        Case("clients: { c: {}, \"c\": {} }", "3:19: clients.c: repeated key; it is first at line 3, column 12"),
        Case(
            "clients: { \"a\\u200bb\": {} }", "3:12: clients.a\\u{200b}b: holds a control or format character, U+200B"),
        Case("clients: { ? [a, b] : {} }", "3:12: complex keys (?) are not allowed"),
        Case(
            "alerts: { refused: 10 }",
            "3:20: alerts.refused: expected a share over 0% and up to 100%, such as 5%, found \"10\""),
        Case(
            "alerts: { quota: 101% }",
            "3:18: alerts.quota: expected a share over 0% and up to 100%, such as 5%, found \"101%\""),
        Case("theme: ../x", "3:8: theme: a theme's name is letters, digits, - and _"),
        Case("theme: harbour", "3:8: theme: no such theme; did you mean harbor?"),
        Case(
            "limits: { budget: 1/day }\nlisten: 1",
            "4:9: listen: expected an address and a port such as 127.0.0.1:8080, 0.0.0.0:8080 or '[::1]:8080' (with the quotes), found \"1\""
        ),
        Case("limits: &x { concurrent: 1 }", "3:9: limits: anchors (&) are not allowed"),
        Case(
            "a: &x 1\nname: *x", "3:1: a: unknown key", "3:4: a: anchors (&) are not allowed",
            "4:7: name: aliases (*) are not allowed"),
        Case("name: !!str x", "3:7: name: tags (!) are not allowed"),
        Case(
            "limits: !x { concurrent: !y one, requests: many }", "3:9: limits: tags (!) are not allowed",
            "3:26: limits.concurrent: tags (!) are not allowed",
            "3:44: limits.requests: expected a number and a window of at most 1d, such as 600/1m, found \"many\""),
        Case("!x listne: 1", "3:1: listne: tags (!) are not allowed"),
        Case(
            "clients:\n  c: &c { tier: free }\n  d: *c", "4:6: clients.c: anchors (&) are not allowed",
            "5:6: clients.d: aliases (*) are not allowed"),
        Case(
            "name: >-\n  *no alias\n\n  and: [ no list\nlistne: 1",
            "3:7: name: block texts (>) are not allowed; write the text on one line",
            "7:1: listne: unknown key; did you mean listen?"),
        Case(
            "name: |\n *x\n  y\nmax_body: x",
            "3:7: name: block texts (|) are not allowed; write the text on one line",
            "6:11: max_body: expected a size such as 512KB or 32MB, from 1 to 1000000000 bytes, found \"x\""),
        Case(
            "name: &x [ *x", "3:7: anchors (&) are not allowed", "3:10: the [ is never closed",
            "3:12: aliases (*) are not allowed"),
        Case(
            "limits: &x [[[[[[[[[[[[[[[[[[1]]]]]]]]]]]]]]]]]]", "3:9: anchors (&) are not allowed",
            "3:28: nested too deep"),
        Case("<<: { name: x }", "3:1: <<: merge keys (<<) are not allowed"),
        Case("name: |\n  x", "3:7: name: block texts (|) are not allowed; write the text on one line"),
        Case("name: 'x", "3:7: the quote is never closed"),
        Case("limits: { x: 'y }", "3:14: the quote is never closed"),
        Case("---\nname: x", "3:1: only one document is allowed"),
        Case("name: a\u{1}b", "3:8: control or format character U+1"),
        Case("name: a\u{85}b", "3:8: control or format character U+85"),
        Case("name: a\u{E000}b", "3:8: control or format character U+E000"),
        Case("limits: [[[[[[[[[[[[[[[[[[1]]]]]]]]]]]]]]]]]]", "3:25: nested too deep"),
        Case("name: a\nname: b", "4:1: name: repeated key; it is first at line 3, column 1"),
    ]

    @Test(arguments: lines) func refusesTheLineAndSaysWhy(_ bad: Case) {
        #expect(Self.problems(Self.good + bad.text) == bad.expected)
    }

    /// Whole files.
    static let files: [Case] = [
        Case("", "1:1: upstreams: at least one provider is needed"),
        Case("# nothing\n", "1:1: upstreams: at least one provider is needed"),
        Case("upstreams: {}", "1:12: upstreams: at least one provider is needed"),
        Case("hello", "1:1: expected a block of keys, found a single value"),
        Case("- a", "1:1: expected a block of keys, found a list"),
        Case("upstreams: { h: { key: k } }", "1:17: upstreams.h.url: is missing"),
        Case("upstreams: { h: { url: ftp://x } }", "1:24: upstreams.h.url: must begin with https:// or http://"),
        Case(
            "upstreams: { h: { url: https://u:p@x } }",
            "1:24: upstreams.h.url: must not hold a user name or password; use key"),
        Case("upstreams: { h: { url: https://x?a=1 } }", "1:24: upstreams.h.url: must not hold a query or fragment"),
        Case("upstreams: { h: { url: https:// } }", "1:24: upstreams.h.url: has no host"),
        Case("upstreams: { h: { url: https://x:0 } }", "1:24: upstreams.h.url: the port must be 1 to 65535"),
        Case("upstreams: { h: { url: https://x:99999 } }", "1:24: upstreams.h.url: the port must be 1 to 65535"),
        Case("upstreams: { h: { url: https://1.2.3 } }", "1:24: upstreams.h.url: the IPv4 address is wrong"),
        Case(
            "upstreams: { h: { url: https://x/a/../b } }",
            "1:24: upstreams.h.url: the path must be plain: no empty, dot or percent-encoded segment"),
        Case(
            "upstreams: { h: { url: https://x, dialect: anthropic } }",
            "1:44: upstreams.h.dialect: anthropic is not in this version; only openai is"),
        Case(
            "upstreams: { h: { url: https://x, dialect: soap } }",
            "1:44: upstreams.h.dialect: expected openai, found \"soap\""),
        Case("upstreams: { h: { url: https://x, key: ${NONE} } }", "1:40: upstreams.h.key: ${NONE} is not set"),
        Case(
            "upstreams: { h: { url: https://x, key: YOUR_HOLYSHEEP_API_KEY } }",
            "1:40: upstreams.h.key: is still the placeholder; put your provider's key there"),
        Case(
            "upstreams: { h: { url: https://x, key: \"a b\" } }",
            "1:40: upstreams.h.key: must be visible ASCII without spaces: it is sent in a header"),
        Case(
            "upstreams: { h: { url: https://x } }\nmodels: { m: { via: [g] } }",
            "2:22: models.m.via: no such upstream: g; did you mean h?"),
        Case(
            "upstreams: { h: { url: https://x } }\nmodels: { m: { via: [h, h] } }", "2:25: models.m.via: h is repeated"),
        Case(
            "upstreams: { h: { url: https://x } }\nmodels: { m: { via: [] } }", "2:21: models.m.via: names no upstream"),
        Case(
            "upstreams: { h: { url: https://x }, i: { url: https://y } }\nmodels: { m: { via: [h, i] } }",
            "2:21: models.m.via: more than one upstream is not in this version"),
        Case(
            "upstreams: { h: { url: https://x }, i: { url: https://y } }\nmodels: { m: {} }",
            "2:14: models.m.via: is missing; name the upstream in [ ]"),
        Case(
            "upstreams: { h: { url: https://x } }\nmodels: { m: { input: 1 } }",
            "2:14: models.m.output: is missing: a price needs input and output"),
        Case(
            "upstreams: { h: { url: https://x } }\nmodels: { m: { input: 0.0000000001, output: 1 } }",
            "2:23: models.m.input: expected USD per million tokens with at most 9 decimals, found \"0.0000000001\""),
        Case(
            "upstreams: { h: { url: https://x } }\nmodels: { m: { input: -1, output: 1 } }",
            "2:23: models.m.input: must not be negative"),
        Case(
            "upstreams: { h: { url: https://x } }\nmodels: { m: { input: 1e3, output: 1 } }",
            "2:23: models.m.input: expected USD per million tokens with at most 9 decimals, found \"1e3\""),
        Case(
            "upstreams: { h: { url: https://x } }\nmodels: { m: {} }\nlimits: { budget: 1/day }",
            "2:11: models.m: has no price but is under the budget of the gateway; give input and output"),
        Case(
            "upstreams: { h: { url: https://x } }\nmodels: { m: {} }\ntiers: { free: { budget: 1/day } }",
            "2:11: models.m: has no price but is under the budget of tier free; give input and output"),
        Case(
            "upstreams: { h: { url: https://x } }\nmodels: { m: {} }\nclients: { c: { budget: 1/hour, models: [m] } }",
            "2:11: models.m: has no price but is under the budget of client c; give input and output"),
        Case(
            "upstreams: { h: { url: https://x } }\nmodels: { m: { limits: { budget: 1/day } } }",
            "2:11: models.m: has no price but is under the budget of the model; give input and output"),
        Case(
            "upstreams: { h: { url: https://x } }\nmodels: { m: { limits: { rps: 1 } } }",
            "2:26: models.m.limits.rps: unknown key"),
        Case("listen: [1", "1:9: the [ is never closed"),
    ]

    @Test(arguments: files) func refusesTheFileAndSaysWhy(_ bad: Case) {
        #expect(Self.problems(bad.text) == bad.expected)
    }

    @Test func findsEveryProblemAtOnceInTheOrderOfTheFile() {
        let text = """
            listne: 1
            max_body: x
            upstreams: { h: { url: http://u@h, key: ${NONE} } }
            models: { m: { via: [z], input: 1 } }
            tiers: { free: { requests: many } }
            drain: 1
            """
        let found = Self.problems(text).map { $0.split(separator: ":").prefix(3).joined(separator: ":") }
        #expect(
            found == [
                "1:1: listne", "2:11: max_body", "3:24: upstreams.h.url", "3:41: upstreams.h.key",
                "4:14: models.m.output",
                "4:22: models.m.via", "5:28: tiers.free.requests", "6:8: drain",
            ])
    }

    @Test func noMessageHoldsASecret() {
        let text = """
            upstreams:
              h: { url: "https://user:hunter2@x", key: "hunter2 hunter2" }
            auth: { jwt: { secret: hunter2 } }
            """
        let problems = Self.problems(text)
        #expect(problems.count == 3)
        #expect(!problems.contains { $0.contains("hunter2") })
    }

    /// The problems of a file, each without its name.
    static func problems(_ text: String) -> [String] {
        let environment = ["KEY": "k", "EMPTY": "", "LONG": String(repeating: "s", count: 32)]
        do throws(ConfigurationProblems) {
            _ = try Configuration.parse(text, file: "f", environment: environment, themes: ["harbor", "mono"])
            return []
        } catch {
            return error.problems.map { String($0.description.dropFirst(2)) }
        }
    }
}
