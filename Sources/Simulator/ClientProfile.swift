/// How a simulated client behaves: what it asks for, how often, and how it takes a refusal.
package struct ClientProfile: Sendable {
    /// One kind of request that a client sends.
    package struct Errand: Sendable {
        /// The API's routes.
        package enum Route: Sendable, Equatable {
            case chat
            case completions
            case responses
            case embeddings
        }

        package var route: Route
        package var model: String
        package var isStream: Bool
        /// Share among the client's errands; any scale.
        package var weight: Double
        /// Median bytes of the prompt.
        package var promptBytes: Double
        package var outputLimit: Int

        package init(
            _ route: Route, _ model: String, isStream: Bool = false, weight: Double = 1, promptBytes: Double = 900,
            outputLimit: Int = 400
        ) {
            self.route = route
            self.model = model
            self.isStream = isStream
            self.weight = weight
            self.promptBytes = promptBytes
            self.outputLimit = outputLimit
        }
    }

    /// A rhythm of busy spells.
    package struct Burst: Sendable {
        package var periodSeconds: Double
        package var lengthSeconds: Double
        package var factor: Double

        package init(periodSeconds: Double, lengthSeconds: Double, factor: Double) {
            self.periodSeconds = periodSeconds
            self.lengthSeconds = lengthSeconds
            self.factor = factor
        }
    }

    package var name: String
    package var userAgent: String
    package var requestsPerSecond: Double
    /// Requests under way at once; arrivals beyond are given up.
    package var concurrency: Int
    package var errands: [Errand]
    package var burst: Burst?
    /// Whether it waits as `Retry-After` says; one that does not sends again at once.
    package var obeysRetryAfter: Bool
    /// Times that a failed request is sent again.
    package var retries: Int
    /// Share of streams that it leaves in the middle.
    package var leaveRate: Double
    /// Share of requests for a model that does not exist.
    package var wrongModelRate: Double
    /// Share of requests with a mistyped key.
    package var wrongKeyRate: Double

    package init(
        name: String, userAgent: String = "OpenAI/Python 1.99.1", requestsPerSecond: Double, concurrency: Int = 16,
        errands: [Errand], burst: Burst? = nil, obeysRetryAfter: Bool = true, retries: Int = 2, leaveRate: Double = 0,
        wrongModelRate: Double = 0, wrongKeyRate: Double = 0
    ) {
        self.name = name
        self.userAgent = userAgent
        self.requestsPerSecond = requestsPerSecond
        self.concurrency = concurrency
        self.errands = errands
        self.burst = burst
        self.obeysRetryAfter = obeysRetryAfter
        self.retries = retries
        self.leaveRate = leaveRate
        self.wrongModelRate = wrongModelRate
        self.wrongKeyRate = wrongKeyRate
    }
}

/// What a client itself counted; the counterpart of the gateway's figures for it.
package struct ClientTally: Sendable, Equatable {
    /// Requests sent, second tries included.
    package var sent = 0
    /// Answers whose head came, by status.
    package var answered: [Int: Int] = [:]
    /// Streams that it left in the middle.
    package var left = 0
    /// Answers that broke off, and requests whose connection ended without one.
    package var broken = 0
    /// Streams that ended with an error event.
    package var errorEvents = 0
    /// Arrivals given up because too much was under way or the client was waiting.
    package var skipped = 0
    package var inFlight = 0

    package init() {}
}
