import Domain
import Testing

@Suite struct KeyIDTests {
    @Test(arguments: ["7Q2fA9xk", "tg_7Q2fA9xk"]) func readsBothForms(text: String) {
        #expect(KeyID(text: text)?.text == "7Q2fA9xk")
        #expect(KeyID(text: text)?.shown == "tg_7Q2fA9xk")
    }

    @Test(arguments: [
        "", "tg_", "7Q2fA9x", "7Q2fA9xkk", "7Q2fA9x-", "7Q2fA9x ", "tg_7Q2fA9xké", "TG_7Q2fA9xk", "７Q2fA9x",
    ])
    func refusesEverythingElse(text: String) {
        #expect(KeyID(text: text) == nil)
    }

    @Test func sortsAsItsText() {
        let texts = ["00000000", "0000000A", "A0000000", "a0000000", "zzzzzzzz"]
        #expect(texts.compactMap { KeyID(text: $0) }.shuffled().sorted().map(\.text) == texts)
    }
}

@Suite struct KeyRecordTests {
    private func record(revoked: Int64?, expires: Int64?) -> KeyRecord {
        KeyRecord(
            id: KeyID(packed: 0), client: "c", digest: [], created: Timestamp(milliseconds: 0),
            expires: expires.map(Timestamp.init(milliseconds:)), revoked: revoked.map(Timestamp.init(milliseconds:)))
    }

    @Test func isRevokedBeforeAnythingElse() {
        #expect(record(revoked: 5, expires: 1).state(at: Timestamp(milliseconds: 9)) == .revoked)
    }

    @Test func expiresAtItsMoment() {
        #expect(record(revoked: nil, expires: 10).state(at: Timestamp(milliseconds: 9)) == .active)
        #expect(record(revoked: nil, expires: 10).state(at: Timestamp(milliseconds: 10)) == .expired)
    }
}

@Suite struct RequestIDTests {
    @Test func writesItsOwnInTwentyEightCharacters() {
        #expect(RequestID.made(boot: 0xabc, counter: 0x12).text == "req_000000000abc000000000012")
        #expect(RequestID.made(boot: .max, counter: .max).text == "req_ffffffffffffffffffffffff")
        #expect(RequestID.given("x").text == "x")
    }
}

@Suite struct ErrorCodeTests {
    @Test(arguments: ErrorCode.allCases) func hasAnErrorStatusAndALabel(code: ErrorCode) {
        #expect((400...599).contains(code.status))
        #expect(!code.label.isEmpty)
        #expect(code.label.utf8.allSatisfy { ($0 >= 0x61 && $0 <= 0x7a) || $0 == 0x5f })
    }
}
