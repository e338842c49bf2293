import Domain

extension ConfigurationReader {
    static let limitKeys = ["requests", "tokens", "concurrent", "budget"]

    /// `tiers`, `default_tier`, `clients`, `limits`, and that every model under a budget has a price.
    func readCallers(_ file: Section, models: [ReadModel], into result: inout Configuration) {
        let modelNames = models.map(\.settings.name)
        if let field = file["tiers"] { result.tiers = tiers(field, models: modelNames) }
        let tierNames = result.tiers.map(\.name)
        result.defaultTier = defaultTier(file, tiers: tierNames)
        if let field = file["clients"] {
            result.clients = clients(field, tiers: tierNames, defaultTier: result.defaultTier, models: modelNames)
        }
        if let field = file["limits"] { result.limits = limits(field) }
        checkPrices(models, in: result)
        checkPassthrough(file, models, in: result)
    }

    /// A block of limits.
    func limits(_ field: Field) -> LimitSet {
        guard let section = reader.section(field, keys: ConfigurationReader.limitKeys) else { return LimitSet() }
        return limits(of: section)
    }

    /// The limits among the keys of a block.
    func limits(of section: Section) -> LimitSet {
        var set = LimitSet()
        for word in ConfigurationReader.limitKeys {
            guard let field = section[word] else { continue }
            var values = [field]
            if word == "budget", case .list = field.node.kind { values = reader.list(field) ?? [] }
            for value in values {
                guard let limit = limit(word, value) else { continue }
                if let earlier = set[limit.kind] {
                    reader.report(value.node.place, field.key, "a second budget for a \(earlier.kind.period ?? word)")
                }
                set[limit.kind] = limit
            }
        }
        return set
    }

    private func limit(_ word: String, _ field: Field) -> Limit? {
        let expected =
            switch word {
            case "requests": "a number and a window of at most 1d, such as 600/1m"
            case "tokens": "a number and a window of at most 1d, such as 40k/1m"
            case "concurrent": "a whole number such as 64"
            default: "USD and a period such as 1.00/day; periods are hour, day and month"
            }
        return reader.value(field, expected) { Limit(word: word, text: $0) }
    }

    private func tiers(_ field: Field, models: [String]) -> [TierSettings] {
        reader.names(field).compactMap { name, field in
            checkName(name, field)
            guard let section = reader.section(field, keys: ConfigurationReader.limitKeys + ["models"]) else {
                return TierSettings(name: name, limits: LimitSet(), models: nil)
            }
            return TierSettings(name: name, limits: limits(of: section), models: allowed(section, models: models))
        }
    }

    private func defaultTier(_ file: Section, tiers: [String]) -> String {
        if let field = file["default_tier"] {
            guard let name = reader.text(field) else { return "free" }
            if !tiers.contains(name) {
                reader.report(
                    field.node.place, field.key, "no such tier: \(name)" + NearestWord.advice(name, in: tiers))
            }
            return name
        }
        if tiers.contains("free") { return "free" }
        if tiers.count == 1 { return tiers[0] }
        let place = file["tiers"]?.node.place ?? file.field.node.place
        reader.report(place, "default_tier", "is missing; name one of the tiers")
        return "free"
    }

    private func clients(_ field: Field, tiers: [String], defaultTier: String, models: [String]) -> [ClientRecord] {
        reader.names(field).compactMap { name, field in
            checkName(name, field)
            let keys = ["tier", "owner", "models"] + ConfigurationReader.limitKeys
            guard let section = reader.section(field, keys: keys) else { return nil }
            var tier = defaultTier
            if let given = section["tier"], let name = reader.text(given) {
                tier = name
                if !tiers.contains(name) {
                    reader.report(
                        given.node.place, given.key, "no such tier: \(name)" + NearestWord.advice(name, in: tiers))
                }
            }
            var owner = ""
            if let given = section["owner"], let text = reader.text(given) {
                if text.utf8.count > 128 { reader.report(given.node.place, given.key, "has at most 128 bytes") }
                owner = text
            }
            return ClientRecord(
                name: name, tier: tier, owner: owner, limits: limits(of: section),
                models: allowed(section, models: models))
        }
    }

    private func allowed(_ section: Section, models: [String]) -> [String]? {
        guard let field = section["models"] else { return nil }
        let names = words(field)
        for (text, element) in names where !models.contains(text) {
            reader.report(
                element.node.place, field.key, "no such model: \(text)" + NearestWord.advice(text, in: models))
        }
        return names.map(\.text)
    }

    /// An unknown price is never zero: a model without one cannot be held by a budget, so it may not stand under one.
    private func checkPrices(_ models: [ReadModel], in result: Configuration) {
        for model in models where model.settings.price == nil {
            let hasPriceKey = ["input", "output", "cached_input", "reasoning"].contains { model.field.holds($0) }
            if hasPriceKey { continue }
            guard let holder = budgetHolder(of: model.settings, in: result) else { continue }
            let reason = "has no price but is under the budget of \(holder); give input and output"
            reader.report(model.field.keyPlace, model.field.key, reason)
        }
    }

    /// What is passed through may name no model, as a list of files does, and then no budget holds it: that is said.
    private func checkPassthrough(_ file: Section, _ models: [ReadModel], in result: Configuration) {
        let hasBudget =
            result.limits.hasBudget || models.contains { $0.settings.limits.hasBudget }
            || result.tiers.contains { $0.limits.hasBudget } || result.clients.contains { $0.limits.hasBudget }
        guard hasBudget, !result.passthrough.isEmpty, let field = file["passthrough"] else { return }
        let paths = result.passthrough.joined(separator: ", ")
        reader.warn(
            field.node.place, field.key, "requests on \(paths) that name no priced model do not count toward budgets")
    }

    private func budgetHolder(of model: ModelSettings, in result: Configuration) -> String? {
        if result.limits.hasBudget { return "the gateway" }
        if model.limits.hasBudget { return "the model" }
        for tier in result.tiers where tier.limits.hasBudget {
            if tier.models?.contains(model.name) ?? true { return "tier \(tier.name)" }
        }
        for client in result.clients where client.limits.hasBudget {
            let allowed = client.models ?? result.tier(client.tier)?.models
            if allowed?.contains(model.name) ?? true { return "client \(client.name)" }
        }
        return nil
    }
}

extension LimitSet {
    /// Whether any of the limits is money.
    var hasBudget: Bool { all.contains { $0.kind.isMoney } }
}

extension Field {
    /// Whether the value is a block with this key.
    func holds(_ name: String) -> Bool {
        guard case .map(let entries) = node.kind else { return false }
        return entries.contains { $0.key.raw == name }
    }
}
