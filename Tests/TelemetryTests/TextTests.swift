import Domain
import Foundation
import Testing

@testable import Telemetry

@Suite struct TextTests {
    /// Names that try to break out of a label, a string or a terminal.
    static let hostile = "a\"b\\c\nd\u{1b}[31m\u{202e}e\u{7f}\u{0}\u{2028}名\u{1f600}"

    private func busyStage() -> Stage {
        let directory = Directory.with(
            clients: [.named(Self.hostile), .named("idle")],
            models: [.init(name: "gpt", upstreams: ["north"], price: nil)],
            upstreams: [.init(name: "north", origin: "https://n")])
        let reading = QuotaReading(limit: Limit(kind: .budgetDay, amount: 900), source: .tier, used: 3)
        var stage = Stage(surroundings: .of(directory, quotas: { _ in [reading] }))
        stage.serve(7, client: Self.hostile, milliseconds: 300, tokens: 40, cost: .max / 16)
        stage.serve(3, client: "plain", error: .upstreamCut)
        stage.refuse(5, client: "plain")
        stage.refuse(2, client: "plain", code: .concurrencyExceeded)
        stage.fold([stage.opened(client: "plain", stream: true)])
        stage.fold([], [stage.record(client: "plain", model: Self.hostile, stream: true, milliseconds: 250)])
        stage.fold([stage.opened(client: "plain")])
        stage.pass(seconds: 2)
        return stage
    }

