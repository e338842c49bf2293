import FoundationEssentials
import Glibc
package import NIOCore
import NIOPosix
import Synchronization
import Wire

/// What a simulated provider is: its name, its key, its models and its faults.
package struct ProviderConfiguration: Sendable {
    package var name: String
    /// The only credential that it accepts.
    package var key: String
    package var models: [SimulatedModel]
    package var mood: ProviderMood
    package var weather: Weather
    package var lane: OverloadedLane?
    package var seed: UInt64

    package init(
        name: String, key: String, models: [SimulatedModel], mood: ProviderMood = ProviderMood(),
        weather: Weather = .fair, lane: OverloadedLane? = nil, seed: UInt64 = 1
    ) {
        self.name = name
        self.key = key
        self.models = models
        self.mood = mood
        self.weather = weather
        self.lane = lane
        self.seed = seed
    }
}

/// An OpenAI-style provider on a loopback port, which keeps its own exact book.
///
/// It serves chat and text completions, responses, embeddings and the model list, buffered and as paced event streams,
/// and `GET /book`: the book as JSON. Requests are judged by chance from a seed and by a mood that may be changed.
package final class SimulatedProvider: Sendable {
    private struct State {
        var book = ProviderBook()
        var mood: ProviderMood
        var sequence: UInt64 = 0
        // Long enough that a limit's window, which admits in spells, is seen as its mean.
        var lane = RecentRate(seconds: 8)
        var connections: [ObjectIdentifier: any Channel] = [:]
        var listener: (any Channel)?
    }

    package let configuration: ProviderConfiguration
    private let models: [String: SimulatedModel]
    private let state: Mutex<State>
    private let clock: @Sendable () -> NIODeadline
    private let start: NIODeadline

    /// `clock` tells the time by which weather and overload go; waits are the event loop's own.
    package init(_ configuration: ProviderConfiguration, clock: @escaping @Sendable () -> NIODeadline = NIODeadline.now)
    {
        self.configuration = configuration
        self.clock = clock
        start = clock()
        models = Dictionary(configuration.models.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
        state = Mutex(State(mood: configuration.mood))
    }

    /// Opens `127.0.0.1:port` and answers the port; 0 picks a free one.
    ///
    /// Not to be called on an event loop.
    /// - Throws: what the operating system says where the port cannot be opened.
    package func listen(on group: any EventLoopGroup, port: Int = 0) throws -> Int {
        let listener = try ServerBootstrap(group: group)
            .serverChannelOption(.backlog, value: 512)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .childChannelOption(.tcpOption(.tcp_nodelay), value: 1)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(ProviderConnection(self))
                }
            }
            .bind(host: "127.0.0.1", port: port)
            .wait()
        state.withLock { $0.listener = listener }
        return listener.localAddress?.port ?? 0
    }

    /// Closes the port and every connection.
    package func stop() {
        let channels = state.withLock { state in
            defer {
                state.listener = nil
                state.connections = [:]
            }
            return [state.listener].compactMap { $0 } + Array(state.connections.values)
        }
        for channel in channels { channel.close(promise: nil) }
    }

    /// A copy of the book as it stands.
    package var book: ProviderBook { state.withLock { $0.book } }

    /// The knobs; weather and overload come on top.
    package var mood: ProviderMood {
        get { state.withLock { $0.mood } }
        set { state.withLock { $0.mood = newValue } }
    }

    /// Whether a caller's load is just now more than the provider carries.
    package var isOverloaded: Bool { state.withLock { isOverloaded(&$0, at: elapsed) } }

    // MARK: - For its connections

    func opened(_ channel: any Channel) { state.withLock { $0.connections[ObjectIdentifier(channel)] = channel } }

    func closed(_ channel: any Channel) { state.withLock { $0.connections[ObjectIdentifier(channel)] = nil } }

    /// Changes the book.
    func record(_ change: (inout ProviderBook) -> Void) { state.withLock { change(&$0.book) } }

    /// Takes a request in and decides what becomes of it; nil for a model that is not served.
    func judge(_ request: ProviderRequest) -> (plan: AnswerPlan, number: UInt64)? {
        let now = elapsed
        let model = models[request.model]
        let line = ProviderBook.Line(user: request.user, model: model == nil ? "?" : request.model)
        let (mood, number) = state.withLock { state -> (ProviderMood, UInt64) in
            state.book.rows[line, default: ProviderBook.Row()].received += 1
            state.sequence += 1
            if let lane = configuration.lane, lane.user == request.user { state.lane.count(at: now) }
            var mood = state.mood.joined(with: configuration.weather.mood(at: now))
            if let lane = configuration.lane, isOverloaded(&state, at: now) { mood = mood.joined(with: lane.mood) }
            return (mood, state.sequence)
        }
        guard let model else { return nil }
        var random = SeededRandom(seed: configuration.seed, stream: number)
        return (AnswerPlan.make(request, model: model, mood: mood, random: &random), number)
    }

    /// The body of `GET /v1/models`.
    var modelList: String {
        let owner = JSONText.quoted(configuration.name)
        let models = configuration.models.map {
            "{\"id\":\(JSONText.quoted($0.name)),\"object\":\"model\",\"created\":1735689600,\"owned_by\":\(owner)}"
        }
        return "{\"object\":\"list\",\"data\":[\(models.joined(separator: ","))]}"
    }

    /// The body of `GET /book`: sums per caller and model, and of all.
    var bookText: String {
        struct Entry: Encodable {
            var user: String
            var model: String
            var counts: ProviderBook.Row
        }
        struct Page: Encodable {
            var provider: String
            var inFlight: Int
            var unauthorized: Int
            var total: ProviderBook.Row
            var rows: [Entry]
        }
        let book = self.book
        let rows = book.rows.map { Entry(user: $0.key.user, model: $0.key.model, counts: $0.value) }
            .sorted { ($0.user, $0.model) < ($1.user, $1.model) }
        let page = Page(
            provider: configuration.name, inFlight: book.inFlight, unauthorized: book.unauthorized, total: book.total,
            rows: rows)
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        guard let bytes = try? encoder.encode(page) else { return "{}" }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// Seconds since 1970.
    static var wallClock: Int {
        var now = timespec()
        clock_gettime(CLOCK_REALTIME, &now)
        return now.tv_sec
    }

    private var elapsed: Double { (clock() - start).seconds }

    private func isOverloaded(_ state: inout State, at now: Double) -> Bool {
        guard let lane = configuration.lane else { return false }
        return state.lane.perSecond(at: now) > lane.requestsPerSecond
    }
}
