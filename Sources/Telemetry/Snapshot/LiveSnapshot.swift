package import Domain

/// Everything the dashboard draws, as it was at one moment; also the body of the admin socket's live view.
///
/// Made by the telemetry thread alone. Rates are means over the last complete seconds, percentages and latencies cover
/// `windowSeconds`, `totals` count since the start. Rows arrive sorted by severity, then cost per hour, then name.
package struct LiveSnapshot: Sendable, Codable {
    package var time: Timestamp
    package var startedAt: Timestamp
    /// Configured name of the gateway, or the host's.
    package var instance: String
    /// Address that is served, `127.0.0.1:8080`.
    package var listen: String
    package var status: ServingStatus
    /// 60, 300, 900, 3600, 21600 or 86400.
    package var windowSeconds: Int
    package var totals: Totals
    package var gateway: GatewayFigures
    package var clients: [ClientRow]
    /// How many clients there are; `clients` holds at most 10,000 of them, the busiest.
    package var clientCount: Int
    package var keys: [KeyRow]
    /// How many keys there are; `keys` holds at most 5,000 of them, those in use first.
    package var keyCount: Int
    package var models: [ModelRow]
    package var upstreams: [UpstreamRow]
    package var errors: [ErrorGroup]
    /// Whether `errors` lacks groups of the window, which gave way to newer ones.
    package var isErrorsCut: Bool
    package var costs: CostFigures
    /// The newest finished requests, newest first, at most 500.
    package var recent: [RequestRecord]
    /// The newest acts, newest first, at most 200.
    package var audit: [AuditRow]
    package var actsToday: Int
    /// Open incidents and those closed in the last day, newest first.
    package var incidents: [Incident]
    /// The newest lines of the operator's log, newest last, at most 300.
    package var log: [LogLine]
    /// Standing remarks for the status line: `limits local`, `budgets soft`, `123 log lines dropped`.
    package var remarks: [String]

    package init(time: Timestamp, windowSeconds: Int) {
        self.time = time
        startedAt = time
        instance = ""
        listen = ""
        status = .starting
        self.windowSeconds = windowSeconds
        totals = Totals()
        gateway = GatewayFigures()
        clients = []
        clientCount = 0
        keys = []
        keyCount = 0
        models = []
        upstreams = []
        errors = []
        isErrorsCut = false
        costs = CostFigures()
        recent = []
        audit = []
        actsToday = 0
        incidents = []
        log = []
        remarks = []
    }
}

/// What the gateway is doing as a whole.
package enum ServingStatus: String, Sendable, Codable {
    case starting
    case serving
    case draining
    case stopped
}
