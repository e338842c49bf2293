package import Domain

/// Everything that `tollgate.yaml`, or the environment without one, says: complete, checked, with defaults filled in.
///
/// Names are resolved: each model's upstream, each client's tier and each allowed model exists. Paths are as written;
/// a relative one is relative to the working directory of the process, not to the file.
package struct Configuration: Sendable {
    /// What the status line calls this gateway; nil for the host's name.
    package var name: String?
    package var listen: ListenAddress
    package var maxBodyBytes: Int
    /// Peers whose `X-Forwarded-For` is believed.
    package var trustedProxies: [AddressRange]
    /// Peers that may read `/metrics`; a request that was forwarded may not.
    package var metricsAllow: [AddressRange]
    /// Further paths that are forwarded: each begins with `/v1/`; one that ends in `/*` stands for all below it.
    package var passthrough: [String]
    /// How long open requests may take to finish after SIGTERM.
    package var drain: Duration
    /// The data folder.
    package var data: String
    /// The path of the admin socket.
    package var adminSocket: String
    package var log: LogSettings
    /// How JWTs are verified; nil where there are none.
    package var jwt: JWTSettings?
    /// The providers by name, in the order of the file; at least one.
    package var upstreams: [UpstreamSettings]
    /// The deadlines of models that set none of their own.
    package var timeouts: Timeouts
    /// The models by name, in the order of the file.
    package var models: [ModelSettings]
    /// The tier of a client that names none; always in `tiers`.
    package var defaultTier: String
    package var tiers: [TierSettings]
    /// The clients that the file names, in its order; each one's tier is in `tiers`.
    package var clients: [ClientRecord] {
        didSet { clientIndex = Configuration.index(of: clients) }
    }
    /// Where each client stands in `clients`: ten thousand of them are looked up by name at every reload.
    private(set) var clientIndex: [String: Int] = [:]
    /// Limits of the whole gateway.
    package var limits: LimitSet
    package var alerts: AlertThresholds
    /// The name of the theme.
    package var theme: String

    /// The limits of a client whose tier sets none of that kind: safe without any configuration.
    package static let defaultLimits = LimitSet([
        Limit(kind: .requests, amount: 60, windowSeconds: 60), Limit(kind: .concurrent, amount: 16),
    ])

    /// The settings of a client; nil where the file names none such.
    package func client(_ name: String) -> ClientRecord? {
        if let index = clientIndex[name] { return clients[index] }
        return clientIndex.isEmpty ? clients.first { $0.name == name } : nil
    }

    private static func index(of clients: [ClientRecord]) -> [String: Int] {
        Dictionary(clients.enumerated().map { ($0.element.name, $0.offset) }, uniquingKeysWith: { first, _ in first })
    }

    /// The settings of a tier; nil where there is no such tier.
    package func tier(_ name: String) -> TierSettings? { tiers.first { $0.name == name } }

    /// The settings of a model; nil where there is no such model.
    package func model(_ name: String) -> ModelSettings? { models.first { $0.name == name } }

    /// The settings of a provider; nil where there is no such provider.
    package func upstream(_ name: String) -> UpstreamSettings? { upstreams.first { $0.name == name } }

    /// Whether others than this machine can reach the gateway: without keys and JWTs it then starts only on an explicit
    /// word of the operator.
    package var isReachableFromOutside: Bool { !listen.isLoopback }
}

/// A provider.
package struct UpstreamSettings: Hashable, Sendable {
    package var name: String
    package var url: UpstreamURL
    package var dialect: Dialect
    /// Sent to `url.origin` and nowhere else; nil for a provider that asks for none.
    package var key: Secret?
}

/// The protocol that a provider speaks.
package enum Dialect: String, Hashable, Sendable {
    case openai
}

/// How long each part of a provider's answer may take.
package struct Timeouts: Hashable, Sendable {
    /// Until a connection stands, its TLS included.
    package var connect: Duration
    /// Until the first byte of a stream's body.
    package var firstToken: Duration
    /// Between two bytes of a stream.
    package var idle: Duration
    /// The whole exchange.
    package var total: Duration

    /// What holds where nothing is configured.
    package static let standard = Timeouts(
        connect: .seconds(10), firstToken: .seconds(120), idle: .seconds(60), total: .seconds(600))
}

/// A model that callers may ask for.
package struct ModelSettings: Hashable, Sendable {
    package var name: String
    /// The providers that serve it, in the order of trying; in this version exactly one.
    package var via: [String]
    /// nil where the file gives none: usage is then shown as unpriced, and no budget holds the model.
    package var price: Price?
    package var limits: LimitSet
    package var timeouts: Timeouts
}

/// The defaults of each client of a tier, counted per client.
package struct TierSettings: Hashable, Sendable {
    package var name: String
    package var limits: LimitSet
    /// Models that its clients may use, nil for all.
    package var models: [String]?

    package init(name: String, limits: LimitSet, models: [String]? = nil) {
        self.name = name
        self.limits = limits
        self.models = models
    }
}

/// The request log.
package struct LogSettings: Hashable, Sendable {
    package var file: String
    package var level: LogLevel
    /// Size in bytes at which a new file begins.
    package var rotateBytes: Int
    /// How many finished files are kept.
    package var keep: Int
}

/// The lowest level that is written; the raw value is the word of the configuration.
package enum LogLevel: String, CaseIterable, Hashable, Sendable, Comparable {
    case debug
    case info
    case warning
    case error

    package static func < (left: LogLevel, right: LogLevel) -> Bool {
        (allCases.firstIndex(of: left) ?? 0) < (allCases.firstIndex(of: right) ?? 0)
    }
}

/// How JSON Web Tokens are verified; HS256 is the only algorithm.
package struct JWTSettings: Hashable, Sendable {
    /// At least 32 bytes.
    package var secret: Secret
    /// The claim that names the caller's tier.
    package var tierClaim: String
    /// What `iss` must be; nil for no check.
    package var issuer: String?
    /// What `aud` must be or hold; nil for no check.
    package var audience: String?
}

/// The shares, 0 to 1, at which a row of the dashboard becomes `◆` or `▲`.
package struct AlertThresholds: Hashable, Sendable {
    package var upstreamErrors: Double
    package var refused: Double
    package var quota: Double

    /// What holds where nothing is configured.
    package static let standard = AlertThresholds(upstreamErrors: 0.05, refused: 0.10, quota: 0.95)
}
