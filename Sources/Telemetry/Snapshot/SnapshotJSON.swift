package import Domain
package import Wire

/// The JSON of `snapshot --format json`: a contract with scripts, so it is written by hand, member by member, and does
/// not change when a Swift name does.
///
/// Counts and money are exact integers; shares are 0 to 1; what is unknown is `null`.
package enum SnapshotJSON {
    /// The object as UTF-8, without a newline at the end.
    package static func encode(_ snapshot: LiveSnapshot) -> [UInt8] {
        var json = JSONWriter(escapesFormat: true)
        json.object { json in
            json.member("time", snapshot.time)
            json.member("instance", snapshot.instance)
            json.member("listen", snapshot.listen)
            json.member("status", snapshot.status.rawValue)
            json.member("started", snapshot.startedAt)
            json.member("window_s", Int64(snapshot.windowSeconds))
            json.member("totals") { write(snapshot.totals, to: &$0) }
            json.member("gateway") { write(snapshot.gateway, to: &$0) }
            json.member("client_count", Int64(snapshot.clientCount))
            json.list("clients", snapshot.clients) { write($0, to: &$1) }
            json.member("key_count", Int64(snapshot.keyCount))
            json.list("keys", snapshot.keys) { write($0, to: &$1) }
            json.list("models", snapshot.models) { write($0, to: &$1) }
            json.list("upstreams", snapshot.upstreams) { write($0, to: &$1) }
            json.list("errors", snapshot.errors) { write($0, to: &$1) }
            json.member("costs") { write(snapshot.costs, to: &$0) }
            json.list("events", snapshot.audit) { write($0, to: &$1) }
            json.list("incidents", snapshot.incidents) { write($0, to: &$1) }
            json.words("remarks", snapshot.remarks)
        }
        return json.bytes
    }

    private static func write(_ totals: Totals, to json: inout JSONWriter) {
        json.object { json in
            json.member("requests", totals.requests)
            json.member("refused", totals.refused)
            json.member("errors", totals.errors)
            json.member("streams", totals.streams)
            json.member("tokens", totals.tokens)
            json.member("cost_nano_usd", totals.costNanoUSD)
            json.member("unpriced", totals.unpriced)
            json.member("arrivals", totals.arrivals)
        }
    }

    private static func write(_ figures: GatewayFigures, to json: inout JSONWriter) {
        json.object { json in
            json.member("severity", word(figures.severity))
            json.member("requests_per_s", orNull: figures.requestsPerSecond)
            json.member("peak_per_s", orNull: figures.peakPerSecond)
            json.member("in_flight", Int64(figures.inFlight))
            json.member("queued", Int64(figures.queued))
            json.member("streams", Int64(figures.streams))
            json.member("error_share", orNull: figures.errorShare)
            json.member("refused_share", orNull: figures.refusedShare)
            json.member("upstream_error_share", orNull: figures.upstreamErrorShare)
            json.member("p50_ms", orNull: figures.p50Milliseconds)
            json.member("p95_ms", orNull: figures.p95Milliseconds)
            json.member("p99_ms", orNull: figures.p99Milliseconds)
            json.member("first_byte_ms", orNull: figures.firstByteMilliseconds)
            json.member("tokens_per_s", orNull: figures.tokensPerSecond)
            json.member("cost_per_hour_nano_usd", figures.costPerHourNanoUSD)
            json.member("cost_today_nano_usd", figures.costTodayNanoUSD)
            json.member("budget_nano_usd", orNull: figures.budgetNanoUSD)
            json.member("budget_spent_nano_usd", figures.budgetSpentNanoUSD)
        }
    }

    private static func write(_ row: ClientRow, to json: inout JSONWriter) {
        json.object { json in
            json.member("name", row.card.name)
            json.member("tier", row.card.tier)
            json.member("state", row.severity == .suspended ? "suspended" : "active")
            json.member("severity", word(row.severity))
            json.member("requests_per_s", orNull: row.requestsPerSecond)
            json.member("in_flight", Int64(row.inFlight))
            json.member("streams", Int64(row.streams))
            json.member("requests", row.totals.requests)
            json.member("refused", row.totals.refused)
            json.member("errors", row.totals.errors)
            json.member("p50_ms", orNull: row.p50Milliseconds)
            json.member("p95_ms", orNull: row.p95Milliseconds)
            json.member("p99_ms", orNull: row.p99Milliseconds)
            json.member("tokens", row.totals.tokens)
            json.member("cost_nano_usd", row.totals.costNanoUSD)
            json.member("unpriced", row.totals.unpriced)
            json.member("cost_per_hour_nano_usd", row.costPerHourNanoUSD)
            json.member("refused_share", orNull: row.refusedShare)
            json.member("upstream_error_share", orNull: row.upstreamErrorShare)
            json.list("limits", row.quotas) { write($0, to: &$1) }
        }
    }

    private static func write(_ reading: QuotaReading, to json: inout JSONWriter) {
        json.object { json in
            json.member("limit", reading.limit.text)
            json.member("kind", reading.limit.kind.rawValue)
            json.member("amount", reading.limit.amount)
            json.member("source", reading.source.rawValue)
            json.member("used", reading.used)
            json.member("seconds_left", orNull: reading.secondsLeft)
        }
    }

    private static func write(_ row: KeyRow, to json: inout JSONWriter) {
        json.object { json in
            json.member("id", row.card.id.text)
            json.member("client", row.card.client)
            json.member("state", row.card.state.rawValue)
            json.member("requests_per_s", orNull: row.requestsPerSecond)
            json.member("in_flight", Int64(row.inFlight))
            json.member("streams", Int64(row.streams))
            json.member("requests", row.totals.requests)
            json.member("refused", row.totals.refused)
            json.member("errors", row.totals.errors)
            json.member("tokens", row.totals.tokens)
            json.member("cost_nano_usd", row.totals.costNanoUSD)
            json.member("unpriced", row.totals.unpriced)
        }
    }

    private static func write(_ row: ModelRow, to json: inout JSONWriter) {
        json.object { json in
            json.member("name", row.name)
            json.words("upstreams", row.upstreams)
            json.member("requests_per_s", orNull: row.requestsPerSecond)
            json.member("in_flight", Int64(row.inFlight))
            json.member("requests", row.totals.requests)
            json.member("errors", row.totals.errors)
            json.member("p50_ms", orNull: row.p50Milliseconds)
            json.member("p95_ms", orNull: row.p95Milliseconds)
            json.member("first_byte_ms", orNull: row.firstByteMilliseconds)
            json.member("upstream_error_share", orNull: row.upstreamErrorShare)
            json.member("refused_share", orNull: row.refusedShare)
            json.member("throttled_share", orNull: row.throttledShare)
            json.member("tokens", row.totals.tokens)
            json.member("cost_nano_usd", row.totals.costNanoUSD)
            json.member("unpriced", row.totals.unpriced)
            json.member("cost_today_nano_usd", row.costTodayNanoUSD)
        }
    }

    private static func write(_ row: UpstreamRow, to json: inout JSONWriter) {
        json.object { json in
            json.member("name", row.name)
            json.member("origin", row.origin)
            json.words("models", row.models)
            json.member("severity", word(row.severity))
            json.member("requests_per_s", orNull: row.requestsPerSecond)
            json.member("in_flight", Int64(row.inFlight))
            json.member("connections", Int64(row.connections))
            json.member("connect_failures", row.connectFailures)
            json.member("requests", row.totals.requests)
            json.member("errors", row.totals.errors)
            json.member("p50_ms", orNull: row.p50Milliseconds)
            json.member("p95_ms", orNull: row.p95Milliseconds)
            json.member("first_byte_ms", orNull: row.firstByteMilliseconds)
            json.member("upstream_error_share", orNull: row.upstreamErrorShare)
            json.member("throttled_share", orNull: row.throttledShare)
            json.member("last_failure", orNull: row.lastFailure)
        }
    }

    private static func write(_ group: ErrorGroup, to json: inout JSONWriter) {
        json.object { json in
            json.member("client", group.client)
            json.member("model", group.model)
            json.member("upstream", group.upstream)
            json.member("status", Int64(group.status))
            json.member("error", group.error.label)
            json.member("detail", group.detail)
            json.member("count", group.count)
            json.member("first", group.first)
            json.member("last", group.last)
        }
    }

    private static func write(_ costs: CostFigures, to json: inout JSONWriter) {
        json.object { json in
            json.member("per_hour_nano_usd", costs.perHourNanoUSD)
            json.member("today_nano_usd", costs.todayNanoUSD)
            json.member("month_nano_usd", costs.monthNanoUSD)
            json.list("by_client", costs.byClient) { write($0, to: &$1) }
            json.list("by_model", costs.byModel) { write($0, to: &$1) }
            json.list("by_day", costs.byDay) { write($0, to: &$1) }
            json.list("budgets", costs.budgets) { budget, json in
                json.object { json in
                    json.member("scope", budget.scope)
                    json.member("limit", budget.limit.text)
                    json.member("limit_nano_usd", budget.limit.amount)
                    json.member("spent_nano_usd", budget.spentNanoUSD)
                    json.member("projected_nano_usd", budget.projectedNanoUSD)
                    json.member("used_up", orNull: budget.usedUpAt)
                }
            }
            json.member("reported", costs.reported)
            json.member("estimated", costs.estimated)
            json.member("partial", costs.partial)
            json.member("unpriced", costs.unpriced)
        }
    }

    private static func write(_ line: CostFigures.Line, to json: inout JSONWriter) {
        json.object { json in
            json.member("name", line.name)
            json.member("requests", line.requests)
            json.member("input_tokens", line.inputTokens)
            json.member("cached_tokens", line.cachedTokens)
            json.member("output_tokens", line.outputTokens)
            json.member("cost_nano_usd", line.costNanoUSD)
            json.member("unpriced", line.unpriced)
        }
    }

    private static func write(_ row: AuditRow, to json: inout JSONWriter) {
        json.object { members(of: row, to: &$0) }
    }

    /// The members that an act has wherever it is shown.
    package static func members(of row: AuditRow, to json: inout JSONWriter) {
        json.member("id", row.id)
        json.member("time", row.time)
        json.member("user", row.actor.user)
        json.member("terminal", row.actor.terminal)
        json.member("act", row.act)
        json.member("target", row.target)
        json.member("before", row.before)
        json.member("after", row.after)
        json.member("why", row.why)
        json.member("undoes", orNull: row.undoes)
        json.member("undone_by", orNull: row.undoneBy)
    }

    private static func write(_ incident: Incident, to json: inout JSONWriter) {
        json.object { json in
            json.member("id", incident.id)
            json.member("subject", incident.subject)
            json.member("severity", word(incident.severity))
            json.member("what", incident.what)
            json.member("start", incident.start)
            json.member("peak", incident.peak)
            json.member("peak_at", incident.peakAt)
            json.member("end", orNull: incident.end)
            json.member("ended_by", orNull: incident.endedBy)
        }
    }

    private static func word(_ severity: Severity) -> String {
        switch severity {
        case .ok: "ok"
        case .suspended: "suspended"
        case .error: "error"
        case .critical: "critical"
        }
    }
}
