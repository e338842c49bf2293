import CLinux
import Control
import Domain
import Glibc
import Ledger
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
    private let lock: DataLock

    /// What a start needs.
    struct Options: Sendable {
        var loaded: LoadedConfiguration
        var reload: @Sendable () throws -> LoadedConfiguration
        var reconfigured: @Sendable (Configuration) -> Void = { _ in }
        /// The operator's explicit word for serving others than this machine without any key.
        var allowsOpen = false
        var threads: Int
        var logsOperations = true
    }

    /// Starts everything but screen and signals.
    ///
    /// - Throws: `Failure`, one clear line; nothing is left running or open then.
    init(_ options: Options) throws {
        let configuration = options.loaded.configuration
        loaded = options.loaded
        let stopSignal = StopSignal()
        self.stopSignal = stopSignal
        let log = OperatorLog(level: Ledger.LogLevel(rawValue: configuration.log.level.rawValue) ?? .info)
        self.log = log
        let folder = DataFolder(path: configuration.data)
        let state: StoredState
        let table = ClientTable()
        do throws(LedgerError) {
            for warning in try folder.prepare() { log.log(.warning, warning) }
            lock = try folder.lock()
            store = try Store.open(lock)
            state = try store.loadAll()
            let now = Clocks.wall()
            let book = SpendBook(rows: try store.spend(since: Calendar.monthStart(of: now)))
            recorder = try Recorder(
                settings: RecorderSettings(configuration.log), store: store, settled: book)
        } catch {
            throw Failure(error.code == .inUse ? .unavailable : .io, error.message)
        }
        try GatewayProcess.checkOpenness(configuration, state, allowsOpen: options.allowsOpen)
        do throws(UpstreamFault) {
            desk = try ControlDesk(
                ControlDesk.Parts(
                    loaded: options.loaded, store: store, state: state, recorder: recorder, log: log, table: table,
                    reload: options.reload, reconfigured: options.reconfigured, drain: { stopSignal.drain() },
                    wall: { Clocks.wall() }, monotonic: { tg_monotonic_ns() }),
                hostName: Operator.hostName())
        } catch {
            throw Failure(.unavailable, error.reason)
        }
        let collector = Collector(
            surroundings: desk.surroundings(), version: Version.text)
        self.collector = collector
        let recorder = recorder
        let environment = GatewayEnvironment(
            onBatch: { batch in
                collector.submit(batch)
                recorder.submit(batch.finished)
            },
            metrics: { collector.prometheusText }, openAPI: OpenAPI.json, docs: DocsPage.html,
            maximumBody: configuration.maxBodyBytes, isReady: { stopSignal.current == .none })
        do {
            gateway = try Gateway(
                threads: options.threads, policy: desk.policy, table: table,
                boot: UInt64.random(in: 0...UInt64.max) & 0xffff_ffff_ffff, environment: environment)
        } catch {
            throw Failure(.unavailable, "no event loops: \(error)")
        }
        do {
            let address = try gateway.listen(host: configuration.listen.host, port: Int(configuration.listen.port))
            listen =
                address.host.contains(":") ? "[\(address.host)]:\(address.port)" : "\(address.host):\(address.port)"
        } catch {
            gateway.stop()
            recorder.stop(within: 1)
            throw Failure(.unavailable, ListenFault.text(error, address: configuration.listen.text))
        }
        collector.start()
        desk.begin(gateway: gateway, collector: collector, listen: listen)
        adminSocket = configuration.adminSocket
        admin = AdminServer(
            path: configuration.adminSocket,
            backend: AdminBackend(
                desk: desk, collector: collector,
                info: AdminInfo(
                    name: desk.instanceName, version: Version.text, pid: getpid(), listen: listen)))
        do throws(AdminError) {
            try admin.start()
        } catch {
            gateway.stop()
            recorder.stop(within: 1)
            throw Failure(.io, error.message)
        }
        for warning in options.loaded.warnings { log.log(.warning, warning.description) }
        log.log(.info, "serving \(listen)")
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
        let seconds = loaded.configuration.drain.components.seconds
        let deadline = tg_monotonic_ns().addingSaturated(
            Int64(clamping: seconds).multipliedSaturated(by: 1_000_000_000))
        while gateway.openCount() > 0, stopSignal.current < .force, tg_monotonic_ns() < deadline {
            stopSignal.wait(milliseconds: 20)
        }
        admin.stop()
        gateway.stop()
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

/// Why a port could not be opened, with what to do.
enum ListenFault {
    static func text(_ error: any Error, address: String) -> String {
        let reason = "\(error)"
        if reason.contains("errno: 98") {
            return "\(address) is taken by another program; choose another `listen` or end that one"
        }
        if reason.contains("errno: 13") { return "\(address) needs more rights: ports below 1024 are the system's" }
        if reason.contains("errno: 99") { return "\(address) is no address of this machine; check `listen`" }
        return "\(address) cannot be opened: \(reason)"
    }
}
