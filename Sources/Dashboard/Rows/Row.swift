package import Domain
package import Telemetry

/// One line of a panel, whatever the panel shows.
package enum Row: Sendable {
    case client(ClientRow)
    case key(KeyRow)
    case model(ModelRow)
    case upstream(UpstreamRow)
    case error(ErrorGroup)
    case record(RequestRecord)
    case audit(AuditRow)
    case incident(Incident)
    /// A line of the Costs view: a client, a model or a day.
    case spend(CostFigures.Line)
    case log(LogLine)
    /// A row that was here and has vanished; it stays where it was until the cursor leaves it.
    case ghost(RowID)
}

extension ClientRow {
    /// `suspended`, `active` (asked for something within the window, or has something open), or `idle`.
    package var state: String {
        if card.suspension != nil { return "suspended" }
        return arrivals > 0 || inFlight > 0 || streams > 0 || requestsPerSecond > 0 ? "active" : "idle"
    }
}

extension ErrorGroup {
    /// Identity of the group for cursors and drill-downs: client, model, upstream, status and error label.
    package var identity: String {
        [client, model, upstream, String(status), error.label].joined(separator: "\u{1f}")
    }

    /// The records of the group whose identity is `text`; a label of two codes (`rate_limit_exceeded`) leaves the
    /// code open.
    package static func records(of text: String) -> RecordFilter {
        let parts = text.split(separator: "\u{1f}", omittingEmptySubsequences: false).map(String.init)
        guard parts.count == 5 else { return RecordFilter() }
        let codes = ErrorCode.allCases.filter { $0.label == parts[4] }
        return RecordFilter(
            client: parts[0], model: parts[1], upstream: parts[2], status: UInt16(parts[3]),
            error: codes.count == 1 ? codes.first : nil)
    }
}

extension LogLine {
    /// A number that names the line while it is in the tail: FNV-1a of its time and text.
    var identity: Int {
        var hash: UInt64 = 0xcbf2_9ce4_8422_2325
        for byte in message.utf8 { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3 }
        hash = (hash ^ UInt64(bitPattern: time.milliseconds)) &* 0x100_0000_01b3
        return Int(truncatingIfNeeded: hash)
    }
}
