import Terminal
package import Domain
package import Telemetry

/// Turns events into the next state and effects; pure.
///
/// Keys that move about never cause an act: acts leave only from an open dialog, from its own confirming key, or from
/// a whole line of the palette.
package struct Reducer {
    var state: DashboardState
    /// The newest snapshot; `picture` is what is on the screen.
    let snapshot: LiveSnapshot
    let now: Timestamp
    private(set) var effects: [DashboardEffect] = []

    /// Applies one event.
    ///
    /// - Parameter now: a clock that is not stepped while a dialog is open, so that its deaf time is real time.
    /// - Returns: what has to be done, in this order.
    package static func reduce(
        state: inout DashboardState, event: DashboardEvent, snapshot: LiveSnapshot, now: Timestamp
    ) -> [DashboardEffect] {
        // The state is moved, not copied: its held orders can be long.
        var taken = DashboardState()
        swap(&taken, &state)
        var reducer = Reducer(state: taken, snapshot: snapshot, now: now)
        taken = DashboardState()
        reducer.apply(event)
        state = reducer.state
        return reducer.effects
    }

    private init(state: DashboardState, snapshot: LiveSnapshot, now: Timestamp) {
        self.state = state
        self.snapshot = snapshot
        self.now = now
    }

    private mutating func apply(_ event: DashboardEvent) {
        switch event {
        case .key(let key): press(key)
        case .paste(let text): paste(text)
        case .resized(let columns, let rows):
            state.columns = columns
            state.rows = rows
        case .tick: tick()
        case .outcome(let order, let outcome): settle(order, outcome)
        case .answer(let query, let answer): take(answer, to: query)
        case .unanswered(let order): giveUp(order)
        case .interrupted: interrupted()
        case .clockStepped(let delta): shiftClock(by: delta)
        case .laidOut(let heights):
            state.pageRows = heights
            for (panel, height) in heights where state.cursors[panel] != nil {
                let top = rows(panel).top(height: height)
                state.cursors[panel]?.top = top
            }
        case .written(let message, let isDone): say(message, isDone ? .done : .failed)
        }
    }

    private mutating func press(_ key: Key) {
        anchorCursor()
        if state.dialog != nil {
            pressInDialog(key)
        } else if state.prompt != nil {
            pressInPrompt(key)
        } else if state.isHelpShown {
            pressInHelp(key)
        } else {
            pressInTable(key)
        }
    }

    /// What is on the screen.
    var picture: LiveSnapshot { state.picture(of: snapshot) }

    var panel: PanelName { Panels.focused(state) }

    func rows(_ panel: PanelName) -> RowList { RowModel.rows(of: panel, state: state, snapshot: snapshot) }

    mutating func emit(_ effect: DashboardEffect) { effects.append(effect) }

    mutating func say(_ text: String, _ kind: Notice.Kind = .info) {
        state.notice = Notice(text: text, kind: kind, at: now)
    }

    /// Says why something cannot be done, with a bell.
    mutating func refuse(_ text: String) {
        say(text, .warning)
        emit(.bell)
    }

    /// Moments kept in the state move with the clock, so that what lasts ten minutes lasts ten minutes.
    private mutating func shiftClock(by delta: Int64) {
        state.armedUntil = state.armedUntil?.adding(milliseconds: delta)
        state.cursorMovedAt = state.cursorMovedAt?.adding(milliseconds: delta)
        state.interruptedAt = state.interruptedAt?.adding(milliseconds: delta)
        state.notice?.at = now
        if let since = state.paused?.since { state.paused?.since = since.adding(milliseconds: delta) }
        for index in state.pending.indices {
            state.pending[index].at = state.pending[index].at.adding(milliseconds: delta)
        }
        if let opening = state.dialog?.opening { state.dialog?.opening.at = opening.at.adding(milliseconds: delta) }
    }
}

extension Dialog {
    /// When it opened and by which key.
    package var opening: DialogOpening {
        get {
            switch self {
            case .revoke(let dialog): dialog.opening
            case .limits(let dialog): dialog.opening
            case .suspend(let dialog): dialog.opening
            case .create(let dialog): dialog.opening
            case .secret(let dialog): dialog.opening
            case .undo(let dialog): dialog.opening
            case .quit(let dialog): dialog.opening
            case .picker(let dialog): dialog.opening
            case .many(let dialog): dialog.opening
            }
        }
        set {
            switch self {
            case .revoke(var dialog):
                dialog.opening = newValue
                self = .revoke(dialog)
            case .limits(var dialog):
                dialog.opening = newValue
                self = .limits(dialog)
            case .suspend(var dialog):
                dialog.opening = newValue
                self = .suspend(dialog)
            case .create(var dialog):
                dialog.opening = newValue
                self = .create(dialog)
            case .secret(var dialog):
                dialog.opening = newValue
                self = .secret(dialog)
            case .undo(var dialog):
                dialog.opening = newValue
                self = .undo(dialog)
            case .quit(var dialog):
                dialog.opening = newValue
                self = .quit(dialog)
            case .picker(var dialog):
                dialog.opening = newValue
                self = .picker(dialog)
            case .many(var dialog):
                dialog.opening = newValue
                self = .many(dialog)
            }
        }
    }

    /// Whether keys fall on deaf ears for its first 300 ms; choosing a theme or a column hurts nobody.
    package var isDeafAtFirst: Bool {
        if case .picker(let picker) = self {
            switch picker.purpose {
            case .sort, .theme: return false
            case .clientKeys, .undo: return true
            }
        }
        return true
    }

    /// Whether keys fall on deaf ears at `now`; its chips are dim meanwhile.
    package func isDeaf(at now: Timestamp) -> Bool { isDeafAtFirst && opening.isDeaf(at: now) }
}
