package import Domain

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
