import Domain

extension LiveState {
    /// Fills the keys' rows: those in use first, the busiest of them first of all.
    mutating func fillKeys(_ snapshot: inout LiveSnapshot, window: UInt32) {
        var used: [KeyRow] = []
        for slot in keys.used {
            guard let id = keys.names[slot], let card = tables.keyCard(of: id) else { continue }
            let meter = keys.meters[slot]
            let sums = meter.figures(last: window, at: age)
            var row = KeyRow(card: card)
            row.requestsPerSecond = meter.rate(at: age)
            row.inFlight = meter.inFlight
            row.streams = meter.streams
            row.costHourNanoUSD = meter.figures(last: 3600, at: age).cost
            row.refusedShare = sums.share(sums.limited)
            row.series = meter.arrivalSeries(last: window, bins: 12, at: age)
            row.totals = meter.totals
            if let seen = meter.lastSeen { row.card.lastUsed = max(row.card.lastUsed ?? seen, seen) }
            used.append(row)
        }
        used.sort { left, right in
            if left.requestsPerSecond != right.requestsPerSecond {
                return left.requestsPerSecond > right.requestsPerSecond
            }
            if left.inFlight != right.inFlight { return left.inFlight > right.inFlight }
            return (left.card.client, left.card.id) < (right.card.client, right.card.id)
        }
        var rows = Array(used.prefix(LiveState.keyRows))
        for card in tables.directory?.keys ?? [] {
            if rows.count >= LiveState.keyRows { break }
            if keys.find(card.id) == nil { rows.append(KeyRow(card: card)) }
        }
        snapshot.keys = rows
        snapshot.keyCount = tables.directory?.keys.count ?? 0
    }

    /// The models' rows: configured ones, and any other that a provider was asked for.
    mutating func modelRows(window: UInt32) -> [ModelRow] {
        let configured = tables.directory?.models ?? []
        var rows = configured.map { ModelRow(name: $0.name, upstreams: $0.upstreams, price: $0.price) }
        for slot in models.used {
            guard let name = models.names[slot], !tables.modelNames.contains(name) else { continue }
            rows.append(ModelRow(name: name, upstreams: [], price: nil))
        }
        for index in rows.indices {
            guard let slot = models.find(rows[index].name) else { continue }
            fill(&rows[index], models.meters[slot], window: window)
        }
        return rows.sorted { left, right in
            if left.severity != right.severity { return left.severity > right.severity }
            if left.costPerHourNanoUSD != right.costPerHourNanoUSD {
                return left.costPerHourNanoUSD > right.costPerHourNanoUSD
            }
            return left.name < right.name
        }
    }

    private mutating func fill(_ row: inout ModelRow, _ meter: Meter, window: UInt32) {
        let sums = meter.figures(last: window, at: age)
        row.severity = Judgement(meter.figures(last: 60, at: age), quota: nil, alerts: tables.alerts).severity
        row.requestsPerSecond = meter.rate(at: age)
        row.series = meter.arrivalSeries(last: window, bins: 12, at: age)
        row.inFlight = meter.inFlight
        row.upstreamErrorShare = sums.share(sums.errors)
        row.refusedShare = sums.share(sums.limited)
        row.throttledShare = sums.share(sums.throttled)
        row.tokensPerSecond = sums.tokensPerSecond
        row.costPerHourNanoUSD = sums.costPerHour
        row.costTodayNanoUSD = spend.todayByModel[row.name]?.costNanoUSD ?? 0
        row.totals = meter.totals
        meter.gatherLatencies(last: window, at: age, into: &scratch)
        row.p50Milliseconds = scratch.percentile(0.5)
        row.p95Milliseconds = scratch.percentile(0.95)
        meter.gatherFirstBytes(last: window, at: age, into: &scratch)
        row.firstByteMilliseconds = scratch.percentile(0.5)
    }

    /// The upstreams' rows, those in trouble first, else as configured.
    mutating func upstreamRows(window: UInt32, _ gauges: [String: UpstreamGauge]) -> [UpstreamRow] {
        let configured = tables.directory?.upstreams ?? []
        let served = tables.directory?.models ?? []
        var rows = configured.map { upstream in
            UpstreamRow(
                name: upstream.name, origin: upstream.origin,
                models: served.filter { $0.upstreams.contains(upstream.name) }.map(\.name))
        }
        for index in rows.indices {
            if let gauge = gauges[rows[index].name] {
                rows[index].connections = gauge.connections
                rows[index].connectFailures = gauge.connectFailures
            }
            guard let slot = upstreams.find(rows[index].name) else { continue }
            fill(&rows[index], upstreams.meters[slot], window: window)
        }
        let order = rows.indices.sorted { left, right in
            if rows[left].severity != rows[right].severity { return rows[left].severity > rows[right].severity }
            return left < right
        }
        return order.map { rows[$0] }
    }

