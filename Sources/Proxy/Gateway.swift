package import Domain
import NIOCore
import NIOPosix
import Synchronization

/// The listening gateway: its loops, its door, and the operator's hand on both.
package final class Gateway: Sendable {
    private let group: MultiThreadedEventLoopGroup
    private let loops: [NIOLoopBound<LoopContext>]
    package let table: ClientTable
    private let server = Mutex<(any Channel)?>(nil)
    private let draining = Atomic<Bool>(false)
    private let hasEnded = Mutex(false)

    /// Starts the loops; nothing is listened on before `listen`.
    ///
    /// - Parameters:
    ///   - threads: event loops; one for each core.
    ///   - policy: what is in force until `apply` puts another one in its place.
    ///   - table: the counters of all scopes, which outlive a policy.
    ///   - boot: a random number that makes this run's request ids its own.
    ///   - environment: what the rooms above give and take.
    /// - Throws: NIO's error where a loop ends before it has been set up, which does not happen.
    package init(
        threads: Int, policy: Policy, table: ClientTable, boot: UInt64, environment: GatewayEnvironment
    ) throws {
        let group = MultiThreadedEventLoopGroup(numberOfThreads: max(1, threads))
        self.group = group
        self.table = table
        var loops: [NIOLoopBound<LoopContext>] = []
        for (index, eventLoop) in Array(group.makeIterator()).enumerated() {
            // Made on its own loop, so that it is never touched elsewhere.
            loops.append(
                try eventLoop.submit {
                    NIOLoopBound(
                        LoopContext(
                            eventLoop: eventLoop, index: index, policy: policy, table: table, boot: boot,
                            environment: environment),
                        eventLoop: eventLoop)
                }.wait())
        }
        self.loops = loops
    }

    /// Opens the door.
    ///
    /// - Returns: the address that is listened on, with the port that the system chose where 0 was asked for.
    /// - Throws: the system's error (address in use, no permission).
    package func listen(host: String, port: Int) throws -> (host: String, port: Int) {
        let contexts = Dictionary(uniqueKeysWithValues: loops.map { (ObjectIdentifier($0.eventLoop), $0) })
        let channel = try ServerBootstrap(group: group)
            .serverChannelOption(.backlog, value: 4096)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            // Without it the accept loop spins a core when descriptors run out.
            .serverChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(AcceptPause())
                }
            }
            .childChannelOption(.tcpOption(.tcp_nodelay), value: 1)
            // What a caller that does not read may hold of an answer: its provider is not read past that.
            .childChannelOption(.writeBufferWaterMark, value: .init(low: 32 * 1024, high: 64 * 1024))
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    guard let context = contexts[ObjectIdentifier(channel.eventLoop)] else {
                        throw ChannelError.inappropriateOperationForState
                    }
                    try channel.pipeline.syncOperations.addHandler(FrontHandler(loop: context.value))
                }
            }
            .bind(host: host, port: port).wait()
        server.withLock { $0 = channel }
        let address = channel.localAddress
        return (address?.ipAddress ?? host, address?.port ?? port)
    }

    /// Does something on every loop and waits for it; nothing once the loops have ended.
    ///
    /// Handed over under the lock that `stop` takes: what is given to a loop that has ended is never answered.
    private func onEach<Value: Sendable>(_ body: @escaping @Sendable (LoopContext) -> Value) -> [Value] {
        let all = hasEnded.withLock { hasEnded in
            hasEnded ? [] : loops.map { loop in loop.eventLoop.submit { body(loop.value) } }
        }
        return all.compactMap { try? $0.wait() }
    }

    /// Puts `policy` in force on every loop and waits until each has taken it: then the old one may be released here.
    package func apply(_ policy: Policy) { _ = onEach { $0.apply(policy) } }

    /// Ends what is open for a key or client; waits for every loop.
    ///
    /// - Returns: how many open streams were ended.
    package func deny(_ code: ErrorCode, where matches: @escaping @Sendable (String, KeyID?) -> Bool) -> Int {
        onEach { $0.deny(code, where: matches) }.reduce(0, +)
    }

    /// Whether the gateway has been told to stop.
    package var isDraining: Bool { draining.load(ordering: .relaxed) }

    /// How many requests are open on all loops; while draining, how many connections may still bring one.
    package func openCount() -> Int {
        let isDraining = isDraining
        return onEach { isDraining ? $0.busyCount : $0.exchangeCount }.reduce(0, +)
    }

    /// How many provider connections wait for a request.
    package var idleConnections: Int { onEach { $0.pools.idleCount }.reduce(0, +) }

    /// Has every loop hand over the facts that it holds, which it does by itself ten times a second.
    ///
    /// Whoever adds up what has happened asks for it first, or the last requests are missing.
    package func handOver() { _ = onEach { $0.handOver() } }

    /// Begins to drain: ready no more, answers close their connections, idle ones are closed.
    ///
    /// New requests that come all the same are still served.
    package func beginDraining() {
        draining.store(true, ordering: .relaxed)
        _ = onEach { $0.beginDraining() }
    }

    /// Closes the door, cuts what is left, hands over the last facts, and ends the loops; a second call does nothing.
    package func stop() {
        if let channel = server.withLock({ $0.take() }) { try? channel.close().wait() }
        _ = onEach { $0.cutAll() }
        // What was cut reports its end on the next turn of its loop.
        _ = onEach { $0.handOver() }
        let isFirst = hasEnded.withLock { hasEnded in
            defer { hasEnded = true }
            return !hasEnded
        }
        if isFirst { try? group.syncShutdownGracefully() }
    }
}
