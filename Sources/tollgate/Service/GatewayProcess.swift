import CLinux
import Control
import Domain
import Glibc
import Ledger
import NIOCore
import Proxy
import Settings
import Synchronization
import Telemetry

/// Everything of a running gateway, in the order in which it is started; stopped in reverse.
final class GatewayProcess: Sendable {
    let loaded: LoadedConfiguration
    let store: Store
    let recorder: Recorder
    let log: OperatorLog
    let desk: ControlDesk
    let collector: Collector
    let gateway: Gateway
    let admin: AdminServer
    let listen: String
    let adminSocket: String
    let stopSignal: StopSignal

    /// What a start needs.
    struct Options: Sendable {
        var loaded: LoadedConfiguration
        var reload: @Sendable () throws -> LoadedConfiguration
        var reconfigured: @Sendable (Configuration) -> Void = { _ in }
        /// The operator's explicit word for serving others than this machine without any key.
        var allowsOpen = false
        var threads: Int
    }

    /// Starts everything but screen and signals.
    ///
    /// - Throws: `Failure`, one clear line; nothing is left running or open then.
    init(_ options: Options) throws {
        let configuration = options.loaded.configuration
        loaded = options.loaded
        adminSocket = configuration.adminSocket
        stopSignal = StopSignal()
        log = OperatorLog(level: Ledger.LogLevel(rawValue: configuration.log.level.rawValue) ?? .info)
        var started = Started()
        do {
            let ledger = try GatewayProcess.openLedger(configuration, log: log, &started)
            (store, recorder) = (ledger.store, ledger.recorder)
            try GatewayProcess.checkOpenness(configuration, ledger.state, allowsOpen: options.allowsOpen)
            let faults = ControlDesk.budgetFaults(configuration, ledger.state, at: Clocks.wall())
            if !faults.isEmpty { throw Failure(.configuration, faults.joined(separator: "\n")) }
            let table = ClientTable()
            desk = try GatewayProcess.makeDesk(options, ledger, table, log: log, stopSignal: stopSignal)
            collector = Collector(surroundings: desk.surroundings(), version: Version.text)
            gateway = try GatewayProcess.makeGateway(
                options, table, policy: desk.policy, collector: collector, recorder: recorder, stopSignal: stopSignal)
            let (desk, collector, gateway) = (desk, collector, gateway)
            // A desk that has begun holds the collector and is held by it until it stops.
            started.add { _ = desk.stop() }
            started.add { collector.stop() }
            started.add { gateway.stop() }
            listen = try GatewayProcess.openDoor(gateway, configuration)
            collector.start()
            desk.begin(gateway: gateway, collector: collector, listen: listen)
            admin = AdminServer(
                path: adminSocket,
                backend: AdminBackend(
                    desk: desk, collector: collector,
                    info: AdminInfo(name: desk.instanceName, version: Version.text, pid: getpid(), listen: listen)))
            let admin = admin
            started.add { admin.stop() }
            do throws(AdminError) {
                try admin.start()
            } catch {
                throw Failure(.io, error.message)
            }
        } catch {
            started.stopAll()
            throw error
        }
        for warning in options.loaded.warnings { log.log(.warning, warning.description) }
        log.log(.info, "serving \(listen)")
    }

    /// What a data folder gives: the rooms that write it, and what was found in it.
    private struct OpenLedger {
        var store: Store
        var recorder: Recorder
        var state: StoredState
    }

    /// Claims the data folder and opens what lies in it.
    private static func openLedger(
        _ configuration: Configuration, log: OperatorLog, _ started: inout Started
    ) throws(Failure) -> OpenLedger {
        let folder = DataFolder(path: configuration.data)
        do throws(LedgerError) {
            for warning in try folder.prepare() { log.log(.warning, warning) }
            let store = try Store.open(try folder.lock())
            started.add { store.close() }
            let state = try store.loadAll()
            let now = Clocks.wall()
            let book = SpendBook(rows: try store.spend(since: Calendar.monthStart(of: now)))
            let recorder = try Recorder(settings: RecorderSettings(configuration.log), store: store, settled: book)
            started.add { recorder.stop(within: 1) }
            return OpenLedger(store: store, recorder: recorder, state: state)
        } catch {
            throw Failure(error.code == .inUse ? .unavailable : .io, error.message)
        }
    }

