import NIOCore
import NIOPosix
import Synchronization
import Testing

@testable import Simulator

/// Clients against a provider as their gateway: both count, and must agree.
@Suite struct ClientTests {
    private static func world(
        _ clients: [ClientProfile], mood: ProviderMood
    ) throws -> (Simulation, SimulatedProvider, [String: String]) {
        let provider = ProviderConfiguration(
            name: "p", key: "k",
            models: [
                SimulatedModel(name: "m", firstTokenSeconds: 0.01, tokensPerSecond: 5000),
                SimulatedModel(name: "e", kind: .embedding, firstTokenSeconds: 0.01),
            ],
            mood: mood)
        let world = Simulation(
            configuration: SimulationConfiguration(seed: 5, providers: [provider], clients: clients),
            group: .singleton)
        let keys = Dictionary(clients.map { ($0.name, "k") }, uniquingKeysWith: { first, _ in first })
        return (world, try #require(world.providers["p"]), keys)
    }

    /// Waits for a fact of other threads, at most ten seconds.
    private static func eventually(_ what: String, _ isTrue: @escaping @Sendable () -> Bool) async throws {
        let loop = MultiThreadedEventLoopGroup.singleton.next()
        let promise = loop.makePromise(of: Bool.self)
        let deadline = NIODeadline.now() + .seconds(10)
        let task = loop.scheduleRepeatedTask(initialDelay: .zero, delay: .milliseconds(5)) { _ in
            if isTrue() { promise.succeed(true) } else if NIODeadline.now() > deadline { promise.succeed(false) }
        }
        let came = try await promise.futureResult.get()
        task.cancel()
        #expect(came, "\(what)")
    }

    private static let errands: [ClientProfile.Errand] = [
        .init(.chat, "m", isStream: true), .init(.chat, "m"), .init(.completions, "m", isStream: true),
        .init(.responses, "m", isStream: true), .init(.responses, "m"), .init(.embeddings, "e"),
    ]

    @Test func clientsAndProviderCountTheSame() async throws {
        let clients = ["acme", "研究チーム"].map {
            ClientProfile(
                name: $0, requestsPerSecond: 400, concurrency: 8, errands: ClientTests.errands, wrongModelRate: 0.05)
        }
        let (world, provider, keys) = try ClientTests.world(
            clients, mood: ProviderMood(latencyFactor: 0.5, errorRate: 0.05))
        let port = try #require(try world.startProviders()["p"])
        defer { world.stop() }
        try world.startClients(gateway: port, keys: keys)
        try await ClientTests.eventually("four hundred requests arrive") { provider.book.total.received > 400 }
        world.rest()
        try await ClientTests.eventually("all answers have come") {
            provider.book.inFlight == 0
                && world.tallies.values.allSatisfy { $0.inFlight == 0 && $0.sent == $0.answered.values.reduce(0, +) }
        }
        for client in clients {
            let tally = try #require(world.tallies[client.name])
            let row = provider.book.total(ofUser: client.name)
            #expect(tally.answered == row.answered)
            #expect(tally.sent == row.received)
            #expect(tally.broken == 0)
            #expect(row.answered[404, default: 0] > 0)
            #expect(row.failures > 0)
        }
    }

    @Test func aClientThatLeavesIsCountedAsGone() async throws {
        let client = ClientProfile(
            name: "hasty", requestsPerSecond: 200, concurrency: 8, errands: [.init(.chat, "m", isStream: true)],
            leaveRate: 1)
        let (world, provider, keys) = try ClientTests.world([client], mood: ProviderMood(latencyFactor: 20))
        let port = try #require(try world.startProviders()["p"])
        defer { world.stop() }
        try world.startClients(gateway: port, keys: keys)
        try await ClientTests.eventually("streams are abandoned") { provider.book.total.abandoned >= 5 }
        let tally = try #require(world.tallies["hasty"])
        #expect(tally.left >= 5)
    }

    @Test func aLockedOutClientNearlyStops() async throws {
        let client = ClientProfile(name: "late", requestsPerSecond: 500, errands: [.init(.chat, "m")])
        let (world, provider, _) = try ClientTests.world([client], mood: .instant)
        let port = try #require(try world.startProviders()["p"])
        defer { world.stop() }
        try world.startClients(gateway: port, keys: ["late": "revoked"])
        try await ClientTests.eventually("it is refused again and again") {
            (world.tallies["late"]?.answered[401] ?? 0) >= 2 && (world.tallies["late"]?.skipped ?? 0) >= 100
        }
        let tally = try #require(world.tallies["late"])
        // Five hundred a second wanted, one in a quarter of a second and more sent.
        #expect(tally.sent * 10 < tally.skipped)
        #expect(provider.book.total.received == 0)
    }
}
