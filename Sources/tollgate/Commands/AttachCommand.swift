import ArgumentParser
import CLinux
import Control
import Dashboard
import Dispatch
import Domain
import Glibc
import Settings
import Synchronization
import Terminal

/// `tollgate attach`: the dashboard of a gateway that already runs.
struct AttachCommand: OperatorCommand {
    static let configuration = CommandConfiguration(
        commandName: "attach", abstract: "The dashboard of a gateway that already runs; q only leaves.",
        discussion: """
            Several can be attached at once. --script plays keys instead of a person, such as "<down>R<wait 400ms>y", \
            and with --dump prints the last picture.
            """)

    @OptionGroup var screen: ScreenOptions
    @Option(help: "A file with keys to play instead of a person's.")
    var script: String?
    @Option(help: "Columns and rows of the picture that a script plays on, such as 120x36.")
    var size: ScreenSize?
    @Flag(help: "Print the last picture of the script.")
    var dump = false
    @OptionGroup var common: CommonOptions

    func validate() throws {
        if script == nil, dump || size != nil { throw ValidationError("--size and --dump go with --script") }
    }

    func perform() throws {
        let place = try GatewayPlace.find(common)
        guard let socket = try Backend.answeringSocket(place) else { throw Backend.notRunning(place) }
        let themes = ThemeLibrary.standard(environment: Operator.environment(), executable: Operator.executable())
        if let theme = screen.theme { _ = try themes.named(theme) }
        if let script {
            return try play(try AttachCommand.read(script), socket: socket, place: place, themes: themes)
        }
        try show(socket: socket, place: place, themes: themes)
    }

    private func configuration(
        _ gateway: AttachedGateway, place: GatewayPlace, themes: ThemeLibrary
    ) -> DashboardConfiguration {
        var configuration = DashboardConfiguration(
            terminal: TerminalConfiguration(
                source: .controlling, environment: Operator.environment(),
                colour: ColourChoice(rawValue: screen.color) ?? .auto),
            actor: Operator.actor(),
            submit: { gateway.submit($0, reply: $1) },
            ask: { gateway.ask($0, reply: $1) },
            setWindow: { gateway.change(windowSeconds: $0) },
            setRefresh: { gateway.change(intervalMilliseconds: $0) },
            requestSnapshot: { gateway.hurry() },
            theme: { try? themes.theme(named: $0) })
        configuration.apply(screen, themes: themes, configured: place.theme)
        configuration.isAttached = true
        return configuration
    }

    /// A person at the terminal.
    private func show(socket: String, place: GatewayPlace, themes: ThemeLibrary) throws {
        SignalThread.prepare()
        _ = tg_crash_handlers_install()
        let inbox = DashboardInbox()
        let ended = DispatchSemaphore(value: 0)
        let gateway = AttachedGateway(path: socket, inbox: inbox) { ended.signal() }
        let loop = DashboardLoop(configuration: configuration(gateway, place: place, themes: themes), inbox: inbox)
        let thread = DashboardThread(loop: loop) { _ in ended.signal() }
        SignalThread.start { signal in
            switch signal {
            case SIGWINCH: inbox.notify(.resized)
            case SIGINT: inbox.notify(.interrupted)
            case SIGUSR1: break
            default: ended.signal()
            }
        }
        guard gateway.start(), thread.start() else { throw Failure(.unavailable, "no thread for the screen") }
        ended.wait()
        let end = thread.end
        gateway.stop()
        thread.stop()
        try AttachCommand.conclude(end, lost: gateway.lost, submit: gateway)
    }

    /// Says why it ended where that is not the operator's own wish.
    private static func conclude(_ end: DashboardEnd?, lost: AdminError?, submit gateway: AttachedGateway) throws {
        switch end {
        case .terminalFailed(let reason):
            throw Failure(.unavailable, reason)
        case .drain:
            let outcome = Waiting.outcome { reply in
                gateway.submit(Order(command: .drain, actor: Operator.actor()), reply: reply)
            }
            guard let outcome, outcome.result == .done else {
                throw Failure(.unavailable, outcome?.message ?? "the gateway does not answer")
            }
            StandardError.line(outcome.message)
        case .detached, .hungUp: break
        case .stopped, nil: if let lost { throw Failure(.unavailable, "the gateway has gone: \(lost.message)") }
        }
    }

    /// A script instead of a person.
    private func play(_ script: KeyScript, socket: String, place: GatewayPlace, themes: ThemeLibrary) throws {
        let inbox = DashboardInbox()
        let gateway = AttachedGateway(path: socket, inbox: inbox) { inbox.stop() }
        let runner = ScriptRunner(
            script: script, size: size?.size ?? Size(columns: 120, rows: 36),
            configuration: configuration(gateway, place: place, themes: themes), inbox: inbox)
        guard gateway.start() else { throw Failure(.unavailable, "no thread for the snapshots") }
        let result = runner.run()
        gateway.stop()
        if dump { try Output.write(Array(result.text.utf8) + [0x0a]) }
        try AttachCommand.conclude(result.end, lost: gateway.lost, submit: gateway)
    }

    private static func read(_ path: String) throws -> KeyScript {
        let bytes = try SmallFile.read(path, limit: 1 << 20)
        do throws(KeyScriptError) {
            return try KeyScript(String(decoding: bytes, as: UTF8.self))
        } catch {
            throw Failure(.data, "\(Visible.name(path)): \(error.message)")
        }
    }
}
