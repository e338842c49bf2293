import ArgumentParser
import Control
import Domain
import Ledger
import NIOCore
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

    @Option(
        help: "The folder for configuration and data, which stay; a private one by default, gone with the demo.",
        completion: .directory)
    var data: String?

    @Option(help: "The seed of everything random in the simulation.")
    var seed: UInt64 = 1

    func validate() throws {
        if data?.isEmpty == true { throw ValidationError("--data is empty: name the folder") }
    }

    func run() throws {
        SignalThread.prepare()
        let folder: DemoFolder
        do {
            try OpenFiles.check()
            folder = try DemoFolder(data)
        } catch let failure as Failure {
            throw failure.report()
        }
        defer { folder.remove() }
        let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
        let simulation = Simulation(
            configuration: DemoWorld.simulation(seed: seed, scenario: incident ? .incident : .steady), group: group)
        let ports: [String: Int]
        do {
            ports = try simulation.startProviders()
        } catch {
            throw Failure(.unavailable, "the simulated providers cannot be started: \(error)").report()
        }
        do {
            try folder.write(DemoWorld.yaml(providerPorts: ports, listen: listen, dataFolder: folder.path))
        } catch let failure as Failure {
            throw failure.report()
        }
        StandardError.line("tollgate demo: data in \(folder.path) (tollgate attach --data \(folder.path))")
        var common = CommonOptions()
        common.config = folder.file
        common.data = folder.path
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
