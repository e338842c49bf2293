import Domain

/// Who has been in trouble, since when, and what ended it.
///
/// An incident opens when a subject has been in trouble for ten seconds and closes after a minute without; it is said
/// to have ended when that minute began.
struct IncidentBook {
    static let secondsToOpen: UInt32 = 10
    static let secondsToClose: UInt32 = 60
    /// Closed incidents are kept for a day, and at most this many of them.
    static let closedBound = 300
    /// More subjects than this are not watched at once.
    static let watchBound = 2000

    private struct Watch {
        var since: UInt32
        var sinceWall: Timestamp
        /// When it was last in trouble, and the moment after which it was clear.
        var clearSince: UInt32?
        var clearWall: Timestamp?
        var incident: Incident?
        var peak: Judgement
        var peakAt: Timestamp
    }

    private var watches: [String: Watch] = [:]
    private var closed: [(incident: Incident, second: UInt32)] = []
    private var nextID: Int64 = 1

    /// Whether time alone can still change something.
    var isWatching: Bool { !watches.isEmpty }

    /// Open incidents and those that closed in the last day, newest first.
    func all(at now: Age) -> [Incident] {
        let open = watches.values.compactMap(\.incident)
        let recent = closed.filter { now.second < 86_400 || $0.second >= now.second - 86_400 }.map(\.incident)
        return (open + recent).sorted { $0.id > $1.id }
    }

    /// Takes the subjects that are in trouble this second; every other one is clear.
    ///
    /// - Parameter endedBy: finds the act that ended an incident.
    /// - Returns: incidents that opened or closed.
    mutating func observe(
        _ troubled: [(subject: String, judgement: Judgement)], at now: Age, wall: Timestamp,
        endedBy: (Incident) -> Int64?
    ) -> [Incident] {
        var changed: [Incident] = []
        var seen: Set<String> = []
        for (subject, judgement) in troubled where judgement.severity >= .error {
            seen.insert(subject)
            if let opened = trouble(subject, judgement, at: now, wall: wall) { changed.append(opened) }
        }
        for subject in watches.keys.sorted() where !seen.contains(subject) {
            if let ended = clear(subject, at: now, wall: wall, endedBy: endedBy) { changed.append(ended) }
        }
        return changed
    }

    private mutating func trouble(
        _ subject: String, _ judgement: Judgement, at now: Age, wall: Timestamp
    ) -> Incident? {
        guard var watch = watches[subject] else {
            if watches.count < IncidentBook.watchBound {
                watches[subject] = Watch(since: now.second, sinceWall: wall, peak: judgement, peakAt: wall)
            }
            return nil
        }
        watch.clearSince = nil
        watch.clearWall = nil
        if judgement.severity > watch.peak.severity
            || (judgement.severity == watch.peak.severity && judgement.excess > watch.peak.excess)
        {
            watch.peak = judgement
            watch.peakAt = wall
        }
        var opened: Incident?
        if watch.incident == nil, now.second - min(watch.since, now.second) >= IncidentBook.secondsToOpen {
            watch.incident = Incident(
                id: nextID, subject: subject, severity: judgement.severity, what: judgement.what,
                start: watch.sinceWall)
            nextID &+= 1
            opened = watch.incident
        }
        watch.incident?.severity = watch.peak.severity
        watch.incident?.peak = watch.peak.what
        watch.incident?.peakAt = watch.peakAt
        if opened != nil { opened = watch.incident }
        watches[subject] = watch
        return opened
    }

    private mutating func clear(
        _ subject: String, at now: Age, wall: Timestamp, endedBy: (Incident) -> Int64?
    ) -> Incident? {
        guard var watch = watches[subject] else { return nil }
        guard var incident = watch.incident else {
            watches[subject] = nil
            return nil
        }
        let since = watch.clearSince ?? now.second
        let clearWall = watch.clearWall ?? wall
        watch.clearSince = since
        watch.clearWall = clearWall
        guard now.second - min(since, now.second) >= IncidentBook.secondsToClose else {
            watches[subject] = watch
            return nil
        }
        incident.end = clearWall
        incident.endedBy = endedBy(incident)
        watches[subject] = nil
        closed.append((incident, now.second))
        if closed.count > IncidentBook.closedBound { closed.removeFirst(closed.count - IncidentBook.closedBound) }
        return incident
    }
}
