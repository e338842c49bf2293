package import Domain

/// An upstream's line.
package struct UpstreamRow: Sendable, Codable {
    package var name: String
    /// Scheme, host and port; no path, no key.
    package var origin: String
    package var models: [String]
    package var severity: Severity = .ok
    package var requestsPerSecond: Double = 0
    package var series: Series = []
    package var inFlight: Int = 0
    /// Open connections, idle ones included.
    package var connections: Int = 0
    package var p50Milliseconds: Double?
    package var p95Milliseconds: Double?
    package var firstByteMilliseconds: Double?
    package var upstreamErrorShare: Double = 0
    package var throttledShare: Double = 0
    package var connectFailures: Int64 = 0
    /// The newest failure in words and when; nil where none was seen in the window.
    package var lastFailure: String?
    package var lastFailureAt: Timestamp?
    package var totals = Totals()

    package init(name: String, origin: String, models: [String]) {
        self.name = name
        self.origin = origin
        self.models = models
    }
}
