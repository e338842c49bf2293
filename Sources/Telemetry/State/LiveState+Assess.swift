import Domain

extension LiveState {
    /// Whether `assess` has something to do although no fact arrives: an incident to open or close.
    var needsTicks: Bool { incidents.isWatching || gatewayJudgement.severity >= .error }

    /// Judges every subject by its last minute, opens and closes incidents, and tidies up; once a second at most.
    package mutating func assess(at now: Moment, _ surroundings: Surroundings) {
        advance(to: now)
        guard lastAssessed != age.second else { return }
        lastAssessed = age.second
        tables.adopt(surroundings.directory())
        judgeClients(at: now, surroundings)
        judgeUpstreams()
        judgeGateway(surroundings)
        var troubled: [(subject: String, judgement: Judgement)] = judgements.map { ("client \($0.key)", $0.value) }
        troubled += upstreamJudgements.map { ("upstream \($0.key)", $0.value) }
        troubled.append(("gateway", gatewayJudgement))
        let tables = tables
        let changed = incidents.observe(troubled, at: age, wall: now.wall) { incident in
            surroundings.audit().rows
                .filter { row in
                    row.time >= incident.start && row.actor.user != Actor.auto.user
                        && tables.isTarget(row.target, of: incident.subject)
                }
                .max { $0.id < $1.id }?.id
        }
        for incident in changed { surroundings.incidentChanged(incident) }
        if age.second >= lastRebalance &+ 30 { rebalance() }
        if age.second >= lastSweep &+ 60 { sweep() }
    }

    /// Only those who did enough in the last minute can be in trouble, so only their quotas are asked for.
    private mutating func judgeClients(at now: Moment, _ surroundings: Surroundings) {
        var names: [String] = []
        var figures: [WindowFigures] = []
        for slot in clients.used {
            guard isRecent(clients.meters[slot]), let name = clients.names[slot] else { continue }
            let minute = clients.meters[slot].figures(last: 60, at: age)
            guard minute.base >= Judgement.leastRequests, tables.card(of: name).suspension == nil else {
                continue
            }
            names.append(name)
            figures.append(minute)
        }
        judgements.removeAll(keepingCapacity: true)
        let quotas = names.isEmpty ? [] : surroundings.quotas(names)
        for index in names.indices {
            let tightest = quotas.indices.contains(index) ? quotas[index].map(\.share).max() : nil
            let judgement = Judgement(figures[index], quota: tightest, alerts: tables.alerts)
            if judgement.severity != .ok { judgements[names[index]] = judgement }
        }
    }

    private mutating func judgeUpstreams() {
        upstreamJudgements.removeAll(keepingCapacity: true)
        for slot in upstreams.used {
            guard isRecent(upstreams.meters[slot]), let name = upstreams.names[slot] else { continue }
            let minute = upstreams.meters[slot].figures(last: 60, at: age)
            let judgement = Judgement(minute, quota: nil, alerts: tables.alerts)
            if judgement.severity != .ok { upstreamJudgements[name] = judgement }
        }
    }

    private mutating func judgeGateway(_ surroundings: Surroundings) {
        let minute = gateway.figures(last: 60, at: age)
        guard minute.base >= Judgement.leastRequests else {
            gatewayJudgement = .calm
            return
        }
        let readings = surroundings.scopeQuotas().first { $0.scope == LimitScope.gateway.text }?.readings ?? []
        gatewayJudgement = Judgement(minute, quota: readings.map(\.share).max(), alerts: tables.alerts)
    }

    private func isRecent(_ meter: Meter) -> Bool { meter.lastSecond &+ 66 >= age.second && meter.lastSeen != nil }

    /// Gives the long windows and the labels to the busiest.
    ///
    /// A newcomer must be twice as busy as the one it replaces, so that two of a size do not take turns.
    private mutating func rebalance() {
        lastRebalance = age.second
        guard clients.count > busyCount else { return }
        var waiting: [(slot: Int, arrivals: Int64)] = []
        var holding: [(slot: Int, arrivals: Int64)] = []
        for slot in clients.used {
            let arrivals =
                isRecent(clients.meters[slot]) ? clients.meters[slot].figures(last: 300, at: age).arrivals : 0
            if clients.meters[slot].exported != nil {
                holding.append((slot, arrivals))
            } else if arrivals > 10 {
                waiting.append((slot, arrivals))
            }
        }
        waiting.sort { $0.arrivals > $1.arrivals }
        holding.sort { $0.arrivals < $1.arrivals }
        var next = 0
        for candidate in waiting.prefix(LiveState.busyBound) {
            if busyCount < LiveState.busyBound {
                promote(candidate.slot)
                continue
            }
            guard next < holding.count, candidate.arrivals > holding[next].arrivals.multipliedSaturated(by: 2) else {
                break
            }
            demote(holding[next].slot)
            promote(candidate.slot)
            next += 1
        }
    }

    /// Gives back the windows of subjects that no window reaches any more.
    private mutating func sweep() {
        lastSweep = age.second
        let now = age.second
        for slot in clients.used where clients.meters[slot].isForgettable(at: now) {
            clients.meters[slot].forgetWindows()
        }
        for slot in keys.used where keys.meters[slot].isForgettable(at: now) { keys.meters[slot].forgetWindows() }
        errors.sweep(at: age)
    }
}

extension Meter {
    /// Whether its windows are empty and still hold memory.
    func isForgettable(at second: UInt32) -> Bool {
        let reach = max(tiers.reach, Meter.secondsKept)
        return second > lastSecond &+ reach &+ 60 && (!seconds.isEmpty || !tiers.isEmpty)
    }
}
