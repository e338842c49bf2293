package import Domain

/// What the telemetry thread asks the rest of the gateway while it makes a snapshot.
///
/// Closures, because the facts live in rooms above this one; each is called on the telemetry thread only, must not
/// block, and returns values, never references into running state.
package struct Surroundings: Sendable {
    /// The clients, keys, models and upstreams that exist; asked once a snapshot, cheap where nothing changed.
    package var directory: @Sendable () -> Directory
    /// How far the limits of these clients are used, in the order of the names.
    package var quotas: @Sendable ([String]) -> [[QuotaReading]]
    /// What is known of a client that the directory does not name: the subject of a token.
    package var subjectCard: @Sendable (String) -> ClientCard?
    /// How far the limits of `gateway` and of `model:NAME` scopes are used.
    package var scopeQuotas: @Sendable () -> [(scope: String, readings: [QuotaReading])]
    /// Open connections and connect failures by upstream name.
    package var upstreamGauges: @Sendable () -> [String: UpstreamGauge]
    /// The newest acts, newest first, and how many there were today (UTC).
    package var audit: @Sendable () -> (rows: [AuditRow], today: Int)
    /// Spend per hour, client and model since the start of the UTC month, settled to date.
    package var spend: @Sendable () -> [UsageRow]
    package var remarks: @Sendable () -> [String]
    package var log: @Sendable () -> [LogLine]
    package var status: @Sendable () -> ServingStatus
    /// An incident opened or closed: written to the audit by its owner.
    package var incidentChanged: @Sendable (Incident) -> Void

    package init(
        directory: @escaping @Sendable () -> Directory,
        quotas: @escaping @Sendable ([String]) -> [[QuotaReading]],
        subjectCard: @escaping @Sendable (String) -> ClientCard? = { _ in nil },
        scopeQuotas: @escaping @Sendable () -> [(scope: String, readings: [QuotaReading])],
        upstreamGauges: @escaping @Sendable () -> [String: UpstreamGauge],
        audit: @escaping @Sendable () -> (rows: [AuditRow], today: Int),
        spend: @escaping @Sendable () -> [UsageRow],
        remarks: @escaping @Sendable () -> [String],
        log: @escaping @Sendable () -> [LogLine],
        status: @escaping @Sendable () -> ServingStatus,
        incidentChanged: @escaping @Sendable (Incident) -> Void
    ) {
        self.directory = directory
        self.quotas = quotas
        self.subjectCard = subjectCard
        self.scopeQuotas = scopeQuotas
        self.upstreamGauges = upstreamGauges
        self.audit = audit
        self.spend = spend
        self.remarks = remarks
        self.log = log
        self.status = status
        self.incidentChanged = incidentChanged
    }
}

/// Connections to one upstream.
package struct UpstreamGauge: Sendable {
    package var connections: Int
    package var connectFailures: Int64

    package init(connections: Int, connectFailures: Int64) {
        self.connections = connections
        self.connectFailures = connectFailures
    }
}

/// Who and what exists, with a number that grows at each change so that derived tables are rebuilt only then.
package final class Directory: Sendable {
    package let epoch: UInt64
    package let instance: String
    package let listen: String
    package let clients: [ClientCard]
    package let keys: [KeyCard]
    package let models: [Model]
    package let upstreams: [Upstream]
    package let alerts: Alerts

    package init(
        epoch: UInt64, instance: String, listen: String, clients: [ClientCard], keys: [KeyCard], models: [Model],
        upstreams: [Upstream], alerts: Alerts
    ) {
        self.epoch = epoch
        self.instance = instance
        self.listen = listen
        self.clients = clients
        self.keys = keys
        self.models = models
        self.upstreams = upstreams
        self.alerts = alerts
    }

    /// A configured model.
    package struct Model: Sendable {
        package let name: String
        package let upstreams: [String]
        package let price: Price?

        package init(name: String, upstreams: [String], price: Price?) {
            self.name = name
            self.upstreams = upstreams
            self.price = price
        }
    }

    /// A configured provider.
    package struct Upstream: Sendable {
        package let name: String
        /// `https://api.example.com:443`.
        package let origin: String

        package init(name: String, origin: String) {
            self.name = name
            self.origin = origin
        }
    }

    /// The shares, 0 to 1, at which a row becomes `◆` or `▲`.
    package struct Alerts: Sendable, Equatable {
        package var upstreamErrors: Double
        package var refused: Double
        package var quota: Double

        package init(upstreamErrors: Double = 0.05, refused: Double = 0.10, quota: Double = 0.95) {
            self.upstreamErrors = upstreamErrors
            self.refused = refused
            self.quota = quota
        }
    }
}
