/// What a story does to one client at one moment.
package struct Pressure: Sendable {
    /// Times the client's usual rate.
    package var rateFactor: Double
    /// The only thing it asks for; nil for its usual errands.
    package var errand: ClientProfile.Errand?

    package init(rateFactor: Double = 1, errand: ClientProfile.Errand? = nil) {
        self.rateFactor = rateFactor
        self.errand = errand
    }
}

/// The story that a simulated world plays: everything in it is caused by what clients send, so that the operator's
/// acts on those clients end it.
package enum Scenario: String, Sendable, CaseIterable {
    /// Business as usual, with a misbehaving client and an outage now and then.
    case steady
    /// Two minutes in which three things go wrong.
    case incident

    /// One thing that goes wrong.
    package enum Trouble: Int, Sendable, CaseIterable {
        case runaway
        case overload
        case costs

        /// The client that causes it.
        package var client: String {
            switch self {
            case .runaway: "legacy-etl"
            case .overload: "nightly-evals"
            case .costs: "研究チーム"
            }
        }

        /// Seconds from the start.
        package var begins: Double {
            switch self {
            case .runaway: 15
            case .overload: 45
            case .costs: 80
            }
        }

        /// When its client begins, in seconds from the start: a provider carries a load for some seconds before it bends.
        var pressureBegins: Double { self == .overload ? begins - 7 : begins }

        /// When it ends by itself, in seconds from the start.
        package var ends: Double {
            switch self {
            case .runaway: 75
            case .overload: 120
            case .costs: 120
            }
        }

        /// What happens, and the act that ends it.
        package var beginning: String {
            switch self {
            case .runaway:
                "legacy-etl runs away: twelve times its rate. Select it: R revokes its key, e lowers its limit, x suspends it."
            case .overload:
                "openai-eu degrades: slow, one answer in five is a 5xx. nightly-evals is the load: suspend it (x) or lower its limit (e)."
            case .costs:
                "costs climb: 研究チーム sends huge prompts to the dearest model. Lower its budget or its limit (e)."
            }
        }

        /// The line for its end.
        package var ending: String {
            switch self {
            case .runaway: "legacy-etl is back within bounds: the run-away is over."
            case .overload: "openai-eu has recovered: the load of nightly-evals is gone."
            case .costs: "costs are back to normal: 研究チーム sends no more huge prompts."
            }
        }
    }

    /// The story's influence on `client`, `seconds` after the start.
    package func pressure(on client: String, at seconds: Double) -> Pressure {
        guard self == .incident,
            let trouble = Trouble.allCases.first(where: {
                $0.client == client && seconds >= $0.pressureBegins && seconds < $0.ends
            })
        else { return Pressure() }
        switch trouble {
        case .runaway:
            return Pressure(rateFactor: 12)
        case .overload:
            return Pressure(rateFactor: 7)
        case .costs:
            let errand = ClientProfile.Errand(.chat, "claude-sonnet-4", isStream: true, promptBytes: 48_000)
            return Pressure(rateFactor: 1, errand: errand)
        }
    }

    /// What the story says at this moment: its newest line; nil before the first.
    package func narration(at seconds: Double) -> String? {
        guard self == .incident else { return nil }
        return Trouble.allCases.last { seconds >= $0.begins && seconds < $0.ends }?.beginning
    }
}
