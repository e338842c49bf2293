import Terminal
package import Domain
import Telemetry

extension Reducer {
    static let endTimes = ["15m", "30m", "2h", "keep"]

    mutating func openLimits(_ key: Key) {
        if case .model(let name) = actTarget() { return openLimits(scope: .model(name), key) }
        let (row, reason) = targetClient()
        guard let row else { return refuse(reason) }
        openLimits(row, key)
    }

    mutating func openLimits(_ row: ClientRow, _ key: Key) {
        let card = row.card
        show(
            .limits(
                LimitsDialog(
                    opening: DialogOpening(at: now, by: key), client: card.name, tier: card.tier,
                    scope: .client(card.name), version: card.version, lines: Reducer.lines(of: card.limits))))
    }

    /// Opens the editor on a scope that is no client: its limits are asked for.
    mutating func openLimits(scope: LimitScope, _ key: Key) {
        var tier = ""
        if case .tier(let name) = scope { tier = name }
        var dialog = LimitsDialog(
            opening: DialogOpening(at: now, by: key), client: "", tier: tier, scope: scope, version: 0,
            lines: Reducer.lines(of: []))
        dialog.isLoading = true
        show(.limits(dialog))
        emit(.ask(.limits(scope)))
    }

    /// A line for each kind that is always offered, and for each budget there is.
    static func lines(of limits: [EffectiveLimit]) -> [LimitsDialog.Line] {
        var kinds: [LimitKind] = [.requests, .tokens, .concurrent]
        let budgets = LimitKind.allCases.filter { kind in kind.isMoney && limits.contains { $0.limit.kind == kind } }
        kinds += budgets.isEmpty ? [.budgetDay] : budgets
        return kinds.map { kind in LimitsDialog.Line(kind: kind, current: limits.first { $0.limit.kind == kind }) }
    }

    mutating func press(_ key: Key, _ meaning: CommandName?, in dialog: LimitsDialog) {
        var dialog = dialog
        dialog.fault = nil
        switch meaning {
        case .cancel: return close()
        case .confirm: return apply(dialog)
        case .scope: return nextScope(dialog)
        case .select:
            let step = key == .up ? -1 : 1
            if dialog.isAtEndTime { dialog.isAtEndTime = false } else { dialog.select(by: step) }
        case .endTime: dialog.stepEndTime()
        case .clear: dialog.type(nil)
        case .halve: dialog.scale(doubles: false)
        case .double: dialog.scale(doubles: true)
        default:
            switch key {
            case .backspace, .delete: dialog.deleteLast()
            case .character(let character): dialog.type(character)
            default: break
            }
        }
        state.dialog = .limits(dialog)
        previewIfChanged()
    }

    /// Asks what the selected limit's new value would have done, where it is another than was asked for last.
    mutating func previewIfChanged() {
        guard case .limits(var dialog) = state.dialog, dialog.lines.indices.contains(dialog.selected) else { return }
        let wanted = dialog.newLimit(at: dialog.selected)
        if wanted == dialog.previewed { return }
        dialog.previewed = wanted
        dialog.preview = nil
        state.dialog = .limits(dialog)
        if let wanted { emit(.ask(.preview(dialog.scope, wanted, seconds: 300))) }
    }

    /// Client, then its tier, then the gateway; what was typed for one scope is not carried to the next.
    private mutating func nextScope(_ dialog: LimitsDialog) {
        var dialog = dialog
        switch dialog.scope {
        case .client: dialog.scope = dialog.tier.isEmpty ? .gateway : .tier(dialog.tier)
        case .tier, .model: dialog.scope = .gateway
        case .gateway:
            if !dialog.client.isEmpty {
                dialog.scope = .client(dialog.client)
            } else if !dialog.tier.isEmpty {
                dialog.scope = .tier(dialog.tier)
            }
        }
        dialog.lines = Reducer.lines(of: [])
        dialog.isLoading = true
        if case .client(let name) = dialog.scope, let row = client(name) {
            dialog.lines = Reducer.lines(of: row.card.limits)
            dialog.version = row.card.version
            dialog.isLoading = false
        }
        dialog.selected = min(dialog.selected, dialog.lines.count - 1)
        dialog.isAtEndTime = false
        dialog.preview = nil
        dialog.previewed = nil
        state.dialog = .limits(dialog)
        if dialog.isLoading { emit(.ask(.limits(dialog.scope))) }
    }

    private mutating func apply(_ dialog: LimitsDialog) {
        var dialog = dialog
        func fail(_ fault: String) -> Dialog {
            dialog.fault = fault
            return .limits(dialog)
        }
        for index in dialog.lines.indices where dialog.isTyped(index) {
            if let fault = dialog.faultOfTyped(at: index) {
                dialog.selected = index
                state.dialog = fail(fault)
                return emit(.bell)
            }
        }
        let changes = dialog.changes
        guard let seconds = dialog.endSeconds else {
            state.dialog = fail("`\(dialog.endText)` is no duration: 45m, 2h, or keep")
            return emit(.bell)
        }
        if changes.isEmpty {
            close()
            return say("limits of \(dialog.scope.text) unchanged")
        }
        var version: Int64?
        if case .client(let name) = dialog.scope {
            version = dialog.version
            if let row = snapshot.clients.first(where: { $0.card.name == name }), row.card.version != dialog.version {
                return refuseChanged("the limits of \(name) are no longer what you saw")
            }
        }
        close()
        if let reason = refusal() { return refuse(reason) }
        var orders = changes.map { limit in
            Order(
                command: .setLimit(dialog.scope, limit, forSeconds: seconds > 0 ? seconds : nil, why: ""),
                actor: state.actor)
        }
        // The first act changes the version that the others would be compared with; they follow only if it is done.
        orders[0].expectedVersion = version
        begin(orders)
    }
}

