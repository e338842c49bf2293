import Terminal
import Domain
import Telemetry

extension Reducer {
    /// What became of an act: the line says what happened, not what was asked.
    mutating func settle(_ order: Order, _ outcome: Outcome) {
        state.pending.removeAll { $0.order == order }
        emit(.snapshotNow)
        var message = outcome.message
        switch outcome.result {
        case .done:
            if outcome.audit != nil, Reducer.offersUndo(order.command) { message += ", u undo" }
            say(message, .done)
        case .unchanged: say(message, .info)
        case .changedMeanwhile:
            if !message.hasPrefix("changed meanwhile") { message = "changed meanwhile: \(message)" }
            say(message, .warning)
            emit(.bell)
        case .notFound, .refused: refuse(message)
        case .failed:
            say(message, .failed)
            emit(.bell)
        }
        if let secret = outcome.secret { showSecret(secret, order) }
        advance(order, outcome)
        if !state.crumbs.isEmpty { askForRecords() }
    }

    private static func offersUndo(_ command: Command) -> Bool {
        switch command {
        case .undo, .reload, .drain, .createKey, .rotateKey: false
        default: true
        }
    }

    private mutating func showSecret(_ secret: String, _ order: Order) {
        var client = ""
        if case .createKey(let name, _, _, _, _) = order.command { client = name }
        show(.secret(SecretDialog(opening: DialogOpening(at: now), client: client, secret: secret)))
    }

    /// Where `order` is the head of the acts of one `Enter`, the next of them goes out, or what became of them is said.
    ///
    /// An act on many goes on with the rest whatever became of one; the limits of one `Enter` only while all goes well.
    private mutating func advance(_ order: Order, _ outcome: Outcome) {
        guard var group = state.group, group.head == order else { return }
        state.group = nil
        let goesOn = group.take(outcome)
        guard let next = group.rest.first else { return conclude(group, outcome) }
        guard goesOn else { return breakOff(group, outcome.message) }
        guard send(next) else { return breakOff(group, state.notice?.text ?? "") }
        group.head = next
        group.rest.removeFirst()
        state.group = group
    }

    /// All have been answered: an act on many says in the end how many were done.
    private mutating func conclude(_ group: ActGroup, _ outcome: Outcome) {
        guard let act = group.act else { return }
        if group.failed > 0 {
            return say("\(group.done) of \(group.count) done, \(group.failed) not: \(group.failure)", .failed)
        }
        let what =
            switch act {
            case .revoke: "revoked \(Figures.counted(group.done, "key"))"
            case .suspend:
                "suspended \(Figures.counted(group.done, "client")) for "
                    + DurationText.short(ManyDialog.suspensionSeconds)
            }
        let undo = group.done == 1 ? "u undo" : "U undoes each"
        say("\(what), \(Figures.counted(group.streams, "stream")) ended; \(undo)", .done)
    }

    private mutating func breakOff(_ group: ActGroup, _ reason: String) {
        let kind = state.notice?.kind ?? .warning
        say("\(group.done) of \(group.count) done, \(group.unsent): \(reason)", kind)
    }

    /// No outcome within the deadline: whether it happened is not known, and that is said.
    mutating func giveUp(_ order: Order) {
        guard state.pending.contains(where: { $0.order == order }) else { return }
        state.pending.removeAll { $0.order == order }
        var text = "no answer in 5 s: \(order.command.words) may have happened or not"
        if let group = state.group, group.head == order {
            state.group = nil
            if !group.rest.isEmpty { text += ", \(group.unsent)" }
        }
        say(text + "; 8 shows the audit", .failed)
        emit(.bell)
    }

