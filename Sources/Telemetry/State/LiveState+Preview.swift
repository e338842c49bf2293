package import Domain

extension LiveState {
    /// What `limit` would have done to the last `seconds` (at most 300), from the recorded seconds of its scope.
    ///
    /// Requests that the limits in force refused are asked for again, those that never reached a limit (a wrong key, an
    /// unknown model) are not. A tier's limit is replayed for each of its clients by itself and left out where a client
    /// has a value of its own.
    package mutating func preview(
        _ scope: LimitScope, _ limit: Limit, seconds: Int, at now: Moment, _ surroundings: Surroundings
    ) -> LimitPreview {
        advance(to: now)
        tables.adopt(surroundings.directory())
        if spend.isStale(at: age.second) { spend.take(surroundings.spend(), at: age.second, wall: now.wall) }
        let length = min(max(seconds, 0), Int(Meter.secondsKept), Int(age.second))
        var asked = [Int64](repeating: 0, count: length)
        var admitted = asked
        var isRecorded = false
        for (meter, used) in meters(of: scope, limit, at: now, surroundings) {
            isRecorded = true
            let own = meter.judged(last: length, at: age)
            let passed = meter.replay(own, limit, used: used, at: age)
            for index in own.indices {
                asked[index] = asked[index].addingSaturated(own[index])
                admitted[index] = admitted[index].addingSaturated(passed[index])
            }
        }
        let sum = asked.reduce(Int64(0)) { $0.addingSaturated($1) }
        let passed = admitted.reduce(Int64(0)) { $0.addingSaturated($1) }
        return LimitPreview(
            seconds: isRecorded ? length : 0, asked: sum, refused: max(0, sum - passed),
            askedSeries: LiveState.slices(asked, 12), admittedSeries: LiveState.slices(admitted, 12))
    }

    /// The meters that a scope's limit is counted on, with what their budgets had used before the time looked at.
    private func meters(
        of scope: LimitScope, _ limit: Limit, at now: Moment, _ surroundings: Surroundings
    ) -> [(meter: Meter, used: Int64)] {
        switch scope {
        case .gateway:
            let readings = surroundings.scopeQuotas().first { $0.scope == LimitScope.gateway.text }?.readings ?? []
            return [(gateway, used(limit, readings, gateway, spentToday: spend.today, spentMonth: spend.month))]
        case .model(let name):
            guard let slot = models.find(name) else { return [] }
            let readings = surroundings.scopeQuotas().first { $0.scope == scope.text }?.readings ?? []
            let today = spend.todayByModel[name]?.costNanoUSD ?? 0
            return [
                (models.meters[slot], used(limit, readings, models.meters[slot], spentToday: today, spentMonth: today))
            ]
        case .client(let name): return clientMeters([name], limit, surroundings)
        case .tier(let tier):
            let names = (tables.directory?.clients ?? []).filter { card in
                card.tier == tier
                    && !card.limits.contains {
                        $0.limit.kind == limit.kind && ($0.source == .client || $0.source == .override)
                    }
            }
            return clientMeters(names.map(\.name).filter { clients.find($0) != nil }, limit, surroundings)
        }
    }

    private func clientMeters(
        _ names: [String], _ limit: Limit, _ surroundings: Surroundings
    ) -> [(meter: Meter, used: Int64)] {
        let quotas = limit.kind.isMoney && !names.isEmpty ? surroundings.quotas(names) : []
        return names.enumerated().compactMap { index, name in
            guard let slot = clients.find(name) else { return nil }
            let meter = clients.meters[slot]
            let today = spend.todayByClient[name]?.costNanoUSD ?? 0
            let readings = quotas.indices.contains(index) ? quotas[index] : []
            return (meter, used(limit, readings, meter, spentToday: today, spentMonth: today))
        }
    }

    /// What a budget of this kind had used when the time looked at began: now, less what was spent since.
    private func used(
        _ limit: Limit, _ readings: [QuotaReading], _ meter: Meter, spentToday: Int64, spentMonth: Int64
    ) -> Int64 {
        guard limit.kind.isMoney else { return 0 }
        let recent = meter.figures(last: Meter.secondsKept, at: age).cost
        if let reading = readings.first(where: { $0.limit.kind == limit.kind }) {
            return max(0, reading.used.subtractingSaturated(recent))
        }
        switch limit.kind {
        case .budgetMonth: return max(0, spentMonth.subtractingSaturated(recent))
        case .budgetDay: return max(0, spentToday.subtractingSaturated(recent))
        default: return 0
        }
    }

    /// Sums in `count` equal slices.
    static func slices(_ values: [Int64], _ count: Int) -> [Int64] {
        var sums = [Int64](repeating: 0, count: count)
        for (index, value) in values.enumerated() {
            let slice = min(count - 1, index * count / max(1, values.count))
            sums[slice] = sums[slice].addingSaturated(value)
        }
        return sums
    }

    /// The newest finished requests that match, newest first.
    package func records(matching filter: RecordFilter, limit: Int) -> [RequestRecord] {
        shelf.newest(min(max(limit, 0), 20_000)) { filter.matches($0) }
    }
}

extension Meter {
    /// Requests that a limit had to judge in each of the last `length` complete seconds, oldest first.
    func judged(last length: Int, at now: Age) -> [Int64] {
        var counts = [Int64](repeating: 0, count: length)
        let first = Int(now.second) - length
        for cell in seconds {
            let index = Int(cell.index) - first
            if counts.indices.contains(index) { counts[index] = Int64(cell.judged) }
        }
        return counts
    }

    /// How many of the requests asked for in each second `limit` would have admitted.
    func replay(_ asked: [Int64], _ limit: Limit, used: Int64, at now: Age) -> [Int64] {
        let recent = figures(last: Meter.secondsKept, at: now)
        let finished = max(1, recent.finished - recent.refused)
        // Below a window of a minute a cell is shorter than a second: requests are spread over its parts.
        var steps: Int64 = 1
        var replayed: ReplayedLimit
        switch limit.kind {
        case .requests, .tokens:
            let window = min(max(1, limit.windowSeconds), 86_400)
            steps = min(60, max(1, (60 + window - 1) / window))
            let weight = limit.kind == .requests ? 1000 : Meter.thousandths(recent.tokens, finished)
            replayed = ReplayedLimit(
                amount: limit.amount, steps: steps, seconds: Double(window), milliWeight: weight, used: 0,
                isSoft: limit.kind == .tokens)
        case .concurrent:
            var table = LatencyTable()
            gatherLatencies(last: Meter.secondsKept, at: now, into: &table)
            steps = 10
            replayed = ReplayedLimit(
                amount: limit.amount, steps: steps, seconds: max(0.1, (table.percentile(0.5) ?? 1000) / 1000),
                milliWeight: 1000, used: 0, isSoft: false)
        case .budgetHour, .budgetDay, .budgetMonth:
            replayed = ReplayedLimit(
                amount: limit.amount, steps: 1, seconds: nil, milliWeight: Meter.thousandths(recent.cost, finished),
                used: used, isSoft: true)
        }
        return asked.enumerated().map { second, count in
            var admitted: Int64 = 0
            for part in 0..<steps {
                let share =
                    count.multipliedSaturated(by: part + 1) / steps - count.multipliedSaturated(by: part) / steps
                admitted = admitted.addingSaturated(replayed.admit(share, at: Int64(second) * steps + part))
            }
            return admitted
        }
    }

    private static func thousandths(_ sum: Int64, _ count: Int64) -> Int64 {
        max(0, sum).multipliedSaturated(by: 1000) / max(1, count)
    }
}
