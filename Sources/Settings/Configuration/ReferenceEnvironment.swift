import Domain

/// The settings of the design that Tollgate replaces, for whoever has no file: variables and nothing else.
struct ReferenceEnvironment {
    /// What the published settings have in place of a key; it counts as unset.
    static let placeholder = "YOUR_HOLYSHEEP_API_KEY"
    private static let baseURL = "https://api.holysheep.ai/v1"
    private static let upstream = "holysheep"
    /// USD per million tokens, input and output.
    private static let prices: [(model: String, input: Int64, output: Int64)] = [
        ("gpt-4.1", 8_000_000_000, 32_000_000_000), ("claude-sonnet-4", 15_000_000_000, 75_000_000_000),
        ("gemini-2.5-flash", 2_500_000_000, 10_000_000_000), ("deepseek-v3.2", 420_000_000, 1_680_000_000),
    ]

    let variables: Variables
    private(set) var problems: [ConfigurationProblem] = []
    private(set) var warnings: [ConfigurationProblem] = []

    init(variables: Variables) { self.variables = variables }

    /// Whether a Redis is named, which this version cannot use.
    var wantsRedis: Bool { variables["REDIS_HOST"] != nil }

    /// The configuration that the variables make; counts only where `problems` stays empty.
    ///
    /// - Parameters:
    ///   - data: the data folder of the command line, nil for the usual one.
    ///   - searched: where a file was looked for, for the message that there is none.
    ///   - workingDirectory: what relative paths are relative to.
    mutating func configuration(data: String?, searched: [String], workingDirectory: String) -> Configuration {
        var result = Configuration.standard(data: data)
        result.upstreams = upstreams(searched: searched)
        result.models = ReferenceEnvironment.prices.map { entry in
            let price = Price(inputNanosPerMillion: entry.input, outputNanosPerMillion: entry.output)
            return ModelSettings(
                name: entry.model, via: [ReferenceEnvironment.upstream], price: price, limits: LimitSet(),
                timeouts: .standard)
        }
        if let limit = requestLimit() { result.tiers[0].limits[.requests] = limit }
        readLog(into: &result, workingDirectory)
        readSecret(into: &result)
        checkPort()
        if wantsRedis {
            warn("REDIS_HOST", "limits local: Redis is not in this version, each instance counts for itself")
        }
        return result
    }

    private mutating func upstreams(searched: [String]) -> [UpstreamSettings] {
        let text = variables["HOLYSHEEP_BASE_URL"] ?? ReferenceEnvironment.baseURL
        var url: UpstreamURL?
        do throws(UpstreamURL.Refusal) {
            url = try UpstreamURL(text: text)
        } catch {
            refuse("HOLYSHEEP_BASE_URL", error.reason)
        }
        guard let key = variables["HOLYSHEEP_API_KEY"], key != ReferenceEnvironment.placeholder else {
            let state = variables["HOLYSHEEP_API_KEY"] == nil ? "is not set" : "is still the placeholder"
            let files = searched.joined(separator: ", ")
            let reason = "no provider: there is no configuration file (looked for \(files)) and this variable \(state)"
            problems.append(
                variables.problem(
                    "HOLYSHEEP_API_KEY", reason + "; `tollgate init` writes a file",
                    kind: .unsetVariable("HOLYSHEEP_API_KEY")))
            return []
        }
        if !key.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7f }) {
            refuse("HOLYSHEEP_API_KEY", "must be visible ASCII without spaces: it is sent in a header")
        }
        guard let url else { return [] }
        if !url.isSecure, !url.isLoopback {
            warn("HOLYSHEEP_BASE_URL", "is not https: the key crosses the network in the clear")
        }
        return [UpstreamSettings(name: ReferenceEnvironment.upstream, url: url, dialect: .openai, key: Secret(key))]
    }

    private mutating func requestLimit() -> Limit? {
        let count = variables["RATE_LIMIT_REQUESTS"]
        let window = variables["RATE_LIMIT_WINDOW"]
        if count == nil && window == nil { return nil }
        let limit = Limit(word: "requests", text: (count ?? "60") + "/1m")
        if limit == nil {
            refuse(
                "RATE_LIMIT_REQUESTS", "expected a whole number such as 60, found \(StrictReader.quote(count ?? ""))")
        }
        guard let window else { return limit }
        guard let seconds = ReferenceEnvironment.whole(window, in: 1...86_400) ?? DurationText.seconds(window),
            (1...86_400).contains(seconds)
        else {
            refuse("RATE_LIMIT_WINDOW", "expected seconds from 1 to 86400, found \(StrictReader.quote(window))")
            return nil
        }
        return limit.map { Limit(kind: .requests, amount: $0.amount, windowSeconds: seconds) }
    }

    private mutating func readLog(into result: inout Configuration, _ workingDirectory: String) {
        if let file = variables["LOG_FILE"] {
            var own = OwnFiles(configuration: nil, data: result.data, in: workingDirectory)
            own.add(result.adminSocket, "the admin socket")
            if let fault = own.fault(file) {
                refuse("LOG_FILE", fault)
            } else if file.unicodeScalars.allSatisfy(VisibleText.isVisible) {
                result.log.file = file
            } else {
                refuse("LOG_FILE", "holds a control or format character")
            }
        }
        guard let level = variables["LOG_LEVEL"] else { return }
        // The reference's levels are Python's.
        let words = ["warn": "warning", "critical": "error", "fatal": "error", "notset": "debug"]
        let word = level.lowercased()
        if let level = LogLevel(rawValue: words[word] ?? word) {
            result.log.level = level
        } else {
            refuse("LOG_LEVEL", "expected debug, info, warning or error, found \(StrictReader.quote(level))")
        }
    }

    private mutating func readSecret(into result: inout Configuration) {
        guard let secret = variables["JWT_SECRET"] else {
            if variables.values["JWT_SECRET"] != nil { warn("JWT_SECRET", "is empty: there are no JWTs") }
            return
        }
        if secret.utf8.count < ConfigurationReader.secretLength {
            refuse("JWT_SECRET", "is shorter than \(ConfigurationReader.secretLength) bytes")
        }
        result.jwt = JWTSettings(secret: Secret(secret), tierClaim: "tier", issuer: nil, audience: nil)
    }

    private mutating func checkPort() {
        guard let port = variables["REDIS_PORT"], ReferenceEnvironment.whole(port, in: 1...65_535) == nil else {
            return
        }
        refuse("REDIS_PORT", "expected a port from 1 to 65535, found \(StrictReader.quote(port))")
    }

    private static func whole(_ text: String, in range: ClosedRange<Int64>) -> Int64? {
        guard text.utf8.allSatisfy({ (0x30...0x39).contains($0) }), let number = Int64(text) else { return nil }
        return range.contains(number) ? number : nil
    }

    private mutating func refuse(_ name: String, _ reason: String) { problems.append(variables.problem(name, reason)) }

    private mutating func warn(_ name: String, _ reason: String) { warnings.append(variables.problem(name, reason)) }
}
