import Domain

extension LiveState {
    /// Most rows of each kind in a snapshot.
    static let clientRows = 10_000
    static let keyRows = 5000
    static let recentRows = 500
    static let costRows = 200

    /// Everything the dashboard draws, as it is at `now`.
    ///
    /// - Parameters:
    ///   - window: 60 to 86,400 seconds; other values are brought into that range.
    ///   - surroundings: what the rest of the gateway knows.
    package mutating func snapshot(window: Int, at now: Moment, _ surroundings: Surroundings) -> LiveSnapshot {
        advance(to: now)
        assess(at: now, surroundings)
        let seconds = UInt32(min(max(window, 60), 86_400))
        if spend.isStale(at: age.second) { spend.take(surroundings.spend(), at: age.second, wall: now.wall) }
        tables.refreshReadings(surroundings.quotas)
        let scopes = surroundings.scopeQuotas()
        var snapshot = LiveSnapshot(time: now.wall, windowSeconds: Int(seconds))
        // The start is told on today's wall: after a step of the clock, "up 5 min" stays true.
        snapshot.startedAt = now.wall.adding(milliseconds: -Int64(clampingDouble: age.exact * 1000))
        snapshot.instance = tables.directory?.instance ?? ""
        snapshot.listen = tables.directory?.listen ?? ""
        snapshot.status = surroundings.status()
        snapshot.totals = gateway.totals
        snapshot.gateway = gatewayFigures(window: seconds, at: now, scopes)
        fillClients(&snapshot, window: seconds, at: now, surroundings)
        fillKeys(&snapshot, window: seconds)
        snapshot.models = modelRows(window: seconds)
        snapshot.upstreams = upstreamRows(window: seconds, surroundings.upstreamGauges())
        snapshot.errors = errors.rows(last: seconds, at: age)
        snapshot.isErrorsCut = errors.isCut(last: seconds, at: age)
        snapshot.costs = costFigures(snapshot, window: seconds, at: now, scopes)
        snapshot.recent = shelf.newest(LiveState.recentRows)
        let audit = surroundings.audit()
        snapshot.audit = Array(audit.rows.prefix(200))
        snapshot.actsToday = audit.today
        snapshot.incidents = incidents.all(at: age)
        snapshot.log = Array(surroundings.log().suffix(300))
        snapshot.remarks = surroundings.remarks() + ownRemarks
        return snapshot
    }

    private var ownRemarks: [String] {
        let dropped = lost.opened.addingSaturated(lost.finished)
        return dropped > 0 ? ["\(dropped) facts not counted"] : []
    }

    private mutating func gatewayFigures(
        window: UInt32, at now: Moment, _ scopes: [(scope: String, readings: [QuotaReading])]
    ) -> GatewayFigures {
        let sums = gateway.figures(last: window, at: age)
        var figures = GatewayFigures()
        figures.requestsPerSecond = gateway.rate(at: age)
        figures.peakPerSecond = max(Double(sums.peak), figures.requestsPerSecond)
        figures.requestSeries = gateway.arrivalSeries(last: window, bins: 24, at: age)
        figures.inFlight = gateway.inFlight
        figures.streams = gateway.streams
        figures.errorShare = sums.share(sums.bad)
        figures.oursShare = sums.share(sums.refused)
        figures.theirsShare = sums.share(sums.errors.addingSaturated(sums.throttled))
        figures.refusedShare = sums.share(sums.limited)
        figures.upstreamErrorShare = sums.share(sums.errors)
        figures.severity = gatewayJudgement.severity
        fillErrorHistory(&figures, window: window, at: now)
        gateway.gatherLatencies(last: window, at: age, into: &scratch)
        figures.p50Milliseconds = scratch.percentile(0.5)
        figures.p95Milliseconds = scratch.percentile(0.95)
        figures.p99Milliseconds = scratch.percentile(0.99)
        gateway.gatherFirstBytes(last: window, at: age, into: &scratch)
        figures.firstByteMilliseconds = scratch.percentile(0.5)
        figures.costPerHourNanoUSD = sums.costPerHour
        figures.tokensPerSecond = sums.tokensPerSecond
        figures.costTodayNanoUSD = spend.today
        let budgets =
            scopes.first { $0.scope == LimitScope.gateway.text }?.readings.filter { $0.limit.kind.isMoney } ?? []
        let order: [LimitKind] = [.budgetDay, .budgetMonth, .budgetHour]
        if let budget = order.lazy.compactMap({ kind in budgets.first { $0.limit.kind == kind } }).first {
            figures.budgetNanoUSD = budget.limit.amount
            figures.budgetSpentNanoUSD = budget.used
        }
        return figures
    }

    /// The error graph, and how calm it was before the trouble that there is now.
    private func fillErrorHistory(_ figures: inout GatewayFigures, window: UInt32, at now: Moment) {
        let bins = 24
        let bad = gateway.sums(last: window, bins: bins, at: age) {
            Double($0.refused) + Double($0.errors) + Double($0.throttled)
        }
        let all = gateway.sums(last: window, bins: bins, at: age) { Double(max($0.arrivals, $0.finished)) }
        figures.errorSeries = bad.counts().enumerated().map { bin, count in
            count.map { all.sums[bin] > 0 ? min(1, $0 / all.sums[bin]) : 0 }
        }
        let minute = gateway.figures(last: 60, at: age)
        let present = minute.share(minute.bad)
        guard figures.severity >= .error || present >= tables.alerts.upstreamErrors else { return }
        var calmest: (share: Double, bin: Int)?
        for bin in 0..<(bins - 1) {
            guard let share = figures.errorSeries[bin], all.sums[bin] >= 10, share < present / 2 else { continue }
            if calmest.map({ share <= $0.share }) ?? true { calmest = (share, bin) }
        }
        guard let calmest else { return }
        let bounds = all.bounds(of: calmest.bin)
        figures.calmErrorShare = calmest.share
        figures.calmErrorAt = now.wall.adding(
            milliseconds: -Int64(clampingDouble: (age.exact - (bounds.start + bounds.end) / 2) * 1000))
    }
}

extension WindowFigures {
    /// Everything that ended badly, ours and theirs.
    var bad: Int64 { refused.addingSaturated(errors).addingSaturated(throttled) }
}
