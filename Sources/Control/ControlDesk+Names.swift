import Domain
import Proxy
import Settings
import Synchronization

// Names of the command line and the palette that nothing has: what was probably meant.
extension ControlDesk {
    /// Whether the gateway knows a client of this name: configured, kept, or seen in traffic.
    func isKnown(_ name: String) -> Bool {
        desk.withLock { PolicyMaker.clientNames($0.configuration, $0.book).contains(name) } || hasTraffic(of: name)
    }

    /// Whether traffic of a client that nothing names was seen: the subject of a token.
    func hasTraffic(of name: String) -> Bool { parts.table.contains("client:" + name) }

    /// Why a scope is none; nil where it is one.
    func scopeFault(_ scope: LimitScope) -> String? {
        switch scope {
        case .gateway: nil
        case .client(let name): isKnown(name) ? nil : noClient(name)
        case .tier(let name): configuration.tier(name) == nil ? noTier(name) : nil
        case .model(let name): configuration.model(name) == nil ? noModel(name) : nil
        }
    }

    func noClient(_ name: String) -> String {
        let names = desk.withLock { PolicyMaker.clientNames($0.configuration, $0.book) }
        // Looked through only as far as a person would.
        return "there is no client \(name.prefix(60))"
            + NearestWord.advice(name, in: names.count > 10_000 ? [] : names.sorted())
    }

    func noTier(_ name: String) -> String {
        "there is no tier \(name.prefix(60))" + NearestWord.advice(name, in: configuration.tiers.map(\.name))
    }

    func noModel(_ name: String) -> String {
        "there is no model \(name.prefix(60))" + NearestWord.advice(name, in: configuration.models.map(\.name))
    }
}
