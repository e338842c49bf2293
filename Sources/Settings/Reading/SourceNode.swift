/// One value of a file with its place: what a strict reader walks.
///
/// Holds no alias, anchor or tag, and is at most `YAMLSubset.depthLimit` deep.
struct SourceNode: Sendable {
    enum Kind: Sendable {
        case scalar(SourceScalar)
        case list([SourceNode])
        case map([SourceEntry])
    }

    var place: SourcePlace
    var kind: Kind

    /// What the value is called in a message.
    var kindName: String {
        switch kind {
        case .scalar(let scalar): scalar.isNull ? "nothing" : "a single value"
        case .list: "a list"
        case .map: "a block of keys"
        }
    }

    /// Whether it is an empty value, `~` or `null`.
    var isNull: Bool {
        if case .scalar(let scalar) = kind { return scalar.isNull }
        return false
    }
}

/// A key with its value.
struct SourceEntry: Sendable {
    var key: SourceScalar
    var place: SourcePlace
    var value: SourceNode
    /// The place of an earlier entry with the same key.
    var earlier: SourcePlace?
}

/// A text of a file, with the references to the environment still in it.
struct SourceScalar: Sendable {
    enum Part: Hashable, Sendable {
        case text(String)
        case reference(EnvironmentReference)
    }

    var parts: [Part]
    /// Written without quotes, so that `null` means no value.
    var isPlain: Bool

    /// The text as the file has it, `${NAME}` and all: what a message may quote.
    var raw: String {
        parts.map { part in
            switch part {
            case .text(let text): text
            case .reference(let reference): reference.raw
            }
        }.joined()
    }

    var isNull: Bool { isPlain && ["", "~", "null", "Null", "NULL"].contains(raw) }

    /// Whether any part of it comes from the environment.
    var hasReference: Bool {
        parts.contains { part in
            if case .reference = part { return true }
            return false
        }
    }
}

/// `${NAME}` or `${NAME:-default}`.
struct EnvironmentReference: Hashable, Sendable {
    var name: String
    /// Taken where the variable is unset or empty; nil where there is none.
    var fallback: String?
    /// As it is written.
    var raw: String
}
