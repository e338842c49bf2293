import Domain

extension LiveState {
    /// Fills the clients' rows: those that did something are made anew, the others are taken as they rest.
    mutating func fillClients(
        _ snapshot: inout LiveSnapshot, window: UInt32, at now: Moment, _ surroundings: Surroundings
    ) {
        let slots = Array(clients.used)
        let names = slots.map { clients.names[$0] ?? "" }
        let quotas = names.isEmpty ? [] : surroundings.quotas(names)
        var active: [ClientRow] = []
        active.reserveCapacity(slots.count)
        for (index, slot) in slots.enumerated() {
            let readings = quotas.indices.contains(index) ? quotas[index] : []
            let card = tables.card(of: names[index], else: surroundings.subjectCard)
            active.append(clientRow(card, slot, window: window, at: now, readings))
        }
        var calm: [Int] = []
        var suspended: [Int] = []
        for index in tables.resting.indices where clients.find(tables.resting[index].card.name) == nil {
            if tables.resting[index].card.suspension != nil {
                suspended.append(index)
            } else {
                calm.append(index)
            }
        }
        snapshot.clientCount = active.count + calm.count + suspended.count
        snapshot.clients = merged(active, calm: calm, suspended: suspended)
    }

    private mutating func clientRow(
        _ card: ClientCard, _ slot: Int, window: UInt32, at now: Moment, _ readings: [QuotaReading]
    ) -> ClientRow {
        let name = card.name
        var row = ClientRow(card: card)
        let meter = clients.meters[slot]
        row.totals = meter.totals
        row.lastKey = meter.lastKey
        row.lastSeen = meter.lastSeen
        row.inFlight = meter.inFlight
        row.streams = meter.streams
        row.costTodayNanoUSD = spend.todayByClient[name]?.costNanoUSD ?? 0
        row.series = meter.arrivalSeries(last: window, bins: 12, at: age)
        let isSuspended = row.card.suspension != nil
        row.severity = isSuspended ? .suspended : judgements[name]?.severity ?? .ok
        let sums = meter.figures(last: window, at: age)
        row.arrivals = meter.arrivals(last: window, at: age, figures: sums)
        if sums.base > 0 || sums.cost > 0 {
            row.requestsPerSecond = meter.rate(at: age)
            row.refusedShare = sums.share(sums.limited)
            row.upstreamErrorShare = sums.share(sums.errors)
            row.tokensPerSecond = sums.tokensPerSecond
            row.costPerHourNanoUSD = sums.costPerHour
            meter.gatherLatencies(last: window, at: age, into: &scratch)
            row.p50Milliseconds = scratch.percentile(0.5)
            row.p95Milliseconds = scratch.percentile(0.95)
            row.p99Milliseconds = scratch.percentile(0.99)
        }
        row.take(timed(readings, meter, at: now))
        return row
    }

    /// The readings with the time that is left of each at the meter's present pace.
    func timed(_ readings: [QuotaReading], _ meter: Meter, at now: Moment) -> [QuotaReading] {
        guard !readings.isEmpty else { return [] }
        let pace = meter.pace(at: age)
        return readings.map { reading in
            var timed = reading
            timed.secondsLeft = pace.secondsLeft(of: reading, at: now.wall)
            return timed
        }
    }

    /// Sorts the active rows and lays the resting ones, which are in order already, between them.
    private func merged(_ active: [ClientRow], calm: [Int], suspended: [Int]) -> [ClientRow] {
        let order = active.indices.sorted { ClientOrder.isBefore(active[$0], active[$1]) }
        var rows: [ClientRow] = []
        rows.reserveCapacity(min(active.count + calm.count + suspended.count, LiveState.clientRows))
        let resting = calm + suspended
        var next = 0
        for index in order {
            while next < resting.count {
                let row = restingRow(resting[next], isSuspended: next >= calm.count)
                guard ClientOrder.isBefore(row, active[index]) else { break }
                rows.append(row)
                next += 1
            }
            rows.append(active[index])
        }
        while next < resting.count, rows.count < LiveState.clientRows {
            rows.append(restingRow(resting[next], isSuspended: next >= calm.count))
            next += 1
        }
        return rows.count > LiveState.clientRows ? Array(rows.prefix(LiveState.clientRows)) : rows
    }

    private func restingRow(_ index: Int, isSuspended: Bool) -> ClientRow {
        var row = tables.resting[index]
        row.severity = isSuspended ? .suspended : .ok
        row.costTodayNanoUSD = spend.todayByClient.isEmpty ? 0 : spend.todayByClient[row.card.name]?.costNanoUSD ?? 0
        return row
    }
}

/// The order of the clients' rows: severity with the suspended last, cost per hour, name.
enum ClientOrder {
    static func isBefore(_ left: ClientRow, _ right: ClientRow) -> Bool {
        if left.severity != right.severity { return rank(left.severity) < rank(right.severity) }
        if left.costPerHourNanoUSD != right.costPerHourNanoUSD {
            return left.costPerHourNanoUSD > right.costPerHourNanoUSD
        }
        return left.card.name < right.card.name
    }

    static func rank(_ severity: Severity) -> Int {
        switch severity {
        case .critical: 0
        case .error: 1
        case .ok: 2
        case .suspended: 3
        }
    }
}

extension Meter {
    /// How fast limits are used now.
    func pace(at now: Age) -> Pace {
        Pace(minute: figures(last: 60, at: now), recent: figures(last: 300, at: now))
    }
}
