package import Domain

/// A client, upstream or the gateway that has been in trouble for ten seconds.
package struct Incident: Sendable, Codable, Equatable {
    package var id: Int64
    /// `client NAME`, `upstream NAME` or `gateway`.
    package var subject: String
    package var severity: Severity
    /// In words: `10.4 % refused`, `14.8 % provider errors`, `quota 99 %`.
    package var what: String
    package var start: Timestamp
    /// The worst figure, in words, and when.
    package var peak: String
    package var peakAt: Timestamp
    package var end: Timestamp?
    /// Number of the audit row whose act on this subject came last before the end.
    package var endedBy: Int64?

    package init(id: Int64, subject: String, severity: Severity, what: String, start: Timestamp) {
        self.id = id
        self.subject = subject
        self.severity = severity
        self.what = what
        self.start = start
        peak = what
        peakAt = start
        end = nil
        endedBy = nil
    }
}
