import CLinux
import Glibc
package import Terminal

/// The dashboard driven by a key script instead of a person: `--script FILE --size 120x36 --dump`.
///
/// Waits are real time, because the gateway behind it is real; everything else is as on a terminal.
package final class ScriptRunner {
    private let script: KeyScript
    private var size: Size
    private let configuration: DashboardConfiguration
    private let inbox: DashboardInbox
    private var copied: [String] = []

    /// What a script came to.
    package struct Result: Sendable, Equatable {
        /// The last picture.
        package var text: String
        /// How the dashboard ended, where the script made it.
        package var end: DashboardEnd?
        /// What it put on the clipboard.
        package var copied: [String]
    }

    package init(script: KeyScript, size: Size, configuration: DashboardConfiguration, inbox: DashboardInbox) {
        self.script = script
        self.size = size
        self.configuration = configuration
        self.inbox = inbox
    }

    /// Plays the script to its end, or to the end of the dashboard.
    ///
    /// - Parameters:
    ///   - patience: milliseconds to wait for the first snapshot.
    ///   - settling: milliseconds to wait after the last key, for replies that are on their way.
    package func run(patience: Int = 5000, settling: Int = 250) -> Result {
        var session = DashboardSession(configuration: configuration, inbox: inbox)
        _ = session.handle(.resized(columns: size.columns, rows: size.rows))
        configuration.requestSnapshot()
        var end = pass(patience, &session, isEnough: { $0.hasSnapshot })
        for step in script.steps where end == nil {
            // The picture is laid out before each step as it would be for a person, who sees it before pressing.
            _ = session.compose(size: size, isUnicode: true)
            switch step {
            case .key(let key): end = obey(session.handle(.key(key)))
            case .paste(let text): end = obey(session.handle(.paste(text)))
            case .wait(let milliseconds): end = pass(milliseconds, &session) { _ in false }
            case .resize(let size):
                self.size = size
                end = obey(session.handle(.resized(columns: size.columns, rows: size.rows)))
            }
        }
        if end == nil { end = pass(settling, &session) { _ in false } }
        return Result(text: session.compose(size: size, isUnicode: true).text(), end: end, copied: copied)
    }

    /// Lets time pass.
    private func pass(
        _ milliseconds: Int, _ session: inout DashboardSession, isEnough: (borrowing DashboardSession) -> Bool
    ) -> DashboardEnd? {
        let deadline = tg_monotonic_ns() / 1_000_000 + Int64(milliseconds)
        while true {
            let (effects, isStopped) = session.catchUp()
            if isStopped { return .stopped }
            if let end = obey(effects) { return end }
            let left = deadline - tg_monotonic_ns() / 1_000_000
            if left <= 0 || isEnough(session) { return nil }
            var polled = pollfd(fd: inbox.descriptor, events: Int16(POLLIN), revents: 0)
            if poll(&polled, 1, Int32(clamping: min(Int64(session.patience()), left))) > 0 {
                _ = tg_event_drain(inbox.descriptor)
            }
        }
    }

    private func obey(_ effects: [DashboardEffect]) -> DashboardEnd? {
        for effect in effects {
            switch effect {
            case .drain: return .drain
            case .detach: return .detached
            case .copy(let text): copied.append(text)
            default: break
            }
        }
        return nil
    }
}
