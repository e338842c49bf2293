import Domain
import Foundation
import Testing

@testable import Ledger

/// A record with every field set to something that can be told apart.
func sampleRecord(_ number: Int64 = 1, status: UInt16 = 200) -> RequestRecord {
    var record = RequestRecord(
        time: start.adding(milliseconds: number), requestID: .made(boot: 0xabc, counter: UInt64(number)))
    record.client = "search-api"
    record.keyID = sampleKey(1).id
    record.address = "10.0.0.7"
    record.userAgent = "openai-python/1.2"
    record.method = "POST"
    record.path = "/v1/chat/completions"
    record.model = "gpt-4.1"
    record.upstream = "holysheep"
    record.attempt = 1
    record.status = status
    record.upstreamStatus = status
    record.isStream = true
    record.messageCount = 3
    record.promptLength = 1200
    record.usage = TokenUsage(inputUncached: 10, cacheRead: 5, outputVisible: 20, reasoning: 7, source: .reported)
    record.cost = NanoDollars(nanos: 120_000 &* number)
    record.limits.requestLimit = 60
    record.limits.requestRemaining = 19
    record.queueMilliseconds = 4
    record.firstByteMilliseconds = 250
    record.totalMilliseconds = 900
    record.gatewayMicroseconds = 61
    record.bytesIn = 1500
    record.bytesOut = 4000
    record.wasAdmitted = true
    return record
}

func line(_ record: RequestRecord) -> String {
    var writer = LogLineWriter()
    var buffer = LineBuffer(capacity: 64)
    writer.write(record, to: &buffer)
    return String(decoding: buffer.bytes, as: UTF8.self)
}

func parsed(_ line: String) throws -> [String: Any] {
    try #require(JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any])
}

@Suite struct LogLineTests {
    @Test func aLineHasTheFieldsOfTheContractInOrder() {
        #expect(
            line(sampleRecord())
                == #"{"time":"2026-11-18T11:06:40.001Z","request_id":"req_000000000abc000000000001","#
                + #""client":"search-api","key_id":"AAAAAAA1","address":"10.0.0.7","#
                + #""user_agent":"openai-python/1.2","method":"POST","path":"/v1/chat/completions","#
                + #""model":"gpt-4.1","upstream":"holysheep","attempt":1,"status":200,"upstream_status":200,"#
                + #""error":null,"stream":true,"message_count":3,"prompt_length":1200,"input_tokens":15,"#
                + #""cached_tokens":5,"output_tokens":27,"reasoning_tokens":7,"usage_source":"reported","#
                + #""cost_nano_usd":120000,"cost_usd":0.00012,"limit_state":"requests 41/60","queue_ms":4,"#
                + #""first_byte_ms":250,"total_ms":900,"gateway_us":61,"bytes_in":1500,"bytes_out":4000,"#
                + #""level":"info"}"# + "\n")
    }

    @Test(
        arguments: [
            (200, "info"), (399, "info"), (400, "warning"), (429, "warning"), (499, "warning"), (500, "error"),
            (504, "error"),
        ] as [(UInt16, String)])
    func theStatusDecidesTheLevel(status: UInt16, level: String) throws {
        #expect(try parsed(line(sampleRecord(status: status)))["level"] as? String == level)
    }

    @Test(arguments: [
        (0, "0.00"), (1, "0.000000001"), (10, "0.00000001"), (120_000, "0.00012"), (41_200_000_000, "41.20"),
        (-5_000_000_000, "-5.00"), (Int64.max, "9223372036.854775807"), (Int64.min, "-9223372036.854775808"),
    ])
    func dollarsAreExactDecimals(nanos: Int64, text: String) {
        var record = sampleRecord()
        record.cost = NanoDollars(nanos: nanos)
        #expect(line(record).contains("\"cost_nano_usd\":\(nanos),\"cost_usd\":\(text),"))
    }

    @Test func whatIsUnknownIsNullAndNeverZero() throws {
        var record = sampleRecord(status: 401)
        record.isPriced = false
        record.keyID = nil
        record.upstreamStatus = 0
        record.firstByteMilliseconds = -1
        record.error = .invalidAPIKey
        let fields = try parsed(line(record))
        for name in ["cost_nano_usd", "cost_usd", "key_id", "upstream_status", "first_byte_ms"] {
            #expect(fields[name] is NSNull, "\(name)")
        }
        #expect(fields["error"] as? String == "invalid_api_key")
    }

