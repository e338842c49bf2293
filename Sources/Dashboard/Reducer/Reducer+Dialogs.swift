import Terminal
import Domain
import Telemetry

extension Reducer {
    /// A key while a dialog is open; deaf keys are dropped, and so is the opening key until another was pressed.
    mutating func pressInDialog(_ key: Key) {
        guard let dialog = state.dialog, !dialog.isDeaf(at: now) else { return }
        let isOpeningKey = dialog.opening.by == key
        let meaning = CommandRegistry.entry(for: key, in: CommandRegistry.context(of: state))?.name
        if isOpeningKey, meaning == .confirm, dialog.isDeafAtFirst {
            return refuse("the key that opened this does not confirm it; Esc cancels")
        }
        if !isOpeningKey { state.dialog?.opening.by = nil }
        switch state.dialog {
        case .revoke(let dialog): press(key, meaning, in: dialog)
        case .limits(let dialog): press(key, meaning, in: dialog)
        case .suspend(let dialog): press(key, meaning, in: dialog)
        case .create(let dialog): press(key, meaning, in: dialog)
        case .secret(let dialog):
            close()
            if meaning == .copy {
                emit(.copy(dialog.secret))
                say("copied the key of \(dialog.client); it is not shown again")
            } else {
                say("the key of \(dialog.client) is not shown again")
            }
        case .undo(let dialog): press(meaning, in: dialog)
        case .quit: press(meaning: meaning)
        case .picker(let dialog): press(key, meaning, in: dialog)
        case .many(let dialog): press(key, meaning, in: dialog)
        case nil: break
        }
    }

    mutating func close() { state.dialog = nil }

    /// Why an act on a client is refused: it is no longer what the dialog was opened for.
    private func change(of name: String, since version: Int64) -> String? {
        guard let now = snapshot.clients.first(where: { $0.card.name == name }) else { return nil }
        if now.card.version == version { return nil }
        if let suspension = now.card.suspension { return "\(name) is suspended by \(suspension.by) now" }
        return "\(name) was changed"
    }

    mutating func refuseChanged(_ what: String) {
        close()
        refuse("changed meanwhile: \(what)")
    }

    private mutating func press(_ key: Key, _ meaning: CommandName?, in dialog: RevokeDialog) {
        switch meaning {
        case .confirm:
            let card = snapshot.keys.first { $0.card.id == dialog.key }?.card
            if let card, card.version != dialog.version {
                return refuseChanged("\(dialog.key.shown) is \(card.state.rawValue) now")
            }
            close()
            submit(.revokeKey(dialog.key), version: dialog.version)
        case .cancel: close()
        default: break
        }
    }

    private mutating func press(_ key: Key, _ meaning: CommandName?, in dialog: SuspendDialog) {
        var dialog = dialog
        let choices = dialog.choices
        switch meaning {
        case .confirm:
            guard choices.indices.contains(dialog.selected) else { return }
            if let what = change(of: dialog.client, since: dialog.version) { return refuseChanged(what) }
            let choice = choices[dialog.selected]
            close()
            submit(
                choice.resumes
                    ? .resumeClient(dialog.client) : .suspendClient(dialog.client, forSeconds: choice.seconds),
                version: dialog.version)
        case .cancel: close()
        case .select:
            let step = key == .up || key == .character("k") ? -1 : 1
            dialog.selected = min(max(dialog.selected + step, 0), choices.count - 1)
            state.dialog = .suspend(dialog)
        default: break
        }
    }

    private mutating func press(_ meaning: CommandName?, in dialog: UndoDialog) {
        switch meaning {
        case .confirm:
            close()
            if let row = snapshot.audit.first(where: { $0.id == dialog.row.id }), !Reducer.isUndoable(row, at: now) {
                return refuseChanged("act \(row.id) can no longer be undone")
            }
            submit(.undo(audit: dialog.row.id))
        case .cancel: close()
        default: break
        }
    }

    private mutating func press(meaning: CommandName?) {
        switch meaning {
        case .drainAndStop:
            if let reason = refusal() { return refuse(reason) }
            close()
            emit(.drain)
        case .keepServing:
            close()
            emit(.detach)
        case .stay: close()
        default: break
        }
    }

    private mutating func press(_ key: Key, _ meaning: CommandName?, in dialog: ManyDialog) {
        var dialog = dialog
        switch meaning {
        case .type:
            if case .character(let digit) = key, dialog.typed.count < 6 { dialog.typed.append(digit) }
            state.dialog = .many(dialog)
        case .clear:
            if key == .backspace { _ = dialog.typed.popLast() } else { dialog.typed = "" }
            state.dialog = .many(dialog)
        case .confirm:
            guard dialog.typed == String(dialog.targets.count) else {
                return refuse("type \(dialog.targets.count), the number of targets, then Enter")
            }
            close()
            applyMany(dialog)
        case .cancel: close()
        default: break
        }
    }

