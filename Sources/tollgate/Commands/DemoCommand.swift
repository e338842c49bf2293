import ArgumentParser
import Control
import Domain
import Ledger
import NIOCore
import Glibc
import NIOPosix
import Simulator
import Synchronization

/// `tollgate demo`: the same gateway between simulated providers and simulated clients, over real loopback HTTP.
struct DemoCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "demo", abstract: "The gateway with simulated providers and clients: no key, no network, no file.",
        discussion: """
            Every number on the screen comes from a real request through the real gateway on loopback. With --incident \
            a two-minute story plays: end each trouble by the right act.
            """)

    @OptionGroup var screen: ScreenOptions

    @Flag(help: "Play the two-minute story: a client runs away, a provider degrades, costs climb.")
    var incident = false

    @Flag(help: "No dashboard: print `ready` and serve.")
    var headless = false

    @Option(help: "Where to listen.")
    var listen = "127.0.0.1:0"

    @Option(help: "The folder for configuration and data; a private temporary one by default.")
    var data: String?

    @Option(help: "The seed of everything random in the simulation.")
    var seed: UInt64 = 1

    func run() throws {
        SignalThread.prepare()
        let folder: String
        do {
            folder = try DemoFolder.make(data)
        } catch let failure as Failure {
            throw failure.report()
        }
        let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
        let simulation = Simulation(
            configuration: DemoWorld.simulation(seed: seed, scenario: incident ? .incident : .steady), group: group)
        let ports: [String: Int]
        do {
            ports = try simulation.startProviders()
        } catch {
            throw Failure(.unavailable, "the simulated providers cannot be started: \(error)").report()
        }
        let file = folder + "/tollgate.yaml"
        do {
            try DemoFolder.write(
                DemoWorld.yaml(providerPorts: ports, listen: listen, dataFolder: folder), to: file)
        } catch let failure as Failure {
            throw failure.report()
        }
        StandardError.line("tollgate demo: data in \(folder) (tollgate attach --data \(folder))")
        var common = CommonOptions()
        common.config = file
        common.data = folder
        let run = ServiceRun(
            common: common, screen: headless ? nil : screen, announces: headless,
            whenServing: { process in
                let keys = try DemoCommand.makeKeys(process)
                let port = Int(process.listen.split(separator: ":").last ?? "") ?? 0
                let log = process.log
                try simulation.startClients(gateway: port, keys: keys) { log.log(.info, "story: \($0)") }
                return { simulation.stop() }
            })
        defer { try? group.syncShutdownGracefully() }
        try run.run()
    }

    /// A key for each simulated client, made as an operator makes them.
    private static func makeKeys(_ process: GatewayProcess) throws -> [String: String] {
        var keys: [String: String] = [:]
        for client in DemoWorld.clients {
            let name = client.profile.name
            let outcome = Waiting.outcome { reply in
                process.desk.submit(
                    Order(
                        command: .createKey(
                            client: name, tier: nil, expiresInSeconds: nil, models: nil, note: "simulated client"),
                        actor: Actor(user: "demo", terminal: "simulation")), reply: reply)
            }
            guard let secret = outcome?.secret else {
                throw Failure(.failure, "no key for \(name): \(outcome?.message ?? "no answer")")
            }
            keys[name] = secret
        }
        return keys
    }
}

/// The demo's private folder.
enum DemoFolder {
    static func make(_ given: String?) throws -> String {
        if let given {
            guard mkdir(given, 0o700) == 0 || errno == EEXIST else {
                throw Failure(.io, "the folder \(given) cannot be made (errno \(errno))")
            }
            return given
        }
        let base = Operator.environment()["TMPDIR"] ?? "/tmp"
        var template = Array((base + "/tollgate-demo-XXXXXX").utf8CString)
        guard mkdtemp(&template) != nil else { throw Failure(.io, "no temporary folder can be made in \(base)") }
        return String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    static func write(_ text: String, to path: String) throws {
        let descriptor = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw Failure(.io, "\(path) cannot be written (errno \(errno))") }
        Descriptor.write(text, to: descriptor)
        close(descriptor)
    }
}
