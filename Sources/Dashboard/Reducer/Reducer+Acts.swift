import Terminal
import Domain
import Telemetry

/// What an act is aimed at.
enum Target: Equatable {
    case client(String)
    case key(KeyID)
    case model(String)
    case gone(String)
    case none
}

extension Reducer {
    static let armedSeconds: Int64 = 600

    /// Why acts are disabled now; nil where they are not.
    func refusal() -> String? {
        if state.isReadOnly { return "read-only: this dashboard was started with --read-only, acts are disabled" }
        if state.needsArming, state.armedUntil == nil { return "not armed: A unlocks acts for 10 minutes" }
        // Acts that follow each other belong to one Enter: another one between would be taken for one of them.
        if state.group != nil { return "the acts before this one are still under way" }
        return nil
    }

    mutating func arm() {
        if state.isReadOnly { return refuse("read-only: this dashboard was started with --read-only") }
        guard state.needsArming else { return say("acts are not locked; --arm would lock them") }
        state.armedUntil = now.adding(seconds: Reducer.armedSeconds)
        say("armed for 10 minutes", .warning)
    }

    /// Opens a dialog: what was typed ahead is dropped, and the order of rows is held while it is open.
    mutating func show(_ dialog: Dialog) {
        let list = rows(panel)
        if Reducer.isRanked(list.panel) { hold(list) }
        state.dialog = dialog
        state.prompt = nil
        emit(.flushInput)
    }

    /// Sends an act, and remembers that its outcome is awaited.
    mutating func submit(_ command: Command, version: Int64? = nil) {
        if let reason = refusal() { return refuse(reason) }
        send(Order(command: command, actor: state.actor, expectedVersion: version))
    }

    /// False where too many are unanswered already, which is then said.
    @discardableResult
    mutating func send(_ order: Order) -> Bool {
        guard state.pending.count < 16 else {
            refuse("16 acts are still unanswered")
            return false
        }
        state.pending.append(PendingAct(order: order, at: now))
        emit(.submit(order))
        return true
    }

    /// Sends the acts of one `Enter`, one after the other.
    mutating func begin(_ orders: [Order], act: ManyDialog.Act? = nil) {
        guard let head = orders.first, send(head) else { return }
        if orders.count > 1 || act != nil {
            state.group = ActGroup(head: head, rest: Array(orders.dropFirst()), act: act)
        }
    }

    /// What the cursor's row, or the place that is drilled into, names.
    func target() -> Target {
        if let row = rows(panel).current {
            let target = Reducer.target(of: row)
            if target != .none { return target }
        }
        for place in state.crumbs.reversed() {
            switch place {
            case .client(let name): return .client(name)
            case .key(let id): return .key(id)
            case .model(let name): return .model(name)
            case .errorGroup(let text):
                if let client = ErrorGroup.records(of: text).client, !client.isEmpty { return .client(client) }
            case .request(let text):
                if let record = record(text) { return Reducer.target(of: .record(record)) }
            case .upstream, .audit, .incidents: break
            }
        }
        return .none
    }

    private static func target(of row: Row) -> Target {
        switch row {
        case .client(let row): .client(row.card.name)
        case .key(let row): .key(row.card.id)
        case .model(let row): .model(row.name)
        case .error(let group): group.client.isEmpty ? .none : .client(group.client)
        case .record(let record):
            record.keyID.map { .key($0) } ?? (record.client.isEmpty ? .none : .client(record.client))
        case .incident(let incident):
            incident.subject.hasPrefix("client ") ? .client(String(incident.subject.dropFirst(7))) : .none
        case .spend, .upstream, .audit, .log: .none
        case .ghost(let id): .gone(name(of: id))
        }
    }

    /// The target as far as the panel alone can say it: spend is by client or by model.
    func actTarget() -> Target {
        if case .spend(let line) = rows(panel).current {
            if panel == .costs { return .client(line.name) }
            if panel == .costModels { return .model(line.name) }
        }
        return target()
    }

    func record(_ id: String) -> RequestRecord? {
        state.records.first { $0.requestID.text == id } ?? picture.recent.first { $0.requestID.text == id }
    }

    func client(_ name: String) -> ClientRow? { picture.clients.first { $0.card.name == name } }

