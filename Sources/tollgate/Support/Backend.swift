import Control
import Domain
import Glibc
import Ledger
import Settings

/// Whoever carries out a command: the running gateway through its admin socket, or the folder of a stopped one.
enum Backend {
    case running(AdminClient)
    case stopped(StoppedGateway)

    /// What a command wants of a stopped gateway.
    enum Need {
        /// To read what it left.
        case reading
        /// To act: rules that hang on the configuration are not needed.
        case acting
        /// To act by the rules of the configuration, which must be readable.
        case actingByConfiguration
        /// To act by the rules of the configuration, in a folder that may be made for it.
        case creating
    }

    /// Finds it.
    ///
    /// - Throws: `AdminError`, `LedgerError`, `Failure`, `ConfigurationProblems`.
    static func open(_ options: CommonOptions, for need: Need) throws -> Backend {
        let place = try GatewayPlace.find(options)
        if let client = try runningClient(place) { return .running(client) }
        if place.isPartial, let problems = place.problems { throw problems }
        if need == .actingByConfiguration || need == .creating, let problems = place.problems { throw problems }
        if need != .reading, need != .creating, access(DataFolder(path: place.data).database, F_OK) != 0 {
            throw Failure(
                .unavailable,
                "no database in data folder \(place.data): no gateway ever ran there; nothing was made or changed")
        }
        if case .reading = need { return .stopped(try StoppedGateway(place, writes: false)) }
        for _ in 0..<attempts {
            do {
                return .stopped(try StoppedGateway(place, writes: true))
            } catch let fault as LedgerError where fault.code == .inUse {
                // Another command, done in a moment, or a gateway that is about to answer.
                usleep(100_000)
                if let client = try runningClient(place) { return .running(client) }
            }
        }
        throw unanswered(place, holder: DataFolder(path: place.data).holder() ?? 0)
    }

    /// Why a gateway that runs cannot be commanded.
    private static func unanswered(_ place: GatewayPlace, holder: Int32) -> Failure {
        Failure(
            .unavailable,
            "\(holder > 0 ? "pid \(holder)" : "another process") holds the data folder \(place.data) and its admin "
                + "socket does not answer; it may be starting or stopping, or opens it again in some seconds")
    }

    /// How often a folder that somebody holds is tried, ten times a second.
    private static let attempts = 20

    /// The running gateway.
    ///
    /// - Throws: a failure of status 69 where none runs.
    static func running(_ options: CommonOptions) throws -> AdminClient {
        let place = try GatewayPlace.find(options)
        if let client = try runningClient(place) { return client }
        throw notRunning(place)
    }

    /// Why a command cannot do its work; where the file has problems, they are the reason.
    static func notRunning(_ place: GatewayPlace) -> any Error {
        if let holder = DataFolder(path: place.data).holder() { return unanswered(place, holder: holder) }
        if place.isPartial, let problems = place.problems { return problems }
        return Failure(
            .unavailable,
            "no gateway is running here (\(place.sockets.first ?? place.data)); name its folder with --data")
    }

    /// A client of the first socket that somebody answers; nil where nobody does.
    static func runningClient(_ place: GatewayPlace) throws(AdminError) -> AdminClient? {
        guard let path = try answeringSocket(place) else { return nil }
        return AdminClient(path: path)
    }

    /// The path of the first socket that somebody answers.
    static func answeringSocket(_ place: GatewayPlace) throws(AdminError) -> String? {
        for path in place.sockets {
            do throws(AdminError) {
                let info = try AdminClient(path: path).info()
                if !place.mustHoldFolder || DataFolder(path: place.data).holder() == info.pid { return path }
            } catch {
                if error.code != .notRunning { throw error }
            }
        }
        return nil
    }

    func submit(_ command: Command) throws -> Outcome {
        let order = Order(command: command, actor: Operator.actor())
        return switch self {
        case .running(let client): try client.submit(order)
        case .stopped(let gateway): try gateway.submit(order)
        }
    }

    func ask(_ query: Query) throws -> Answer {
        switch self {
        case .running(let client): try client.ask(query)
        case .stopped(let gateway): try gateway.ask(query)
        }
    }

    /// Lets go of it; a folder is given back whole.
    func close() { if case .stopped(let gateway) = self { gateway.close() } }
}

extension Backend {
    /// Opens a backend, uses it and lets go of it whatever happens.
    static func with<Value>(
        _ options: CommonOptions, for need: Need, _ body: (Backend) throws -> Value
    ) throws -> Value {
        let backend = try open(options, for: need)
        defer { backend.close() }
        return try body(backend)
    }

    func keys(of client: String? = nil) throws -> [KeyCard] {
        if case .keys(let cards) = try answer(.keys(client: client)) { return cards }
        throw Failure(.data, "the gateway answers another question; use the same tollgate on both sides")
    }

    func clients(named name: String? = nil) throws -> [ClientCard] {
        if case .clients(let cards) = try answer(.clients(name: name)) { return cards }
        throw Failure(.data, "the gateway answers another question; use the same tollgate on both sides")
    }

    func limits(of scope: LimitScope) throws -> [EffectiveLimit] {
        if case .limits(let limits) = try answer(.limits(scope)) { return limits }
        throw Failure(.data, "the gateway answers another question; use the same tollgate on both sides")
    }

    /// The answer to a question, or its refusal as a failure.
    func answer(_ query: Query) throws -> Answer {
        let answer = try ask(query)
        guard case .failed(let reason) = answer else { return answer }
        throw Failure(.failure, reason)
    }
}
