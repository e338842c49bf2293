import Dispatch
import Domain
import Ledger
import Proxy
import Settings
import Synchronization
import Telemetry

// Answers, and the cards that screens draw.
extension ControlDesk {
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
        case .keys(let client):
            let cards = keyCards(of: client)
            if let client, cards.isEmpty, !isKnown(client) { return reply(.failed(noClient(client))) }
            reply(.keys(cards))
        case .clients(let name):
            if let name, !isKnown(name) { return reply(.failed(noClient(name))) }
            reply(.clients(clientCards(named: name)))
        case .limits(let scope): reply(limits(scope))
        case .audit, .usage, .undoable: reply(stored(query))
        }
    }

    private func limits(_ scope: LimitScope) -> Answer {
        if let fault = scopeFault(scope) { return .failed(fault) }
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
        // A client that the configuration no longer has, or whose tier it no longer has, is as good as suspended.
        let isHeld =
            desk.book.suspensions[key.record.client] != nil
            || PolicyMaker.record(key.record.client, desk.configuration, desk.book)
                .flatMap { desk.configuration.tier($0.tier) } == nil
        if state == .active, isHeld { state = .suspended }
        // The corridor's own note is the newest: records come later, and only when a request has ended.
        let accepted = desk.maker.activities[key.record.id]?.lastAccepted.load(ordering: .relaxed) ?? 0
        let used = [uses[key.record.id], key.record.lastUsed, accepted > 0 ? Timestamp(milliseconds: accepted) : nil]
        return KeyCard(
            id: key.record.id, client: key.record.client, state: state, created: key.record.created,
            lastUsed: used.compactMap { $0 }.max(), expires: key.record.expires,
            models: key.record.models, note: key.record.note, version: key.version)
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
        let limits = EffectiveLimits(configuration: old.configuration, book: old.book, table: parts.table, now: now)
        let clients = names.map { ControlDesk.clientCard($0, old, limits) }
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
        let desk = desk.withLock { $0 }
        let limits = EffectiveLimits(configuration: desk.configuration, book: desk.book, table: parts.table, now: now)
        let all = {
            PolicyMaker.clientNames(desk.configuration, desk.book)
                .union(self.parts.table.subjects.map { String($0.dropFirst("client:".count)) })
        }
        let wanted = name.map { [$0] } ?? all().sorted()
        return wanted.map { ControlDesk.clientCard($0, desk, limits) }
    }

    private static func clientCard(_ name: String, _ desk: Desk, _ limits: EffectiveLimits) -> ClientCard {
        let now = limits.now
        let record = PolicyMaker.record(name, desk.configuration, desk.book)
        let ids = (desk.book.keysOfClient[name] ?? []).filter {
            desk.book.keys[$0]?.record.state(at: now) == .active
        }
        let newest = ids.sorted {
            (desk.book.keys[$0]?.record.created.milliseconds ?? 0)
                > (desk.book.keys[$1]?.record.created.milliseconds ?? 0)
        }
        return ClientCard(
            name: name, tier: limits.tierName(of: name), owner: record?.owner ?? "",
            since: record?.since, suspension: desk.book.suspensions[name],
            limits: limits.client(name), keys: Array(newest.prefix(8)), keyCount: ids.count,
            version: desk.book.versions[name] ?? 0)
    }

    /// Reads the newest acts for the screens; on the control queue.
    func refreshAudit() {
        guard !isStopped.load(ordering: .relaxed) else { return }
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
