import Domain
import Settings
import Telemetry
import Terminal

@testable import Dashboard

/// The states that golden screens and pictures are made of.
enum Scenes {
    /// A state on a screen of this size, with the cursor in the first row.
    static func state(_ columns: Int, _ rows: Int) -> DashboardState {
        var state = DashboardState()
        state.columns = columns
        state.rows = rows
        return state
    }

    static func draw(
        _ state: DashboardState, _ snapshot: LiveSnapshot, glyphs: Glyphs = .standard, at now: Timestamp = Fixture.now
    ) -> Canvas {
        Scene.draw(
            state: state, snapshot: snapshot, size: Size(columns: state.columns, rows: state.rows), now: now,
            glyphs: glyphs)
    }

    /// The cases of the golden screens: busy, empty, ten thousand rows, CJK, paused, read-only, filter error, ASCII.
    static let golden = ["busy", "empty", "crowd", "cjk", "paused", "readonly", "fault", "ascii"]

    static func golden(_ name: String, _ columns: Int, _ rows: Int) -> Canvas {
        var state = state(columns, rows)
        var snapshot = Fixture.busy()
        var now = Fixture.now
        var glyphs = Glyphs.standard
        switch name {
        case "empty": snapshot = Fixture.empty()
        case "crowd":
            snapshot = Fixture.crowd()
            state.cursors[.clients] = Fixture.cursor(.client("tenant-4000"), index: 4007)
        case "cjk":
            for index in snapshot.clients.indices { snapshot.clients[index].card.name = "研究チーム東京第\(index)本部" }
            snapshot.upstreams[0].name = "東京リージョン"
        case "paused":
            state.paused = PausedPicture(snapshot: snapshot, since: now.adding(seconds: -12))
            snapshot.totals.arrivals += 340
            snapshot.gateway.requestsPerSecond = 9
        case "readonly": state.isReadOnly = true
        case "fault":
            var prompt = Prompt(purpose: .filter, text: "429%>5 and bogus>3")
            prompt.fault = Prompt.Fault(offset: 11, reason: "no field is called bogus")
            state.prompt = prompt
            state.filterText = "active"
            state.filter = (try? FilterParser.parse("active")) ?? Filter()
        case "ascii": glyphs = .ascii
        default: break
        }
        if name == "paused" { now = now.adding(milliseconds: 400) }
        return draw(state, snapshot, glyphs: glyphs, at: now)
    }

    /// Views, places and dialogs by name, for pictures and for the checks that hold everywhere.
    static let all =
        golden + ["hostile", "help", "client", "key", "model", "upstream", "group", "request", "act", "incidents"]
        + ViewName.allCases.map { "view-\($0.rawValue)" }
        + [
            "revoke", "limits", "suspend", "resume", "create", "secret", "undo", "quit", "picker", "many", "palette",
            "notice", "armed", "zoom", "ghost",
        ]

    static func named(_ name: String, _ columns: Int, _ rows: Int) -> Canvas {
        if golden.contains(name) { return golden(name, columns, rows) }
        var state = state(columns, rows)
        var snapshot = Fixture.busy()
        if name.hasPrefix("view-"), let number = Int(name.dropFirst(5)), let view = ViewName(rawValue: number) {
            state.view = view
            return draw(state, snapshot)
        }
        place(name, &state, snapshot)
        dialog(name, &state, snapshot)
        switch name {
        case "hostile": snapshot = Fixture.hostile()
        case "help": state.isHelpShown = true
        case "palette":
            var prompt = Prompt(purpose: .palette, text: "limits s")
            prompt.completions = ["limits set", "limits", "limits clear"]
            state.prompt = prompt
        case "notice":
            state.notice = Notice(
                text: "revoked tg_7Q2fA9xk: last accepted 14:03:24.118, 61 streams ended, u undo", kind: .done,
                at: Fixture.now)
        case "armed":
            state.needsArming = true
            state.armedUntil = Fixture.now.adding(seconds: 431)
        case "zoom":
            state.isZoomed = true
            state.focus[.overview] = .errors
        case "ghost": state.cursors[.clients] = Fixture.cursor(.client("gone-away"), index: 2)
        default: break
        }
        return draw(state, snapshot)
    }

