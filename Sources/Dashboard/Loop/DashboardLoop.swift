import Terminal

/// The dashboard on its terminal: one thread that owns the screen, and a box that the others write to.
///
/// A stuck, closed or lying terminal stops this thread and nothing else: nobody waits for it, and what it is sent is
/// bounded.
package final class DashboardLoop: Sendable {
    /// Where snapshots, replies and signals are left, from any thread.
    package let inbox: DashboardInbox
    private let configuration: DashboardConfiguration

    package init(configuration: DashboardConfiguration, inbox: DashboardInbox = DashboardInbox()) {
        self.configuration = configuration
        self.inbox = inbox
    }

    /// Runs the dashboard on the calling thread until it ends; the terminal is then as it was before.
    package func run() -> DashboardEnd {
        let screen: TerminalScreen
        do {
            screen = try TerminalScreen(configuration: configuration.terminal)
        } catch {
            return .terminalFailed(String(describing: error))
        }
        defer { screen.close() }
        var session = DashboardSession(configuration: configuration, inbox: inbox)
        _ = session.handle(.resized(columns: screen.size.columns, rows: screen.size.rows))
        configuration.requestSnapshot()
        return run(&session, on: screen)
    }

    private func run(_ session: inout DashboardSession, on screen: TerminalScreen) -> DashboardEnd {
        var isRefused = false
        while true {
            let (effects, isStopped) = session.catchUp()
            if isStopped { return .stopped }
            if let end = obey(effects, on: screen) { return end }
            if session.needsPaint {
                let canvas = session.compose(size: screen.size, isUnicode: screen.isUnicode)
                isRefused = !screen.paint(canvas, palette: session.palette)
            }
            for event in screen.wait(wake: inbox.descriptor, timeoutMilliseconds: session.patience()) {
                let effects: [DashboardEffect]
                switch event {
                case .key(let key): effects = session.handle(.key(key))
                case .paste(let text): effects = session.handle(.paste(text))
                case .resized(let size): effects = session.handle(.resized(columns: size.columns, rows: size.rows))
                case .hungUp: return .hungUp
                case .woken:
                    // A frame that the terminal had no room for may be painted now.
                    if isRefused { session.paintAgain() }
                    effects = []
                case .timeout: effects = []
                }
                if let end = obey(effects, on: screen) { return end }
            }
        }
    }

    /// Does what needs the screen.
    ///
    /// - Returns: the end, where the operator left.
    private func obey(_ effects: [DashboardEffect], on screen: TerminalScreen) -> DashboardEnd? {
        for effect in effects {
            switch effect {
            case .drain: return .drain
            case .detach: return .detached
            case .copy(let text): screen.copy(text)
            case .repaint: screen.repaint()
            case .bell: screen.bell()
            case .flushInput: screen.flushInput()
            case .submit, .ask, .setWindow, .setRefresh, .write, .useTheme, .snapshotNow: break
            }
        }
        return nil
    }
}
