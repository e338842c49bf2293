import Terminal
import Domain
import Telemetry

extension Reducer {
    /// Moves the cursor, the focus or the columns; never anything else.
    mutating func move(_ name: CommandName) {
        let page = max(state.pageRows[panel] ?? 10, 1)
        switch name {
        case .nextPanel: focus(by: 1)
        case .previousPanel: focus(by: -1)
        case .down: moveCursor(by: 1)
        case .up: moveCursor(by: -1)
        case .first: place(at: 0)
        case .last: place(at: rows(panel).count - 1)
        case .halfDown: moveCursor(by: max(page / 2, 1))
        case .halfUp: moveCursor(by: -max(page / 2, 1))
        case .pageDown: moveCursor(by: page)
        case .pageUp: moveCursor(by: -page)
        case .columnsLeft: state.columnOffset = max(state.columnOffset - 1, 0)
        case .columnsRight: state.columnOffset = min(state.columnOffset + 1, 30)
        case .next: nextMatch(1)
        case .previous: nextMatch(-1)
        default: break
        }
    }

    private mutating func focus(by step: Int) {
        let panels = Panels.focusable(state)
        guard let index = panels.firstIndex(of: panel), panels.count > 1 else { return }
        let next = panels[(index + step + panels.count) % panels.count]
        if state.crumbs.isEmpty { state.focus[state.view] = next } else { state.placeFocus = next }
        state.columnOffset = 0
    }

    private mutating func moveCursor(by delta: Int) {
        let list = rows(panel)
        guard let position = list.cursor else { return }
        place(at: min(max(position + delta, 0), list.count - 1), in: list)
    }

    private mutating func place(at position: Int) { place(at: position, in: rows(panel)) }

    private mutating func place(at position: Int, in list: RowList) {
        let panel = list.panel
        guard position >= 0, position < list.count else { return }
        if panel == .live || panel == .logs { holdTime(panel, position, list) }
        if Reducer.isRanked(panel) { hold(list) }
        var cursor = state.cursors[panel] ?? Cursor()
        // A ghost is left behind for good: places are counted in the list that is on the screen now.
        cursor.row = list.id(at: position)
        cursor.index = position
        cursor.top = list.top(height: max(state.pageRows[panel] ?? 10, 1))
        state.cursors[panel] = cursor
        if panel == .live, state.isFollowing { state.cursors[.live] = nil }
        if panel == .logs, state.isFollowing { state.cursors[.logs] = nil }
    }

    /// Live stops following where the cursor leaves the newest line, Logs where it leaves the last.
    private mutating func holdTime(_ panel: PanelName, _ position: Int, _ list: RowList) {
        let newest = panel == .live ? 0 : list.count - 1
        let follows = position == newest
        if follows == state.isFollowing { return }
        state.isFollowing = follows
        state.heldRecords = follows ? nil : picture.recent
    }

    /// Holds the order that is on the screen for the five seconds after a move.
    mutating func hold(_ list: RowList) {
        state.cursorMovedAt = now
        if state.heldOrder[list.panel] == nil {
            state.heldOrder[list.panel] = (0..<list.count).compactMap { list.id(at: $0) }
        }
    }

    private mutating func nextMatch(_ step: Int) {
        if state.filter == nil { return refuse("no filter; / sets one") }
        let list = rows(panel)
        guard let position = list.cursor, list.count > 0 else { return refuse("nothing matches") }
        place(at: (position + step + list.count) % list.count, in: list)
    }

    // MARK: drill-down

    /// Opens the row under the cursor.
    mutating func open() {
        let list = rows(panel)
        guard let row = list.current else { return }
        switch row {
        case .client(let row): enter(.client(row.card.name))
        case .key(let row): enter(.key(row.card.id))
        case .model(let row): enter(.model(row.name))
        case .upstream(let row): enter(.upstream(row.name))
        case .error(let group): enter(.errorGroup(group.identity))
        case .record(let record): enter(.request(record.requestID.text))
        case .audit(let row): enter(.audit(row.id))
        case .incident(let incident): open(subject: incident.subject)
        case .spend(let line):
            if panel == .costs { enter(.client(line.name)) }
            if panel == .costModels { enter(.model(line.name)) }
        case .log: break
        case .ghost(let id): refuse("\(Reducer.name(of: id)) is no longer here")
        }
    }

    private mutating func open(subject: String) {
        if subject.hasPrefix("client ") { return enter(.client(String(subject.dropFirst(7)))) }
        if subject.hasPrefix("upstream ") { return enter(.upstream(String(subject.dropFirst(9)))) }
        go(to: .overview)
    }

    /// Goes into a place; its records are asked for.
    mutating func enter(_ place: Place) {
        if state.crumbs.last == place { return }
        guard state.crumbs.count < 8 else { return refuse("Esc goes back first") }
        state.crumbs.append(place)
        arrive()
    }

    /// Sets the focus and asks for the records of the place on top.
    private mutating func arrive() {
        state.placeFocus = nil
        state.columnOffset = 0
        state.isZoomed = false
        state.cursors[.records] = nil
        if case .client = state.crumbs.last { state.cursors[.keys] = nil }
        askForRecords()
    }

    mutating func askForRecords() {
        let filter: RecordFilter? =
            switch state.crumbs.last {
            case .client(let name): RecordFilter(client: name)
            case .key(let id): RecordFilter(keyID: id)
            case .model(let name): RecordFilter(model: name)
            case .upstream(let name): RecordFilter(upstream: name)
            case .errorGroup(let text): ErrorGroup.records(of: text)
            case .request(let text): RecordFilter(requestID: text)
            case .audit, .incidents, nil: nil
            }
        if filter != state.recordsAsked {
            // What the snapshot knows of it is shown until the answer comes.
            state.records = filter.map { filter in picture.recent.filter { filter.matches($0) } } ?? []
        }
        state.recordsAsked = filter
        state.recordsAskedAt = now
        if let filter { emit(.ask(.records(filter, limit: 200))) }
    }

    /// One step back; never quits.
    mutating func back() {
        if !state.crumbs.isEmpty {
            state.crumbs.removeLast()
            arrive()
        } else if state.isZoomed {
            state.isZoomed = false
        } else if !state.marks.isEmpty {
            state.marks = []
            say("marks cleared")
        } else if state.filter != nil {
            setFilter(Filter(), text: "")
            say("filter cleared")
        } else {
            state.notice = nil
        }
    }

    mutating func setFilter(_ filter: Filter, text: String) {
        let isOpen = filter.node == .everything
        state.filter = isOpen ? nil : filter
        state.filterText = isOpen ? "" : text
        state.heldOrder = [:]
        // A row that the filter hides is no ghost: the cursor goes to the first that matches.
        for panel in Array(state.cursors.keys) {
            guard let row = state.cursors[panel]?.row else { continue }
            var bare = state
            bare.cursors[panel] = nil
            let list = RowModel.rows(of: panel, state: bare, snapshot: snapshot)
            if list.position(of: row) == nil { state.cursors[panel] = nil }
        }
    }

    /// What a row is called in messages.
    static func name(of id: RowID) -> String {
        switch id {
        case .client(let name), .model(let name), .upstream(let name): name
        case .key(let id): id.shown
        case .errorGroup: "this group of errors"
        case .request(let text): text
        case .audit(let number): "act \(number)"
        case .incident: "this incident"
        case .line: "this line"
        case .day(let day): day
        }
    }
}