    /// One order for each target, one after the other; those that changed meanwhile are refused by the gateway.
    private mutating func applyMany(_ dialog: ManyDialog) {
        if let reason = refusal() { return refuse(reason) }
        if !state.pending.isEmpty { return refuse("an act before this one is still unanswered") }
        let orders = dialog.targets.compactMap { target -> Order? in
            switch (dialog.act, target.row) {
            case (.revoke, .key(let id)):
                Order(command: .revokeKey(id), actor: state.actor, expectedVersion: target.version)
            case (.suspend, .client(let name)):
                Order(
                    command: .suspendClient(name, forSeconds: ManyDialog.suspensionSeconds), actor: state.actor,
                    expectedVersion: target.version)
            default: nil
            }
        }
        guard !orders.isEmpty else { return }
        state.marks = []
        begin(orders, act: dialog.act)
    }

    private mutating func press(_ key: Key, _ meaning: CommandName?, in dialog: PickerDialog) {
        var dialog = dialog
        switch meaning {
        case .select:
            let last = max(dialog.items.count - 1, 0)
            switch key {
            case .up, .character("k"): dialog.selected = max(dialog.selected - 1, 0)
            case .home, .character("g"): dialog.selected = 0
            case .end, .character("G"): dialog.selected = last
            case .pageUp: dialog.selected = max(dialog.selected - 10, 0)
            case .pageDown: dialog.selected = min(dialog.selected + 10, last)
            default: dialog.selected = min(dialog.selected + 1, last)
            }
            state.dialog = .picker(dialog)
            if case .theme = dialog.purpose, dialog.items.indices.contains(dialog.selected) {
                use(theme: dialog.items[dialog.selected].value)
            }
        case .confirm: choose(dialog, by: key)
        case .cancel:
            if case .theme(let original) = dialog.purpose { use(theme: original) }
            close()
        default: break
        }
    }

    private mutating func choose(_ dialog: PickerDialog, by key: Key) {
        close()
        guard dialog.items.indices.contains(dialog.selected) else { return }
        let value = dialog.items[dialog.selected].value
        switch dialog.purpose {
        case .sort(let panel): sort(panel, by: value)
        case .theme: use(theme: value)
        case .clientKeys: if let id = KeyID(text: value) { openRevoke(id, key) }
        case .undo:
            guard let row = picture.audit.first(where: { String($0.id) == value }) else {
                return refuse("changed meanwhile: act \(value) is no longer listed")
            }
            show(.undo(UndoDialog(opening: DialogOpening(at: now, by: key), row: row)))
        }
    }

    mutating func use(theme name: String) {
        if name == state.themeName { return }
        state.themeName = name
        emit(.useTheme(name))
    }

    mutating func openThemePicker(_ key: Key) {
        let items = state.themes.map { PickerDialog.Item(label: $0, detail: "", value: $0) }
        if items.isEmpty { return refuse("no themes were found") }
        var dialog = PickerDialog(
            opening: DialogOpening(at: now, by: key), purpose: .theme(original: state.themeName), title: "theme",
            items: items)
        dialog.selected = state.themes.firstIndex(of: state.themeName) ?? 0
        show(.picker(dialog))
    }

    mutating func openSortPicker(_ key: Key) {
        let columns = SortColumn.all(of: panel)
        if columns.isEmpty { return refuse("these rows are in the order of time") }
        let current = state.sorts[panel]
        var items = [PickerDialog.Item(label: "default", detail: "severity, then $/h", value: "")]
        items += columns.map { column in
            let isCurrent = column.title == current?.column
            let detail = isCurrent ? (current?.isDescending == true ? "high to low" : "low to high") : ""
            return PickerDialog.Item(label: column.title, detail: detail, value: column.title)
        }
        var dialog = PickerDialog(
            opening: DialogOpening(at: now, by: key), purpose: .sort(panel), title: "sort", items: items)
        dialog.selected = (columns.firstIndex { $0.title == current?.column }).map { $0 + 1 } ?? 0
        show(.picker(dialog))
    }

    /// Sorts by a column; choosing the same one again reverses it.
    mutating func sort(_ panel: PanelName, by title: String) {
        state.heldOrder[panel] = nil
        guard let column = SortColumn.named(title, of: panel) else {
            state.sorts[panel] = nil
            return
        }
        if let current = state.sorts[panel], current.column == title {
            state.sorts[panel]?.isDescending = !current.isDescending
        } else {
            state.sorts[panel] = SortOrder(column: title, isDescending: column.startsDescending)
        }
    }

    mutating func stepSort(_ step: Int) {
        let columns = SortColumn.all(of: panel)
        if columns.isEmpty { return refuse("these rows are in the order of time") }
        let index = columns.firstIndex { $0.title == state.sorts[panel]?.column }
        let next = index.map { ($0 + step + columns.count) % columns.count } ?? (step > 0 ? 0 : columns.count - 1)
        state.heldOrder[panel] = nil
        state.sorts[panel] = SortOrder(column: columns[next].title, isDescending: columns[next].startsDescending)
    }

    mutating func reverseSort() {
        let columns = SortColumn.all(of: panel)
        guard
            let column = state.sorts[panel]
                ?? columns.first.map({ SortOrder(column: $0.title, isDescending: $0.startsDescending) })
        else { return refuse("these rows are in the order of time") }
        state.heldOrder[panel] = nil
        state.sorts[panel] = SortOrder(column: column.column, isDescending: !column.isDescending)
    }
}
