import Dashboard
import Domain
import Telemetry
import Testing

/// The filter language.
@Suite struct FilterTests {
    private func clients(_ text: String) throws -> [String] {
        let filter = try FilterParser.parse(text)
        return Fixture.busy().clients.filter { filter.matches(.client($0)) }.map(\.card.name)
    }

    @Test(arguments: [
        ("acme", ["acme-batch"]),
        ("ACME", ["acme-batch"]),
        ("チーム", ["研究チーム"]),
        ("tg_7Q2f", ["acme-batch"]),
        ("7q2fa9xk", ["acme-batch"]),
        ("429%>5", ["acme-batch"]),
        ("429%>5%", ["acme-batch"]),
        ("5xx%>1", ["legacy-etl"]),
        ("quota>90%", ["acme-batch"]),
        ("quota%>=83", ["acme-batch", "研究チーム"]),
        ("p95>2s", ["acme-batch", "legacy-etl", "研究チーム"]),
        ("p95>5200ms", ["legacy-etl"]),
        ("p95>1.5s p95<2.5s", ["研究チーム"]),
        ("cost>$5/h", ["acme-batch", "研究チーム"]),
        ("cost > $5", ["acme-batch", "研究チーム"]),
        ("req/s>90", ["acme-batch", "checkout-bot"]),
        ("req/s>5400/m", ["acme-batch", "checkout-bot"]),
        ("tok/s>40k", ["acme-batch", "研究チーム"]),
        ("state=suspended", ["intern-sandbox"]),
        ("suspended", ["intern-sandbox"]),
        ("tier=pro acme", ["acme-batch"]),
        ("tier=free", []),
        ("owner~platform checkout", ["checkout-bot"]),
        ("client=search-api", ["search-api"]),
        ("client!~-", ["研究チーム"]),
        ("key=tg_7Q2fA9xk", ["acme-batch"]),
        ("inflight>40", ["acme-batch"]),
        ("streams>30", ["acme-batch"]),
        ("acme or legacy", ["acme-batch", "legacy-etl"]),
        ("acme and legacy", []),
        ("(acme or legacy) p95>9s", ["legacy-etl"]),
        ("not (p95<100s)", ["intern-sandbox"]),
        ("not active", ["intern-sandbox"]),
        ("\"support-chat\"", ["support-chat"]),
        ("acme AND NOT legacy", ["acme-batch"]),
    ])
    func shows(text: String, names: [String]) throws {
        #expect(try clients(text) == names)
    }

    @Test(arguments: [
        ("p95>2", 4, "`2` is not a duration with its unit, `2s` or `250ms`"),
        ("acme p95", 0, ""),
        ("acme p95>", 9, "a value is missing after `p95>`"),
        ("(acme", 0, "this parenthesis is not closed"),
        ("acme)", 4, "no parenthesis is open"),
        ("or acme", 0, "a term is missing before `or`"),
        ("acme or", 7, "a term is missing"),
        ("not", 3, "a term is missing"),
        (">5", 0, "nothing stands before the comparison"),
        ("stauts=500", 0, "no field `stauts`, did you mean `status`"),
        ("ac 研究 bogusfield>5", 6, "no field `bogusfield`"),
        ("model>5", 5, "`model` takes = != ~ !~"),
        ("p95~2s", 3, "`p95` takes = != > >= < <="),
        ("status=abc", 7, "`abc` is not a status, `500` or `5xx`"),
        ("429%>x", 5, "`x` is not a percentage, `5%`"),
        ("cost>$5/d", 5, "`$5/d` is not an amount, `$5/h`"),
        ("\"acme", 0, "no closing quote"),
        ("()", 1, "a term is missing"),
        ("inflight>99999999999999999999999", 9, "`99999999999999999999999` is not a count, `5` or `40k`"),
    ])
    func pointsAtTheFault(text: String, offset: Int, reason: String) {
        do {
            _ = try FilterParser.parse(text)
            #expect(reason == "", "no fault in \(text)")
        } catch {
            #expect(error == FilterFault(offset: offset, reason: reason))
        }
    }

    @Test func comparesRecords() throws {
        let records = Fixture.records()
        func count(_ text: String) throws -> Int {
            let filter = try FilterParser.parse(text)
            return records.count { filter.matches(.record($0)) }
        }
        #expect(try count("status>=500") == records.count { $0.status >= 500 })
        #expect(try count("status=4xx") == records.count { $0.status / 100 == 4 })
        #expect(try count("status!=4xx") == records.count { $0.status / 100 != 4 })
        #expect(
            try count("model~sonnet error=rate_limit_exceeded")
                == records.count { $0.status == 429 && $0.model == "claude-sonnet-4" })
        #expect(try count("status>=500") > 0)
    }

    @Test func saysNothingAboutRowsWithoutTheField() throws {
        let filter = try FilterParser.parse("p95>100s")
        let snapshot = Fixture.busy()
        #expect(!filter.matches(.client(snapshot.clients[0])))
        #expect(filter.matches(.audit(snapshot.audit[0])))
        #expect(filter.matches(.log(LogLine(time: Fixture.now, level: .info, message: "x"))))
        #expect(try !FilterParser.parse("p95>100s nothing").matches(.audit(snapshot.audit[0])))
        #expect(try FilterParser.parse("not p95>100s").matches(.audit(snapshot.audit[0])))
    }

    @Test(arguments: [
        String(repeating: "(", count: 400), String(repeating: "not ", count: 120), String(repeating: "a ", count: 200),
        String(repeating: "x", count: 600), String(repeating: "a or ", count: 90),
    ])
    func isBounded(text: String) {
        #expect(throws: FilterFault.self) { try FilterParser.parse(text) }
    }

    @Test func anyTextIsReadOrRefused() throws {
        let pieces = [
            "(", ")", "and", "or", "not", "p95", ">", "<", "=", "~", "!", "!=", "2s", "$5/h", "429%", "k", "\"", " ",
            "研", "💥",
            "status", "5xx", "-1", ".", "1e9", "9223372036854775808", "%", "/", "\u{0}", "é", "\u{301}",
        ]
        var random = SplitMix(seed: 7)
        let rows = Fixture.busy()
        for _ in 0..<4000 {
            let text = (0..<random.below(12)).map { _ in pieces[random.below(pieces.count)] }.joined()
            do {
                let filter = try FilterParser.parse(text)
                _ = filter.matches(.client(rows.clients[0]))
                _ = filter.matches(.record(rows.recent[0]))
            } catch {
                #expect((0...text.count).contains(error.offset), "caret outside of \(text)")
                #expect(!error.reason.isEmpty)
            }
        }
    }
}

/// A small random generator that gives the same numbers at every run.
struct SplitMix {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var z = state
        z = (z ^ (z >> 30)) &* 0xbf58_476d_1ce4_e5b9
        z = (z ^ (z >> 27)) &* 0x94d0_49bb_1331_11eb
        return z ^ (z >> 31)
    }

    /// A number from 0 to below `limit`, which is positive.
    mutating func below(_ limit: Int) -> Int { Int(next() % UInt64(limit)) }
}