    mutating func take(_ answer: Answer, to query: Query) {
        switch (query, answer) {
        case (.preview(let scope, let limit, _), .preview(let preview)):
            guard case .limits(var dialog) = state.dialog, dialog.scope == scope, dialog.previewed == limit else {
                return
            }
            dialog.preview = preview
            state.dialog = .limits(dialog)
        case (.limits(let scope), .limits(let limits)):
            guard case .limits(var dialog) = state.dialog, dialog.scope == scope, dialog.isLoading else { return }
            let typed = dialog.lines
            dialog.lines = Reducer.lines(of: limits)
            for index in dialog.lines.indices {
                dialog.lines[index].typed = typed.first { $0.kind == dialog.lines[index].kind }?.typed
            }
            dialog.selected = min(dialog.selected, dialog.lines.count - 1)
            dialog.isLoading = false
            state.dialog = .limits(dialog)
        case (.records(let filter, _), .records(let records)):
            if state.recordsAsked == filter { state.records = records }
        case (.keys(let client?), .keys(let cards)): take(cards, of: client)
        case (.undoable, .undoable(let row)): take(undoable: row)
        case (.limits, .failed(let reason)), (.keys, .failed(let reason)): refuse(reason)
        case (.undoable, .failed(let reason)):
            state.awaitsUndoable = false
            refuse(reason)
        case (.records, .failed(let reason)): say(reason, .warning)
        default: break
        }
    }

    private mutating func take(undoable row: AuditRow?) {
        state.undoable = row
        if case .undo(let dialog) = state.dialog, let row, dialog.row.actor == row.actor, dialog.row.id < row.id {
            // A newer act of mine than the screen knew: the question is another one, so it is deaf again.
            show(.undo(UndoDialog(opening: DialogOpening(at: now, by: dialog.opening.by), row: row)))
        }
        guard state.awaitsUndoable else { return }
        state.awaitsUndoable = false
        guard let row else { return refuse("nothing of yours can be undone; U lists others' acts") }
        if state.notice?.text == Reducer.asking { state.notice = nil }
        if state.dialog == nil, state.prompt == nil {
            show(.undo(UndoDialog(opening: DialogOpening(at: now, by: .character("u")), row: row)))
        }
    }

    /// Keys of a client that the snapshot has no room for join the list, below those with figures.
    private mutating func take(_ cards: [KeyCard], of client: String) {
        guard case .picker(var picker) = state.dialog, picker.purpose == .clientKeys(client) else { return }
        state.askedKeys = [:]
        for card in cards.prefix(1000) where card.state == .active || card.state == .suspended {
            state.askedKeys[card.id] = card
            if picker.items.contains(where: { $0.value == card.id.text }) { continue }
            picker.items.append(PickerDialog.Item(label: card.id.shown, detail: "idle", value: card.id.text))
        }
        state.dialog = .picker(picker)
    }
}

extension ActGroup {
    /// Counts what became of the head; whether the next may follow.
    fileprivate mutating func take(_ outcome: Outcome) -> Bool {
        let isDone = outcome.result == .done || (act == nil && outcome.result == .unchanged)
        if isDone {
            done += 1
        } else {
            failed += 1
            if failure.isEmpty { failure = outcome.message }
        }
        streams = streams.addingSaturated(max(0, outcome.streamsEnded ?? 0))
        return isDone || act != nil
    }

    /// `"concurrent 7" was not sent`.
    fileprivate var unsent: String {
        guard let first = rest.first?.command else { return "" }
        var words = first.words
        if case .setLimit(_, let limit, _, _) = first { words = "\(limit.kind.word) \(limit.text)" }
        return "\"\(words)\"" + (rest.count == 1 ? " was not sent" : " and \(rest.count - 1) more were not sent")
    }
}

extension Command {
    /// The act in a few words, for messages.
    package var words: String {
        switch self {
        case .revokeKey(let id): "revoke \(id.shown)"
        case .restoreKey(let id): "restore \(id.shown)"
        case .createKey(let client, _, _, _, _): "create a key for \(client)"
        case .rotateKey(let id, _): "rotate \(id.shown)"
        case .suspendClient(let name, _): "suspend \(name)"
        case .resumeClient(let name): "resume \(name)"
        case .setLimit(let scope, let limit, _, _): "\(limit.kind.word) \(limit.text) for \(scope.text)"
        case .clearLimit(let scope, let kind): "clear \(kind.rawValue) of \(scope.text)"
        case .undo: "undo"
        case .reload: "reload"
        case .drain: "drain"
        }
    }
}
