import Domain

extension ConfigurationReader {
    /// `name`, `listen`, `max_body`, `trusted_proxies`, `metrics`, `passthrough`, `drain`, `alerts`, `theme`.
    func readServer(_ file: Section, into result: inout Configuration) {
        if let field = file["name"], let name = reader.text(field) {
            checkName(name, field)
            result.name = name
        }
        if let field = file["listen"] {
            let expected =
                "an address and a port such as 127.0.0.1:8080, 0.0.0.0:8080 or '[::1]:8080' (with the quotes)"
            result.listen = reader.value(field, expected, ListenAddress.init(text:)) ?? result.listen
        }
        if let field = file["max_body"] {
            result.maxBodyBytes = size(field, in: 1...1_000_000_000) ?? result.maxBodyBytes
        }
        if let field = file["trusted_proxies"] { result.trustedProxies = addresses(field) }
        if let field = file["metrics"], let section = reader.section(field, keys: ["allow"]) {
            if let allow = section["allow"] { result.metricsAllow = addresses(allow) }
        }
        if let field = file["passthrough"] {
            result.passthrough = words(field).compactMap { passthrough($0.text, $0.field) }
        }
        if let field = file["drain"] { result.drain = duration(field, allowsZero: true) ?? result.drain }
        if let field = file["alerts"] { result.alerts = alerts(field) }
        if let field = file["theme"], let theme = reader.text(field) {
            result.theme = theme
            if !ThemeName.isValid(theme) {
                reader.report(field.node.place, field.key, "a theme's name is letters, digits, - and _")
            } else if let themes, !themes.contains(theme) {
                reader.report(
                    field.node.place, field.key, "no such theme" + NearestWord.advice(theme, in: themes))
            }
        }
    }

    func size(_ field: Field, in range: ClosedRange<Int>) -> Int? {
        reader.value(field, "a size such as 512KB or 32MB, from \(range.lowerBound) to \(range.upperBound) bytes") {
            text in
            guard let bytes = QuantityText.bytes(text), range.contains(bytes) else { return nil }
            return bytes
        }
    }

    private func addresses(_ field: Field) -> [AddressRange] {
        (reader.list(field) ?? []).compactMap { element in
            reader.value(element, "an address such as 127.0.0.1 or 10.0.0.0/8", AddressRange.init(text:))
        }
    }

    private func passthrough(_ path: String, _ field: Field) -> String? {
        let segments = path.split(separator: "/", omittingEmptySubsequences: false)
        let isPlain = segments.dropFirst().enumerated().allSatisfy { index, segment in
            if segment == "*" { return index == segments.count - 2 }
            return !segment.isEmpty && segment != "." && segment != ".."
                && segment.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7f && !"%?#;*\\".utf8.contains($0) }
        }
        guard path.hasPrefix("/v1/"), isPlain else {
            reader.report(
                field.node.place, field.key,
                "expected a path such as /v1/files or /v1/files/*, found \(StrictReader.quote(path))")
            return nil
        }
        if ConfigurationReader.served.contains(path) {
            reader.warn(field.node.place, field.key, "\(path) is served without being named here")
        }
        return path
    }

    /// Paths that the gateway serves itself.
    private static let served = [
        "/v1/chat/completions", "/v1/completions", "/v1/responses", "/v1/embeddings", "/v1/models", "/v1/me",
    ]

    private func alerts(_ field: Field) -> AlertThresholds {
        var result = AlertThresholds.standard
        guard let section = reader.section(field, keys: ["upstream_errors", "refused", "quota"]) else { return result }
        let share = { (name: String) -> Double? in
            section[name].flatMap { reader.value($0, "a share over 0% and up to 100%, such as 5%", QuantityText.share) }
        }
        result.upstreamErrors = share("upstream_errors") ?? result.upstreamErrors
        result.refused = share("refused") ?? result.refused
        result.quota = share("quota") ?? result.quota
        return result
    }
}

extension ListenAddress {
    /// Loopback, so that nothing is reachable from outside before the operator says so.
    static let standard = ListenAddress(loopbackPort: 8080)
}

extension Configuration {
    /// Whether a path that the gateway does not know itself is forwarded.
    ///
    /// - Parameter path: the path as the provider will read it, without a query.
    package func passesThrough(_ path: String) -> Bool {
        passthrough.contains { pattern in
            guard pattern.hasSuffix("/*") else { return pattern == path }
            return path.hasPrefix(pattern.dropLast()) && path.utf8.count >= pattern.utf8.count
        }
    }
}
