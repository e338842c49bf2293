import Crypto
import Domain
import Testing
import Wire

@testable import Proxy

/// Who may come in, and who not, over real sockets: what is on the wire is what is judged.
@Suite(.timeLimit(.minutes(2))) struct CallerCheckTests {
    private static let secret = Array("0123456789abcdef0123456789abcdef".utf8)
    private static let now: Int64 = LoopClock.wall() / 1000

    private func corridor(issuer: String? = nil, audience: String? = nil, suspended: Bool = false) throws -> Corridor {
        var setup = Corridor.Setup()
        setup.jwt = JWTPolicy(secret: Self.secret, tierClaim: "tier", issuer: issuer, audience: audience)
        setup.suspended = suspended
        return try Corridor(setup) { side in while side.next() != nil { side.send(Corridor.whole) } }
    }

    private func status(_ corridor: Corridor, _ fields: String, path: String = "/v1/models") throws -> Int {
        try corridor.ask(Corridor.request("", method: "GET", path: path, key: nil, fields: fields)).status
    }

    @Test(arguments: [
        "Authorization: Bearer KEY", "authorization: bearer KEY", "AUTHORIZATION: BEARER   KEY", "X-API-Key: KEY",
        "api-key: KEY", "x-goog-api-key: KEY", "Authorization: Bearer KEY\r\nX-API-Key: KEY",
        "X-API-Key:\r\napi-key: KEY", "X-API-Key: \t KEY \t",
    ])
    func everyFormOfOneCredentialIsAccepted(fields: String) throws {
        let corridor = try corridor()
        #expect(try status(corridor, fields.replacing("KEY", with: Corridor.key.text) + "\r\n") == 200)
    }

    @Test(arguments: [
        ("Authorization: Bearer KEY\r\nX-API-Key: OTHER", 400), ("X-API-Key: KEY\r\napi-key: OTHER", 400),
        ("X-API-Key: KEY\r\nX-API-Key: OTHER", 400), ("X-API-Key: KEY\r\nX-API-Key: KEY", 400),
        ("Authorization: Bearer KEY\r\nAuthorization: Bearer KEY", 400),
        ("X-API-Key: KEY\r\nx-goog-api-key: tg_junk", 400), ("Authorization: Basic KEY", 401),
        ("Authorization: KEY", 401), ("Authorization: BearerKEY", 401), ("Authorization: Bearer", 401),
        ("Authorization: Bearer ", 401), ("X-API-Key: Bearer KEY", 401), ("X-API-Key:", 401), ("Accept: */*", 401),
        ("X-API-Key: KEY KEY", 401), ("X-API-Key: KEY,KEY", 401),
    ])
    func whatIsNotExactlyOneCredentialIsRefused(fields: String, status: Int) throws {
        let corridor = try corridor()
        let written = fields.replacing("KEY", with: Corridor.key.text).replacing("OTHER", with: Corridor.otherKey.text)
        #expect(try self.status(corridor, written + "\r\n") == status)
    }

    @Test func everyTypoTruncationAndLookAlikeIsUnauthorised() throws {
        let corridor = try corridor()
        let key = Array(Corridor.key.text.utf8)
        var wrong: [[UInt8]] = (0..<key.count).map { Array(key[..<$0]) }
        for index in key.indices {
            var changed = key
            changed[index] = changed[index] == UInt8(ascii: "A") ? UInt8(ascii: "B") : UInt8(ascii: "A")
            wrong.append(changed)
        }
        wrong += [key + [0x41], Array("' OR 1=1 --".utf8), Array("tg_".utf8) + [UInt8](repeating: 0x41, count: 8000)]
        wrong += [
            Array("tg_\u{0430}\u{0430}".utf8), Array(Corridor.Credential(99).text.utf8), key.reversed(), key + key,
        ]
        let socket = try corridor.connect()
        let known = corridor.gateway.table.count
        for bytes in wrong {
            socket.send(
                Array("GET /v1/models HTTP/1.1\r\nHost: g\r\nX-API-Key: ".utf8) + bytes + Array("\r\n\r\n".utf8))
            let answer = try #require(socket.message())
            #expect(answer.status == 401 && answer.body.contains("\"code\":\"invalid_api_key\""))
        }
        #expect(corridor.gateway.table.count == known, "wrong keys grow the table")
    }

    @Test(arguments: [
        (Corridor.revokedKey.text, "key_revoked"), (Corridor.expiredKey.text, "token_expired"),
    ])
    func aKeyThatIsNoLongerGoodSaysSo(key: String, code: String) throws {
        let corridor = try corridor()
        let answer = try corridor.ask(Corridor.request(key: key))
        #expect(answer.status == 401 && answer.body.contains("\"code\":\"\(code)\""))
        #expect(answer.field("www-authenticate") == "Bearer")
        let record = try #require(corridor.records(1).first)
        #expect(record.client == "acme" && record.keyID != nil && !record.wasAdmitted)
        #expect(corridor.provider.requests.isEmpty)
    }

    @Test(arguments: ["key=KEY", "api_key=x", "a=1&API-Key=x", "%6Bey=x", "a=tg_x", "access_token=x"])
    func aCredentialInTheQueryIsRefusedEvenBesideAGoodOne(query: String) throws {
        let corridor = try corridor()
        let path = "/v1/models?" + query.replacing("KEY", with: Corridor.key.text)
        #expect(try status(corridor, "X-API-Key: \(Corridor.key.text)\r\n", path: path) == 400)
    }

    @Test func aSuspendedClientIsForbidden() throws {
        let answer = try corridor(suspended: true).ask()
        #expect(answer.status == 403 && answer.body.contains("client_suspended"))
    }

    @Test func aKeyBoundToModelsGetsNoOther() throws {
        let corridor = try corridor()
        let bound = Corridor.boundKey.text
        #expect(try corridor.ask(Corridor.request(key: bound)).status == 200)
        #expect(try corridor.ask(Corridor.request(Corridor.chat(model: "dear"), key: bound)).status == 403)
        #expect(try corridor.ask(Corridor.request(Corridor.chat(model: "GPT"), key: bound)).status == 404)
        for body in [
            #"{"model":"gpt","model":"dear","messages":[]}"#, #"{"model":"gpt","Model":"dear","messages":[]}"#,
            #"{"model":"gpt","\u006dodel":"dear","messages":[]}"#,
        ] { #expect(try corridor.ask(Corridor.request(body, key: bound)).status == 400) }
        let list = try corridor.ask(Corridor.request("", method: "GET", path: "/v1/models", key: bound))
        #expect(list.body.contains("\"gpt\"") && !list.body.contains("dear"))
        #expect(corridor.provider.requests.count == 1)
    }

    @Test func aBoundKeyCannotPassAroundItsModelsByAPathThatNamesNone() throws {
        var setup = Corridor.Setup()
        setup.passthrough = ["/v1/audio"]
        let corridor = try Corridor(setup) { side in while side.next() != nil { side.send(Corridor.whole) } }
        let sneaky =
            "POST /v1/audio HTTP/1.1\r\nHost: g\r\nX-API-Key: \(Corridor.boundKey.text)\r\nContent-Type: text/plain\r\n"
            + "Content-Length: 16\r\n\r\n{\"model\":\"dear\"}"
        #expect(try corridor.ask(sneaky).status == 403)
        #expect(try corridor.ask(sneaky.replacing(Corridor.boundKey.text, with: Corridor.key.text)).status == 200)
    }

    @Test func aBadCredentialIs401WhateverTheBody() throws {
        let corridor = try corridor()
        for length in ["Content-Length: 999999999999", "Content-Length: 3", "Transfer-Encoding: chunked"] {
            let answer = try corridor.ask(
                "POST /v1/chat/completions HTTP/1.1\r\nHost: g\r\nAuthorization: Bearer nobody\r\n\(length)\r\n\r\n{")
            #expect(answer.status == 401, "\(length)")
        }
    }

    // MARK: Tokens

    private static func base64url(_ bytes: some Sequence<UInt8>) -> String {
        let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_".utf8)
        var out: [UInt8] = []
        var (bits, count): (UInt32, Int) = (0, 0)
        for byte in bytes {
            (bits, count) = (bits << 8 | UInt32(byte), count + 8)
            while count >= 6 {
                count -= 6
                out.append(alphabet[Int(bits >> UInt32(count) & 63)])
            }
        }
        if count > 0 { out.append(alphabet[Int(bits << UInt32(6 - count) & 63)]) }
        return String(decoding: out, as: UTF8.self)
    }

    /// A token signed with our secret, or another.
    private static func token(
        _ payload: String, header: String = #"{"alg":"HS256","typ":"JWT"}"#, secret: [UInt8] = CallerCheckTests.secret
    ) -> String {
        let signed = base64url(header.utf8) + "." + base64url(payload.utf8)
        let code = HMAC<SHA256>.authenticationCode(for: Array(signed.utf8), using: SymmetricKey(data: secret))
        return signed + "." + base64url(code)
    }

    private static func claims(
        _ more: String = "", sub: String = "user-1", exp: Int64 = CallerCheckTests.now + 600
    ) -> String {
        #"{"sub":"\#(sub)","exp":\#(exp)\#(more)}"#
    }

    private func status(token: String, _ corridor: Corridor) throws -> Int {
        try status(corridor, "Authorization: Bearer \(token)\r\n")
    }

    @Test(arguments: [
        "", ",\"tier\":\"pro\"", ",\"nbf\":1000", ",\"nbf\":1000.5", ",\"aud\":\"x\",\"iss\":\"y\"",
        ",\"unknown\":{\"a\":[1,2]}",
    ])
    func aGoodTokenIsAccepted(more: String) throws {
        #expect(try status(token: Self.token(Self.claims(more)), try corridor()) == 200)
    }

    private static let badClaims: [(payload: String, status: Int)] = {
        let soon = String(now + 600)
        let past = String(now - 1)
        var all: [(payload: String, status: Int)] = []
        let unauthorised: [String] = [
            claims(exp: now - 1), claims(exp: 0), claims(exp: -5), claims(sub: ""), "{\"sub\":\"u\"}",
            "{\"sub\":\"u\",\"exp\":null}", "{\"sub\":\"u\",\"exp\":\"\(soon)\"}",
            "{\"sub\":\"u\",\"exp\":\(past).9}", "{\"sub\":\"u\",\"exp\":1e99}", "{\"exp\":\(soon)}",
            "{\"sub\":7,\"exp\":\(soon)}", "[]", "", "{", claims() + "x",
        ]
        for payload in unauthorised { all.append((payload, 401)) }
        for more in [
            ",\"nbf\":\(soon)", ",\"nbf\":\"soon\"", ",\"sub\":\"other\"", ",\"exp\":\(soon)", ",\"tier\":5",
        ] { all.append((claims(more), 401)) }
        all.append((claims(",\"tier\":\"gold\""), 403))
        all.append((claims() + " ", 200))
        return all
    }()

    @Test(arguments: badClaims)
    func aTokenWhoseClaimsDoNotHoldIsRefused(payload: String, status: Int) throws {
        #expect(try self.status(token: Self.token(payload), try corridor()) == status)
    }

    @Test(arguments: [
        #"{"alg":"none"}"#, #"{"alg":"NONE"}"#, #"{"alg":"hs256"}"#, #"{"alg":"HS512"}"#, #"{"alg":"RS256"}"#,
        #"{"typ":"JWT"}"#, #"{"alg":"HS256","alg":"none"}"#, #"{"alg":"HS256","kid":"1"}"#,
        #"{"alg":"HS256","kid":""}"#,
        #"{"alg":"HS256","crit":["exp"]}"#, #"{"alg":["HS256"]}"#, #"{"alg":null}"#, "[]",
    ])
    func aHeaderThatAsksForAnythingElseIsRefused(header: String) throws {
        let corridor = try corridor()
        #expect(try status(token: Self.token(Self.claims(), header: header), corridor) == 401)
        // Nor with an empty or a missing signature.
        let parts = Self.base64url(header.utf8) + "." + Self.base64url(Self.claims().utf8)
        #expect(try status(token: parts + ".", corridor) == 401)
        #expect(try status(token: parts, corridor) == 401)
    }

    @Test func aForgedOrDamagedSignatureIsRefused() throws {
        let corridor = try corridor()
        let good = Self.token(Self.claims())
        #expect(try status(token: Self.token(Self.claims(), secret: Array("guess".utf8)), corridor) == 401)
        #expect(try status(token: Self.token(Self.claims(), secret: Array(Corridor.secret.utf8)), corridor) == 401)
        #expect(try status(token: String(good.dropLast()), corridor) == 401)
        #expect(try status(token: good + "A", corridor) == 401)
        #expect(try status(token: good + ".x", corridor) == 401)
        let other = Self.token(Self.claims(sub: "admin")).split(separator: ".")
        let mixed = good.split(separator: ".")
        #expect(try status(token: "\(mixed[0]).\(other[1]).\(mixed[2])", corridor) == 401)
        #expect(try status(token: good, corridor) == 200)
    }

    @Test func issuerAndAudienceAreRequiredWhereSet() throws {
        let corridor = try corridor(issuer: "us", audience: "gw")
        for (more, status) in [
            (#","iss":"us","aud":"gw""#, 200), (#","iss":"us","aud":["a","gw"]"#, 200), ("", 401),
            (#","iss":"us""#, 401),
            (#","iss":"them","aud":"gw""#, 401), (#","iss":"us","aud":[]"#, 401), (#","iss":"us","aud":"gw2""#, 401),
        ] { #expect(try self.status(token: Self.token(Self.claims(more)), corridor) == status, "\(more)") }
    }

    @Test func anUnknownSubjectBecomesAClientOfItsTierAndAConfiguredOneKeepsItsOwn() throws {
        let corridor = try corridor()
        func me(_ payload: String) throws -> String {
            try corridor.ask(
                Corridor.request("", method: "GET", path: "/v1/me", key: Self.token(payload))
            ).body
        }
        #expect(try me(Self.claims(#","tier":"pro""#)).contains(#""client":"user-1","tier":"pro""#))
        #expect(try me(Self.claims(sub: "user-2")).contains(#""tier":"free""#))
        #expect(try me(Self.claims(#","tier":"pro""#, sub: "acme")).contains(#""client":"acme","tier":"free""#))
    }

    @Test func anActOnASubjectHoldsForItsTokens() throws {
        func subject(_ name: String, isSuspended: Bool = false, limit: Limit? = nil) -> ClientPolicy {
            ClientPolicy(
                name: name, tier: "free", scope: Scope(limits: ScopeLimits(), counters: ScopeCounters()), models: nil,
                isSuspended: isSuspended,
                limits: limit.map { [EffectiveLimit(limit: $0, source: .override)] } ?? [], isSubject: true)
        }
        var setup = Corridor.Setup()
        setup.jwt = JWTPolicy(secret: Self.secret, tierClaim: "tier", issuer: nil, audience: nil)
        setup.subjects = [
            subject("gone", isSuspended: true), subject("back"),
            subject("tight", limit: Limit(kind: .requests, amount: 1, windowSeconds: 60)),
        ]
        let corridor = try Corridor(setup) { side in while side.next() != nil { side.send(Corridor.whole) } }
        func ask(_ name: String) throws -> Int {
            try corridor.ask(Corridor.request(key: Self.token(Self.claims(",\"tier\":\"pro\"", sub: name)))).status
        }
        #expect(try ask("gone") == 403)
        #expect(try ask("back") == 200)
        #expect(try ask("tight") == 200)
        #expect(try ask("tight") == 429)
    }

    @Test func aVerifiedTokenIsForgottenWhenItExpiresAndWithEveryNewPolicy() {
        var check = CallerCheck()
        let table = ClientTable()
        var setup = Corridor.Setup()
        setup.jwt = JWTPolicy(secret: Self.secret, tierClaim: "tier", issuer: nil, audience: nil)
        let good = Corridor.policy(setup, port: 1, table: table, epoch: 1)
        let head = RequestHead.parse(
            "GET / HTTP/1.1\r\nHost: g\r\nAuthorization: Bearer \(Self.token(Self.claims()))\r\n\r\n")
        func isKnown(_ policy: Policy, at seconds: Int64) -> Bool {
            if case .success = check.caller(of: head, policy: policy, wall: seconds * 1000, now: 1, table: table) {
                true
            } else {
                false
            }
        }
        #expect(isKnown(good, at: Self.now))
        #expect(isKnown(good, at: Self.now + 599))
        #expect(!isKnown(good, at: Self.now + 600))
        setup.jwt = JWTPolicy(secret: Array(Self.secret.reversed()), tierClaim: "tier", issuer: nil, audience: nil)
        check.policyChanged()
        #expect(!isKnown(Corridor.policy(setup, port: 1, table: table, epoch: 2), at: Self.now))
    }
}