    static let hostile: [String] = [
        "\u{1b}[2J\u{1b}]0;owned\u{7}", "a\nb\r\nc\td", "\u{0}", "\u{85}\u{9b}31m", "\u{202e}gnp.exe",
        "\u{200b}\u{200d}",
        "\u{e0041}\u{e007f}", "\u{2028}\u{2029}", "\"\\\"},{\"x\":1}", "%n%s%n", "e\u{301}\u{302}\u{303}", "名前🧑‍🚀",
        "\u{fffe}\u{10ffff}\u{e000}", "\u{3164}\u{115f}", "\u{7f}", String(repeating: "\u{1}", count: 10_000),
        String(repeating: "🧑‍🚀", count: 5000), String(repeating: "\"", count: 9000),
    ]

    @Test(arguments: hostile.indices)
    func hostileTextMakesExactlyOneCleanLine(index: Int) throws {
        let text = LogLineTests.hostile[index]
        var record = sampleRecord()
        record.requestID = .given(text)
        record.client = text
        record.address = text
        record.userAgent = text
        record.method = text
        record.path = text
        record.model = text
        record.upstream = text
        let line = line(record)
        #expect(line.utf8.count <= LogLineWriter.longest)
        #expect(line.utf8.filter { $0 == 0x0a }.count == 1)
        #expect(line.utf8.last == 0x0a)
        let unsafe = line.unicodeScalars.dropLast().filter { scalar in
            let category = scalar.properties.generalCategory
            return category == .control || category == .format || category == .lineSeparator
                || category == .paragraphSeparator || scalar.properties.isDefaultIgnorableCodePoint
        }
        #expect(unsafe.isEmpty)
        let fields = try parsed(line)
        #expect(fields.count == 32)
        let path = try #require(fields["path"] as? String)
        if text.utf8.count < 200 {
            #expect(Array(path.unicodeScalars) == Array(text.unicodeScalars))
        } else {
            #expect(path.hasSuffix("…"))
            #expect(text.unicodeScalars.starts(with: path.unicodeScalars.dropLast()))
        }
    }

    @Test func extremeNumbersAreWrittenWhole() throws {
        var record = sampleRecord()
        for edge in [Int64.min, Int64.max] {
            record.time = Timestamp(milliseconds: edge)
            record.promptLength = edge
            record.usage = TokenUsage(inputUncached: edge, cacheRead: edge, outputVisible: edge, reasoning: edge)
            record.limits.requestRemaining = edge
            record.limits.tokenLimit = .max
            record.limits.tokenRemaining = edge
            record.bytesOut = edge
            #expect(try parsed(line(record))["prompt_length"] as? Int64 == edge)
        }
    }

    @Test func theLimitStateNamesTheTighterOrTheRefuser() throws {
        func state(_ change: (inout LimitState) -> Void) throws -> String? {
            var record = sampleRecord()
            record.limits = LimitState()
            change(&record.limits)
            return try parsed(line(record))["limit_state"] as? String
        }
        #expect(try state { _ in } == "")
        #expect(
            try state {
                ($0.requestLimit, $0.requestRemaining) = (60, 30)
                ($0.tokenLimit, $0.tokenRemaining) = (1000, 100)
            } == "tokens 900/1000")
        #expect(
            try state {
                ($0.requestLimit, $0.requestRemaining) = (60, 0)
                ($0.refusedBy, $0.refusedScope) = (.requests, .client)
            } == "requests 60/60 refused by client")
        #expect(
            try state {
                ($0.requestLimit, $0.requestRemaining) = (60, 30)
                ($0.refusedBy, $0.refusedScope) = (.requests, .model)
            } == "requests refused by model")
        #expect(
            try state { ($0.refusedBy, $0.refusedScope) = (.budgetDay, .gateway) } == "budget/day refused by gateway")
    }

    @Test func theUserAgentIsCutAt120Bytes() throws {
        var record = sampleRecord()
        record.userAgent = String(repeating: "é", count: 100)
        #expect(try parsed(line(record))["user_agent"] as? String == String(repeating: "é", count: 60))
    }
}
