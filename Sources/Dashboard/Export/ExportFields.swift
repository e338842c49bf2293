import Domain
import Telemetry

/// A value of an exported row.
enum ExportValue: Equatable {
    case text(String)
    case integer(Int64)
    case number(Double)
    case nothing

    static func optional(_ value: Double?) -> ExportValue { value.map { .number($0) } ?? .nothing }
    static func time(_ value: Timestamp?) -> ExportValue { value.map { .text(Calendar.rfc3339($0)) } ?? .nothing }
}

extension Row {
    /// The fields of the row for a file, in order; exact integers for money, never a secret.
    var exportFields: [(name: String, value: ExportValue)] {
        switch self {
        case .client(let row): row.exportFields
        case .key(let row): row.exportFields
        case .model(let row): row.exportFields
        case .upstream(let row): row.exportFields
        case .error(let group): group.exportFields
        case .record(let record): record.exportFields
        case .audit(let row): row.exportFields
        case .incident(let incident): incident.exportFields
        case .spend(let line): line.exportFields
        case .log(let line):
            [("time", .time(line.time)), ("level", .text(line.level.rawValue)), ("message", .text(line.message))]
        case .ghost: []
        }
    }
}

extension ClientRow {
    fileprivate var exportFields: [(name: String, value: ExportValue)] {
        [
            ("client", .text(card.name)), ("tier", .text(card.tier)), ("owner", .text(card.owner)),
            ("state", .text(state)), ("requests_per_s", .number(requestsPerSecond)),
            ("refused_share", .number(refusedShare)), ("upstream_error_share", .number(upstreamErrorShare)),
            ("p50_ms", .optional(p50Milliseconds)), ("p95_ms", .optional(p95Milliseconds)),
            ("p99_ms", .optional(p99Milliseconds)), ("tokens_per_s", .number(tokensPerSecond)),
            ("cost_per_hour_nano_usd", .integer(costPerHourNanoUSD)),
            ("cost_today_nano_usd", .integer(costTodayNanoUSD)), ("in_flight", .integer(Int64(inFlight))),
            ("streams", .integer(Int64(streams))), ("requests", .integer(totals.requests)),
            ("refused", .integer(totals.refused)), ("errors", .integer(totals.errors)),
            ("tokens", .integer(totals.tokens)), ("cost_nano_usd", .integer(totals.costNanoUSD)),
        ]
    }
}

extension KeyRow {
    fileprivate var exportFields: [(name: String, value: ExportValue)] {
        [
            ("id", .text(card.id.text)), ("client", .text(card.client)), ("state", .text(card.state.rawValue)),
            ("created", .time(card.created)), ("last_used", .time(card.lastUsed)), ("expires", .time(card.expires)),
            ("models", card.models.map { .text($0.joined(separator: " ")) } ?? .nothing), ("note", .text(card.note)),
            ("requests_per_s", .number(requestsPerSecond)), ("in_flight", .integer(Int64(inFlight))),
            ("streams", .integer(Int64(streams))), ("cost_hour_nano_usd", .integer(costHourNanoUSD)),
        ]
    }
}

extension ModelRow {
    fileprivate var exportFields: [(name: String, value: ExportValue)] {
        [
            ("model", .text(name)), ("upstreams", .text(upstreams.joined(separator: " "))),
            ("requests_per_s", .number(requestsPerSecond)), ("in_flight", .integer(Int64(inFlight))),
            ("p50_ms", .optional(p50Milliseconds)), ("p95_ms", .optional(p95Milliseconds)),
            ("first_byte_ms", .optional(firstByteMilliseconds)),
            ("upstream_error_share", .number(upstreamErrorShare)), ("refused_share", .number(refusedShare)),
            ("throttled_share", .number(throttledShare)),
            ("tokens_per_s", .number(tokensPerSecond)), ("cost_per_hour_nano_usd", .integer(costPerHourNanoUSD)),
            ("cost_today_nano_usd", .integer(costTodayNanoUSD)),
        ]
    }
}

