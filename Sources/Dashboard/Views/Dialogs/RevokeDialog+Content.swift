import Domain
import Settings
import Telemetry
import Terminal

extension RevokeDialog {
    /// How long a revoked key can be restored.
    private static let restorableSeconds: Int64 = 900

    /// What revoking this key would do now: figures are live, the target is the one captured.
    func content(_ stage: Stage) -> DialogContent {
        let row = stage.live.keys.first { $0.card.id == key }
        let owner = stage.live.clients.first { $0.card.name == client }?.card
        let isNarrow = stage.size.columns < 66
        var tail: [Span] = []
        if let owner, !owner.owner.isEmpty { tail = [.muted("   owner "), .plain(owner.owner)] }
        var lines: [DialogContent.Line] = [
            DialogContent.Line(
                [.strong(key.shown), .muted(isNarrow ? "  " : "   client "), .plain(client)], tail: tail)
        ]
        lines.append(
            isNarrow
                ? DialogContent.Line(effect(row, isShort: true)) : DialogContent.labelled("effect", effect(row)))
        var hour = DialogContent.labelled("last hour", hour(row), rank: 3)
        hour.tail = kept(others: (owner?.keyCount ?? 1) - 1, isNarrow: isNarrow)
        lines.append(hour)
        lines.append(DialogContent.labelled("reaches", [.plain("this instance")], rank: 6))
        let until = stage.time(stage.clock.adding(seconds: RevokeDialog.restorableSeconds))
        lines.append(
            DialogContent.labelled("way back", [.key("u"), .plain(" restores it until \(until), then never")], rank: 2))
        if let row, row.card.version != version {
            lines.append(DialogContent.labelled("changed", [Span("meanwhile; close and look again", .warn)], rank: 1))
        }
        lines.append(.blank)
        lines.append(DialogContent.answers([("y", "revoke", true), ("n", "cancel", false)]))
        return DialogContent(title: "revoke key", fact: stage.checked, lines: lines, width: 70)
    }

    private func effect(_ row: KeyRow?, isShort: Bool = false) -> [Span] {
        guard let row else { return [.plain("the next request with it gets 401")] }
        var spans: [Span] = []
        if row.requestsPerSecond > 0 {
            spans = [
                Span("\(Tiles.rate(row.requestsPerSecond)) req/s", .critical, bold: true),
                .plain(isShort ? " get 401" : " get 401 at once"),
            ]
        } else {
            spans = [.plain(isShort ? "no traffic now" : "no traffic now, the next request gets 401")]
        }
        guard row.streams > 0 else { return spans + [.plain(", no open stream")] }
        let streams = Figures.counted(row.streams, isShort ? "stream" : "open stream")
        return spans + [
            .plain(", "), Span(streams, .critical, bold: true), .plain(row.streams == 1 ? " ends" : " end"),
        ]
    }

    private func hour(_ row: KeyRow?) -> [Span] {
        let share = Figures.percent(row?.refusedShare ?? 0)
        return [
            Span(Figures.dollars(row?.costHourNanoUSD ?? 0), .money),
            .muted("   \(share == Figures.nothing ? "0" : share) % 429"),
        ]
    }

    /// What its client has left.
    private func kept(others: Int, isNarrow: Bool) -> [Span] {
        let keeps = others <= 0 ? "no other key" : others == 1 ? "1 other key" : "\(others) other keys"
        return [
            .muted(isNarrow ? "  keeps " : "   its client keeps "), others <= 0 ? Span(keeps, .warn) : .plain(keeps),
        ]
    }
}