    private mutating func fill(_ row: inout UpstreamRow, _ meter: Meter, window: UInt32) {
        let sums = meter.figures(last: window, at: age)
        row.severity = upstreamJudgements[row.name]?.severity ?? .ok
        row.requestsPerSecond = meter.rate(at: age)
        row.series = meter.arrivalSeries(last: window, bins: 8, at: age)
        row.inFlight = meter.inFlight
        row.upstreamErrorShare = sums.share(sums.errors)
        row.throttledShare = sums.share(sums.throttled)
        row.totals = meter.totals
        if let failure = meter.lastFailure, failure.second &+ window >= age.second {
            row.lastFailure = failure.detail
            row.lastFailureAt = failure.at
        }
        meter.gatherLatencies(last: window, at: age, into: &scratch)
        row.p50Milliseconds = scratch.percentile(0.5)
        row.p95Milliseconds = scratch.percentile(0.95)
        meter.gatherFirstBytes(last: window, at: age, into: &scratch)
        row.firstByteMilliseconds = scratch.percentile(0.5)
    }

    /// Money: what the ledger has settled, the burn of the window, and where budgets are heading.
    func costFigures(
        _ snapshot: LiveSnapshot, window: UInt32, at now: Moment,
        _ scopes: [(scope: String, readings: [QuotaReading])]
    ) -> CostFigures {
        var costs = CostFigures()
        costs.perHourNanoUSD = snapshot.gateway.costPerHourNanoUSD
        costs.todayNanoUSD = spend.today
        costs.monthNanoUSD = spend.month
        costs.byClient = lines(spend.todayByClient) { name in
            clients.find(name).map { clients.meters[$0].figures(last: window, at: age).costPerHour } ?? 0
        }
        costs.byModel = lines(spend.todayByModel) { name in
            models.find(name).map { models.meters[$0].figures(last: window, at: age).costPerHour } ?? 0
        }
        costs.byDay = spend.days(until: now.wall)
        costs.burnSeries = gateway.sums(last: window, bins: 24, at: age) { Double($0.cost) }
            .perSecond(since: 0).map { $0.map { $0 * 3600 } }
        costs.budgets = projections(snapshot, at: now, scopes)
        costs.reported = usage.reported
        costs.estimated = usage.estimated
        costs.partial = usage.partial
        costs.unpriced = gateway.totals.unpriced
        return costs
    }

    private func lines(
        _ spent: [String: CostFigures.Line], perHour: (String) -> Int64
    ) -> [CostFigures.Line] {
        let dearest = spent.values.sorted { ($1.costNanoUSD, $0.name) < ($0.costNanoUSD, $1.name) }
        return dearest.prefix(LiveState.costRows).map { line in
            var line = line
            line.perHourNanoUSD = perHour(line.name)
            return line
        }
    }

    private func projections(
        _ snapshot: LiveSnapshot, at now: Moment, _ scopes: [(scope: String, readings: [QuotaReading])]
    ) -> [CostFigures.Projection] {
        var found: [CostFigures.Projection] = []
        for (scope, readings) in scopes {
            var meter = scope == LimitScope.gateway.text ? gateway : nil
            if case .model(let name)? = LimitScope(text: scope) { meter = models.find(name).map { models.meters[$0] } }
            let pace = (meter ?? Meter(levels: 1)).pace(at: age)
            found += readings.compactMap { pace.projection(scope: scope, of: $0, at: now.wall) }
        }
        let gatewayCount = found.count
        let rest = Meter(levels: 1).pace(at: age)
        for row in snapshot.clients where row.quotas.contains(where: { $0.limit.kind.isMoney }) {
            let pace = clients.find(row.card.name).map { clients.meters[$0].pace(at: age) } ?? rest
            found += row.quotas.compactMap { pace.projection(scope: row.card.name, of: $0, at: now.wall) }
        }
        let dearest = found.dropFirst(gatewayCount).sorted { left, right in
            if left.share != right.share { return left.share > right.share }
            return left.scope < right.scope
        }
        return Array(found.prefix(gatewayCount) + dearest.prefix(LiveState.costRows))
    }
}

extension CostFigures.Projection {
    /// How much of the budget is spent, 0 to 1 and above.
    var share: Double { limit.amount > 0 ? Double(spentNanoUSD) / Double(limit.amount) : 1 }
}