    private static func place(_ name: String, _ state: inout DashboardState, _ snapshot: LiveSnapshot) {
        state.records = snapshot.recent
        switch name {
        case "client": state.crumbs = [.client("acme-batch")]
        case "key": if let key = snapshot.keys.first { state.crumbs = [.key(key.card.id)] }
        case "model": state.crumbs = [.model("gpt-4.1")]
        case "upstream": state.crumbs = [.upstream("openai-eu")]
        case "group": if let group = snapshot.errors.first { state.crumbs = [.errorGroup(group.identity)] }
        case "request":
            if let record = snapshot.recent.first {
                state.crumbs = [.client("acme-batch"), .request(record.requestID.text)]
            }
        case "act": state.crumbs = [.audit(41)]
        case "incidents": state.crumbs = [.incidents]
        default: state.records = []
        }
    }

    /// The dialog of a scene on another snapshot.
    static func dialog(_ name: String, _ snapshot: LiveSnapshot) -> Dialog? {
        var state = DashboardState()
        dialog(name, &state, snapshot)
        return state.dialog
    }

    private static func dialog(_ name: String, _ state: inout DashboardState, _ snapshot: LiveSnapshot) {
        let opening = DialogOpening(at: Fixture.ago(2))
        guard let client = snapshot.clients.first, let key = snapshot.keys.first else { return }
        switch name {
        case "revoke":
            state.dialog = .revoke(RevokeDialog(opening: opening, key: key.card.id, client: "acme-batch", version: 1))
        case "limits": state.dialog = .limits(limits(client, opening))
        case "suspend", "resume":
            let target = name == "suspend" ? "acme-batch" : "intern-sandbox"
            state.dialog = .suspend(
                SuspendDialog(opening: opening, client: target, version: 3, isSuspended: name == "resume"))
        case "create":
            let fields = [("client", "acme-batch", ""), ("expires", "", "30d, 12h; empty: never"), ("note", "", "")]
            state.dialog = .create(
                CreateDialog(
                    opening: opening, client: "acme-batch",
                    fields: fields.map { CreateDialog.Field(name: $0.0, text: $0.1, hint: $0.2) }))
        case "secret":
            let secret = "tg_7Q2fA9xk_" + String(repeating: "a1B2", count: 8) + "Zz9x8Y"
            state.dialog = .secret(SecretDialog(opening: opening, client: "acme-batch", secret: secret))
        case "undo": state.dialog = .undo(UndoDialog(opening: opening, row: snapshot.audit[0]))
        case "quit": state.dialog = .quit(QuitDialog(opening: opening))
        case "picker":
            let names = ["SEVERITY", "CLIENT", "REQ/S", "429 %", "5xx %", "P50", "P95", "P99", "TOK/S", "$/H", "QUOTA"]
            var picker = PickerDialog(
                opening: opening, purpose: .sort(.clients), title: "sort clients",
                items: names.map { PickerDialog.Item(label: $0, detail: "high to low", value: $0) })
            picker.selected = 9
            state.dialog = .picker(picker)
        case "many":
            var many = ManyDialog(
                opening: opening, act: .revoke,
                targets: snapshot.keys.prefix(6).map { ManyDialog.Target(row: .key($0.card.id), version: 1) })
            many.typed = "6"
            state.dialog = .many(many)
        default: break
        }
    }

    private static func limits(_ client: ClientRow, _ opening: DialogOpening) -> LimitsDialog {
        let kinds: [LimitKind] = [.requests, .tokens, .concurrent, .budgetDay]
        var dialog = LimitsDialog(
            opening: opening, client: "acme-batch", tier: "pro", scope: .client("acme-batch"), version: 3,
            lines: kinds.map { kind in
                LimitsDialog.Line(kind: kind, current: client.card.limits.first { $0.limit.kind == kind })
            })
        dialog.lines[0].typed = "150/1m"
        dialog.previewed = Limit(kind: .requests, amount: 150, windowSeconds: 60)
        dialog.preview = LimitPreview(
            seconds: 300, asked: 8240, refused: 2911, askedSeries: [1, 1, 2, 2, 3, 4, 6, 7, 7, 7, 7, 7],
            admittedSeries: [1, 1, 2, 2, 3, 4, 4, 4, 4, 4, 4, 4])
        return dialog
    }
}
