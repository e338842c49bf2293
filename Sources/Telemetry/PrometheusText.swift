import Domain

/// The text of `/metrics` (exposition format 0.0.4), written from the same state as the screen.
enum PrometheusText {
    /// - Parameters:
    ///   - state: what has been counted.
    ///   - gauges: open connections and connect failures by upstream.
    ///   - version: the program's.
    static func render(_ state: LiveState, gauges: [String: UpstreamGauge], version: String) -> [UInt8] {
        var page = MetricsPage()
        writeGateway(state, version, &page)
        writeRefusals(state, &page)
        writeClients(state, &page)
        writeModels(state, &page)
        writeUpstreams(state, gauges, &page)
        writeDistributions(state.distributions, &page)
        return page.text.bytes
    }

    private static func writeGateway(_ state: LiveState, _ version: String, _ page: inout MetricsPage) {
        page.family("tollgate_build_info", "gauge", "The running version.")
        page.sample("tollgate_build_info", [("version", version)], 1)
        page.family("tollgate_uptime_seconds", "gauge", "Seconds since the start, on the monotonic clock.")
        page.sample("tollgate_uptime_seconds", [], Int64(state.age.second))
        let totals = state.gateway.totals
        page.single("tollgate_arrivals_total", "counter", "Requests that arrived and were judged.", totals.arrivals)
        page.single(
            "tollgate_forwarded_total", "counter", "Finished requests that reached a provider.", totals.requests)
        page.single("tollgate_streams_total", "counter", "Finished streams that reached a provider.", totals.streams)
        page.single(
            "tollgate_upstream_failures_total", "counter",
            "Requests that ended with a provider's error, a timeout or a cut.", totals.errors)
        page.family("tollgate_responses_total", "counter", "Finished requests by class of status.")
        for (name, count) in state.gateway.classes.named {
            page.sample("tollgate_responses_total", [("status_class", name)], count)
        }
        page.single(
            "tollgate_requests_in_flight", "gauge", "Admitted requests that are not finished.",
            Int64(state.gateway.inFlight))
        page.single("tollgate_streams_in_flight", "gauge", "Those of them that stream.", Int64(state.gateway.streams))
        page.family("tollgate_cost_usd_total", "counter", "Money spent, in US dollars.")
        page.money("tollgate_cost_usd_total", [], totals.costNanoUSD)
        page.single(
            "tollgate_unpriced_requests_total", "counter", "Requests whose model has no price: cost unknown.",
            totals.unpriced)
        page.family("tollgate_usage_records_total", "counter", "Requests by where their token counts came from.")
        page.sample("tollgate_usage_records_total", [("source", "reported")], state.usage.reported)
        page.sample("tollgate_usage_records_total", [("source", "estimated")], state.usage.estimated)
        page.sample("tollgate_usage_records_total", [("source", "partial")], state.usage.partial)
        page.family("tollgate_telemetry_dropped_total", "counter", "Facts dropped at a bound before they were counted.")
        page.sample("tollgate_telemetry_dropped_total", [("fact", "opened")], state.lost.opened)
        page.sample("tollgate_telemetry_dropped_total", [("fact", "finished")], state.lost.finished)
    }

    private static func writeRefusals(_ state: LiveState, _ page: inout MetricsPage) {
        var reasons: [String: Int64] = [:]
        for (code, count) in state.refusedByReason {
            reasons[code.label] = (reasons[code.label] ?? 0).addingSaturated(count)
        }
        page.family("tollgate_refused_total", "counter", "Requests refused here, by reason.")
        for (reason, count) in reasons.sorted(by: { $0.key < $1.key }) {
            page.sample("tollgate_refused_total", [("reason", reason)], count)
        }
    }

