import CLinux
import Control
import Dashboard
import Domain
import Glibc
import Settings
import Synchronization
import Telemetry
import Terminal
import Threads

/// The dashboard of this process over its own gateway: thread, snapshots, captured output.
final class ScreenHost: Sendable {
    private let process: GatewayProcess
    private let loop: DashboardLoop
    private let thread: DashboardThread
    private let capture: OutputCapture?
    private let subscription: Subscription

    /// - Parameter onEnd: told once how the screen ended, on the dashboard's thread.
    init(
        _ process: GatewayProcess, options: ScreenOptions, themes: ThemeLibrary, dataFolder: String,
        onEnd: @escaping @Sendable (DashboardEnd) -> Void
    ) {
        self.process = process
        let inbox = DashboardInbox()
        let desk = process.desk
        let collector = process.collector
        let subscription = collector.subscribe(windowSeconds: 300, intervalMilliseconds: 1000) { inbox.publish($0) }
        self.subscription = subscription
        let window = Mutex(300)
        var configuration = DashboardConfiguration(
            terminal: TerminalConfiguration(
                source: .controlling, environment: Operator.environment(),
                colour: ColourChoice(rawValue: options.color) ?? .auto),
            actor: Operator.actor(),
            submit: { desk.submit($0, reply: $1) },
            ask: { desk.ask($0, reply: $1) },
            setWindow: { seconds in
                window.withLock { $0 = seconds }
                subscription.change(windowSeconds: seconds)
            },
            setRefresh: { subscription.change(intervalMilliseconds: $0) },
            requestSnapshot: { collector.snapshot(windowSeconds: window.withLock { $0 }) { inbox.publish($0) } },
            theme: { try? themes.theme(named: $0) })
        configuration.apply(options, themes: themes, configured: process.loaded.configuration.theme)
        loop = DashboardLoop(configuration: configuration, inbox: inbox)
        capture = try? OutputCapture(path: dataFolder + "/output.log")
        thread = DashboardThread(loop: loop, onEnd: onEnd)
    }

    /// Shows the screen; false where the system has no thread.
    func start() -> Bool {
        let capture = capture
        NamedThread.start("capture") {
            // Bounded only as often as it is looked at.
            while let capture {
                sleep(2)
                capture.rotate()
            }
        }
        return thread.start()
    }

    func notify(_ signal: DashboardInbox.Signal) { loop.inbox.notify(signal) }

    /// Whether the screen is still up.
    var isUp: Bool { thread.end == nil }

    /// Gives the terminal back, and what was written to it meanwhile.
    func close() {
        subscription.cancel()
        thread.stop()
        for line in capture?.restore(last: 20) ?? [] { StandardError.line(line) }
    }
}

extension DashboardConfiguration {
    /// Takes over what the command line says about the screen.
    mutating func apply(_ options: ScreenOptions, themes: ThemeLibrary, configured: String) {
        themeNames = themes.names
        themeName = options.theme ?? configured
        isASCII = options.ascii
        isReadOnly = options.readOnly
        needsArming = options.arm
        view = ViewName.allCases.first { $0.title.lowercased() == options.view } ?? .overview
        (localOffsetSeconds, localZone) = LocalZone.current()
    }
}

/// The operator's time zone.
enum LocalZone {
    static func current() -> (offset: Int64, name: String) {
        var now = time(nil)
        var parts = tm()
        guard localtime_r(&now, &parts) != nil else { return (0, "UTC") }
        return (Int64(parts.tm_gmtoff), parts.tm_zone.map { String(cString: $0) } ?? "local")
    }
}
