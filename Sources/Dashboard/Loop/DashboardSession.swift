import Domain
package import Settings
package import Telemetry
package import Terminal

/// The dashboard without its screen: state, snapshot and the traffic with the gateway.
///
/// The loop gives it a terminal, the script runner a script.
package struct DashboardSession: ~Copyable {
    package private(set) var state: DashboardState
    package private(set) var snapshot: LiveSnapshot
    package private(set) var hasSnapshot = false
    private let configuration: DashboardConfiguration
    private let inbox: DashboardInbox
    private var clock: SteadyClock
    private var theme: Theme?
    /// Open questions and orders, by ticket.
    private var waiting: [UInt64: (order: Order?, deadline: Int64)] = [:]
    private var nextTicket: UInt64 = 1
    private var lastSnapshotAt: Int64 = .min
    private var lastTickAt: Int64 = 0
    private var wantsSnapshot = true
    /// Orders whose deadline has passed and whose outcome may still come.
    private var late: Set<UInt64> = []
    /// Whether the last frame showed a deaf dialog: its chips brighten by themselves.
    private var wasDeaf = false
    /// Whether something changed since the last frame.
    package private(set) var needsPaint = true

    static let deadlineMilliseconds: Int64 = 5000
    static let tickMilliseconds: Int64 = 1200

    package init(configuration: DashboardConfiguration, inbox: DashboardInbox, clock: SteadyClock = SteadyClock()) {
        self.clock = clock
        self.configuration = configuration
        self.inbox = inbox
        state = configuration.initialState()
        snapshot = LiveSnapshot(time: clock.now, windowSeconds: configuration.windowSeconds)
        theme = configuration.theme(configuration.themeName)
        configuration.setWindow(configuration.windowSeconds)
        configuration.setRefresh(configuration.refreshMilliseconds)
    }

    /// The looks of the present theme.
    package var palette: Palette { theme.map { Palette(theme: $0) } ?? Palette(styles: []) }

    /// The characters to draw with on a screen that is UTF-8 or not.
    package func glyphs(isUnicode: Bool) -> Glyphs {
        configuration.isASCII || !isUnicode ? .ascii : theme?.glyphs ?? .standard
    }

    /// Applies one event.
    ///
    /// - Returns: the effects that need a screen or end the dashboard.
    package mutating func handle(_ event: DashboardEvent) -> [DashboardEffect] {
        let effects = Reducer.reduce(state: &state, event: event, snapshot: snapshot, now: clock.now)
        if case .laidOut = event {} else { needsPaint = true }
        var left: [DashboardEffect] = []
        for effect in effects { obey(effect, &left) }
        return left
    }

    private mutating func obey(_ effect: DashboardEffect, _ left: inout [DashboardEffect]) {
        switch effect {
        case .submit(let order):
            let ticket = open(order)
            let inbox = inbox
            configuration.submit(order) { inbox.leave(.outcome(ticket: ticket, order, $0)) }
        case .ask(let query):
            let ticket = open(nil)
            let inbox = inbox
            configuration.ask(query) { inbox.leave(.answer(ticket: ticket, query, $0)) }
        case .setWindow(let seconds):
            configuration.setWindow(seconds)
            wantsSnapshot = true
        case .setRefresh(let milliseconds): configuration.setRefresh(milliseconds)
        case .snapshotNow:
            wantsSnapshot = true
            configuration.requestSnapshot()
        case .useTheme(let name):
            if let loaded = configuration.theme(name) {
                theme = loaded
                left.append(.repaint)
            } else {
                left += handle(.written("the theme \(name) cannot be read; the old one stays", isDone: false))
            }
        case .write(let request):
            let result = Export.write(request, state: state, snapshot: snapshot, now: clock.now)
            left += handle(.written(result.message, isDone: result.isDone))
        case .drain, .detach, .copy, .repaint, .bell, .flushInput: left.append(effect)
        }
    }

    private mutating func open(_ order: Order?) -> UInt64 {
        let ticket = nextTicket
        nextTicket &+= 1
        waiting[ticket] = (order, clock.elapsedMilliseconds.addingSaturated(DashboardSession.deadlineMilliseconds))
        return ticket
    }

    /// Takes what other threads have left, and what has become due.
    ///
    /// - Returns: the effects that need a screen or end the dashboard, and whether it was told to stop.
    package mutating func catchUp() -> (effects: [DashboardEffect], isStopped: Bool) {
        var effects: [DashboardEffect] = []
        if let step = clock.takeStep() { effects += handle(.clockStepped(step)) }
        let contents = inbox.takeContents()
        if contents.isStopped { return ([], true) }
        if contents.isInterrupted { effects += handle(.interrupted) }
        if contents.isResized {
            effects.append(.repaint)
            needsPaint = true
        }
        for item in contents.items {
            switch item {
            case .outcome(let ticket, let order, let outcome):
                // A second reply to the same order is nobody's; one that comes too late still says what happened.
                if waiting.removeValue(forKey: ticket) == nil, !late.contains(ticket) { continue }
                late.remove(ticket)
                effects += handle(.outcome(order, outcome))
            case .answer(let ticket, let query, let answer):
                if waiting.removeValue(forKey: ticket) != nil { effects += handle(.answer(query, answer)) }
            }
        }
        let passed = clock.elapsedMilliseconds
        for (ticket, entry) in waiting where entry.deadline <= passed {
            waiting[ticket] = nil
            guard let order = entry.order else { continue }
            if late.count < 1000 { late.insert(ticket) }
            effects += handle(.unanswered(order))
        }
        effects += look(passed)
        return (effects, false)
    }

    /// Takes the snapshot where one is due, or lets time pass.
    private mutating func look(_ passed: Int64) -> [DashboardEffect] {
        let isDue = wantsSnapshot || passed.subtractingSaturated(lastSnapshotAt) >= interval
        if isDue, let newest = inbox.takeSnapshot() {
            snapshot = newest
            hasSnapshot = true
            wantsSnapshot = false
            lastSnapshotAt = passed
            lastTickAt = passed
            return handle(.tick)
        }
        if let open = state.dialog?.opening, wasDeaf, !open.isDeaf(at: clock.now) {
            wasDeaf = false
            needsPaint = true
        }
        if passed.subtractingSaturated(lastTickAt) >= DashboardSession.tickMilliseconds {
            lastTickAt = passed
            return handle(.tick)
        }
        return []
    }

    /// The refresh interval less a little, so that a publisher of the same pace is not missed by a hair.
    private var interval: Int64 { max(Int64(state.refreshMilliseconds) - 50, 50) }

    /// Milliseconds until something is due by itself; at most a second and a bit.
    package mutating func patience() -> Int {
        let passed = clock.elapsedMilliseconds
        var next = lastTickAt.addingSaturated(DashboardSession.tickMilliseconds)
        for entry in waiting.values { next = min(next, entry.deadline) }
        if inbox.hasSnapshot { next = min(next, lastSnapshotAt.addingSaturated(interval)) }
        if let dialog = state.dialog, dialog.isDeaf(at: clock.now) {
            wasDeaf = true
            let age = clock.now.milliseconds(since: dialog.opening.at)
            next = min(next, passed.addingSaturated(DialogOpening.deafMilliseconds - age))
        }
        if inbox.descriptor < 0 { next = min(next, passed.addingSaturated(250)) }
        return Int(clamping: min(max(next.subtractingSaturated(passed), 0), DashboardSession.tickMilliseconds))
    }

    /// Has the picture drawn again though nothing changed.
    mutating func paintAgain() { needsPaint = true }

    /// Draws the present picture.
    package mutating func compose(size: Size, isUnicode: Bool) -> Canvas {
        needsPaint = false
        let scene = Scene.compose(
            state: state, snapshot: snapshot, size: size, now: clock.now, glyphs: glyphs(isUnicode: isUnicode))
        if scene.pageRows != state.pageRows { _ = handle(.laidOut(scene.pageRows)) }
        return scene.canvas
    }
}
