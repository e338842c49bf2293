import Domain

/// Reads `tollgate.yaml` key by key.
///
/// Each group of keys is an extension in a file of its own. A value that is wrong is reported and replaced by its
/// default, so that one reading finds everything that is wrong; the result counts only where nothing was reported.
struct ConfigurationReader {
    let reader: StrictReader
    /// The data folder that the command line names; it wins over the file's.
    let dataOverride: String?
    /// Names of the themes that exist; nil where they are not checked.
    let themes: [String]?
    /// What relative paths are relative to; nil where no other file is looked at.
    var workingDirectory: String?

    static let keys = [
        "name", "listen", "max_body", "trusted_proxies", "metrics", "passthrough", "drain", "data", "admin", "log",
        "auth", "upstreams", "timeouts", "retries", "models", "default_tier", "tiers", "clients", "limits", "alerts",
        "fleet", "theme",
    ]

    /// Reads a whole file; nil where it holds no keys at all, which has been reported.
    func read(_ text: String) -> Configuration? {
        let top = SourcePlace(line: 1, column: 1)
        let root = reader.root(of: text) ?? SourceNode(place: top, kind: .map([]))
        guard reader.problems.isEmpty || !root.isEmptyMap else { return nil }
        let field = Field(node: root, key: "", keyPlace: top)
        guard let file = reader.section(field, keys: ConfigurationReader.keys) else { return nil }
        var result = Configuration.standard(data: dataOverride)
        readServer(file, into: &result)
        readFiles(file, into: &result)
        readSecurity(file, into: &result)
        result.upstreams = upstreams(file["upstreams"])
        if result.upstreams.isEmpty, file["upstreams"].map({ $0.node.isEmptyMap }) ?? true {
            reader.report(file["upstreams"]?.node.place ?? top, "upstreams", "at least one provider is needed")
        }
        if let given = file["timeouts"] { result.timeouts = timeouts(given, defaults: .standard) }
        refuseRetries(file["retries"])
        refuseFleet(file["fleet"])
        let models = models(file["models"], upstreams: namesIn(file["upstreams"]), timeouts: result.timeouts)
        result.models = models.map(\.settings)
        if models.isEmpty, file["models"].map({ $0.node.isEmptyMap }) ?? true {
            reader.warn(file["models"]?.node.place ?? top, "models", "there are none: every request is answered 404")
        }
        readCallers(file, models: models, into: &result)
        return result
    }

    /// The names of an open block, wrong entries among them: what a reference to one is checked against.
    private func namesIn(_ field: Field?) -> [String] {
        guard let field, case .map(let entries) = field.node.kind else { return [] }
        return entries.map(\.key.raw)
    }

    /// A name that is shown on screens and in logs: 1 to `limit` bytes, no white space at its ends.
    func checkName(_ name: String, _ field: Field, limit: Int = 64) {
        if let bad = name.unicodeScalars.first(where: { !VisibleText.isVisible($0) }) {
            let code = String(bad.value, radix: 16, uppercase: true)
            reader.report(field.keyPlace, field.key, "holds a control or format character, U+\(code)")
        } else if name.isEmpty || name.first?.isWhitespace == true || name.last?.isWhitespace == true {
            reader.report(field.keyPlace, field.key, "a name must not be empty nor begin or end with a space")
        } else if name.utf8.count > limit {
            reader.report(field.keyPlace, field.key, "a name has at most \(limit) bytes")
        }
    }

    /// A duration over zero.
    func duration(_ field: Field, allowsZero: Bool = false) -> Duration? {
        reader.value(field, "a duration such as 500ms, 30s or 2m, at most 1d") { text in
            guard let value = QuantityText.duration(text), value <= .seconds(86_400) else { return nil }
            return value > .zero || allowsZero ? value : nil
        }
    }

    /// A list of texts without repetition.
    func words(_ field: Field) -> [(text: String, field: Field)] {
        var result: [(text: String, field: Field)] = []
        for element in reader.list(field) ?? [] {
            guard let text = reader.text(element) else { continue }
            if result.contains(where: { $0.text == text }) {
                reader.report(element.node.place, field.key, "\(text) is repeated")
            } else {
                result.append((text, element))
            }
        }
        return result
    }
}

extension SourceNode {
    /// Whether it is a block without keys.
    var isEmptyMap: Bool {
        if case .map(let entries) = kind { return entries.isEmpty }
        return false
    }
}

extension Configuration {
    /// Every default, without providers or models.
    ///
    /// - Parameter data: the data folder; nil for the usual one.
    static func standard(data: String? = nil) -> Configuration {
        let folder = data ?? "./tollgate-data"
        return Configuration(
            name: nil, listen: .standard, maxBodyBytes: 32_000_000, trustedProxies: [],
            metricsAllow: [AddressRange(text: "127.0.0.1"), AddressRange(text: "::1")].compactMap { $0 },
            passthrough: [], drain: .seconds(25), data: folder, adminSocket: folder + "/admin.sock",
            log: LogSettings(file: folder + "/requests.jsonl", level: .info, rotateBytes: 64_000_000, keep: 14),
            jwt: nil, upstreams: [], timeouts: .standard, models: [], defaultTier: "free",
            tiers: [TierSettings(name: "free", limits: LimitSet(), models: nil)], clients: [], limits: LimitSet(),
            alerts: .standard, theme: "harbor")
    }
}