    @Test func metricsParseAndAgreeWithTheTotals() throws {
        let stage = busyStage()
        let text = String(decoding: PrometheusText.render(stage.state, gauges: [:], version: "1.2"), as: UTF8.self)
        let page = try Exposition(text)
        #expect(page.value("tollgate_arrivals_total") == "19")
        #expect(page.value("tollgate_forwarded_total") == "11")
        #expect(page.value("tollgate_requests_in_flight") == "1")
        #expect(page.value("tollgate_build_info", ["version": "1.2"]) == "1")
        // Both kinds of limit refusal carry one label, so they are one series.
        #expect(page.value("tollgate_refused_total", ["reason": "rate_limit_exceeded"]) == "7")
        #expect(page.value("tollgate_client_refused_total", ["client": "plain"]) == "7")
        #expect(page.value("tollgate_client_responses_total", ["client": "plain", "status_class": "5xx"]) == "3")
        #expect(
            page.value("tollgate_cost_usd_total")
                == NanoDollars(nanos: stage.state.gateway.totals.costNanoUSD).exactText)
        let labels = [
            "gen_ai_operation_name": "chat", "gen_ai_provider_name": "north", "gen_ai_request_model": "gpt",
            "le": "+Inf",
        ]
        #expect(page.value("gen_ai_server_request_duration_seconds_bucket", labels) == "10")
        #expect(page.samples.allSatisfy { !$0.labels.values.joined().unicodeScalars.contains("\u{1b}") })
    }

    @Test func bucketsOfAHistogramNeverFall() throws {
        let stage = busyStage()
        let text = String(decoding: PrometheusText.render(stage.state, gauges: [:], version: ""), as: UTF8.self)
        var last: [String: Double] = [:]
        for sample in try Exposition(text).samples where sample.name.hasSuffix("_bucket") {
            var labels = sample.labels
            labels["le"] = nil
            let name = sample.name + labels.sorted { $0.key < $1.key }.description
            let value = try #require(Double(sample.value))
            #expect(value >= last[name] ?? 0)
            last[name] = value
        }
        #expect(!last.isEmpty)
    }

    @Test func clientLabelsAreBoundedAndTheSumIsKept() throws {
        var stage = Stage()
        for index in 0..<500 { stage.serve(2, client: "c\(index)") }
        let before = try Exposition(
            String(decoding: PrometheusText.render(stage.state, gauges: [:], version: ""), as: UTF8.self))
        let rows = before.samples.filter { $0.name == "tollgate_client_responses_total" }
        #expect(rows.count == 201)
        #expect(rows.compactMap { Int($0.value) }.reduce(0, +) == 1000)
        #expect(before.value("tollgate_client_responses_total", ["client": "other", "status_class": "2xx"]) == "600")
        // A newcomer takes a label over: `other` grows by what the one that left had counted, nothing runs backwards.
        for _ in 0..<40 {
            stage.serve(50, client: "c499")
            stage.pass(seconds: 1)
            stage.assess()
        }
        let after = try Exposition(
            String(decoding: PrometheusText.render(stage.state, gauges: [:], version: ""), as: UTF8.self))
        let newRows = after.samples.filter { $0.name == "tollgate_client_responses_total" }
        #expect(newRows.count == 201)
        #expect(newRows.compactMap { Int($0.value) }.reduce(0, +) == 3000)
        #expect(newRows.contains { $0.labels["client"] == "c499" })
        let other = try #require(
            after.value("tollgate_client_responses_total", ["client": "other", "status_class": "2xx"]).flatMap {
                Int($0)
            })
        #expect(other >= 600)
    }

    @Test func snapshotJSONParsesAndItsIntegersAreExact() throws {
        var stage = busyStage()
        let snapshot = stage.snapshot()
        let bytes = SnapshotJSON.encode(snapshot)
        #expect(bytes.allSatisfy { $0 >= 0x20 && $0 != 0x7f })
        let json = try #require(JSONSerialization.jsonObject(with: Data(bytes)) as? [String: Any])
        #expect(json["time"] as? String == Calendar.rfc3339(stage.now.wall))
        #expect(json["window_s"] as? Int == 300)
        let totals = try #require(json["totals"] as? [String: Any])
        #expect((totals["cost_nano_usd"] as? NSNumber)?.int64Value == snapshot.totals.costNanoUSD)
        #expect(totals["requests"] as? Int == 11)
        #expect(totals["refused"] as? Int == 7)
        #expect(totals["errors"] as? Int == 3)
        #expect(totals["streams"] as? Int == 1)
        let clients = try #require(json["clients"] as? [[String: Any]])
        #expect(Set(clients.compactMap { $0["name"] as? String }) == [Self.hostile, "idle", "plain"])
        for member in [
            "name", "tier", "state", "requests_per_s", "in_flight", "streams", "requests", "refused", "errors",
            "p95_ms",
            "tokens", "cost_nano_usd",
        ] {
            #expect(clients.allSatisfy { $0[member] != nil }, "\(member)")
        }
        for list in ["keys", "models", "upstreams", "errors", "events"] { #expect(json[list] is [Any], "\(list)") }
        #expect(json["costs"] is [String: Any])
        let text = String(decoding: bytes, as: UTF8.self).unicodeScalars
        #expect(!text.contains("\u{202e}") && !text.contains("\u{2028}"))
    }

    /// A zero that is no price is told apart from one that is: for all, by client and by model.
    @Test func whatHasNoPriceIsCountedWhereItsMoneyIsMissing() throws {
        var stage = Stage()
        var unknown = stage.record(client: "acme", model: "priceless", cost: 0)
        unknown.isPriced = false
        stage.fold(
            [stage.opened(model: "priceless"), stage.opened()], [unknown, stage.record()])
        let json = try #require(
            JSONSerialization.jsonObject(with: Data(SnapshotJSON.encode(stage.snapshot()))) as? [String: Any])
        func count(_ list: String, _ name: String) -> Int? {
            (json[list] as? [[String: Any]])?.first { $0["name"] as? String == name }?["unpriced"] as? Int
        }
        #expect((json["totals"] as? [String: Any])?["unpriced"] as? Int == 1)
        #expect((json["costs"] as? [String: Any])?["unpriced"] as? Int == 1)
        #expect(count("clients", "acme") == 1)
        #expect(count("models", "priceless") == 1)
        #expect(count("models", "gpt") == 0)
        let page = try Exposition(
            String(decoding: PrometheusText.render(stage.state, gauges: [:], version: ""), as: UTF8.self))
        #expect(page.value("tollgate_model_unpriced_requests_total", ["model": "priceless"]) == "1")
        #expect(page.value("tollgate_unpriced_requests_total", [:]) == "1")
    }

    @Test func anEmptySnapshotIsValidJSON() throws {
        let bytes = SnapshotJSON.encode(LiveSnapshot(time: Timestamp(milliseconds: .min), windowSeconds: .max))
        #expect(throws: Never.self) { try JSONSerialization.jsonObject(with: Data(bytes)) }
    }

    @Test(arguments: [
        (0.0, "0"), (1.5, "1.5"), (-2.25, "-2.25"), (0.00004, "0"), (0.0001, "0.0001"), (.nan, "null"),
        (.infinity, "null"), (123456.789, "123456.789"),
    ])
    func decimalsAreShortAndFinite(value: Double, text: String) {
        var bytes = ByteText()
        bytes.append(value, places: 4)
        #expect(String(decoding: bytes.bytes, as: UTF8.self) == text)
    }

    @Test(arguments: [Int64.min, -1, 0, 9, 10, .max])
    func integersAreWrittenWhole(value: Int64) {
        var bytes = ByteText()
        bytes.append(value)
        #expect(String(decoding: bytes.bytes, as: UTF8.self) == String(value))
    }
}

