import Domain

/// Who makes a request, as far as it was proven.
struct Caller: Sendable {
    var client: ClientPolicy
    /// Nil for a token.
    var key: KeyEntry?
    /// Wall milliseconds until which the proof holds.
    var expires: Int64

    /// Whether the caller may use some models only.
    var isRestricted: Bool { key?.models != nil || client.models != nil }

    /// Whether the caller may use `model`.
    func mayUse(_ model: String) -> Bool {
        if let models = key?.models, !models.contains(model) { return false }
        if let models = client.models, !models.contains(model) { return false }
        return true
    }
}
