import Domain

/// What is derived from a directory, rebuilt only when its epoch changes.
struct DirectoryTables {
    private(set) var directory: Directory?
    private(set) var cards: [String: Int] = [:]
    private(set) var keyCards: [KeyID: Int] = [:]
    private(set) var modelNames: Set<String> = []
    private(set) var upstreamNames: Set<String> = []
    /// One row for each configured client as it looks while nothing happens, in the order of the screen: by name.
    private(set) var resting: [ClientRow] = []
    /// Where the next round of quota readings for resting rows begins.
    private var nextReading = 0

    /// Resting rows whose quotas are read anew for one snapshot; with more clients it takes several.
    static let readingsAtOnce = 256

    var alerts: Directory.Alerts { directory?.alerts ?? Directory.Alerts() }

    /// Takes a directory in; nothing happens while its epoch is the known one.
    mutating func adopt(_ new: Directory) {
        guard directory?.epoch != new.epoch || directory == nil else { return }
        let old = quotasByName()
        directory = new
        cards = Dictionary(new.clients.enumerated().map { ($1.name, $0) }, uniquingKeysWith: { first, _ in first })
        keyCards = Dictionary(new.keys.enumerated().map { ($1.id, $0) }, uniquingKeysWith: { first, _ in first })
        modelNames = Set(new.models.map(\.name))
        upstreamNames = Set(new.upstreams.map(\.name))
        resting = new.clients.sorted { $0.name < $1.name }.map { card in
            var row = ClientRow(card: card)
            if let quotas = old[card.name] { row.take(quotas) }
            return row
        }
        nextReading = 0
    }

    private func quotasByName() -> [String: [QuotaReading]] {
        var quotas: [String: [QuotaReading]] = [:]
        for row in resting where !row.quotas.isEmpty { quotas[row.card.name] = row.quotas }
        return quotas
    }

    /// Reads the quotas of the next few resting rows.
    mutating func refreshReadings(_ quotas: ([String]) -> [[QuotaReading]]) {
        guard !resting.isEmpty else { return }
        let count = min(resting.count, DirectoryTables.readingsAtOnce)
        let positions = (0..<count).map { (nextReading + $0) % resting.count }
        let readings = quotas(positions.map { resting[$0].card.name })
        for (position, reading) in zip(positions, readings) { resting[position].take(reading) }
        nextReading = (nextReading + count) % resting.count
    }

    /// The card of a client; of one that nothing names any more there is no more than the name.
    ///
    /// - Parameter subject: what is known of the subjects of tokens.
    func card(of client: String, else subject: (String) -> ClientCard? = { _ in nil }) -> ClientCard {
        if let directory, let index = cards[client] { return directory.clients[index] }
        return subject(client)
            ?? ClientCard(
                name: client, tier: "", owner: "", since: nil, suspension: nil, limits: [], keys: [], keyCount: 0,
                version: 0)
    }

    func keyCard(of id: KeyID) -> KeyCard? {
        guard let directory, let index = keyCards[id] else { return nil }
        return directory.keys[index]
    }

    /// Whether an act's target is this incident's subject, or a key or tier of it.
    func isTarget(_ target: String, of subject: String) -> Bool {
        if target == subject { return true }
        if subject == "gateway" { return false }
        if let name = DirectoryTables.rest(of: subject, after: "upstream ") {
            return target == name || target == "upstream:\(name)"
        }
        guard let name = DirectoryTables.rest(of: subject, after: "client ") else { return false }
        if target == name || target == LimitScope.client(name).text { return true }
        if let id = KeyID(text: target), let card = keyCard(of: id) { return card.client == name }
        if let tier = DirectoryTables.rest(of: target, after: "tier:") { return card(of: name).tier == tier }
        return false
    }

    private static func rest(of text: String, after prefix: String) -> String? {
        text.hasPrefix(prefix) ? String(text.dropFirst(prefix.count)) : nil
    }
}

extension ClientRow {
    /// Takes readings in and finds the tightest of them.
    mutating func take(_ readings: [QuotaReading]) {
        quotas = readings
        tightest = readings.indices.max { readings[$0].share < readings[$1].share }
    }
}