    private static func writeClients(_ state: LiveState, _ page: inout MetricsPage) {
        var rows: [(name: String, counts: ExportedCounts, inFlight: Int)] = []
        var others = state.unlabelled
        var othersInFlight = 0
        for slot in state.clients.used {
            guard let name = state.clients.names[slot] else { continue }
            let meter = state.clients.meters[slot]
            guard let counts = meter.exported else {
                othersInFlight += meter.inFlight
                continue
            }
            if name == "other" {
                // A client of that name shares the label rather than making a second series of it.
                others.add(counts)
                othersInFlight += meter.inFlight
            } else {
                rows.append((name, counts, meter.inFlight))
            }
        }
        rows.sort { $0.name < $1.name }
        rows.append(("other", others, othersInFlight))
        page.family("tollgate_client_responses_total", "counter", "Finished requests by client and class of status.")
        for row in rows {
            for (status, count) in row.counts.classes.named {
                page.sample(
                    "tollgate_client_responses_total", [("client", row.name), ("status_class", status)], count)
            }
        }
        page.family("tollgate_client_refused_total", "counter", "Requests refused here, by client.")
        for row in rows { page.sample("tollgate_client_refused_total", [("client", row.name)], row.counts.refused) }
        page.family("tollgate_client_upstream_failures_total", "counter", "Requests that a provider failed, by client.")
        for row in rows {
            page.sample("tollgate_client_upstream_failures_total", [("client", row.name)], row.counts.errors)
        }
        page.family("tollgate_client_tokens_total", "counter", "Tokens by client and type.")
        for row in rows {
            page.sample(
                "tollgate_client_tokens_total", [("client", row.name), ("type", "input")], row.counts.inputTokens)
            page.sample(
                "tollgate_client_tokens_total", [("client", row.name), ("type", "output")], row.counts.outputTokens)
        }
        page.family("tollgate_client_cost_usd_total", "counter", "Money spent by client, in US dollars.")
        for row in rows { page.money("tollgate_client_cost_usd_total", [("client", row.name)], row.counts.cost) }
        page.family(
            "tollgate_client_requests_in_flight", "gauge", "Admitted requests that are not finished, by client.")
        for row in rows {
            page.sample("tollgate_client_requests_in_flight", [("client", row.name)], Int64(row.inFlight))
        }
    }

    private static func writeModels(_ state: LiveState, _ page: inout MetricsPage) {
        let rows = named(state.models)
        page.family("tollgate_model_responses_total", "counter", "Finished requests by model and class of status.")
        for (name, meter) in rows {
            for (status, count) in meter.classes.named {
                page.sample("tollgate_model_responses_total", [("model", name), ("status_class", status)], count)
            }
        }
        page.family("tollgate_model_tokens_total", "counter", "Tokens by model.")
        for (name, meter) in rows { page.sample("tollgate_model_tokens_total", [("model", name)], meter.totals.tokens) }
        page.family("tollgate_model_cost_usd_total", "counter", "Money spent by model, in US dollars.")
        for (name, meter) in rows {
            page.money("tollgate_model_cost_usd_total", [("model", name)], meter.totals.costNanoUSD)
        }
        page.family("tollgate_model_unpriced_requests_total", "counter", "Requests of unknown cost, by model.")
        for (name, meter) in rows {
            page.sample("tollgate_model_unpriced_requests_total", [("model", name)], meter.totals.unpriced)
        }
        page.family("tollgate_model_requests_in_flight", "gauge", "Admitted requests that are not finished, by model.")
        for (name, meter) in rows {
            page.sample("tollgate_model_requests_in_flight", [("model", name)], Int64(meter.inFlight))
        }
    }

    private static func writeUpstreams(
        _ state: LiveState, _ gauges: [String: UpstreamGauge], _ page: inout MetricsPage
    ) {
        let rows = named(state.upstreams)
        page.family(
            "tollgate_upstream_responses_total", "counter", "Finished requests by upstream and class of status.")
        for (name, meter) in rows {
            for (status, count) in meter.classes.named {
                page.sample("tollgate_upstream_responses_total", [("upstream", name), ("status_class", status)], count)
            }
        }
        page.family("tollgate_upstream_errors_total", "counter", "Requests that an upstream failed.")
        for (name, meter) in rows {
            page.sample("tollgate_upstream_errors_total", [("upstream", name)], meter.totals.errors)
        }
        page.family("tollgate_upstream_requests_in_flight", "gauge", "Requests that wait for an upstream.")
        for (name, meter) in rows {
            page.sample("tollgate_upstream_requests_in_flight", [("upstream", name)], Int64(meter.inFlight))
        }
        let links = gauges.sorted { $0.key < $1.key }
        page.family("tollgate_upstream_connections", "gauge", "Open connections to an upstream.")
        for (name, gauge) in links {
            page.sample("tollgate_upstream_connections", [("upstream", name)], Int64(gauge.connections))
        }
        page.family("tollgate_upstream_connect_failures_total", "counter", "Connections that could not be made.")
        for (name, gauge) in links {
            page.sample("tollgate_upstream_connect_failures_total", [("upstream", name)], gauge.connectFailures)
        }
    }