    func key(_ id: KeyID) -> KeyRow? { picture.keys.first { $0.card.id == id } }

    /// The client of the target, or why there is none.
    func targetClient() -> (row: ClientRow?, reason: String) {
        switch actTarget() {
        case .client(let name): return (client(name), "no client \(name) here any more")
        case .key(let id):
            guard let key = key(id) else { return (nil, "\(id.shown) is no longer here") }
            return (client(key.card.client), "no client \(key.card.client) here any more")
        case .model(let name): return (nil, "\(name) is a model; choose a client")
        case .gone(let name): return (nil, "\(name) is no longer here")
        case .none: return (nil, "no client under the cursor")
        }
    }

    // MARK: suspend

    mutating func openSuspend(_ key: Key) {
        if !state.marks.isEmpty { return openMany(.suspend, key) }
        let (row, reason) = targetClient()
        guard let row else { return refuse(reason) }
        openSuspend(row, key)
    }

    mutating func openSuspend(_ row: ClientRow, _ key: Key) {
        show(
            .suspend(
                SuspendDialog(
                    opening: DialogOpening(at: now, by: key), client: row.card.name, version: row.card.version,
                    isSuspended: row.card.suspension != nil)))
    }

    // MARK: revoke

    mutating func openRevoke(_ key: Key) {
        if !state.marks.isEmpty { return openMany(.revoke, key) }
        switch actTarget() {
        case .key(let id): openRevoke(id, key)
        case .client(let name): openRevoke(client: name, key)
        case .model(let name): refuse("\(name) is a model; choose a key or a client")
        case .gone(let name): refuse("\(name) is no longer here")
        case .none: refuse("no key under the cursor")
        }
    }

    mutating func openRevoke(_ id: KeyID, _ key: Key) {
        guard let card = self.key(id)?.card ?? state.askedKeys[id] else { return refuse("\(id.shown) is not here") }
        if card.state == .revoked {
            return refuse("\(id.shown) is revoked already; :keys restore \(id.text) restores it")
        }
        if card.state == .expired { return refuse("\(id.shown) has expired; it opens nothing") }
        show(
            .revoke(
                RevokeDialog(
                    opening: DialogOpening(at: now, by: key), key: id, client: card.client, version: card.version)))
    }

    mutating func openRevoke(client name: String, _ key: Key) {
        guard let row = client(name) else { return refuse("no client \(name) here any more") }
        let keys = picture.keys.filter {
            $0.card.client == name && ($0.card.state == .active || $0.card.state == .suspended)
        }
        if row.card.keyCount == 0, keys.isEmpty { return refuse("no key; x suspends") }
        if keys.count == 1, row.card.keyCount <= 1 { return openRevoke(keys[0].card.id, key) }
        let sorted = keys.sorted { left, right in
            left.requestsPerSecond == right.requestsPerSecond
                ? left.card.id < right.card.id : left.requestsPerSecond > right.requestsPerSecond
        }
        let items = sorted.map {
            PickerDialog.Item(
                label: $0.card.id.shown, detail: Reducer.keyDetail($0), value: $0.card.id.text)
        }
        // The snapshot holds at most 5,000 keys; the gateway knows the rest.
        if keys.count < row.card.keyCount { emit(.ask(.keys(client: name))) }
        show(
            .picker(
                PickerDialog(
                    opening: DialogOpening(at: now, by: key), purpose: .clientKeys(name), title: "keys of \(name)",
                    items: items)))
    }

    // MARK: many

    private mutating func openMany(_ act: ManyDialog.Act, _ key: Key) {
        var targets: [ManyDialog.Target] = []
        var seen = Set<RowID>()
        func add(_ row: RowID, _ version: Int64) {
            if seen.insert(row).inserted { targets.append(ManyDialog.Target(row: row, version: version)) }
        }
        for row in picture.clients where state.marks.contains(.client(row.card.name)) && act == .suspend {
            add(.client(row.card.name), row.card.version)
        }
        for row in picture.keys {
            let isMarked =
                state.marks.contains(.key(row.card.id)) || state.marks.contains(.client(row.card.client))
            if act == .revoke, isMarked, row.card.state == .active || row.card.state == .suspended {
                add(.key(row.card.id), row.card.version)
            }
            if act == .suspend, state.marks.contains(.key(row.card.id)), let client = client(row.card.client) {
                add(.client(client.card.name), client.card.version)
            }
        }
        if targets.isEmpty {
            return refuse("nothing that is marked can be \(act == .revoke ? "revoked" : "suspended")")
        }
        show(.many(ManyDialog(opening: DialogOpening(at: now, by: key), act: act, targets: targets)))
    }

