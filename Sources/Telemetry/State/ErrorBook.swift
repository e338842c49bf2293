import Domain

/// Errors by client and cause; at the bound the groups that have been silent for longest give way.
///
/// A group takes 3 KB at most, so all of them take 6 MB.
struct ErrorBook {
    static let bound = 2000

    private struct Cause: Hashable {
        let client: String
        let model: String
        let upstream: String
        let status: UInt16
        let error: ErrorCode
    }

    private struct Group {
        var tiers = Tiers<Tally>(levels: Meter.longLevels)
        var detail = ""
        var first: Timestamp
        var last: Timestamp
        var lastSecond: UInt32
    }

    private var groups: [Cause: Group] = [:]
    /// The last second of the newest group that gave way.
    private var lostSecond: UInt32?

    var count: Int { groups.count }

    /// - Parameter model: the record's, or empty where it is no model of ours: callers invent names.
    mutating func add(_ record: RequestRecord, _ error: ErrorCode, model: String, at second: UInt32) {
        let cause = Cause(
            client: record.client, model: model, upstream: record.upstream, status: record.status, error: error)
        let ended = record.end
        if groups[cause] == nil {
            if groups.count >= ErrorBook.bound { makeRoom() }
            groups[cause] = Group(first: ended, last: ended, lastSecond: second)
        }
        var detail = record.detail
        detail.clip(to: 240)
        groups[cause]?.tiers.bump(second) { $0.count = $0.count.addingSaturated(1) }
        groups[cause]?.detail = detail
        groups[cause]?.last = ended
        groups[cause]?.lastSecond = second
    }

    /// A tenth gives way together: one at a time would cost a look at all of them for each error of a flood.
    private mutating func makeRoom() {
        let silent = groups.sorted { left, right in
            left.value.lastSecond == right.value.lastSecond
                ? left.value.last < right.value.last : left.value.lastSecond < right.value.lastSecond
        }.prefix(ErrorBook.bound / 10)
        for (cause, group) in silent {
            groups[cause] = nil
            lostSecond = max(lostSecond ?? 0, group.lastSecond)
        }
    }

    /// Whether a group that had errors in the last `window` seconds gave way.
    func isCut(last window: UInt32, at now: Age) -> Bool {
        lostSecond.map { now.second <= $0.addingSaturated(window) } ?? false
    }

    /// The groups that have errors in the last `window` seconds, newest first.
    func rows(last window: UInt32, at now: Age) -> [ErrorGroup] {
        var rows: [(second: UInt32, group: ErrorGroup)] = []
        for (cause, group) in groups {
            var count: Int64 = 0
            var spread = Spread(window: Double(window), bins: 8, end: now.exact)
            group.tiers.visit(last: window, at: now.second) { tally, start, width in
                count &+= Int64(tally.count)
                let end = min(Double(start) + Double(width), max(now.exact, Double(start) + 0.001))
                spread.add(Double(tally.count), from: Double(start), to: end)
            }
            guard count > 0 else { continue }
            rows.append(
                (
                    group.lastSecond,
                    ErrorGroup(
                        client: cause.client, model: cause.model, upstream: cause.upstream, status: cause.status,
                        error: cause.error, detail: group.detail, count: count, first: group.first, last: group.last,
                        series: spread.counts())
                ))
        }
        rows.sort { left, right in
            if left.second != right.second { return left.second > right.second }
            if left.group.count != right.group.count { return left.group.count > right.group.count }
            return (left.group.client, left.group.detail) < (right.group.client, right.group.detail)
        }
        return rows.map(\.group)
    }

    /// Drops groups that no window reaches any more.
    mutating func sweep(at now: Age) {
        groups = groups.filter { now.second < 90_000 || $0.value.lastSecond > now.second - 90_000 }
    }
}
