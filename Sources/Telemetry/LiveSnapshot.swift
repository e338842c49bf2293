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

/// Counts since the start of the process.
package struct Totals: Sendable, Codable, Equatable {
    /// Requests that reached a provider.
    package var requests: Int64 = 0
    /// Requests that were refused here for whatever reason.
    package var refused: Int64 = 0
    /// Finished with a provider's error, a timeout, or a cut answer.
    package var errors: Int64 = 0
    package var streams: Int64 = 0
    package var tokens: Int64 = 0
    package var costNanoUSD: Int64 = 0
    /// Everything that arrived and was judged.
    package var arrivals: Int64 = 0

    package init() {}
}

/// A series over the window in equal slices, oldest first; nil where nothing was recorded (before the start).
package typealias Series = [Double?]

/// The figures of the Overview's tiles.
package struct GatewayFigures: Sendable, Codable {
    package var requestsPerSecond: Double = 0
    package var peakPerSecond: Double = 0
    /// Arrivals per second, 24 slices of the window.
    package var requestSeries: Series = []
    package var inFlight: Int = 0
    package var queued: Int = 0
    package var streams: Int = 0
    /// Share of the arrivals of the window that ended badly, ours and theirs, 0 to 1.
    package var errorShare: Double = 0
    /// The calmest share in the window before the current trouble, and when; nil where there is no such trouble.
    package var calmErrorShare: Double?
    package var calmErrorAt: Timestamp?
    package var errorSeries: Series = []
    /// Refused by a limit of ours, share of arrivals.
    package var refusedShare: Double = 0
    /// Ended by a provider's 5xx, timeout or cut, share of arrivals.
    package var upstreamErrorShare: Double = 0
    package var p50Milliseconds: Double?
    package var p95Milliseconds: Double?
    package var p99Milliseconds: Double?
    /// Median time to the first byte of streamed answers.
    package var firstByteMilliseconds: Double?
    package var costPerHourNanoUSD: Int64 = 0
    package var costTodayNanoUSD: Int64 = 0
    /// The gateway's own day or month budget; nil where it has none.
    package var budgetNanoUSD: Int64?
    package var budgetSpentNanoUSD: Int64 = 0
    package var tokensPerSecond: Double = 0
    package var severity: Severity = .ok

    package init() {}
}

/// How far a limit is used now.
package struct QuotaReading: Sendable, Codable, Equatable {
    package var limit: Limit
    package var source: LimitSource
    /// Counted against it now: requests, tokens, open requests or nano-dollars.
    package var used: Int64
    /// Seconds until it is full at the present rate; nil where it is not filling.
    package var secondsLeft: Double?

    package init(limit: Limit, source: LimitSource, used: Int64, secondsLeft: Double? = nil) {
        self.limit = limit
        self.source = source
        self.used = used
        self.secondsLeft = secondsLeft
    }

    /// 0 to 1 and above; a limit of zero is full.
    package var share: Double { limit.amount > 0 ? Double(used) / Double(limit.amount) : 1 }
}

/// A client's line.
package struct ClientRow: Sendable, Codable {
    package var card: ClientCard
    package var severity: Severity = .ok
    package var requestsPerSecond: Double = 0
    /// Arrivals per second, 12 slices of the window.
    package var series: Series = []
    package var refusedShare: Double = 0
    package var upstreamErrorShare: Double = 0
    package var p50Milliseconds: Double?
    package var p95Milliseconds: Double?
    package var p99Milliseconds: Double?
    package var tokensPerSecond: Double = 0
    package var costPerHourNanoUSD: Int64 = 0
    package var costTodayNanoUSD: Int64 = 0
    package var inFlight: Int = 0
    package var streams: Int = 0
    /// Since the start.
    package var totals = Totals()
    /// All its limits; `tightest` is an index into it.
    package var quotas: [QuotaReading] = []
    package var tightest: Int?
    /// The key that was used last, for the KEY column.
    package var lastKey: KeyID?
    package var lastSeen: Timestamp?
    /// Arrivals within `windowSeconds`.
    package var arrivals: Int64 = 0

    package init(card: ClientCard) { self.card = card }
}

/// A key's line.
package struct KeyRow: Sendable, Codable {
    package var card: KeyCard
    package var requestsPerSecond: Double = 0
    package var inFlight: Int = 0
    package var streams: Int = 0
    package var costHourNanoUSD: Int64 = 0
    package var refusedShare: Double = 0
    package var series: Series = []
    package var totals = Totals()

    package init(card: KeyCard) { self.card = card }
}