    private static func makeDesk(
        _ options: Options, _ ledger: OpenLedger, _ table: ClientTable, log: OperatorLog, stopSignal: StopSignal
    ) throws(Failure) -> ControlDesk {
        do throws(UpstreamFault) {
            return try ControlDesk(
                ControlDesk.Parts(
                    loaded: options.loaded, store: ledger.store, state: ledger.state, recorder: ledger.recorder,
                    log: log, table: table, reload: options.reload, reconfigured: options.reconfigured,
                    drain: { stopSignal.drain() }, wall: { Clocks.wall() }, monotonic: { tg_monotonic_ns() }),
                hostName: Operator.hostName())
        } catch {
            throw Failure(.unavailable, error.reason)
        }
    }

    private static func makeGateway(
        _ options: Options, _ table: ClientTable, policy: Policy, collector: Collector, recorder: Recorder,
        stopSignal: StopSignal
    ) throws(Failure) -> Gateway {
        let environment = GatewayEnvironment(
            onBatch: { batch in
                collector.submit(batch)
                recorder.submit(batch.finished)
            },
            metrics: { collector.prometheusText }, openAPI: OpenAPI.json, docs: DocsPage.html,
            maximumBody: options.loaded.configuration.maxBodyBytes, isReady: { stopSignal.current == .none })
        do {
            return try Gateway(
                threads: options.threads, policy: policy, table: table,
                boot: UInt64.random(in: 0...UInt64.max) & 0xffff_ffff_ffff, environment: environment)
        } catch {
            throw Failure(.unavailable, "no event loops: \(error)")
        }
    }

    /// Begins to listen; the address that is listened on.
    private static func openDoor(_ gateway: Gateway, _ configuration: Configuration) throws(Failure) -> String {
        do {
            let (host, port) = try gateway.listen(
                host: configuration.listen.host, port: Int(configuration.listen.port))
            return host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)"
        } catch {
            throw Failure(.unavailable, ListenFault.text(error, address: configuration.listen.text))
        }
    }

    /// Nobody can get in and everybody can knock: surely not what was meant.
    private static func checkOpenness(
        _ configuration: Configuration, _ state: StoredState, allowsOpen: Bool
    ) throws {
        guard configuration.isReachableFromOutside, !allowsOpen, configuration.jwt == nil, state.keys.isEmpty else {
            return
        }
        throw Failure(
            .configuration,
            "listen \(configuration.listen.text) is reachable from outside and there are no keys yet: create one "
                + "(tollgate keys create --client NAME), or say --open")
    }

    /// The line to run for a first key; nil where there is a way in already.
    var firstKeyAdvice: String? {
        guard loaded.configuration.jwt == nil, desk.hasNoKeys else { return nil }
        return "no keys yet: run  tollgate keys create --client NAME --data \(loaded.configuration.data)"
    }

    /// Lets open requests finish as long as the drain's time lasts, then ends everything.
    ///
    /// - Returns: whether everything was written down.
    func stop() -> Bool {
        gateway.beginDraining()
        let deadline = tg_monotonic_ns().addingSaturated(loaded.configuration.drain.nanosecondsClamped)
        while gateway.openCount() > 0, stopSignal.current < .force, tg_monotonic_ns() < deadline {
            stopSignal.wait(milliseconds: 20)
        }
        admin.stop()
        gateway.stop()
        // The collector's last snapshot still asks the desk.
        collector.stop()
        let isDeskWritten = desk.stop()
        let isWritten = recorder.stop(within: 5) && isDeskWritten
        if !isWritten { log.log(.error, "not everything could be written down: see the data folder's disk") }
        store.close()
        return isWritten
    }
}

/// The clocks of the process.
enum Clocks {
    static func wall() -> Timestamp { Timestamp(milliseconds: tg_wall_ms()) }
}

/// Rooms that run already, so that a start which fails leaves none of them behind.
private struct Started {
    private var ends: [() -> Void] = []

    mutating func add(_ end: @escaping () -> Void) { ends.append(end) }

    /// Stops them in reverse order.
    func stopAll() { for end in ends.reversed() { end() } }
}

/// Why a port could not be opened, with what to do.
enum ListenFault {
    static func text(_ error: any Error, address: String) -> String {
        switch (error as? IOError)?.errnoCode {
        case EADDRINUSE: "\(address) is taken by another program; choose another `listen` or end that one"
        case EACCES: "\(address) needs more rights: ports below 1024 are the system's"
        case EADDRNOTAVAIL: "\(address) is no address of this machine; check `listen`"
        case let code?: "\(address) cannot be opened: \(SystemText.error(code))"
        case nil: "\(address) cannot be opened: \(error)"
        }
    }
}
