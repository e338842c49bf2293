import Domain
import FoundationEssentials
import Testing

@testable import tollgate

/// What commands take and what they print.
struct WordsTests {
    @Test func aTableIsAlignedByColumnsNotByCharacters() {
        var table = TextTable([("NAME", .left), ("COUNT", .right)])
        table.add(["研究", "1"])
        table.add(["abc", ""])
        table.add(["a\u{1B}[31m", "12"])
        #expect(table.lines.count == 4)
        #expect(table.lines[1].hasSuffix("    1"))
        #expect(table.lines[2].hasSuffix("–"))
        #expect(!table.text.unicodeScalars.contains("\u{1B}"))
    }

    @Test(
        arguments: [
            (0, ""), (4240, "< $ 0.0001"), (50_000, "$ 0.0001"), (1_234_567_890, "$ 1.2346"),
            (9_223_372_036_854_775_807, "$ 9,223,372,036.8548"), (-1_500_000_000, "-$ 1.5000"),
        ] as [(Int64, String)])
    func moneyIsRoundedHalfUp(nanos: Int64, text: String) { #expect(Figure.dollars(nanos) == text) }

    @Test(
        arguments: [(0, ""), (999, "999"), (1000, "1,000"), (.min, "-9,223,372,036,854,775,808")] as [(Int64, String)])
    func countsAreGrouped(count: Int64, text: String) { #expect(Figure.count(count) == text) }

    @Test(arguments: ["7Q2fA9xk", "tg_7Q2fA9xk"])
    func anIDIsTakenWithAndWithoutItsPrefix(text: String) throws {
        #expect(try KeyArgument.id(text).text == "7Q2fA9xk")
    }

    @Test func aWholeKeyIsNeverRepeated() {
        let failure = #expect(throws: Failure.self) {
            try KeyArgument.id("tg_7Q2fA9xk_abcdefghijklmnopqrstuvwxyzABCDEF123456")
        }
        #expect(failure?.status == .usage)
        #expect(failure?.message.contains("abcdefgh") == false)
        #expect(failure?.message.contains("tg_7Q2fA9xk") == true)
    }

    @Test(arguments: ["requests=300/1m", "tokens=40k/1m", "concurrent=8", "budget=50/day", "budget=1.5/hour"])
    func limitsAreRead(text: String) throws { _ = try LimitsCommand.Set.limit(text) }

    @Test(arguments: ["requests", "requests=", "requests=x", "request=5", "budget=1/year", "concurrent=-1", "=5"])
    func whatIsNoLimitIsRefused(text: String) {
        let failure = #expect(throws: Failure.self) { try LimitsCommand.Set.limit(text) }
        #expect(failure?.status == .usage)
    }

    @Test func budgetStandsForAllItsPeriods() throws {
        #expect(try LimitsCommand.Clear.kinds("budget") == [.budgetHour, .budgetDay, .budgetMonth])
        #expect(try LimitsCommand.Clear.kinds("budget/day") == [.budgetDay])
        #expect(throws: Failure.self) { try LimitsCommand.Clear.kinds("money") }
    }

    @Test func theFilterOfTheLogIsTheDashboards() throws {
        let line = Array(
            """
            {"time":"2026-11-25T14:03:22.118Z","request_id":"r1","client":"acme","key_id":null,"address":"","user_agent":"",\
            "method":"POST","path":"/v1/x","model":"gpt","upstream":"u","attempt":1,"status":503,"stream":false,\
            "message_count":0,"prompt_length":0,"input_tokens":1,"cached_tokens":0,"output_tokens":0,\
            "reasoning_tokens":0,"usage_source":"reported","queue_ms":0,"total_ms":5,"gateway_us":1,"bytes_in":1,"bytes_out":1}
            """.utf8)
        #expect(try RecordChoice(filter: "status>=500 acme", since: nil).takes(line))
        #expect(try !RecordChoice(filter: "status<500", since: nil).takes(line))
        #expect(try !RecordChoice(filter: nil, since: Timestamp(milliseconds: .max)).takes(line))
        #expect(try RecordChoice(filter: nil, since: nil).takes(Array("{anything}".utf8)))
        let failure = #expect(throws: Failure.self) { try RecordChoice(filter: "status>>", since: nil) }
        #expect(failure?.status == .usage && failure?.message.contains("^") == true)
    }

    @Test func usageIsSummedWithoutOverflow() {
        var row = UsageRow(client: "a")
        row.costNanoUSD = .max
        row.requests = 1
        let text = UsageCommand.table([row, row], by: ["client"])
        #expect(text.contains("total"))
        #expect(text.contains("9,223,372,036.8548"))
    }

    @Test func scriptsGetWholeNumbersUnderStableNames() throws {
        // swift-format-ignore: AlwaysUseLowerCamelCase
        struct Row: Decodable {
            var client: String
            var requests: Int64
            var input_tokens: Int64
            var cached_tokens: Int64
            var output_tokens: Int64
            var reasoning_tokens: Int64
            var cost_nano_usd: Int64
            var reported: Int64
            var estimated: Int64
            var partial: Int64
        }
        var row = UsageRow(client: "a\u{202E}\"")
        row.costNanoUSD = 12
        let json = JSONShapes.list([row]) { JSONShapes.usage($0, by: ["client"], to: &$1) }
        #expect(json.allSatisfy { $0 >= 0x20 && $0 < 0x7f })
        let rows = try JSONDecoder().decode([Row].self, from: Data(json))
        #expect(rows.first?.client == "a\u{202E}\"" && rows.first?.cost_nano_usd == 12)
    }

    @Test func theDescriptionOfTheSurfaceIsJSONAndNamesEveryPath() throws {
        struct Document: Decodable {
            struct Operation: Decodable { var operationId: String }
            var openapi: String
            var paths: [String: [String: Operation]]
        }
        let document = try JSONDecoder().decode(Document.self, from: Data(OpenAPI.json))
        #expect(document.openapi == "3.1.0")
        let names = document.paths.values.flatMap { $0.values.map(\.operationId) }
        #expect(Set(names).count == names.count)
        for path in ["/v1/chat/completions", "/v1/models/{model}", "/v1/me", "/readyz", "/metrics", "/docs"] {
            #expect(document.paths[path] != nil, "\(path)")
        }
    }

    @Test func thePageLoadsNothing() {
        let page = String(decoding: DocsPage.html, as: UTF8.self)
        for word in ["src=", "href=\"http", "@import", "url("] { #expect(!page.contains(word), "\(word)") }
    }

    @Test(arguments: ["120x36", "40X10"]) func sizesAreRead(text: String) { #expect(ScreenSize(argument: text) != nil) }

    @Test(arguments: ["120", "0x5", "ax3", "1x2x3", "-1x5", ""])
    func whatIsNoSizeIsRefused(text: String) { #expect(ScreenSize(argument: text) == nil) }

    @Test func onlyTheWindowsOfTheScreenAreTaken() {
        #expect(FigureWindow(argument: "5m")?.seconds == 300)
        #expect(FigureWindow(argument: "7m") == nil)
    }
}
