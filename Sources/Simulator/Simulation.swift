import NIOCore
package import NIOPosix
import Synchronization

/// What a simulated world is made of.
package struct SimulationConfiguration: Sendable {
    package var seed: UInt64
    package var providers: [ProviderConfiguration]
    package var clients: [ClientProfile]
    package var scenario: Scenario
    /// Address of the gateway that the clients use.
    package var gatewayHost: String

    package init(
        seed: UInt64, providers: [ProviderConfiguration], clients: [ClientProfile], scenario: Scenario = .steady,
        gatewayHost: String = "127.0.0.1"
    ) {
        self.seed = seed
        self.providers = providers
        self.clients = clients
        self.scenario = scenario
        self.gatewayHost = gatewayHost
    }
}

/// A world of simulated providers and clients around a gateway, all over real loopback HTTP.
///
/// First `startProviders`, whose ports the gateway's configuration needs; then the gateway; then `startClients`. None
/// of these may be called on an event loop.
package final class Simulation: Sendable {
    private struct State {
        var clients: [NIOLoopBound<SimulatedClient>] = []
        var watch: StoryWatch
        var timer: RepeatedTask?
        var start: NIODeadline?
    }

    package let configuration: SimulationConfiguration
    /// The providers by name.
    package let providers: [String: SimulatedProvider]
    private let figures: [String: ClientFigures]
    private let group: MultiThreadedEventLoopGroup
    private let state: Mutex<State>

    package init(configuration: SimulationConfiguration, group: MultiThreadedEventLoopGroup) {
        self.configuration = configuration
        self.group = group
        providers = Dictionary(
            configuration.providers.map { ($0.name, SimulatedProvider($0)) }, uniquingKeysWith: { first, _ in first })
        figures = Dictionary(
            configuration.clients.map { ($0.name, ClientFigures()) }, uniquingKeysWith: { first, _ in first })
        state = Mutex(State(watch: StoryWatch(configuration.scenario)))
    }

    /// Opens every provider's port.
    ///
    /// - Returns: the port of each provider by its name.
    /// - Throws: what the operating system says where a port cannot be opened; then none stays open.
    package func startProviders() throws -> [String: Int] {
        var ports: [String: Int] = [:]
        do {
            for (name, provider) in providers { ports[name] = try provider.listen(on: group) }
        } catch {
            for provider in providers.values { provider.stop() }
            throw error
        }
        return ports
    }

    /// Lets every client loose on the gateway.
    ///
    /// - Parameters:
    ///   - port: where the gateway listens.
    ///   - keys: the key of each client by its name; a client without one stays away.
    ///   - story: told each line of the scenario when its time has come, on an event loop.
    /// - Throws: where the gateway's address is none.
    package func startClients(
        gateway port: Int, keys: [String: String], story: (@Sendable (String) -> Void)? = nil
    ) throws {
        let address = try SocketAddress.makeAddressResolvingHost(configuration.gatewayHost, port: port)
        var clients: [NIOLoopBound<SimulatedClient>] = []
        for (index, profile) in configuration.clients.enumerated() {
            guard let key = keys[profile.name], let figures = figures[profile.name] else { continue }
            let loop = group.next()
            let seed = configuration.seed &+ UInt64(index) &* 7919
            let scenario = configuration.scenario
            let client = try loop.submit {
                let client = SimulatedClient(
                    profile: profile, key: key, address: address, scenario: scenario, seed: seed, figures: figures,
                    loop: loop)
                client.run()
                return NIOLoopBound(client, eventLoop: loop)
            }.wait()
            clients.append(client)
        }
        let timer = group.next().scheduleRepeatedTask(initialDelay: .milliseconds(500), delay: .milliseconds(500)) {
            _ in
            self.watch(story)
        }
        state.withLock {
            $0.clients += clients
            $0.start = .now()
            $0.timer = timer
        }
    }

    /// Lets no client send anything new; what is under way comes to its end, so that all books can be compared.
    package func rest() {
        for client in state.withLock({ $0.clients }) { client.eventLoop.execute { client.value.rest() } }
    }

    /// Ends the clients, then the providers; a second call does nothing.
    package func stop() {
        let (clients, timer) = state.withLock { state in
            defer {
                state.clients = []
                state.timer = nil
            }
            return (state.clients, state.timer)
        }
        timer?.cancel()
        for client in clients { client.eventLoop.execute { client.value.stop() } }
        for provider in providers.values { provider.stop() }
    }

    /// Seconds since the clients began; 0 before.
    package var elapsedSeconds: Double { state.withLock { ($0.start.map { NIODeadline.now() - $0 } ?? .zero).seconds } }

    /// What each provider counted, by its name.
    package var books: [String: ProviderBook] { providers.mapValues { $0.book } }

    /// What each client counted, by its name.
    package var tallies: [String: ClientTally] { figures.mapValues { $0.tally } }

    /// Whether a trouble of the scenario shows just now.
    package func hasSymptom(_ trouble: Scenario.Trouble) -> Bool {
        guard let client = figures[trouble.client] else { return false }
        switch trouble {
        case .runaway:
            let usual = configuration.clients.first { $0.name == trouble.client }?.requestsPerSecond ?? 1
            return client.sentPerSecond > usual * 3
        case .overload:
            return providers.values.contains { $0.isOverloaded }
        case .costs:
            return client.costlyPerSecond > 0
        }
    }

    private func watch(_ story: (@Sendable (String) -> Void)?) {
        let seconds = elapsedSeconds
        // The symptoms take locks of their own: they are looked at before ours.
        let symptoms = Scenario.Trouble.allCases.filter { hasSymptom($0) }
        let lines = state.withLock { $0.watch.lines(at: seconds) { symptoms.contains($0) } }
        for line in lines { story?(line) }
    }
}
