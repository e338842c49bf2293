import Domain
import Telemetry
import Wire

/// The JSON of commands: a contract with scripts, written member by member.
///
/// Names are snake_case, times RFC 3339 in UTC, money whole nano-dollars, ids without `tg_`; what is unknown is null.
enum JSONShapes {
    /// One object, or one array, as bytes without a line feed.
    static func text(_ write: (inout JSONWriter) throws -> Void) rethrows -> [UInt8] {
        var writer = JSONWriter(escapesFormat: true)
        try write(&writer)
        return writer.bytes
    }

    static func list<Element>(_ elements: [Element], _ write: (Element, inout JSONWriter) -> Void) -> [UInt8] {
        text { writer in
            writer.beginArray()
            for element in elements { write(element, &writer) }
            writer.endArray()
        }
    }

    static func key(_ card: KeyCard, withNote: Bool = false, to writer: inout JSONWriter) {
        writer.beginObject()
        writer.member("id", card.id.text)
        writer.member("client", card.client)
        writer.member("state", card.state.rawValue)
        writer.member("created", card.created)
        writer.member("last_used", orNull: card.lastUsed)
        writer.member("expires", orNull: card.expires)
        writer.words("models", card.models)
        if withNote { writer.member("note", card.note) }
        writer.endObject()
    }

    /// `{id, state, streams_ended, instances_acknowledged}` of an act on a key.
    static func keyAct(_ id: KeyID, _ outcome: Outcome) -> [UInt8] {
        text { writer in
            writer.beginObject()
            keyMembers(id, outcome, to: &writer)
            writer.endObject()
        }
    }

    static func keyMembers(_ id: KeyID, _ outcome: Outcome, to writer: inout JSONWriter) {
        writer.member("id", id.text)
        writer.member("state", orNull: outcome.state)
        writer.member("streams_ended", Int64(outcome.streamsEnded ?? 0))
        writer.member("instances_acknowledged", Int64(outcome.instancesAcknowledged ?? 0))
    }

    static func limit(_ scope: LimitScope, _ effective: EffectiveLimit, to writer: inout JSONWriter) {
        writer.beginObject()
        writer.member("scope", scope.text)
        limitMembers(effective.limit, to: &writer)
        writer.member("source", effective.source.rawValue)
        writer.member("until", orNull: effective.until)
        writer.member("underneath", orNull: effective.underneath?.text)
        writer.endObject()
    }

    static func limitMembers(_ limit: Limit, to writer: inout JSONWriter) {
        writer.member("kind", limit.kind.rawValue)
        writer.member("limit", limit.amount)
        writer.key("window_s")
        if limit.kind.isWindowed { writer.value(limit.windowSeconds) } else { writer.null() }
        writer.member("unit", limit.kind.isMoney ? "nano_usd" : limit.kind.word)
        writer.member("value", limit.text)
    }

    static func client(_ card: ClientCard, to writer: inout JSONWriter) {
        writer.beginObject()
        writer.member("name", card.name)
        writer.member("tier", card.tier)
        writer.member("owner", card.owner)
        writer.member("state", card.suspension == nil ? "active" : "suspended")
        writer.member("suspended_until", orNull: card.suspension?.until)
        writer.member("since", orNull: card.since)
        writer.member("keys", Int64(card.keyCount))
        writer.key("limits")
        writer.beginArray()
        for effective in card.limits { limit(.client(card.name), effective, to: &writer) }
        writer.endArray()
        writer.endObject()
    }

    static func audit(_ row: AuditRow, to writer: inout JSONWriter) {
        writer.beginObject()
        SnapshotJSON.members(of: row, to: &writer)
        writer.member("undoable", row.isUndoable)
        writer.member("undoable_until", orNull: row.undoableUntil)
        writer.endObject()
    }

    static func usage(_ row: UsageRow, by columns: [String], to writer: inout JSONWriter) {
        writer.beginObject()
        if columns.contains("day") { writer.member("day", row.day) }
        if columns.contains("hour") {
            writer.member("hour", Calendar.rfc3339(Timestamp(milliseconds: row.hour.multipliedSaturated(by: 1000))))
        }
        if columns.contains("client") { writer.member("client", row.client) }
        if columns.contains("model") { writer.member("model", row.model) }
        writer.member("requests", row.requests)
        writer.member("input_tokens", row.inputTokens)
        writer.member("cached_tokens", row.cachedTokens)
        writer.member("output_tokens", row.outputTokens)
        writer.member("reasoning_tokens", row.reasoningTokens)
        writer.member("cost_nano_usd", row.costNanoUSD)
        writer.member("reported", row.reported)
        writer.member("estimated", row.estimated)
        writer.member("partial", row.partial)
        writer.member("unpriced", row.unpriced)
        writer.endObject()
    }
}