    private static func writeDistributions(_ table: DistributionTable, _ page: inout MetricsPage) {
        let sets = table.sets.sorted {
            ($0.key.model, $0.key.provider, $0.key.operation) < ($1.key.model, $1.key.provider, $1.key.operation)
        }.map { (labels: labels($0.key), set: $0.value) }
        page.family("gen_ai_server_request_duration_seconds", "histogram", "Time from a request's arrival to its end.")
        for row in sets { page.histogram("gen_ai_server_request_duration_seconds", row.labels, row.set.duration) }
        page.family("gen_ai_server_time_to_first_token_seconds", "histogram", "Time to the first byte of a stream.")
        for row in sets { page.histogram("gen_ai_server_time_to_first_token_seconds", row.labels, row.set.firstToken) }
        page.family("gen_ai_client_token_usage", "histogram", "Tokens of one request.")
        for row in sets {
            page.histogram(
                "gen_ai_client_token_usage", row.labels + [("gen_ai_token_type", "input")], row.set.inputTokens)
            page.histogram(
                "gen_ai_client_token_usage", row.labels + [("gen_ai_token_type", "output")], row.set.outputTokens)
        }
    }

    private static func labels(_ name: DistributionTable.Name) -> [(String, String)] {
        [
            ("gen_ai_operation_name", name.operation), ("gen_ai_provider_name", name.provider),
            ("gen_ai_request_model", name.model),
        ]
    }

    /// The meters of a roster by name, at most 200.
    private static func named(_ roster: Roster<String>) -> [(String, Meter)] {
        let rows = roster.used.compactMap { slot in roster.names[slot].map { ($0, roster.meters[slot]) } }
        return Array(rows.sorted { $0.0 < $1.0 }.prefix(200))
    }
}

/// Metrics as they are written: families, samples, escaped labels.
struct MetricsPage {
    private(set) var text = ByteText(capacity: 16_384)

    mutating func family(_ name: String, _ type: String, _ help: String) {
        text.append("# HELP \(name) \(help)\n# TYPE \(name) \(type)\n")
    }

    mutating func single(_ name: String, _ type: String, _ help: String, _ value: Int64) {
        family(name, type, help)
        sample(name, [], value)
    }

    mutating func sample(_ name: String, _ labels: [(String, String)], _ value: Int64) {
        head(name, labels)
        text.append(value)
        text.append(byte: 0x0a)
    }

    /// Nano-dollars as dollars, exact.
    mutating func money(_ name: String, _ labels: [(String, String)], _ nanos: Int64) {
        head(name, labels)
        text.append(NanoDollars(nanos: nanos).exactText)
        text.append(byte: 0x0a)
    }

    mutating func histogram(_ name: String, _ labels: [(String, String)], _ distribution: Distribution) {
        guard distribution.count > 0 else { return }
        var seen: Int64 = 0
        for (bound, count) in zip(distribution.bounds, distribution.counts) {
            seen &+= count
            head(name + "_bucket", labels + [("le", MetricsPage.number(bound))])
            text.append(seen)
            text.append(byte: 0x0a)
        }
        sample(name + "_bucket", labels + [("le", "+Inf")], distribution.count)
        head(name + "_sum", labels)
        text.append(distribution.sum, places: 3)
        text.append(byte: 0x0a)
        sample(name + "_count", labels, distribution.count)
    }

    private static func number(_ value: Double) -> String {
        var text = ByteText(capacity: 16)
        text.append(value, places: 6)
        return String(decoding: text.bytes, as: UTF8.self)
    }

    private mutating func head(_ name: String, _ labels: [(String, String)]) {
        text.append(name)
        for (index, (label, value)) in labels.enumerated() {
            text.append(index == 0 ? "{" : ",")
            text.append(label)
            text.append("=\"")
            escape(value)
            text.append("\"")
        }
        text.append(labels.isEmpty ? " " : "} ")
    }

    /// Backslash, quote and newline as the format asks; other control and format characters as `?`, since a scraper
    /// shows them to people.
    private mutating func escape(_ value: String) {
        for scalar in value.unicodeScalars {
            switch scalar {
            case "\\": text.append("\\\\")
            case "\"": text.append("\\\"")
            case "\n": text.append("\\n")
            default:
                if VisibleText.isVisible(scalar) { text.append(String(scalar)) } else { text.append("?") }
            }
        }
    }
}
