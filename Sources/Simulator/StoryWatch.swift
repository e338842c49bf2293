/// Tells a story's lines when their time has come: the beginning of each trouble by the clock, its end by what the
/// world shows, so that an operator's act is seen to have worked.
struct StoryWatch: Sendable {
    private enum Phase: Sendable {
        case ahead
        case announced
        case seen(quietSince: Double?)
        case over
    }

    /// Seconds without the symptom after which a trouble counts as ended.
    static let quietSeconds = 5.0
    /// Seconds after which a trouble that was told but never showed counts as ended: somebody was faster than it.
    static let doubtSeconds = 15.0

    private let scenario: Scenario
    private var phases: [Phase]

    init(_ scenario: Scenario) {
        self.scenario = scenario
        phases = Scenario.Trouble.allCases.map { _ in scenario == .incident ? .ahead : .over }
    }

    /// The lines due at `seconds`; `hasSymptom` says whether a trouble shows just now.
    mutating func lines(at seconds: Double, hasSymptom: (Scenario.Trouble) -> Bool) -> [String] {
        var lines: [String] = []
        for (index, trouble) in Scenario.Trouble.allCases.enumerated() {
            switch phases[index] {
            case .over:
                continue
            case .ahead:
                guard seconds >= trouble.begins else { continue }
                phases[index] = .announced
                lines.append(trouble.beginning)
            case .announced:
                if hasSymptom(trouble) {
                    phases[index] = .seen(quietSince: nil)
                } else if seconds >= min(trouble.ends, trouble.begins + StoryWatch.doubtSeconds) {
                    phases[index] = .over
                    lines.append(trouble.ending)
                }
            case .seen(let quietSince):
                if hasSymptom(trouble) {
                    phases[index] = .seen(quietSince: nil)
                } else if let quietSince {
                    guard seconds - quietSince >= StoryWatch.quietSeconds else { continue }
                    phases[index] = .over
                    lines.append(trouble.ending)
                } else {
                    phases[index] = .seen(quietSince: seconds)
                }
            }
        }
        return lines
    }
}