extension LimitsDialog {
    /// Whether something stands in the field of line `index`.
    func isTyped(_ index: Int) -> Bool { lines[index].typed.map { !$0.isEmpty } ?? false }

    /// The value typed in line `index`; nil where nothing valid was typed.
    package func newLimit(at index: Int) -> Limit? {
        guard lines.indices.contains(index), let typed = lines[index].typed, !typed.isEmpty else { return nil }
        let line = lines[index]
        // A bare number keeps the window or the period of the line.
        var text = typed
        if !typed.contains("/") {
            if let seconds = line.current?.limit.windowSeconds, line.kind.isWindowed {
                text += "/" + DurationText.short(seconds)
            }
            if let period = line.kind.period { text += "/" + period }
        }
        guard let limit = Limit(word: line.kind.word, text: text), limit.kind == line.kind else { return nil }
        return limit
    }

    /// Why what was typed in line `index` is no limit of its kind.
    func faultOfTyped(at index: Int) -> String? {
        guard newLimit(at: index) == nil, let typed = lines[index].typed, !typed.isEmpty else { return nil }
        let kind = lines[index].kind
        if kind.isMoney, let other = Limit(word: "budget", text: typed), other.kind != kind {
            return "this line is per \(kind.period ?? "period"); :limits set sets another"
        }
        switch kind {
        case .requests, .tokens: return "`\(typed)` is no limit: 300, 40k/1m, 1M/1h"
        case .concurrent: return "`\(typed)` is no limit: 64"
        default: return "`\(typed)` is no budget: 50, 0.75"
        }
    }

    /// The limits that `Enter` would set: typed ones that differ from what holds, or that give an override a new end.
    package var changes: [Limit] {
        lines.indices.compactMap { index in
            guard let limit = newLimit(at: index) else { return nil }
            let current = lines[index].current
            return current?.limit == limit && current?.source != .override ? nil : limit
        }
    }

    /// Seconds until the end time, 0 for `keep`; nil where the text is no duration.
    package var endSeconds: Int64? {
        if endText == "keep" { return 0 }
        guard let seconds = DurationText.seconds(endText), seconds > 0, seconds <= 366 * 86_400 else { return nil }
        return seconds
    }

    mutating func select(by step: Int) { selected = min(max(selected + step, 0), lines.count - 1) }

    /// To the end time, or, being there, to the next preset.
    mutating func stepEndTime() {
        defer { isEndFresh = true }
        guard isAtEndTime else {
            isAtEndTime = true
            return
        }
        let index = Reducer.endTimes.firstIndex(of: endText)
        endText = index.map { Reducer.endTimes[($0 + 1) % Reducer.endTimes.count] } ?? Reducer.endTimes[0]
    }

    /// Types a character into the field that has the keys; nil empties it.
    mutating func type(_ character: Character?) {
        if isAtEndTime {
            guard let character else {
                endText = ""
                isEndFresh = false
                return
            }
            guard character.isASCII, character.isNumber || "smhd".contains(character) else { return }
            if isEndFresh { endText = "" }
            isEndFresh = false
            if endText.count < 8 { endText.append(character) }
            return
        }
        guard lines.indices.contains(selected) else { return }
        guard let character else {
            lines[selected].typed = ""
            return
        }
        let typed = lines[selected].typed ?? ""
        let isStart = character.isASCII && (character.isNumber || character == "." || character == "$")
        let isRest = character.isASCII && (character.isLetter || character == "/" || character == " ")
        guard isStart || (isRest && !typed.isEmpty), typed.count < 20 else { return }
        lines[selected].typed = typed + String(character)
    }

    mutating func deleteLast() {
        if isAtEndTime {
            endText = isEndFresh ? "" : String(endText.dropLast())
            isEndFresh = false
        } else if lines.indices.contains(selected) {
            let line = lines[selected]
            lines[selected].typed = String((line.typed ?? line.current.map { $0.limit.text } ?? "").dropLast())
        }
    }

    /// Halves or doubles the selected limit, from what is typed or from what holds.
    ///
    /// One is not halved to nothing:
    /// a limit that refuses everything has to be typed.
    mutating func scale(doubles: Bool) {
        guard !isAtEndTime, lines.indices.contains(selected) else { return }
        guard var limit = newLimit(at: selected) ?? lines[selected].current?.limit else {
            fault = "no limit to \(doubles ? "double" : "halve"): type one"
            return
        }
        limit.amount =
            doubles ? limit.amount.multipliedSaturated(by: 2) : limit.amount > 1 ? limit.amount / 2 : limit.amount
        lines[selected].typed = limit.editText
    }
}

extension Limit {
    /// What stands in a field: `300/1m`, `64`, `50.00`, read back exactly by `LimitsDialog.newLimit`.
    var editText: String {
        kind.isMoney ? NanoDollars(nanos: amount).exactText : text
    }
}
