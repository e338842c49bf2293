import Glibc
import Ledger
import Settings

/// Where the gateway that a command is about keeps its things.
///
/// A command has to find a gateway from a shell that lacks its secrets: a variable that only the service's environment
/// holds is filled in with a stand-in, which no command sends anywhere.
struct GatewayPlace: Sendable {
    /// The data folder.
    var data: String
    /// Admin sockets in the order of trying.
    var sockets: [String]
    /// Whether a socket outside of the data folder may be another gateway's: the folder was named, the file merely
    /// found.
    var mustHoldFolder = false
    /// The request log.
    var log: String
    /// What the configuration says; nil where it cannot be read and `--data` alone shows the way.
    var loaded: LoadedConfiguration?
    /// Why it cannot be read.
    var problems: ConfigurationProblems?
    /// Whether the places come from a file with problems: good enough to reach a gateway that runs on an older reading
    /// of it, and for nothing else.
    var isPartial = false

    /// The theme that the configuration names.
    var theme: String { loaded?.configuration.theme ?? "harbor" }

    /// Finds it.
    ///
    /// A file with problems must not keep an operator from a running gateway: what can be read of it shows the way.
    ///
    /// - Throws: `ConfigurationProblems` where neither the configuration nor `--data` says where it is.
    static func find(_ options: CommonOptions) throws(ConfigurationProblems) -> GatewayPlace {
        let environment = Operator.environment()
        var file = options.config
        let isNamed = file != nil || !(environment["TOLLGATE_CONFIG"] ?? "").isEmpty
        // A folder that holds its own configuration, as the demo's does, is meant with it.
        if let data = options.data, !isNamed, access(path(in: data, "tollgate.yaml"), F_OK) == 0 {
            file = path(in: data, "tollgate.yaml")
        }
        do throws(ConfigurationProblems) {
            let loaded = try load(file: file, data: options.data, environment: environment)
            var place = GatewayPlace(
                data: loaded.configuration.data, sockets: [loaded.configuration.adminSocket],
                log: loaded.configuration.log.file, loaded: loaded)
            if let data = options.data {
                // The folder was named and the file merely found: its socket may be another gateway's.
                let own = path(in: data, "admin.sock")
                let isFound = !isNamed && file == nil
                place.sockets = isFound ? [own] + place.sockets : place.sockets + [own]
                place.mustHoldFolder = isFound
                if isFound, access(path(in: data, "requests.jsonl"), F_OK) == 0 {
                    place.log = path(in: data, "requests.jsonl")
                }
            }
            return place
        } catch {
            guard let data = options.data ?? error.partial?.data else { throw error }
            var place = GatewayPlace(
                data: data, sockets: [path(in: data, "admin.sock")], log: path(in: data, "requests.jsonl"),
                problems: error, isPartial: options.data == nil)
            if let partial = error.partial, partial.data == data {
                place.sockets.insert(partial.adminSocket, at: 0)
                place.mustHoldFolder = true
                place.log = partial.log.file
            }
            return place
        }
    }

    private static func path(in folder: String, _ name: String) -> String {
        folder.hasSuffix("/") ? folder + name : folder + "/" + name
    }

    /// Visible ASCII and long enough for every secret.
    private static let standIn = "stand-in-of-a-command-that-never-sends-it"

    /// Loads the configuration; where only variables are missing, once more with stand-ins for them.
    static func load(
        file: String?, data: String?, environment: [String: String]
    ) throws(ConfigurationProblems) -> LoadedConfiguration {
        let folder = Operator.workingDirectory()
        do throws(ConfigurationProblems) {
            return try Configuration.load(file: file, data: data, environment: environment, workingDirectory: folder)
        } catch {
            let names = error.problems.compactMap(missingVariable)
            guard !names.isEmpty else { throw error }
            let filled = environment.merging(names.map { ($0, standIn) }) { _, new in new }
            do throws(ConfigurationProblems) {
                return try Configuration.load(file: file, data: data, environment: filled, workingDirectory: folder)
            } catch _ {
                // What was wrong in the first place is what the operator can mend.
                throw error
            }
        }
    }

    /// The variable that a problem is about, where its absence is the problem.
    static func missingVariable(_ problem: ConfigurationProblem) -> String? {
        guard case .unsetVariable(let name) = problem.kind else { return nil }
        return name
    }
}
