import Domain
import Settings
import Telemetry

/// What is known of one client, key, model, upstream, error group, request or act.
enum DetailFacts {
    static func client(_ name: String, stage: Stage) -> Facts {
        var facts = Facts()
        guard let row = stage.snapshot.clients.first(where: { $0.card.name == name }) else { return facts }
        facts.add("owner", row.card.owner.isEmpty ? Figures.nothing : row.card.owner)
        facts.add("tier", row.card.tier)
        if let suspension = row.card.suspension {
            let until = suspension.until.map { "until \(stage.endTime($0))" } ?? "until resumed"
            facts.add("suspended", "by \(suspension.by) at \(stage.moment(suspension.since)), \(until)", .suspended)
        }
        facts.add("rate", rate(row.requestsPerSecond, refused: row.refusedShare, failed: row.upstreamErrorShare))
        facts.add("latency", latencies(row.p50Milliseconds, row.p95Milliseconds, row.p99Milliseconds))
        facts.add("open", open(row.inFlight, streams: row.streams))
        facts.add("tokens", "\(Figures.rate(row.tokensPerSecond)) /s")
        facts.add("cost", cost(perHour: row.costPerHourNanoUSD, today: row.costTodayNanoUSD))
        facts.add("since start", pieces: totals(row.totals))
        for limit in row.card.limits {
            let used = row.quotas.first { $0.limit.kind == limit.limit.kind }
            facts.add(limit.limit.kind.shortName, pieces: limitValue(limit, reading: used, stage: stage))
        }
        if let seen = row.lastSeen { facts.add("last seen", Figures.ago(seen, now: stage.now)) }
        return facts
    }

    /// `300/1m from override until 14:33, then 600/1m, 99 % used, 4m left`.
    private static func limitValue(_ limit: EffectiveLimit, reading: QuotaReading?, stage: Stage) -> [[Span]] {
        let isChanged = limit.source == .override
        var pieces: [[Span]] = [[Span(limit.limit.text, isChanged ? .warn : .text)]]
        if !isChanged { pieces.append([.muted(" from \(limit.source.rawValue)")]) }
        if let until = limit.until {
            pieces.append([.muted(" until \(stage.endTime(until))")])
            if let after = limit.underneath { pieces.append([.muted(", then \(after.text)")]) }
        }
        if let reading {
            pieces.append([
                .muted(", "), Span("\(Figures.wholePercent(reading.share)) %", QuotaBar.textRole(of: reading.share)),
                .muted(" used"),
            ])
            let left = reading.left
            if !left.isEmpty { pieces.append([.muted(", \(left)")]) }
        }
        return pieces
    }

    static func key(_ id: KeyID, stage: Stage) -> Facts {
        var facts = Facts()
        guard let row = stage.snapshot.keys.first(where: { $0.card.id == id }) else { return facts }
        facts.add("client", row.card.client)
        facts.add("state", row.card.state.rawValue, Columns.role(of: row.card.state))
        facts.add("created", stage.moment(row.card.created))
        facts.add("last used", row.card.lastUsed.map { Figures.ago($0, now: stage.now) } ?? "never")
        facts.add("expires", [Columns.expiry(row.card, now: stage.now)])
        facts.add("models", row.card.models?.joined(separator: ", ") ?? "all that its client may use")
        facts.add("note", row.card.note)
        facts.add("rate", rate(row.requestsPerSecond, refused: row.refusedShare, failed: 0))
        facts.add("open", open(row.inFlight, streams: row.streams))
        facts.add("last hour", [Span(Figures.dollars(row.costHourNanoUSD), .money)])
        facts.add("since start", pieces: totals(row.totals))
        return facts
    }

    static func model(_ name: String, stage: Stage) -> Facts {
        var facts = Facts()
        guard let row = stage.snapshot.models.first(where: { $0.name == name }) else { return facts }
        facts.add("via", row.upstreams.joined(separator: ", "))
        facts.add("price", [Columns.price(row.price)] + (row.price == nil ? [] : [.muted(" $ in / out per million")]))
        facts.add("rate", rate(row.requestsPerSecond, refused: row.tooManyShare, failed: row.upstreamErrorShare))
        facts.add("latency", latencies(row.p50Milliseconds, row.p95Milliseconds, nil))
        facts.add("first byte", Figures.latency(row.firstByteMilliseconds))
        facts.add("open", Figures.counted(row.inFlight, "request"))
        facts.add("tokens", "\(Figures.rate(row.tokensPerSecond)) /s")
        facts.add("cost", cost(perHour: row.costPerHourNanoUSD, today: row.costTodayNanoUSD))
        facts.add("since start", pieces: totals(row.totals))
        return facts
    }

