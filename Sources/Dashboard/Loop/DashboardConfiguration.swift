package import Domain
package import Settings
package import Terminal

/// What a dashboard is made of: where it sits, whose orders it gives, and the gateway behind it as closures.
package struct DashboardConfiguration: Sendable {
    /// Where the screen is, with its colours.
    package var terminal: TerminalConfiguration
    /// Who gives the orders.
    package var actor: Actor
    /// Sends an order; the reply may come from any thread, once.
    ///
    /// Must not block.
    package var submit: @Sendable (Order, @escaping @Sendable (Outcome) -> Void) -> Void
    /// Puts a question; the reply may come from any thread, once.
    ///
    /// Must not block.
    package var ask: @Sendable (Query, @escaping @Sendable (Answer) -> Void) -> Void
    /// The window of the snapshots that follow, in seconds.
    package var setWindow: @Sendable (Int) -> Void
    /// How often snapshots are wanted, in milliseconds.
    package var setRefresh: @Sendable (Int) -> Void
    /// Asks for a snapshot before the next one is due.
    package var requestSnapshot: @Sendable () -> Void
    /// The names of the themes there are, and the theme of a name.
    package var themeNames: [String] = []
    package var theme: @Sendable (String) -> Theme?
    package var themeName = "harbor"
    /// ASCII glyphs whatever the locale says.
    package var isASCII = false
    package var isReadOnly = false
    /// `--arm`.
    package var needsArming = false
    /// Whether the gateway is in another process: `q` then only leaves.
    package var isAttached = false
    package var view = ViewName.overview
    package var windowSeconds = 300
    package var refreshMilliseconds = 1000
    /// Seconds east of UTC of the operator's zone, and its name.
    package var localOffsetSeconds: Int64 = 0
    package var localZone = "UTC"

    package init(
        terminal: TerminalConfiguration, actor: Actor,
        submit: @escaping @Sendable (Order, @escaping @Sendable (Outcome) -> Void) -> Void,
        ask: @escaping @Sendable (Query, @escaping @Sendable (Answer) -> Void) -> Void,
        setWindow: @escaping @Sendable (Int) -> Void = { _ in },
        setRefresh: @escaping @Sendable (Int) -> Void = { _ in },
        requestSnapshot: @escaping @Sendable () -> Void = {},
        theme: @escaping @Sendable (String) -> Theme?
    ) {
        self.terminal = terminal
        self.actor = actor
        self.submit = submit
        self.ask = ask
        self.setWindow = setWindow
        self.setRefresh = setRefresh
        self.requestSnapshot = requestSnapshot
        self.theme = theme
    }

    /// The state that a dashboard of this configuration starts with.
    package func initialState() -> DashboardState {
        var state = DashboardState()
        state.view = view
        state.actor = actor
        state.isReadOnly = isReadOnly
        state.needsArming = needsArming
        state.isAttached = isAttached
        state.themeName = themeName
        state.themes = themeNames
        state.windowSeconds = windowSeconds
        state.refreshMilliseconds = refreshMilliseconds
        state.localOffsetSeconds = localOffsetSeconds
        state.localZone = localZone
        return state
    }
}

/// How a dashboard ended.
package enum DashboardEnd: Sendable, Equatable {
    /// `d` of the quit dialog: drain the gateway and stop.
    case drain
    /// The operator left; the gateway goes on.
    case detached
    /// The terminal is gone; the gateway goes on.
    case hungUp
    /// There is no usable terminal; one line says why, and the gateway goes on.
    case terminalFailed(String)
    /// It was told to stop from outside.
    case stopped
}
