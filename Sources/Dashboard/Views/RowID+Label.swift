import Domain

extension RowID {
    /// What the row is called, for crumbs, ghosts and messages.
    var label: String {
        switch self {
        case .client(let name), .model(let name), .upstream(let name), .request(let name), .day(let name): name
        case .key(let id): id.shown
        case .errorGroup(let identity): Place.errorGroup(identity).label
        case .audit(let number): "act \(number)"
        case .incident(let number): "incident \(number)"
        case .line: "line"
        }
    }
}

extension Place {
    /// The crumb of the place.
    var label: String {
        switch self {
        case .client(let name), .model(let name), .upstream(let name), .request(let name): name
        case .key(let id): id.shown
        case .errorGroup(let identity): Place.label(ofGroup: identity)
        case .audit(let number): "act \(number)"
        case .incidents: "incidents"
        }
    }

    /// A group's identity is client, model, upstream, status and label: the first and the last two say which it is.
    private static func label(ofGroup identity: String) -> String {
        let parts = identity.split(separator: "\u{1f}", omittingEmptySubsequences: false)
        guard parts.count == 5 else { return "error" }
        return [parts[0], parts[3], parts[4]].filter { !$0.isEmpty }.joined(separator: " ")
    }
}