    static func upstream(_ name: String, stage: Stage) -> Facts {
        var facts = Facts()
        guard let row = stage.snapshot.upstreams.first(where: { $0.name == name }) else { return facts }
        facts.add("origin", row.origin)
        facts.add("models", row.models.joined(separator: ", "))
        facts.add("rate", rate(row.requestsPerSecond, refused: row.throttledShare, failed: row.upstreamErrorShare))
        facts.add("latency", latencies(row.p50Milliseconds, row.p95Milliseconds, nil))
        facts.add("first byte", Figures.latency(row.firstByteMilliseconds))
        let connections = Figures.counted(row.connections, "connection")
        facts.add("open", Figures.counted(row.inFlight, "request") + ", " + connections)
        facts.add("last failure", Array(Columns.failure(row, now: stage.now).joined()))
        facts.add("connects", row.connectFailures > 0 ? "\(Figures.count(row.connectFailures)) failed" : "none failed")
        facts.add("since start", pieces: totals(row.totals))
        return facts
    }

    static func group(_ identity: String, stage: Stage) -> Facts {
        var facts = Facts()
        guard let group = stage.snapshot.errors.first(where: { $0.identity == identity }) else { return facts }
        facts.add("client", group.client.isEmpty ? "unknown caller" : group.client)
        facts.add(
            "status", "\(Figures.status(group.status)) \(group.error.label)",
            Columns.role(ofStatus: group.status, error: group.error))
        facts.add("whose", group.error.origin == .gateway ? "ours: refused here" : "theirs: the provider's")
        facts.add("model", group.model)
        facts.add("upstream", group.upstream)
        facts.add("count", "\(Figures.count(group.count)) in the last \(stage.window)")
        facts.add("first", stage.time(group.first))
        facts.add("last", "\(stage.time(group.last)), \(Figures.ago(group.last, now: stage.now))")
        facts.add("newest cause", group.cause)
        return facts
    }

    static func act(_ number: Int64, stage: Stage) -> Facts {
        var facts = Facts()
        guard let row = stage.snapshot.audit.first(where: { $0.id == number }) else { return facts }
        facts.add("when", "\(stage.moment(row.time)), \(Figures.ago(row.time, now: stage.now))")
        facts.add("who", row.actor.user)
        facts.add("from", row.actor.terminal)
        facts.add("act", row.act)
        facts.add("target", row.target)
        facts.add("before", row.before.isEmpty ? Figures.nothing : row.before, .diffDown)
        facts.add("after", row.after.isEmpty ? Figures.nothing : row.after, .diffUp)
        facts.add("why", row.why)
        let undo = Acts.undo(row, now: stage.now)
        facts.add("undo", undo.text.isEmpty ? [.muted("cannot be taken back")] : [undo])
        return facts
    }

    static func rate(_ perSecond: Double, refused: Double, failed: Double) -> [Span] {
        [
            .figure(Figures.rate(perSecond), .strong, bold: true), .muted(" req/s   429 "),
            .figure(Figures.percent(refused), refused >= 0.05 ? .warn : .text), .muted(" %   5xx "),
            .figure(Figures.percent(failed), failed >= 0.05 ? .error : .text), .muted(" %"),
        ]
    }

    static func latencies(_ p50: Double?, _ p95: Double?, _ p99: Double?) -> [Span] {
        var spans: [Span] = [
            .muted("p50 "), .figure(Figures.latency(p50)), .muted("  p95 "), .figure(Figures.latency(p95)),
        ]
        if p99 != nil { spans += [.muted("  p99 "), .figure(Figures.latency(p99))] }
        return spans
    }

    private static func open(_ requests: Int, streams: Int) -> String {
        Figures.counted(requests, "request") + ", " + Figures.counted(streams, "stream")
    }

    private static func cost(perHour: Int64, today: Int64) -> [Span] {
        [Span(Figures.dollars(perHour), .money), .muted(" /h   today "), .plain(Figures.dollars(today))]
    }

    private static func totals(_ totals: Totals) -> [[Span]] {
        [
            [.plain(Figures.tally(totals.requests)), .muted(" requests")],
            [.plain("  " + Figures.tally(totals.refused)), .muted(" refused")],
            [.plain("  " + Figures.tally(totals.errors)), .muted(" failed")],
            [.plain("  " + Figures.tally(totals.tokens)), .muted(" tokens")],
        ]
    }
}