extension UpstreamRow {
    fileprivate var exportFields: [(name: String, value: ExportValue)] {
        [
            ("upstream", .text(name)), ("origin", .text(origin)), ("models", .text(models.joined(separator: " "))),
            ("requests_per_s", .number(requestsPerSecond)), ("in_flight", .integer(Int64(inFlight))),
            ("connections", .integer(Int64(connections))), ("p50_ms", .optional(p50Milliseconds)),
            ("p95_ms", .optional(p95Milliseconds)), ("first_byte_ms", .optional(firstByteMilliseconds)),
            ("upstream_error_share", .number(upstreamErrorShare)), ("throttled_share", .number(throttledShare)),
            ("connect_failures", .integer(connectFailures)), ("last_failure", .text(lastFailure ?? "")),
            ("last_failure_at", .time(lastFailureAt)),
        ]
    }
}

extension ErrorGroup {
    fileprivate var exportFields: [(name: String, value: ExportValue)] {
        [
            ("client", .text(client)), ("model", .text(model)), ("upstream", .text(upstream)),
            ("status", .integer(Int64(status))), ("error", .text(error.label)), ("detail", .text(detail)),
            ("count", .integer(count)), ("first", .time(first)), ("last", .time(last)),
        ]
    }
}

extension RequestRecord {
    fileprivate var exportFields: [(name: String, value: ExportValue)] {
        [
            ("time", .time(time)), ("request_id", .text(requestID.text)), ("client", .text(client)),
            ("key_id", keyID.map { .text($0.text) } ?? .nothing), ("method", .text(method)), ("path", .text(path)),
            ("model", .text(model)), ("upstream", .text(upstream)), ("status", .integer(Int64(status))),
            ("upstream_status", .integer(Int64(upstreamStatus))), ("error", error.map { .text($0.label) } ?? .nothing),
            ("detail", .text(detail)), ("stream", .text(isStream ? "true" : "false")),
            ("input_tokens", .integer(usage.input)), ("cached_tokens", .integer(usage.cached)),
            ("output_tokens", .integer(usage.output)), ("reasoning_tokens", .integer(usage.reasoning)),
            ("usage_source", .text(usage.source.label)), ("cost_nano_usd", isPriced ? .integer(cost.nanos) : .nothing),
            ("first_byte_ms", firstByteMilliseconds < 0 ? .nothing : .integer(firstByteMilliseconds)),
            ("total_ms", .integer(totalMilliseconds)), ("gateway_us", .integer(gatewayMicroseconds)),
            ("bytes_in", .integer(bytesIn)), ("bytes_out", .integer(bytesOut)),
        ]
    }
}

extension AuditRow {
    fileprivate var exportFields: [(name: String, value: ExportValue)] {
        [
            ("id", .integer(id)), ("time", .time(time)), ("user", .text(actor.user)),
            ("terminal", .text(actor.terminal)), ("act", .text(act)), ("target", .text(target)),
            ("before", .text(before)), ("after", .text(after)), ("why", .text(why)),
            ("undoes", undoes.map { .integer($0) } ?? .nothing),
            ("undone_by", undoneBy.map { .integer($0) } ?? .nothing),
        ]
    }
}

extension Incident {
    fileprivate var exportFields: [(name: String, value: ExportValue)] {
        [
            ("id", .integer(id)), ("subject", .text(subject)), ("what", .text(what)), ("start", .time(start)),
            ("peak", .text(peak)), ("peak_at", .time(peakAt)), ("end", .time(end)),
            ("ended_by", endedBy.map { .integer($0) } ?? .nothing),
        ]
    }
}

extension CostFigures.Line {
    fileprivate var exportFields: [(name: String, value: ExportValue)] {
        [
            ("name", .text(name)), ("cost_nano_usd", .integer(costNanoUSD)),
            ("per_hour_nano_usd", .integer(perHourNanoUSD)), ("requests", .integer(requests)),
            ("input_tokens", .integer(inputTokens)), ("cached_tokens", .integer(cachedTokens)),
            ("output_tokens", .integer(outputTokens)),
        ]
    }
}
