import Terminal
import Domain
import Telemetry

extension Reducer {
    static let holdMilliseconds: Int64 = 5000

    /// A new snapshot, or time: what lasts for a while ends here.
    mutating func tick() {
        if let moved = state.cursorMovedAt, state.dialog == nil,
            now.milliseconds(since: moved) >= Reducer.holdMilliseconds || now < moved
        {
            state.heldOrder = [:]
            state.cursorMovedAt = nil
        }
        if let until = state.armedUntil, until <= now {
            state.armedUntil = nil
            say("disarmed; A unlocks acts again", .info)
        }
        if let at = state.interruptedAt, now.milliseconds(since: at) > 1000 { state.interruptedAt = nil }
        if let notice = state.notice {
            let age = now.milliseconds(since: notice.at)
            let life: Int64 = notice.kind == .done || notice.kind == .failed ? 60_000 : 8000
            if age > life || age < -life { state.notice = nil }
        }
        if state.recordsAsked != nil, state.paused == nil, let asked = state.recordsAskedAt,
            now.milliseconds(since: asked) >= 2000
        {
            askForRecords()
        }
        refreshPicker()
    }

    /// The cursor takes hold of its row, so that a new order of rows cannot put another one under it.
    ///
    /// It does so with the first key: while nobody has touched a panel its cursor stays at the top, where the worst is.
    /// Panels in order of time follow the newest line instead.
    mutating func anchorCursor() {
        let panel = panel
        guard Reducer.isRanked(panel) else { return }
        let cursor = state.cursors[panel] ?? Cursor()
        guard cursor.row == nil else { return }
        let list = rows(panel)
        guard let position = list.cursor, let id = list.id(at: position) else { return }
        var anchored = cursor
        anchored.row = id
        anchored.index = position
        state.cursors[panel] = anchored
    }

    /// Whether rows of the panel change places by their figures.
    static func isRanked(_ panel: PanelName) -> Bool {
        switch panel {
        case .clients, .keys, .models, .upstreams, .errors, .costs, .costModels: true
        case .done, .days, .live, .audit, .logs, .detail, .records, .incidents: false
        }
    }

    /// The figures beside a client's keys stay live; their order does not change under the selection.
    private mutating func refreshPicker() {
        guard case .picker(var picker) = state.dialog, case .clientKeys = picker.purpose else { return }
        for index in picker.items.indices {
            guard let id = KeyID(text: picker.items[index].value),
                let row = snapshot.keys.first(where: { $0.card.id == id })
            else { continue }
            picker.items[index].detail = Reducer.keyDetail(row)
        }
        state.dialog = .picker(picker)
    }

    static func keyDetail(_ row: KeyRow) -> String {
        let rate = row.requestsPerSecond.isFinite ? min(max(row.requestsPerSecond, 0), 1e9) : 0
        let tenths = Int64((rate * 10).rounded())
        return "\(tenths / 10).\(tenths % 10) req/s   \(Figures.counted(row.streams, "stream"))"
    }
}