/// A strict reader of the exposition format: every sample belongs to a family that was announced once before it.
struct Exposition {
    struct Sample {
        let name: String
        let labels: [String: String]
        let value: String
    }

    struct Malformed: Error { let line: String }

    private(set) var samples: [Sample] = []

    init(_ text: String) throws {
        var types: [String: String] = [:]
        var seen: Set<String> = []
        guard text.hasSuffix("\n") else { throw Malformed(line: "no newline at the end") }
        for line in text.split(separator: "\n").map(String.init) {
            if line.hasPrefix("# HELP ") { continue }
            if line.hasPrefix("# TYPE ") {
                let words = line.split(separator: " ").map(String.init)
                guard words.count == 4, types[words[2]] == nil else { throw Malformed(line: line) }
                types[words[2]] = words[3]
                continue
            }
            let sample = try Exposition.sample(line)
            let family =
                ["_bucket", "_sum", "_count"].first { sample.name.hasSuffix($0) && types[sample.name] == nil }
                .map { String(sample.name.dropLast($0.count)) } ?? sample.name
            guard types[family] != nil, Double(sample.value) != nil else { throw Malformed(line: line) }
            guard seen.insert(sample.name + sample.labels.sorted { $0.key < $1.key }.description).inserted else {
                throw Malformed(line: "twice: \(line)")
            }
            samples.append(sample)
        }
    }

    func value(_ name: String, _ labels: [String: String] = [:]) -> String? {
        samples.first { $0.name == name && $0.labels == labels }?.value
    }

    private static func sample(_ line: String) throws -> Sample {
        var rest = Substring(line)
        let name = rest.prefix { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "_") }
        rest = rest.dropFirst(name.count)
        var labels: [String: String] = [:]
        if rest.first == "{" {
            rest = rest.dropFirst()
            while rest.first != "}" {
                let label = rest.prefix { $0 != "=" }
                rest = rest.dropFirst(label.count + 1)
                guard rest.first == "\"" else { throw Malformed(line: line) }
                rest = rest.dropFirst()
                var value = ""
                while let next = rest.popFirst(), next != "\"" {
                    guard next == "\\" else {
                        value.append(next)
                        continue
                    }
                    switch rest.popFirst() {
                    case "n": value.append("\n")
                    case "\"": value.append("\"")
                    case "\\": value.append("\\")
                    default: throw Malformed(line: line)
                    }
                }
                guard labels.updateValue(value, forKey: String(label)) == nil else { throw Malformed(line: line) }
                if rest.first == "," { rest = rest.dropFirst() }
            }
            rest = rest.dropFirst()
        }
        guard rest.first == " ", !name.isEmpty else { throw Malformed(line: line) }
        return Sample(name: String(name), labels: labels, value: String(rest.dropFirst()))
    }
}
