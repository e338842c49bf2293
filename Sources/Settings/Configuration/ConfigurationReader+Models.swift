import Domain

/// A model with the places of its entry, for problems that are found later.
struct ReadModel {
    var settings: ModelSettings
    var field: Field
}

extension ConfigurationReader {
    /// `upstreams`.
    func upstreams(_ field: Field?) -> [UpstreamSettings] {
        guard let field else { return [] }
        return reader.names(field).compactMap { name, field in
            checkName(name, field)
            guard let section = reader.section(field, keys: ["url", "dialect", "key"]) else { return nil }
            let dialect = section["dialect"].flatMap(dialect) ?? .openai
            let key = section["key"].flatMap { providerKey($0) }
            guard let given = section["url"] else {
                reader.report(field.node.place, field.child("url"), "is missing")
                return nil
            }
            guard let text = reader.text(given) else { return nil }
            do throws(UpstreamURL.Refusal) {
                let url = try UpstreamURL(text: text)
                if key != nil, !url.isSecure, !url.isLoopback {
                    reader.warn(given.node.place, given.key, "is not https: the key crosses the network in the clear")
                }
                return UpstreamSettings(name: name, url: url, dialect: dialect, key: key)
            } catch {
                reader.report(given.node.place, given.key, error.reason)
                return nil
            }
        }
    }

    private func dialect(_ field: Field) -> Dialect? {
        guard let text = reader.text(field) else { return nil }
        if let dialect = Dialect(rawValue: text) { return dialect }
        let isKnown = text == "anthropic" || text == "gemini"
        let reason =
            isKnown
            ? "\(text) is not in this version; only openai is" : "expected openai, found \(StrictReader.quote(text))"
        reader.report(field.node.place, field.key, reason)
        return nil
    }

    private func providerKey(_ field: Field) -> Secret? {
        guard let secret = reader.secret(field) else { return nil }
        if secret.revealed == ReferenceEnvironment.placeholder {
            reader.report(field.node.place, field.key, "is still the placeholder; put your provider's key there")
        } else if !secret.revealed.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7f }) {
            reader.report(field.node.place, field.key, "must be visible ASCII without spaces: it is sent in a header")
        }
        return secret
    }

    /// `timeouts`, of the gateway or of a model.
    func timeouts(_ field: Field, defaults: Timeouts) -> Timeouts {
        var result = defaults
        guard let section = reader.section(field, keys: ["connect", "first_token", "idle", "total"]) else {
            return result
        }
        result.connect = section["connect"].flatMap { duration($0) } ?? result.connect
        result.firstToken = section["first_token"].flatMap { duration($0) } ?? result.firstToken
        result.idle = section["idle"].flatMap { duration($0) } ?? result.idle
        result.total = section["total"].flatMap { duration($0) } ?? result.total
        return result
    }

    /// `models`.
    ///
    /// - Parameters:
    ///   - upstreams: every name under `upstreams`, wrong entries among them, so that one fault is reported once.
    func models(_ field: Field?, upstreams: [String], timeouts defaults: Timeouts) -> [ReadModel] {
        guard let field else { return [] }
        return reader.names(field).compactMap { name, field in
            checkName(name, field, limit: 128)
            let keys = ["via", "input", "output", "cached_input", "reasoning", "limits", "timeouts"]
            guard let section = reader.section(field, keys: keys) else { return nil }
            let settings = ModelSettings(
                name: name, via: via(section, upstreams: upstreams), price: price(section),
                limits: section["limits"].map { limits($0) } ?? LimitSet(),
                timeouts: section["timeouts"].map { timeouts($0, defaults: defaults) } ?? defaults)
            return ReadModel(settings: settings, field: field)
        }
    }

    private func via(_ model: Section, upstreams: [String]) -> [String] {
        guard let field = model["via"] else {
            if upstreams.count == 1 { return upstreams }
            reader.report(model.field.node.place, model.field.child("via"), "is missing; name the upstream in [ ]")
            return []
        }
        let names = words(field)
        for (text, element) in names where !upstreams.contains(text) {
            reader.report(
                element.node.place, field.key, "no such upstream: \(text)" + NearestWord.advice(text, in: upstreams))
        }
        if case .list(let nodes) = field.node.kind, nodes.isEmpty {
            reader.report(field.node.place, field.key, "names no upstream")
        }
        if names.count > 1 {
            reader.report(field.node.place, field.key, "more than one upstream is not in this version")
        }
        return names.map(\.text)
    }

    private func price(_ model: Section) -> Price? {
        let rate = { (name: String) -> Int64? in
            model[name].flatMap {
                reader.value($0, "USD per million tokens with at most 9 decimals", DecimalText.nanos)
            }
        }
        let (input, output, cached, reasoning) = (
            rate("input"), rate("output"), rate("cached_input"), rate("reasoning")
        )
        let given = ["input", "output", "cached_input", "reasoning"].filter { model[$0] != nil }
        if given.isEmpty { return nil }
        for name in ["input", "output"] where model[name] == nil {
            reader.report(model.field.node.place, model.field.child(name), "is missing: a price needs input and output")
        }
        guard let input, let output else { return nil }
        return Price(
            inputNanosPerMillion: input, outputNanosPerMillion: output, cachedInputNanosPerMillion: cached,
            reasoningNanosPerMillion: reasoning)
    }
}
