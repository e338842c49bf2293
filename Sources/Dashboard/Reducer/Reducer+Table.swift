import Terminal
import Domain
import Telemetry

extension Reducer {
    static let windows = [60, 300, 900, 3600, 21_600, 86_400]
    static let refreshes = [250, 500, 1000, 2000, 5000, 10_000, 30_000]

    /// A key where no dialog, prompt or help is open.
    mutating func pressInTable(_ key: Key) {
        guard let entry = CommandRegistry.entry(for: key, in: .table) else {
            state.interruptedAt = nil
            return
        }
        if entry.name != .interrupt { state.interruptedAt = nil }
        if entry.name == .view, case .character(let digit) = key {
            if let view = digit.wholeNumberValue.flatMap(ViewName.init(rawValue:)) { go(to: view) }
            return
        }
        run(entry, by: key)
    }

    /// Runs a command of the table: from its key, or by its name from the palette.
    mutating func run(_ entry: CommandEntry, by key: Key) {
        if entry.writes, let reason = refusal() { return refuse(reason) }
        switch entry.name {
        case .nextPanel, .previousPanel, .down, .up, .first, .last, .halfDown, .halfUp, .pageDown, .pageUp,
            .columnsLeft, .columnsRight, .next, .previous:
            move(entry.name)
        case .open: open()
        case .back: back()
        case .limits: openLimits(key)
        case .suspend: openSuspend(key)
        case .revoke: openRevoke(key)
        case .create: openCreate(key)
        case .undo: openUndo(key)
        case .undoList: openUndoList(key)
        case .arm: arm()
        case .quit: quit(key)
        case .detach: emit(.detach)
        case .interrupt: interrupt(key)
        case .suspendTerminal: refuse("Ctrl-z never stops the gateway; D leaves the dashboard and keeps serving")
        case .drain: state.dialog == nil ? openQuit(key) : ()
        case .reload: submit(.reload)
        default: adjust(entry.name, key)
        }
    }

    /// Commands that change the picture only.
    private mutating func adjust(_ name: CommandName, _ key: Key) {
        switch name {
        case .filter: state.prompt = Prompt(purpose: .filter, text: state.filterText)
        case .palette: openPalette()
        case .help: showHelp()
        case .pause: togglePause()
        case .windowShorter: step(window: -1)
        case .windowLonger: step(window: 1)
        case .faster: step(refresh: -1)
        case .slower: step(refresh: 1)
        case .sort: openSortPicker(key)
        case .sortPrevious: stepSort(-1)
        case .sortNext: stepSort(1)
        case .reverse: reverseSort()
        case .mark: mark()
        case .unmark:
            state.marks = []
            say("marks cleared")
        case .theme: openThemePicker(key)
        case .zone: toggleZone()
        case .zoom: state.isZoomed.toggle()
        case .follow: setFollowing(!state.isFollowing)
        case .copy: copy()
        case .write: openExport()
        case .incidents: if state.crumbs.last != .incidents { enter(.incidents) }
        case .repaint: emit(.repaint)
        default: break
        }
    }

    mutating func go(to view: ViewName) {
        state.view = view
        state.crumbs = []
        state.records = []
        state.recordsAsked = nil
        state.placeFocus = nil
        state.columnOffset = 0
    }

    private mutating func showHelp() {
        state.isHelpShown = true
        state.helpFilter = ""
        state.helpTop = 0
    }

    private mutating func togglePause() {
        if state.paused != nil {
            state.paused = nil
            say("live again")
        } else {
            state.paused = PausedPicture(snapshot: snapshot, since: now)
        }
    }

    private mutating func step(window delta: Int) {
        let index = Reducer.windows.firstIndex(of: state.windowSeconds) ?? 1
        let next = min(max(index + delta, 0), Reducer.windows.count - 1)
        set(window: Reducer.windows[next])
    }

    mutating func set(window seconds: Int) {
        if seconds == state.windowSeconds { return }
        state.windowSeconds = seconds
        emit(.setWindow(seconds))
    }

    private mutating func step(refresh delta: Int) {
        let steps = Reducer.refreshes
        let now = state.refreshMilliseconds
        let next = delta > 0 ? steps.first { $0 > now } ?? steps.last : steps.last { $0 < now } ?? steps.first
        if let next { set(refresh: next) }
    }

    mutating func set(refresh milliseconds: Int) {
        if milliseconds == state.refreshMilliseconds { return }
        state.refreshMilliseconds = milliseconds
        emit(.setRefresh(milliseconds))
    }

    private mutating func toggleZone() {
        state.isUTC.toggle()
        if !state.isUTC, state.localZone == "UTC" { say("the local zone is UTC") }
    }

    mutating func setFollowing(_ follows: Bool) {
        state.isFollowing = follows
        state.heldRecords = follows ? nil : picture.recent
        if follows {
            state.cursors[.live] = nil
            state.cursors[.logs] = nil
        }
        say(follows ? "following" : "not following; F follows again")
    }

    private mutating func mark() {
        let list = rows(panel)
        guard let id = list.currentID, let row = list.current else { return refuse("no row to mark") }
        switch row {
        case .client, .key: break
        default: return refuse("only clients and keys can be marked")
        }
        if state.marks.remove(id) == nil { state.marks.insert(id) }
        move(.down)
    }

    private mutating func copy() {
        guard let text = rows(panel).current.flatMap(Reducer.copyText) else { return refuse("nothing to copy here") }
        emit(.copy(text))
        say("copied \(text)")
    }

    /// What names the row outside: never a secret, there is none in a row.
    static func copyText(_ row: Row) -> String? {
        switch row {
        case .client(let row): row.card.name
        case .key(let row): row.card.id.shown
        case .model(let row): row.name
        case .upstream(let row): row.name
        case .error(let group): group.client.isEmpty ? group.error.label : group.client
        case .record(let record): record.requestID.text
        case .audit(let row): row.target
        case .incident(let incident): incident.subject
        case .spend(let line): line.name
        case .log(let line): line.message
        case .ghost: nil
        }
    }

    private mutating func openExport() {
        let stamp = Calendar.rfc3339(now).prefix(19).filter { $0.isNumber || $0 == "T" }
        let name = "tollgate-\(panel.rawValue)-\(stamp).csv"
        state.prompt = Prompt(purpose: .export, text: name)
    }
}
