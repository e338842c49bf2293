/// A question that the snapshot does not answer, put to the gateway by the dashboard or a command.
package enum Query: Hashable, Sendable, Codable {
    /// What `limit` would have refused in the last `seconds` (at most 300), from recorded per-second counts.
    case preview(LimitScope, Limit, seconds: Int)
    /// The newest finished requests that match, newest first; nil fields match everything.
    case records(RecordFilter, limit: Int)
    /// The newest acts, newest first.
    case audit(limit: Int)
    /// All keys of a client, or all keys.
    case keys(client: String?)
    /// All clients, or the one of a name: configured, kept, or the subject of an act.
    case clients(name: String?)
    /// Effective limits of a scope.
    case limits(LimitScope)
    /// Spend since a moment, summed by these columns of `client`, `model`, `day`, `hour`.
    case usage(by: [String], since: Timestamp?)
    /// The act that `undo` would take back for this actor.
    case undoable(Actor)
}

/// Which records a drill-down wants.
package struct RecordFilter: Hashable, Sendable, Codable {
    package var client: String?
    package var keyID: KeyID?
    package var model: String?
    package var upstream: String?
    package var status: UInt16?
    package var error: ErrorCode?
    package var requestID: String?

    package init(
        client: String? = nil, keyID: KeyID? = nil, model: String? = nil, upstream: String? = nil,
        status: UInt16? = nil, error: ErrorCode? = nil, requestID: String? = nil
    ) {
        self.client = client
        self.keyID = keyID
        self.model = model
        self.upstream = upstream
        self.status = status
        self.error = error
        self.requestID = requestID
    }

    /// Whether `record` is one of those asked for.
    package func matches(_ record: RequestRecord) -> Bool {
        if let client, client != record.client { return false }
        if let keyID, keyID != record.keyID { return false }
        if let model, model != record.model { return false }
        if let upstream, upstream != record.upstream { return false }
        if let status, status != record.status { return false }
        if let error, error != record.error { return false }
        if let requestID, requestID != record.requestID.text { return false }
        return true
    }
}

/// The answer to a `Query`.
package enum Answer: Sendable, Codable {
    case preview(LimitPreview)
    case records([RequestRecord])
    case audit([AuditRow])
    case keys([KeyCard])
    case clients([ClientCard])
    case limits([EffectiveLimit])
    case usage([UsageRow])
    case undoable(AuditRow?)
    /// The question could not be answered; one line that says why.
    case failed(String)
}

/// What a limit would have done to the last minutes.
package struct LimitPreview: Hashable, Sendable, Codable {
    /// How many seconds were looked at; 0 where nothing was recorded yet.
    package var seconds: Int
    package var asked: Int64
    package var refused: Int64
    /// Requests asked for and admitted under the limit, oldest first, in equal slices of the time looked at.
    package var askedSeries: [Int64]
    package var admittedSeries: [Int64]

    package init(seconds: Int, asked: Int64, refused: Int64, askedSeries: [Int64], admittedSeries: [Int64]) {
        self.seconds = seconds
        self.asked = asked
        self.refused = refused
        self.askedSeries = askedSeries
        self.admittedSeries = admittedSeries
    }
}

/// A key as screens and `keys list` see it.
package struct KeyCard: Hashable, Sendable, Codable {
    package var id: KeyID
    package var client: String
    package var state: KeyState
    package var created: Timestamp
    package var lastUsed: Timestamp?
    package var expires: Timestamp?
    package var models: [String]?
    package var note: String
    /// Grows with each change of the key; see `Order.expectedVersion`.
    package var version: Int64

    package init(
        id: KeyID, client: String, state: KeyState, created: Timestamp, lastUsed: Timestamp?, expires: Timestamp?,
        models: [String]?, note: String, version: Int64
    ) {
        self.id = id
        self.client = client
        self.state = state
        self.created = created
        self.lastUsed = lastUsed
        self.expires = expires
        self.models = models
        self.note = note
        self.version = version
    }
}

/// A client as screens see it: who it is and what holds for it now.
package struct ClientCard: Hashable, Sendable, Codable {
    package var name: String
    package var tier: String
    package var owner: String
    package var since: Timestamp?
    package var suspension: Suspension?
    package var limits: [EffectiveLimit]
    /// Its active keys, newest first, at most 8; `keyCount` counts all of them.
    package var keys: [KeyID]
    package var keyCount: Int
    /// Grows with each change of the client, its limits or its suspension; see `Order.expectedVersion`.
    package var version: Int64

    package init(
        name: String, tier: String, owner: String, since: Timestamp?, suspension: Suspension?,
        limits: [EffectiveLimit], keys: [KeyID], keyCount: Int, version: Int64
    ) {
        self.name = name
        self.tier = tier
        self.owner = owner
        self.since = since
        self.suspension = suspension
        self.limits = limits
        self.keys = keys
        self.keyCount = keyCount
        self.version = version
    }
}

/// Spend of one hour, client and model, or a sum of such rows; exact integers.
package struct UsageRow: Hashable, Sendable, Codable {
    /// The columns it was summed by; empty text where summed over.
    package var client: String
    package var model: String
    /// `2026-11-25` in UTC.
    package var day: String
    /// Start of the hour in seconds since 1970, or 0 where summed over.
    package var hour: Int64
    package var requests: Int64 = 0
    package var inputTokens: Int64 = 0
    package var cachedTokens: Int64 = 0
    package var outputTokens: Int64 = 0
    package var reasoningTokens: Int64 = 0
    package var costNanoUSD: Int64 = 0
    package var reported: Int64 = 0
    package var estimated: Int64 = 0
    package var partial: Int64 = 0
    /// Requests whose model had no price: their cost is unknown and not in `costNanoUSD`.
    package var unpriced: Int64 = 0

    package init(client: String = "", model: String = "", day: String = "", hour: Int64 = 0) {
        self.client = client
        self.model = model
        self.day = day
        self.hour = hour
    }
}
