import Dispatch
import Domain
import Ledger
import Proxy
import Settings
import Synchronization
import Telemetry

// Answers, and the cards that screens draw.
extension ControlDesk {
    /// Whether traffic of a client that nothing names was seen: the subject of a token.
    func collectorKnows(_ name: String) -> Bool { parts.table.contains("client:" + name) }

    func answer(_ query: Query, reply: @escaping @Sendable (Answer) -> Void) {
        switch query {
        case .preview(let scope, let limit, let seconds):
            let asked = collector.withLock { $0 }?
                .preview(scope, limit, seconds: min(max(seconds, 1), 300)) { reply(.preview($0)) }
            if asked != true { reply(.failed("the figures are not available now")) }
        case .records(let filter, let limit):
            let asked = collector.withLock { $0 }?
                .records(matching: filter, limit: min(max(limit, 1), 2000)) { reply(.records($0)) }
            if asked != true { reply(.failed("the records are not available now")) }
        case .keys(let client): reply(.keys(keyCards(of: client)))
        case .clients(let name): reply(.clients(clientCards(named: name)))
        case .limits(let scope): reply(limits(scope))
        case .audit, .usage, .undoable: reply(stored(query))
        }
    }

    private func limits(_ scope: LimitScope) -> Answer {
        switch scope {
        case .client(let name):
            let isKnown = desk.withLock { PolicyMaker.clientNames($0.configuration, $0.book).contains(name) }
            if !isKnown, !collectorKnows(name) { return .failed("there is no client \(name)") }
        case .tier(let name): if configuration.tier(name) == nil { return .failed("there is no tier \(name)") }
        case .model(let name): if configuration.model(name) == nil { return .failed("there is no model \(name)") }
        case .gateway: break
        }
        return .limits(effective(scope))
    }

    private func stored(_ query: Query) -> Answer {
        let now = parts.wall()
        do throws(LedgerError) {
            switch query {
            case .audit(let limit): return .audit(try parts.store.audit(limit: min(max(limit, 1), 10_000), now: now))
            case .usage(let columns, let since):
                // What is settled but not yet in the store would be missing from the sums.
                gateway.withLock { $0 }?.handOver()
                parts.recorder.flush(within: 2)
                return .usage(try parts.store.usage(by: columns, since: since))
            case .undoable(let actor): return .undoable(try parts.store.undoable(actor: actor, now: now)?.row)
            default: return .failed("this question has no answer here")
            }
        } catch {
            return .failed(error.message)
        }
    }

    func keyCards(of client: String?) -> [KeyCard] {
        let now = parts.wall()
        let uses = parts.recorder.keyUses()
        // Copied out: cards of many keys are made without holding up who waits for the desk.
        let desk = desk.withLock { $0 }
        let ids = client.map { desk.book.keysOfClient[$0] ?? [] }
        let keys = ids.map { $0.compactMap { desk.book.keys[$0] } } ?? Array(desk.book.keys.values)
        return keys.map { ControlDesk.card($0, desk, uses: uses, now: now) }
            .sorted { ($0.created, $0.id) > ($1.created, $1.id) }
    }

    private static func card(
        _ key: StoredKey, _ desk: Desk, uses: [KeyID: Timestamp], now: Timestamp
    ) -> KeyCard {
        var state = key.record.state(at: now)
        if state == .active, isSuspended(desk.book.suspensions[key.record.client], now) { state = .suspended }
        return KeyCard(
            id: key.record.id, client: key.record.client, state: state, created: key.record.created,
            lastUsed: uses[key.record.id] ?? key.record.lastUsed, expires: key.record.expires,
            models: key.record.models, note: key.record.note, version: key.version)
    }

    private static func isSuspended(_ suspension: Suspension?, _ now: Timestamp) -> Bool {
        guard let suspension else { return false }
        return suspension.until.map { $0 > now } ?? true
    }

    /// Makes the directory anew where something changed; on the queue of the cards.
    func refreshDirectory() {
        let taken: Desk? = desk.withLock { desk in
            guard desk.directoryIsStale else { return nil }
            desk.directoryIsStale = false
            return desk
        }
        guard let old = taken else { return }
        let keys = keyCards(of: nil)
        let now = parts.wall()
        let listening = listen.withLock { $0 }
        let instance = instance
        let names = PolicyMaker.clientNames(old.configuration, old.book).sorted()
        let clients = names.map { ControlDesk.clientCard($0, old, now: now) }
        desk.withLock { desk in
            desk.directory = Directory(
                epoch: desk.directory.epoch + 1, instance: instance, listen: listening, clients: clients, keys: keys,
                models: desk.configuration.models.map {
                    Directory.Model(name: $0.name, upstreams: $0.via, price: $0.price)
                },
                upstreams: desk.configuration.upstreams.map {
                    Directory.Upstream(name: $0.name, origin: $0.url.origin)
                },
                alerts: Directory.Alerts(
                    upstreamErrors: desk.configuration.alerts.upstreamErrors,
                    refused: desk.configuration.alerts.refused, quota: desk.configuration.alerts.quota))
        }
    }

    private func clientCards(named name: String?) -> [ClientCard] {
        let now = parts.wall()
        return desk.withLock { desk in
            let names = PolicyMaker.clientNames(desk.configuration, desk.book)
            let wanted = name.map { names.contains($0) ? [$0] : [] } ?? names.sorted()
            return wanted.map { ControlDesk.clientCard($0, desk, now: now) }
        }
    }

    private static func clientCard(_ name: String, _ desk: Desk, now: Timestamp) -> ClientCard {
        let record = PolicyMaker.record(name, desk.configuration, desk.book)
        let ids = (desk.book.keysOfClient[name] ?? []).filter {
            desk.book.keys[$0]?.record.state(at: now) == .active
        }
        let newest = ids.sorted {
            (desk.book.keys[$0]?.record.created.milliseconds ?? 0)
                > (desk.book.keys[$1]?.record.created.milliseconds ?? 0)
        }
        let suspension = desk.book.suspensions[name]
        return ClientCard(
            name: name, tier: desk.policy.clients[name]?.tier ?? record?.tier ?? "", owner: record?.owner ?? "",
            since: record?.since, suspension: isSuspended(suspension, now) ? suspension : nil,
            limits: desk.policy.clients[name]?.limits ?? [], keys: Array(newest.prefix(8)), keyCount: ids.count,
            version: desk.book.versions[name] ?? 0)
    }

    /// Reads the newest acts for the screens; on the control queue.
    func refreshAudit() {
        let now = parts.wall()
        let midnight = Timestamp(milliseconds: Calendar.floorDivide(now.seconds, 86_400) * 86_400_000)
        guard let rows = try? parts.store.audit(limit: 200, now: now),
            let today = try? parts.store.auditCount(since: midnight)
        else { return }
        desk.withLock { desk in
            desk.audit = rows
            desk.auditToday = today
            desk.auditAt = now
        }
    }
}

extension ControlDesk {
    /// What the status line calls this gateway.
    package var instanceName: String { instance }

    /// Whether nobody has a key yet.
    package var hasNoKeys: Bool { desk.withLock { $0.book.keys.isEmpty } }

    /// Calls back on the control queue once every loop has handed over what it holds.
    package func afterHandOver(_ then: @escaping @Sendable () -> Void) {
        queue.async { [self] in
            gateway.withLock { $0 }?.handOver()
            then()
        }
    }
}
