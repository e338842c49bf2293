import Domain
import Settings
import Telemetry

extension Panel {
    /// What a panel of `width` columns, its frame included, shows.
    ///
    /// A brief one stands on the Overview among others.
    static func make(_ name: PanelName, width: Int, stage: Stage, isBrief: Bool) -> Panel {
        switch name {
        case .clients, .keys, .models, .upstreams: directory(name, stage: stage, isBrief: isBrief)
        case .errors, .live, .records, .detail: requests(name, width: width, stage: stage, isBrief: isBrief)
        case .done, .audit, .logs, .incidents: history(name, stage: stage)
        case .costs, .costModels, .days: spending(name, stage: stage)
        }
    }

    private static func directory(_ name: PanelName, stage: Stage, isBrief: Bool) -> Panel {
        let listen = stage.snapshot.listen
        switch name {
        case .clients:
            return Panel(
                title: "clients", columns: Columns.clients(stage, isFull: !isBrief), sign: Panel.sign,
                empty: [
                    "no clients yet; create a key: tollgate keys create --client NAME",
                    "then: curl http://\(listen)/v1/models -H 'Authorization: Bearer tg_…'",
                ])
        case .keys:
            let ofClient = if case .client = stage.state.crumbs.last { true } else { false }
            return Panel(
                title: "keys", columns: Columns.keys(stage), sign: Panel.sign,
                empty: [
                    ofClient
                        ? "no key; c creates one"
                        : "no keys yet; c creates one, so does: tollgate keys create --client NAME"
                ])
        case .models:
            return Panel(
                title: "models", columns: Columns.models(stage), sign: Panel.sign,
                empty: ["no models; they are named under models: in tollgate.yaml"])
        default:
            let all = stage.snapshot.upstreams
            let bad = all.count { $0.severity >= .error }
            let fact = all.isEmpty ? "" : bad > 0 ? "\(bad) of \(all.count) degraded" : "\(all.count) well"
            let isTable = !isBrief
            return Panel(
                title: "upstreams", fact: fact,
                columns: isTable
                    ? Columns.upstreams(stage) : Columns.upstreamLines(stage, isNarrow: !stage.layout.hasFrames),
                hasHeadings: isTable, fitsContent: !isTable, sign: Panel.sign,
                empty: ["no upstreams; they are named under upstreams: in tollgate.yaml"])
        }
    }

    private static func requests(_ name: PanelName, width: Int, stage: Stage, isBrief: Bool) -> Panel {
        let listen = stage.snapshot.listen
        switch name {
        case .errors:
            let newest = stage.snapshot.errors.map(\.last).max()
            let count = stage.snapshot.isErrorsCut ? "\(stage.snapshot.errors.count) " : ""
            return Panel(
                title: "errors, grouped",
                fact: newest.map { "\(count)newest\(count.isEmpty ? "" : ",") \(Figures.ago($0, now: stage.now))" }
                    ?? "",
                columns: Columns.errors(stage, width: width, isFull: !isBrief), hasHeadings: !isBrief,
                empty: [
                    "no errors in the last \(stage.window)", "refusals and failures appear here by client and cause",
                ])
        case .live:
            return Panel(
                title: "live", fact: stage.state.isFollowing ? "following, newest first" : "newest first",
                columns: Columns.records(stage),
                empty: [
                    "no requests yet; try:",
                    "curl http://\(listen)/v1/models -H 'Authorization: Bearer tg_…'",
                ])
        default:
            return Panel(
                title: "requests", fact: "newest first", columns: Columns.records(stage),
                empty: ["no finished request of this kind is remembered", "a new one appears when it ends"])
        }
    }

    private static func history(_ name: PanelName, stage: Stage) -> Panel {
        let today = "\(stage.snapshot.actsToday) today"
        switch name {
        case .done:
            return Panel(
                title: "what was done", fact: today, columns: Columns.done(stage), hasHeadings: false,
                empty: ["nothing was done yet", "e changes a limit, x suspends a client, R revokes a key"])
        case .audit:
            return Panel(
                title: "audit", fact: today, columns: Columns.audit(stage), fitsContent: true,
                empty: ["nothing was done yet", "every act appears here: by whom, before, after, and its undo"])
        case .incidents:
            let open = stage.snapshot.incidents.count { $0.end == nil }
            return Panel(
                title: "incidents", fact: "\(open) open", columns: Columns.incidents(stage), fitsContent: true,
                sign: Panel.sign,
                empty: ["no incidents today", "one opens when a client or upstream has been in trouble for 10 s"])
        default:
            return Panel(
                title: "log", fact: stage.state.isFollowing ? "following" : "F follows", columns: Columns.log(stage),
                empty: ["the log is empty", "starts, reloads, warnings and faults appear here"])
        }
    }

    private static func spending(_ name: PanelName, stage: Stage) -> Panel {
        let costs = stage.snapshot.costs
        switch name {
        case .costModels:
            return Panel(
                title: "by model, today",
                columns: Columns.spend(stage, heading: "MODEL", total: costs.todayNanoUSD),
                empty: ["nothing was spent today"])
        case .days:
            let highest = costs.byDay.map(\.costNanoUSD).max() ?? 0
            return Panel(
                title: "by day, UTC", columns: Columns.spend(stage, heading: "DAY", total: highest, isDay: true),
                empty: ["no day has been settled yet"])
        default:
            return Panel(
                title: "by client, today",
                columns: Columns.spend(stage, heading: "CLIENT", total: costs.todayNanoUSD),
                empty: ["nothing was spent today", "spend appears when a request with a priced model ends"])
        }
    }

    /// Glyph and colour in front of a row: severity, or the state of a key.
    static func sign(_ row: Row, glyphs: Glyphs) -> Span? {
        let severity: Severity
        switch row {
        case .client(let client): severity = client.severity
        case .key(let key): severity = key.card.state.severity
        case .model(let model): severity = model.severity
        case .upstream(let upstream): severity = upstream.severity
        case .incident(let incident): severity = incident.end == nil ? incident.severity : .ok
        default: return nil
        }
        return Span(glyphs.severity(severity), severity.role, bold: true)
    }
}
