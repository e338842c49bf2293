import Domain
import Settings
import Telemetry

extension Columns {
    private static func key(
        _ heading: String, _ width: Int, rank: Int, right: Bool = false, most: Int? = nil,
        cell: @escaping (KeyRow) -> TableCell
    ) -> TableColumn {
        TableColumn(heading, width, rank: rank, right: right, most: most) { row in
            if case .key(let key) = row { cell(key) } else { .spans([]) }
        }
    }

    /// The keys table.
    static func keys(_ stage: Stage) -> [TableColumn] {
        let now = stage.now
        return [
            key("KEY", 11, rank: 0) { .text(.plain($0.card.id.shown)) },
            key("CLIENT", 14, rank: 1, most: 28) { .text(.plain($0.card.client)) },
            key("STATE", 9, rank: 2) { .text(Span($0.card.state.rawValue, role(of: $0.card.state))) },
            key("REQ/S", 5, rank: 3, right: true) { .text(.figure(Figures.rate($0.requestsPerSecond))) },
            key("LAST \(stage.window)", 12, rank: 8) {
                .spark($0.series, hot: nil, role: $0.card.state == .active ? .graph1 : .muted)
            },
            key("429 %", 5, rank: 6, right: true) { share($0.refusedShare, limit: 0.05, role: .warn) },
            key("STREAMS", 7, rank: 5, right: true) { count($0.streams) },
            key("$ LAST HOUR", 11, rank: 4, right: true) { money($0.costHourNanoUSD) },
            key("LAST USED", 10, rank: 7) { row in
                .text(row.card.lastUsed.map { .plain(Figures.ago($0, now: now)) } ?? .faint("never"))
            },
            key("EXPIRES", 10, rank: 9) { row in .text(expiry(row.card, now: now)) },
            key("CREATED", 10, rank: 10) { .text(.muted(stage.moment($0.card.created))) },
            key("MODELS", 6, rank: 11, most: 24) { row in
                .text(row.card.models.map { .plain($0.joined(separator: ", ")) } ?? .muted("all"))
            },
            key("NOTE", 4, rank: 12, most: 40) { .text(.muted($0.card.note)) },
        ]
    }

    /// The colour of a key's state.
    static func role(of state: KeyState) -> Role {
        switch state {
        case .active: .ok
        case .revoked: .error
        case .expired: .warn
        case .suspended: .suspended
        }
    }

    /// When a key ends by itself: `in 29d`, `never`.
    static func expiry(_ card: KeyCard, now: Timestamp) -> Span {
        guard let expires = card.expires else { return .muted("never") }
        if expires <= now { return Span(Figures.ago(expires, now: now), .warn) }
        let left = Figures.secondsLeft(until: expires, now: now)
        return Span("in \(Figures.coarse(left))", left < 86_400 ? .warn : .text)
    }
}

extension KeyState {
    /// The severity whose glyph stands for the state: what cannot be used differs in shape.
    var severity: Severity {
        switch self {
        case .active: .ok
        case .suspended: .suspended
        case .revoked, .expired: .error
        }
    }
}