    // MARK: create

    mutating func openCreate(_ key: Key) {
        let (row, reason) = targetClient()
        guard let row else { return refuse(reason) }
        openCreate(row.card.name, key)
    }

    mutating func openCreate(_ client: String, _ key: Key) {
        let fields = [
            CreateDialog.Field(name: "client", text: client, hint: "a new name makes a new client"),
            CreateDialog.Field(name: "expires", text: "", hint: "never; 30d, 12h"),
            CreateDialog.Field(name: "models", text: "", hint: "all of its tier; a,b"),
            CreateDialog.Field(name: "note", text: "", hint: "what it is for"),
        ]
        var dialog = CreateDialog(opening: DialogOpening(at: now, by: key), client: client, fields: fields)
        dialog.selected = 1
        show(.create(dialog))
    }

    // MARK: undo

    mutating func openUndo(_ key: Key) {
        let mine = picture.audit.first { row in
            row.actor == state.actor && Reducer.isUndoable(row, at: now)
        }
        emit(.ask(.undoable(state.actor)))
        if let mine {
            show(.undo(UndoDialog(opening: DialogOpening(at: now, by: key), row: mine)))
        } else {
            state.awaitsUndoable = true
            say(Reducer.asking)
        }
    }

    static let asking = "asking for your newest act"

    static func isUndoable(_ row: AuditRow, at now: Timestamp) -> Bool {
        row.isUndoable && !row.isOwnEnd && row.undoneBy == nil && (row.undoableUntil.map { $0 > now } ?? true)
    }

    mutating func openUndoList(_ key: Key) {
        let rows = picture.audit.filter { Reducer.isUndoable($0, at: now) }
        if rows.isEmpty { return refuse("no act can be undone") }
        let shown = rows.prefix(100)
        let users = Reducer.padded(shown.map(\.actor.user))
        let acts = Reducer.padded(shown.map(\.act))
        let targets = Reducer.padded(shown.map(\.target))
        let items = shown.enumerated().map { index, row in
            PickerDialog.Item(
                label: "\(Calendar.clock(row.time, offsetSeconds: state.isUTC ? 0 : state.localOffsetSeconds))  "
                    + "\(users[index])  \(acts[index])  \(targets[index])",
                detail: row.after.isEmpty ? row.before : "\(row.before) → \(row.after)", value: String(row.id))
        }
        show(
            .picker(
                PickerDialog(
                    opening: DialogOpening(at: now, by: key), purpose: .undo, title: "undo", items: Array(items))))
    }

    /// Texts of one column, each as wide as the widest on a screen.
    private static func padded(_ texts: [String]) -> [String] {
        let width = texts.map { TextWidth.columns($0) }.max() ?? 0
        return texts.map { $0 + String(repeating: " ", count: width - TextWidth.columns($0)) }
    }

    // MARK: leaving

    /// `q`: what is open is closed first; at the root it asks, and an attached dashboard just leaves.
    mutating func quit(_ key: Key) {
        if !state.crumbs.isEmpty { return back() }
        openQuit(key)
    }

    mutating func openQuit(_ key: Key) {
        state.interruptedAt = nil
        if state.isAttached { return emit(.detach) }
        state.isHelpShown = false
        show(.quit(QuitDialog(opening: DialogOpening(at: now, by: key))))
    }

    /// `Ctrl-c` at the root: the second within a second asks how to leave.
    mutating func interrupt(_ key: Key) {
        if let at = state.interruptedAt, now.milliseconds(since: at) <= 1000, now >= at {
            return openQuit(key)
        }
        if !state.crumbs.isEmpty { return back() }
        state.interruptedAt = now
        say("again to quit")
    }

    mutating func interrupted() {
        if case .quit = state.dialog { return }
        openQuit(.control("c"))
    }
}
