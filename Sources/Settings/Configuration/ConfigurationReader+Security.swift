extension ConfigurationReader {
    /// The shortest secret that HS256 is safe with, in bytes (RFC 7518, 3.2).
    static let secretLength = 32

    /// `auth`.
    func readSecurity(_ file: Section, into result: inout Configuration) {
        guard let field = file["auth"], let auth = reader.section(field, keys: ["jwt"]), let jwt = auth["jwt"] else {
            return
        }
        let keys = ["algorithms", "secret", "tier_claim", "issuer", "audience"]
        guard let section = reader.section(jwt, keys: keys) else { return }
        if let algorithms = section["algorithms"] {
            let words = words(algorithms)
            for (text, element) in words where text != "HS256" {
                reader.report(
                    element.node.place, algorithms.key,
                    "\(StrictReader.quote(text)) is not in this version; only HS256 is")
            }
            if case .list(let nodes) = algorithms.node.kind, nodes.isEmpty {
                reader.report(algorithms.node.place, algorithms.key, "names no algorithm; write [HS256]")
            }
        }
        guard let field = section["secret"] else {
            reader.report(jwt.node.place, jwt.child("secret"), "is missing")
            return
        }
        guard let secret = reader.secret(field) else { return }
        if secret.revealed.utf8.count < ConfigurationReader.secretLength {
            reader.report(field.node.place, field.key, "is shorter than \(ConfigurationReader.secretLength) bytes")
        }
        let optional = { (name: String) -> String? in
            guard let field = section[name], !field.node.isNull else { return nil }
            return reader.text(field)
        }
        result.jwt = JWTSettings(
            secret: secret, tierClaim: section["tier_claim"].flatMap { reader.text($0) } ?? "tier",
            issuer: optional("issuer"), audience: optional("audience"))
    }

    /// Retrying is not in this version: one attempt is what it does, and the only thing that may be written.
    func refuseRetries(_ field: Field?) {
        guard let field, let section = reader.section(field, keys: ["attempts", "base", "cap"]) else { return }
        if let attempts = section["attempts"], let count = reader.integer(attempts, in: 1...10), count > 1 {
            reader.report(attempts.node.place, attempts.key, "retries are not in this version; only 1 attempt is")
        }
        for name in ["base", "cap"] {
            guard let field = section[name], duration(field) != nil else { continue }
            reader.report(field.keyPlace, field.key, "retries are not in this version; leave it out")
        }
    }

    /// Sharing limits between instances is not in this version.
    func refuseFleet(_ field: Field?) {
        guard let field, let section = reader.section(field, keys: ["redis"]), let redis = section["redis"] else {
            return
        }
        if redis.node.isNull { return }
        reader.report(redis.node.place, redis.key, "Redis is not in this version; write null or leave it out")
    }
}