/// A model's line.
package struct ModelRow: Sendable, Codable {
    package var name: String
    package var upstreams: [String]
    package var price: Price?
    package var severity: Severity = .ok
    package var requestsPerSecond: Double = 0
    package var series: Series = []
    package var inFlight: Int = 0
    package var p50Milliseconds: Double?
    package var p95Milliseconds: Double?
    package var firstByteMilliseconds: Double?
    package var upstreamErrorShare: Double = 0
    /// Share of its requests that a provider answered with 429.
    package var throttledShare: Double = 0
    package var tokensPerSecond: Double = 0
    package var costPerHourNanoUSD: Int64 = 0
    package var costTodayNanoUSD: Int64 = 0
    package var totals = Totals()

    package init(name: String, upstreams: [String], price: Price?) {
        self.name = name
        self.upstreams = upstreams
        self.price = price
    }
}

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

/// Errors of one client with one cause.
package struct ErrorGroup: Sendable, Codable {
    package var client: String
    package var model: String
    package var upstream: String
    package var status: UInt16
    package var error: ErrorCode
    /// The newest request's `detail`.
    package var detail: String
    package var count: Int64
    package var first: Timestamp
    package var last: Timestamp
    /// Count per slice, 8 slices of the window.
    package var series: Series

    package init(
        client: String, model: String, upstream: String, status: UInt16, error: ErrorCode, detail: String,
        count: Int64, first: Timestamp, last: Timestamp, series: Series
    ) {
        self.client = client
        self.model = model
        self.upstream = upstream
        self.status = status
        self.error = error
        self.detail = detail
        self.count = count
        self.first = first
        self.last = last
        self.series = series
    }
}

/// Money, by client, model and day.
package struct CostFigures: Sendable, Codable {
    package var perHourNanoUSD: Int64 = 0
    package var todayNanoUSD: Int64 = 0
    package var monthNanoUSD: Int64 = 0
    /// Spend today by client and model, dearest first, at most 200 each.
    package var byClient: [Line] = []
    package var byModel: [Line] = []
    /// Spend by UTC day, oldest first, the last 14 with today last.
    package var byDay: [Line] = []
    /// Nano-dollars an hour, 24 slices of the window.
    package var burnSeries: Series = []
    package var budgets: [Projection] = []
    package var reported: Int64 = 0
    package var estimated: Int64 = 0
    package var partial: Int64 = 0
    /// Requests whose model has no price, since the start.
    package var unpriced: Int64 = 0

    package init() {}

    /// One row of spend.
    package struct Line: Sendable, Codable {
        package var name: String
        package var costNanoUSD: Int64
        package var perHourNanoUSD: Int64
        package var requests: Int64
        package var inputTokens: Int64
        package var cachedTokens: Int64
        package var outputTokens: Int64

        package init(
            name: String, costNanoUSD: Int64, perHourNanoUSD: Int64 = 0, requests: Int64 = 0, inputTokens: Int64 = 0,
            cachedTokens: Int64 = 0, outputTokens: Int64 = 0
        ) {
            self.name = name
            self.costNanoUSD = costNanoUSD
            self.perHourNanoUSD = perHourNanoUSD
            self.requests = requests
            self.inputTokens = inputTokens
            self.cachedTokens = cachedTokens
            self.outputTokens = outputTokens
        }
    }

    /// Where a budget is heading.
    package struct Projection: Sendable, Codable {
        /// `gateway`, a client's name, or `model:NAME`.
        package var scope: String
        package var limit: Limit
        package var spentNanoUSD: Int64
        /// Spend expected by the end of its period at the present rate.
        package var projectedNanoUSD: Int64
        /// When it is used up at the present rate; nil where it lasts to the end of the period.
        package var usedUpAt: Timestamp?

        package init(
            scope: String, limit: Limit, spentNanoUSD: Int64, projectedNanoUSD: Int64, usedUpAt: Timestamp?
        ) {
            self.scope = scope
            self.limit = limit
            self.spentNanoUSD = spentNanoUSD
            self.projectedNanoUSD = projectedNanoUSD
            self.usedUpAt = usedUpAt
        }
    }
}

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

/// A line of the operator's log.
package struct LogLine: Sendable, Codable, Equatable {
    package enum Level: String, Sendable, Codable, Comparable {
        case debug, info, warning, error

        package static func < (left: Level, right: Level) -> Bool { left.order < right.order }

        private var order: Int {
            switch self {
            case .debug: 0
            case .info: 1
            case .warning: 2
            case .error: 3
            }
        }
    }

    package var time: Timestamp
    package var level: Level
    package var message: String

    package init(time: Timestamp, level: Level, message: String) {
        self.time = time
        self.level = level
        self.message = message
    }
}
