import Domain

/// How fast a subject uses its limits now.
struct Pace {
    /// Requests let through, and tokens, a second.
    var requestsPerSecond: Double
    var tokensPerSecond: Double
    var nanoDollarsPerSecond: Double

    /// - Parameters:
    ///   - minute: figures of the last minute.
    ///   - recent: figures of the last five minutes: money arrives in lumps, at the end of answers.
    init(minute: WindowFigures, recent: WindowFigures) {
        requestsPerSecond = Double(max(0, minute.arrivals - minute.refused)) / minute.covered
        tokensPerSecond = minute.tokensPerSecond
        nanoDollarsPerSecond = Double(max(0, recent.cost)) / recent.covered
    }

    /// Seconds until the limit is full at this pace; nil where it will not be, or not before its period ends.
    func secondsLeft(of reading: QuotaReading, at now: Timestamp) -> Double? {
        let left = Double(reading.limit.amount) - Double(reading.used)
        if left <= 0 { return 0 }
        switch reading.limit.kind {
        case .concurrent: return nil
        case .requests: return slidingLeft(left, reading, pace: requestsPerSecond)
        case .tokens: return slidingLeft(left, reading, pace: tokensPerSecond)
        case .budgetHour, .budgetDay, .budgetMonth:
            guard nanoDollarsPerSecond > 0, let period = reading.limit.kind.period(at: now)
            else { return nil }
            let seconds = left / nanoDollarsPerSecond
            return seconds <= Double(period.upperBound.milliseconds(since: now)) / 1000 ? seconds : nil
        }
    }

    /// A sliding window also empties: what was counted a window ago leaves it at about the mean pace of the window.
    private func slidingLeft(_ left: Double, _ reading: QuotaReading, pace: Double) -> Double? {
        let window = Double(max(1, reading.limit.windowSeconds))
        guard pace * window > Double(reading.limit.amount) else { return nil }
        let net = pace - Double(max(0, reading.used)) / window
        return net > 0 ? min(left / net, window) : nil
    }

    /// Where a budget is heading; nil for a limit that is no budget.
    func projection(scope: String, of reading: QuotaReading, at now: Timestamp) -> CostFigures.Projection? {
        guard let period = reading.limit.kind.period(at: now) else { return nil }
        let secondsToEnd = Double(max(0, period.upperBound.milliseconds(since: now))) / 1000
        let more = Int64(clampingDouble: nanoDollarsPerSecond * secondsToEnd)
        let usedUp = secondsLeft(of: reading, at: now).map {
            now.adding(milliseconds: Int64(clampingDouble: $0 * 1000))
        }
        return CostFigures.Projection(
            scope: scope, limit: reading.limit, spentNanoUSD: reading.used,
            projectedNanoUSD: reading.used.addingSaturated(more), usedUpAt: usedUp)
    }
}
