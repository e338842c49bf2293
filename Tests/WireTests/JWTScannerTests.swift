import Testing
import Wire

private func token(_ header: String, _ payload: String, signature: [UInt8] = [1, 2, 3]) -> [UInt8] {
    Base64URL.encode(header.bytes.span) + [0x2e] + Base64URL.encode(payload.bytes.span) + [0x2e]
        + Base64URL.encode(signature.span)
}

private func scan(_ token: [UInt8]) throws(JWTError) -> JWTFacts { try JWTScanner.scan(token.span, tierClaim: "tier") }

private let plainHeader = #"{"alg":"HS256","typ":"JWT"}"#

@Suite struct JWTScannerTests {
    @Test func readsTheExampleOfTheRFC() throws {
        let text =
            "eyJ0eXAiOiJKV1QiLA0KICJhbGciOiJIUzI1NiJ9.eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leG"
            + "FtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ.dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"
        let facts = try scan(text.bytes)
        #expect(facts.algorithm == "HS256")
        #expect(facts.type == "JWT")
        #expect(facts.issuer == "joe")
        #expect(facts.expires == 1_300_819_380)
        #expect(facts.signature.count == 32)
        #expect(facts.signed == 0..<(text.utf8.count - 44))
    }

    @Test func readsEveryClaim() throws {
        let facts = try scan(
            token(
                #"{"alg":"HS256","kid":"k1"}"#,
                #"{"sub":"a\u002fb","aud":["x","y"],"exp":10.9,"nbf":10.1,"iat":-0.5,"tier":"pro","other":{"sub":1}}"#))
        #expect(facts.keyID == "k1")
        #expect(facts.subject == "a/b")
        #expect(facts.audience == ["x", "y"])
        #expect(facts.expires == 10)
        #expect(facts.notBefore == 11)
        #expect(facts.issuedAt == -1)
        #expect(facts.tier == "pro")
        #expect(try scan(token(plainHeader, #"{"aud":"one"}"#)).audience == ["one"])
    }

    @Test(arguments: [
        (plainHeader, #"{"sub":"a","sub":"b"}"#), (#"{"alg":"HS256","alg":"none"}"#, "{}"),
        (plainHeader, #"{"exp":1,"\u0065xp":2}"#), (plainHeader, #"{"x":{"y":1,"y":2}}"#),
    ])
    func refusesAMemberThatComesTwice(header: String, payload: String) {
        #expect(throws: JWTError.duplicateMember) { try scan(token(header, payload)) }
    }

    @Test(arguments: [#"{"alg":"HS256","crit":["b64"]}"#, #"{"alg":"HS256","b64":false}"#])
    func refusesACriticalExtension(header: String) {
        #expect(throws: JWTError.criticalHeader) { try scan(token(header, "{}")) }
    }

    @Test(arguments: [
        #"{"sub":1}"#, #"{"sub":null}"#, #"{"sub":""}"#, #"{"sub":"a\u0000"}"#, #"{"sub":"a\u001b[0m"}"#,
        #"{"exp":"1"}"#,
        #"{"exp":null}"#, #"{"exp":1e9}"#, #"{"exp":99999999999999999999}"#, #"{"nbf":true}"#, #"{"aud":1}"#,
        #"{"aud":[1]}"#, #"{"tier":5}"#, #"{"sub":"\ud800"}"#,
    ])
    func refusesAClaimOfTheWrongType(payload: String) {
        #expect(throws: JWTError.wrongType) { try scan(token(plainHeader, payload)) }
    }

    @Test(arguments: [
        "", ".", "..", "a.b", "a.b.c.d", "e30.e30", "e30.e30.", "e30..AA", ".e30.AA", "e30=.e30.AA", "e30.e30.A",
        "e30.e30.AB=", "e31.e30.AA", "e30.e30.A A", "e30.e30.A+", "e30.e30.A/", "W10.e30.AA", "e30.W10.AA",
        "e30.e30.AB",
        "bnVsbA.e30.AA", "\u{0}.\u{0}.\u{0}",
    ])
    func refusesWhatHasNotTheForm(text: String) {
        #expect(throws: JWTError.malformed) { try scan(text.bytes) }
    }

    @Test func acceptsTheSmallestForm() throws { #expect(try scan("e30.e30.AA".bytes).signature == [0]) }

    @Test func boundsItsSize() {
        let payload = "{\"x\":\"\(String(repeating: "a", count: 8000))\"}"
        #expect(throws: JWTError.tooLarge) { try scan(token(plainHeader, payload)) }
        let name = String(repeating: "a", count: 257)
        #expect(throws: JWTError.wrongType) { try scan(token(plainHeader, "{\"sub\":\"\(name)\"}")) }
    }

    @Test(arguments: 0..<4) func survivesMutations(seed: UInt64) throws {
        var random = SeededRandom(seed: seed)
        let seeds = [token(plainHeader, #"{"sub":"a","exp":10,"aud":["b"],"tier":"free"}"#)]
        for _ in 0..<3000 {
            let bytes = seeds[0].mutated(using: &random)
            if let facts = try? scan(bytes) {
                // One text for one signature: a token cannot be changed in its last bits.
                let end = Array(bytes[(facts.signed.upperBound + 1)...])
                #expect(Base64URL.encode(facts.signature.span) == end)
            }
            let payload = #"{"sub":"a","exp":10,"aud":["b"],"tier":"free"}"#.bytes.mutated(using: &random).text
            _ = try? scan(token(plainHeader, payload))
        }
    }

    @Test(arguments: [
        ("eyJhbGciOiJIUzI1NiJ9.e30.AA", true), ("tg_x", false), ("ey.", false), ("eyJ.e30", false),
        ("sk-ey.a.b", false),
        ("", false),
    ])
    func knowsATokenFromAKey(text: String, isToken: Bool) {
        #expect(JWTScanner.looksLikeToken(text.bytes.span) == isToken)
    }

    @Test(arguments: 0..<40) func readsTheBase64URLItWrites(count: Int) {
        var random = SeededRandom(seed: UInt64(count))
        let bytes = (0..<count).map { _ in UInt8.random(in: 0...255, using: &random) }
        #expect(Base64URL.decode(Base64URL.encode(bytes.span).span) == bytes)
    }
}
