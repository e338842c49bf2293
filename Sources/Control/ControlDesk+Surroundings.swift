import Dispatch
import Domain
import Ledger
import Proxy
import Settings
import Synchronization
package import Telemetry

// What the telemetry thread asks while it makes a snapshot. Nothing here waits for the control queue.
extension ControlDesk {
    /// The closures of a `Collector`.
    ///
    /// They keep the desk: its thread may be making a snapshot while everybody else lets go of it. `stop` opens the ring.
    package func surroundings() -> Surroundings {
        Surroundings(
            directory: { [self] in desk.withLock { $0.directory } },
            quotas: { [self] in quotas(of: $0) },
            subjectCard: { [self] in subjectCard($0) },
            scopeQuotas: { [self] in scopeQuotas() },
            upstreamGauges: { [self] in upstreamGauges() },
            audit: { [self] in auditRows() },
            spend: { [self] in parts.recorder.settled.monthRows(at: parts.wall()) },
            remarks: { [self] in currentRemarks() },
            log: { [self] in
                parts.log.lines().suffix(300).map {
                    LogLine(
                        time: $0.time, level: LogLine.Level(rawValue: $0.level.rawValue) ?? .info, message: $0.message)
                }
            },
            status: { [self] in
                guard let gateway = gateway.withLock({ $0 }) else { return .starting }
                return gateway.isDraining ? .draining : .serving
            },
            incidentChanged: { [self] incident in queue.async { [weak self] in self?.record(incident) } })
    }

    private func quotas(of names: [String]) -> [[QuotaReading]] {
        let policy = policy
        let now = parts.monotonic()
        let wall = parts.wall().seconds
        return names.map { name in
            if let client = policy.clients[name], !client.isSubject {
                return readings(client.limits, client.scope.counters, now: now, wall: wall)
            }
            guard let subject = subject(name, policy) else { return [] }
            let counters = parts.table.counters(for: "client:" + name, now: now)
            return readings(subject.limits, counters, now: now, wall: wall)
        }
    }

    /// The card of a client that only tokens name; nil for one of whom nothing is known.
    private func subjectCard(_ name: String) -> ClientCard? {
        subject(name, policy).map {
            ClientCard(
                name: name, tier: $0.tier, owner: "", since: nil, suspension: nil, limits: $0.limits, keys: [],
                keyCount: 0, version: 0)
        }
    }

    /// What the newest token of a subject claimed, and which limits follow from it.
    private func subject(_ name: String, _ policy: Policy) -> (tier: String, limits: [EffectiveLimit])? {
        guard let tier = parts.table.tier(of: "client:" + name).flatMap({ policy.tiers[$0] }) else { return nil }
        return (tier.name, tier.limits(under: policy.clients[name]?.limits ?? []))
    }

    private func readings(
        _ limits: [EffectiveLimit], _ counters: ScopeCounters, now: Int64, wall: Int64
    ) -> [QuotaReading] {
        let used = counters.used(of: limits.map(\.limit), now: now, wallSeconds: wall)
        return zip(limits, used).map { QuotaReading(limit: $0.limit, source: $0.source, used: $1) }
    }

    private func scopeQuotas() -> [(scope: String, readings: [QuotaReading])] {
        let policy = policy
        let now = parts.monotonic()
        let wall = parts.wall().seconds
        var all = [
            (scope: "gateway", readings: readings(effective(.gateway), policy.gateway.counters, now: now, wall: wall))
        ]
        for model in policy.models.values {
            let limits = effective(.model(model.name))
            if limits.isEmpty { continue }
            all.append(
                (
                    scope: "model:\(model.name)",
                    readings: readings(limits, model.scope.counters, now: now, wall: wall)
                ))
        }
        return all
    }

    private func upstreamGauges() -> [String: UpstreamGauge] {
        desk.withLock { $0.maker.upstreams }.mapValues {
            UpstreamGauge(
                connections: $0.upstream.gauge.connections.load(ordering: .relaxed),
                connectFailures: $0.upstream.gauge.connectFailures.load(ordering: .relaxed))
        }
    }

    private func auditRows() -> (rows: [AuditRow], today: Int) {
        let now = parts.wall()
        let (rows, today, age) = desk.withLock { ($0.audit, $0.auditToday, now.milliseconds(since: $0.auditAt)) }
        // What can be undone changes with time alone.
        if age > 10_000 || age < 0 {
            desk.withLock { $0.auditAt = now }
            queue.async { [weak self] in self?.refreshAudit() }
        }
        return (rows, today)
    }

    /// What stands beside the name in the status line, the most urgent first.
    func currentRemarks() -> [String] {
        var remarks = desk.withLock { $0.remarks }
        let recorder = parts.recorder.status
        if recorder.droppedLines > 0 { remarks.append("\(recorder.droppedLines) log lines dropped") }
        if let failure = recorder.logFailure { remarks.append("log not written: \(failure)") }
        if let failure = recorder.storeFailure { remarks.append("spend not written: \(failure)") }
        let unwritten = desk.withLock { $0.unwritten.count }
        if unwritten > 0 { remarks.append("\(unwritten) act\(unwritten == 1 ? "" : "s") not written down") }
        return remarks
    }

    /// An incident opened or closed: one row of the audit, by `auto`.
    private func record(_ incident: Incident) {
        if let end = incident.end {
            note(
                .auto, act: "alert.close", target: incident.subject, before: incident.what, after: "clear",
                why: "lasted \(max(0, end.milliseconds(since: incident.start)) / 1000) s, peak \(incident.peak)")
        } else {
            note(.auto, act: "alert.open", target: incident.subject, before: "", after: incident.what)
        }
    }
}
