import Domain

/// How bad a subject is, and why in words.
struct Judgement: Equatable {
    var severity: Severity
    /// `10.4 % refused`, `14.8 % provider errors`, `quota 99 %`.
    var what: String
    /// The figure that made it so as a multiple of its threshold: the measure of a peak.
    var excess: Double

    static let calm = Judgement(severity: .ok, what: "", excess: 0)

    /// Fewer requests than this in a minute say nothing.
    static let leastRequests: Int64 = 10

    /// Judges the figures of the last minute.
    ///
    /// Only refusals by a limit count as refused: a revoked key's 401s are what the operator wanted, not trouble.
    init(_ figures: WindowFigures, quota: Double?, alerts: Directory.Alerts) {
        self = .calm
        guard figures.base >= Judgement.leastRequests else { return }
        let refused = figures.share(figures.limited)
        let errors = figures.share(figures.errors)
        if errors > 0, errors >= alerts.upstreamErrors {
            consider(.error, "\(Judgement.percent(errors)) provider errors", errors, alerts.upstreamErrors)
        }
        if let quota, quota >= alerts.quota {
            consider(.critical, "quota \(Judgement.whole(quota)) %", quota, alerts.quota)
        }
        if refused > 0, refused >= alerts.refused {
            consider(.critical, "\(Judgement.percent(refused)) refused", refused, alerts.refused)
        }
    }

    private init(severity: Severity, what: String, excess: Double) {
        self.severity = severity
        self.what = what
        self.excess = excess
    }

    private mutating func consider(_ severity: Severity, _ what: String, _ value: Double, _ threshold: Double) {
        let excess = threshold > 0 ? value / threshold : value
        guard severity > self.severity || (severity == self.severity && excess > self.excess) else { return }
        self = Judgement(severity: severity, what: what, excess: excess)
    }

    /// `10.4 %`: a share with one decimal.
    static func percent(_ share: Double) -> String {
        let tenths = Int64(clampingDouble: share * 1000)
        return "\(tenths / 10).\(abs(tenths % 10)) %"
    }

    private static func whole(_ share: Double) -> String { String(Int64(clampingDouble: (share * 100).rounded(.down))) }
}
