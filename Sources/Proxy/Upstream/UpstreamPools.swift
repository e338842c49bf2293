import Glibc
import HTTP
import NIOCore
import NIOPosix
import NIOSSL
import Synchronization

/// The provider connections of one loop: a stack of idle ones for each provider, newest on top.
final class UpstreamPools {
    private final class Pool {
        let upstream: Upstream
        var idle: [UpstreamConnection] = []
        init(upstream: Upstream) { self.upstream = upstream }
    }

    /// Idle connections kept for each provider, and for how long: shorter than providers keep theirs, so that a
    /// request is seldom written into a connection that is being closed.
    private static let idleLimit = 256
    /// Bytes of one read of a provider.
    private static let largestRead = 16 * 1024
    private static let idleNanoseconds: Int64 = 30 * 1_000_000_000

    private let eventLoop: any EventLoop
    private var pools: [ObjectIdentifier: Pool] = [:]

    init(eventLoop: any EventLoop) { self.eventLoop = eventLoop }

    var hasConnections: Bool { pools.values.contains { !$0.idle.isEmpty } }

    var idleCount: Int { pools.values.reduce(0) { $0 + $1.idle.count } }

    /// An idle connection to `upstream`, or nil where one has to be made.
    func take(_ upstream: Upstream) -> UpstreamConnection? {
        guard let pool = pools[ObjectIdentifier(upstream)] else { return nil }
        while let connection = pool.idle.popLast() {
            if connection.isUsable { return connection }
        }
        return nil
    }

    /// Makes a connection; `completion` is called on the loop, exactly once.
    func connect(
        _ upstream: Upstream, timeout: TimeAmount,
        completion: @escaping (Result<UpstreamConnection, ConnectFault>) -> Void
    ) {
        let bound = NIOLoopBound(completion, eventLoop: eventLoop)
        let bootstrap = ClientBootstrap(group: eventLoop)
            .connectTimeout(timeout)
            .channelOption(.tcpOption(.tcp_nodelay), value: 1)
            // What is written on is a slice of a read, and holds all of it: with large reads slow callers cost much.
            .channelOption(
                .recvAllocator,
                value: AdaptiveRecvByteBufferAllocator(
                    minimum: 64, initial: 2048, maximum: UpstreamPools.largestRead)
            )
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    if let tls = upstream.tls {
                        // An address has no name to check the certificate's host against but itself.
                        let isAddress = (try? SocketAddress(ipAddress: upstream.host, port: upstream.port)) != nil
                        let name = isAddress ? nil : upstream.host
                        try channel.pipeline.syncOperations.addHandler(
                            try NIOSSLClientHandler(context: tls.context, serverHostname: name))
                    }
                    try channel.pipeline.syncOperations.addHandler(UpstreamConnection(upstream: upstream))
                }
            }
        let target: EventLoopFuture<any Channel> =
            if let address = try? SocketAddress(ipAddress: upstream.host, port: upstream.port) {
                bootstrap.connect(to: address)
            } else {
                bootstrap.connect(host: upstream.host, port: upstream.port)
            }
        target.assumeIsolated().whenComplete { [self] result in
            switch result {
            case .failure(let error):
                upstream.gauge.connectFailures.add(1, ordering: .relaxed)
                bound.value(.failure(ConnectFault(error)))
            case .success(let channel):
                do {
                    let connection = try channel.pipeline.syncOperations.handler(type: UpstreamConnection.self)
                    connection.idleListener = { [weak self] in self?.forget($0) }
                    connection.whenReady { result in
                        if case .failure = result { upstream.gauge.connectFailures.add(1, ordering: .relaxed) }
                        bound.value(result)
                    }
                    if upstream.tls != nil {
                        eventLoop.assumeIsolated().scheduleTask(in: timeout) { [weak connection] in
                            connection?.handshakeTimedOut()
                        }
                    }
                } catch {
                    bound.value(.failure(ConnectFault(error)))
                }
            }
        }
    }

    /// Takes a connection back after a whole answer.
    func putBack(_ connection: UpstreamConnection, now: Int64) {
        let id = ObjectIdentifier(connection.upstream)
        guard connection.isUsable else { return connection.close() }
        let pool = pools[id] ?? Pool(upstream: connection.upstream)
        pools[id] = pool
        guard pool.idle.count < UpstreamPools.idleLimit else { return connection.close() }
        connection.idleSince = now
        pool.idle.append(connection)
    }

    /// An idle connection was closed by the provider.
    func forget(_ connection: UpstreamConnection) {
        pools[ObjectIdentifier(connection.upstream)]?.idle.removeAll { $0 === connection }
    }

    /// Closes what has been idle for long.
    func prune(now: Int64) {
        for pool in pools.values {
            // The oldest lie at the bottom of the stack.
            while let oldest = pool.idle.first, now - oldest.idleSince > UpstreamPools.idleNanoseconds {
                pool.idle.removeFirst()
                oldest.close()
            }
        }
    }

    /// Keeps only the pools of these providers: a changed configuration drops the others' connections.
    func retain(_ upstreams: Set<ObjectIdentifier>) {
        for (id, pool) in pools where !upstreams.contains(id) {
            pool.idle.forEach { $0.close() }
            pools[id] = nil
        }
    }

    func closeAll() {
        for pool in pools.values { pool.idle.forEach { $0.close() } }
        pools = [:]
    }
}

/// Why no connection could be made, in words without the provider's address.
struct ConnectFault: Error {
    var reason: String

    init(_ error: any Error) {
        reason =
            switch error {
            case let error as ChannelError where ConnectFault.isTimeout(error): "connect timeout"
            case let error as IOError where error.errnoCode == ECONNREFUSED: "connection refused"
            case is NIOConnectionError: ConnectFault.reason(of: error as? NIOConnectionError)
            case let error as NIOSSLError: "tls handshake failed (\(ConnectFault.short(error)))"
            case is NIOSSLExtraError: "tls handshake failed (the certificate is for another name)"
            case is BoringSSLError: "tls handshake failed"
            case let error as IOError: "connect failed (errno \(error.errnoCode))"
            default: "connect failed"
            }
    }

    init(reason: String) { self.reason = reason }

    private static func isTimeout(_ error: ChannelError) -> Bool {
        if case .connectTimeout = error { return true }
        return false
    }

    private static func short(_ error: NIOSSLError) -> String {
        switch error {
        case .handshakeFailed(let cause):
            // The library names the cause in its description alone.
            switch String(describing: cause) {
            case let text where text.contains("CERTIFICATE_VERIFY_FAILED"): "the certificate is not trusted or expired"
            case let text where text.contains("WRONG_VERSION_NUMBER"): "the provider speaks no TLS on this port"
            default: "certificate or protocol refused"
            }
        case .uncleanShutdown: "closed without notice"
        default: "protocol error"
        }
    }

    private static func reason(of error: NIOConnectionError?) -> String {
        guard let error else { return "connect failed" }
        if error.connectionErrors.isEmpty { return "the provider's name cannot be resolved" }
        return error.connectionErrors.first.map { ConnectFault($0.error).reason } ?? "connect failed"
    }
}
