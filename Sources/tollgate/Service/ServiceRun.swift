import ArgumentParser
import CLinux
import Control
import Dashboard
import Domain
import Glibc
import Ledger
import Settings
import Synchronization
import Terminal
import Wire

/// A gateway from start to end, with or without a screen: what `run`, `serve` and `demo` share.
struct ServiceRun {
    var common: CommonOptions
    /// Nil: no screen.
    var screen: ScreenOptions?
    var allowsOpen = false
    /// Whether `ready` is printed as one JSON line.
    var announces = false
    /// Called once the gateway serves; what it returns is called before the gateway stops.
    var whenServing: (GatewayProcess) throws -> (() -> Void) = { _ in {} }

    /// Runs until told to stop.
    ///
    /// - Throws: `ExitCode`, after one clear line.
    func run() throws {
        SignalThread.prepare()
        _ = tg_crash_handlers_install()
        _ = tg_descriptors_raise()
        do {
            try OpenFiles.check()
            try serve()
        } catch let failure as Failure {
            throw failure.report()
        }
    }

    private func serve() throws {
        let themes = ThemeLibrary.standard(environment: Operator.environment(), executable: Operator.executable())
        let source = ConfigurationSource(common, themes: themes)
        let loaded = try source.loadOrFail()
        if let theme = screen?.theme, !themes.names.contains(theme) {
            throw Failure(
                .usage, "there is no theme \(Visible.name(theme))" + NearestWord.advice(theme, in: themes.names))
        }
        let process = try GatewayProcess(
            GatewayProcess.Options(
                loaded: loaded, reload: { try source.load() }, allowsOpen: allowsOpen,
                threads: ServiceRun.threads()))
        let host = Mutex<ScreenHost?>(nil)
        SignalThread.start { signal in ServiceRun.handle(signal, process: process, screen: host.withLock { $0 }) }
        let before: () -> Void
        do {
            before = try whenServing(process)
        } catch {
            _ = process.stop()
            throw error
        }
        if announces { announce(process) }
        if let advice = process.firstKeyAdvice { process.log.log(.info, advice) }
        if let screen { show(screen, process: process, themes: themes, host: host) }
        process.stopSignal.wait()
        let shown = host.withLock { host in
            defer { host = nil }
            return host
        }
        shown?.close()
        before()
        if !process.stop() { throw ExitCode(Failure.Status.io.rawValue) }
    }

    /// One event loop for each core, at least one.
    private static func threads() -> Int { max(1, sysconf(Int32(_SC_NPROCESSORS_ONLN))) }

    private func announce(_ process: GatewayProcess) {
        let line = JSONShapes.text { writer in
            writer.beginObject()
            writer.member("event", "ready")
            writer.member("listen", process.listen)
            writer.member("admin", process.adminSocket)
            writer.member("pid", Int64(getpid()))
            writer.endObject()
        }
        let fault = Descriptor.write(line + [0x0a], to: 1)
        guard fault != 0 else { return }
        // Whoever started it waits for that line; the gateway is there all the same.
        process.log.log(
            .error, "the ready line could not be written to standard output: \(SystemText.error(fault)); serving")
    }

    private func show(
        _ options: ScreenOptions, process: GatewayProcess, themes: ThemeLibrary, host: borrowing Mutex<ScreenHost?>
    ) {
        let line = "serving \(process.listen), pid \(getpid()); tollgate attach returns; Ctrl-C drains"
        guard isatty(0) == 1 || isatty(1) == 1 || isatty(2) == 1 else {
            StandardError.line("tollgate: no terminal here: \(line)")
            return
        }
        let stop = process.stopSignal
        let left = ScreenEndings(line: line, stop: stop)
        let made = ScreenHost(
            process, options: options, themes: themes, dataFolder: process.loaded.configuration.data
        ) { end in left.handle(end) }
        left.host.withLock { $0 = made }
        host.withLock { $0 = made }
        if !made.start() { left.handle(.terminalFailed("no thread for the screen")) }
    }

    private static func handle(_ signal: Int32, process: GatewayProcess, screen: ScreenHost?) {
        switch signal {
        case SIGWINCH: screen?.notify(.resized)
        case SIGINT:
            // With the screen up Ctrl-C is a key; a signal from outside asks in the same way.
            if let screen, screen.isUp { screen.notify(.interrupted) } else { process.stopSignal.request() }
        case SIGHUP:
            // A vanished terminal sends it too: that is the dashboard's business, not the configuration's.
            if let screen, screen.isUp, TerminalScreen.isTerminalGone {
                screen.notify(.resized)
            } else {
                process.admin.mend()
                process.desk.submit(Order(command: .reload, actor: Actor(user: "signal", terminal: "SIGHUP"))) {
                    outcome in
                    // Each problem has a line of its own in the log already.
                    let first = outcome.message.prefix { $0 != "\n" }
                    process.log.log(
                        outcome.result == .done ? .info : .error,
                        String(first.hasSuffix(":") ? first.dropLast() : first))
                }
            }
        case SIGUSR1: process.recorder.reopen()
        default: process.stopSignal.request()
        }
    }
}

/// What becomes of the process when its screen ends.
///
/// Its lines begin at the left edge: where the cursor stands after a screen is the terminal's own affair.
private final class ScreenEndings: Sendable {
    let host = Mutex<ScreenHost?>(nil)
    private let line: String
    private let stop: StopSignal

    init(line: String, stop: StopSignal) {
        self.line = line
        self.stop = stop
    }

    func handle(_ end: DashboardEnd) {
        switch end {
        case .drain: stop.drain()
        case .stopped: break
        case .detached:
            host.withLock { $0 }?.close()
            StandardError.line("\r" + line)
        case .hungUp: host.withLock { $0 }?.close()
        case .terminalFailed(let reason):
            host.withLock { $0 }?.close()
            StandardError.line("\rtollgate: \(reason), so no dashboard; \(line)")
        }
    }
}
