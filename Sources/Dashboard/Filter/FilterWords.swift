import Domain
import Telemetry

/// Bare words and text comparisons: case-insensitive, byte by byte where both sides are ASCII.
enum FilterWords {
    /// Whether `text` holds `word`, which is lower-case already.
    static func contains(_ text: String, _ word: String) -> Bool {
        var text = text
        if let found = text.withUTF8({ search($0, word) }) { return found }
        return search(in: text.lowercased(), word)
    }

    /// Whether `text` is `word`, which is lower-case already.
    static func isSame(_ text: String, _ word: String) -> Bool {
        text.utf8.count == word.utf8.count ? text.lowercased() == word : false
    }

    /// The search over ASCII bytes; nil where `bytes` are not all ASCII and case needs Unicode.
    private static func search(_ bytes: UnsafeBufferPointer<UInt8>, _ word: String) -> Bool? {
        var needle = word
        return needle.withUTF8 { needle in
            if needle.isEmpty { return true }
            for byte in bytes where byte >= 0x80 { return nil }
            guard bytes.count >= needle.count else { return false }
            let first = needle[0]
            for start in 0...(bytes.count - needle.count) where lower(bytes[start]) == first {
                var index = 1
                while index < needle.count, lower(bytes[start + index]) == needle[index] { index += 1 }
                if index == needle.count { return true }
            }
            return false
        }
    }

    private static func search(in text: String, _ word: String) -> Bool {
        if word.isEmpty { return true }
        let bytes = Array(text.utf8)
        let needle = Array(word.utf8)
        guard bytes.count >= needle.count else { return false }
        for start in 0...(bytes.count - needle.count) where bytes[start..<(start + needle.count)].elementsEqual(needle)
        {
            return true
        }
        return false
    }

    private static func lower(_ byte: UInt8) -> UInt8 { byte >= 0x41 && byte <= 0x5a ? byte | 0x20 : byte }

    /// Whether a bare word is found in what names the row: name, key id, model, and the words of its state.
    static func match(_ word: String, _ row: Row) -> Bool {
        switch row {
        case .client(let row):
            return contains(row.card.name, word) || contains(row.card.owner, word) || contains(row.card.tier, word)
                || row.card.keys.contains { contains($0.shown, word) }
                || row.lastKey.map { contains($0.shown, word) } ?? false || row.state.hasPrefix(word)
        case .key(let row):
            return contains(row.card.id.shown, word) || contains(row.card.client, word)
                || contains(row.card.note, word) || row.card.models?.contains { contains($0, word) } ?? false
                || row.card.state.rawValue.hasPrefix(word)
        case .model(let row): return contains(row.name, word) || row.upstreams.contains { contains($0, word) }
        case .upstream(let row):
            return contains(row.name, word) || contains(row.origin, word) || row.models.contains { contains($0, word) }
        case .error(let group):
            return anyContains(
                [group.client, group.model, group.upstream, group.error.label, group.detail, String(group.status)], word
            )
        case .record(let record):
            return anyContains(
                [
                    record.client, record.model, record.upstream, record.requestID.text, record.path,
                    record.error?.label ?? "", record.detail, record.keyID?.shown ?? "", String(record.status),
                ], word)
        case .audit(let row):
            return anyContains([row.target, row.act, row.actor.user, row.before, row.after, row.why], word)
        case .incident(let incident): return anyContains([incident.subject, incident.what, incident.peak], word)
        case .spend(let line): return contains(line.name, word)
        case .log(let line): return contains(line.message, word) || line.level.rawValue == word
        case .ghost: return true
        }
    }

    private static func anyContains(_ texts: [String], _ word: String) -> Bool {
        texts.contains { contains($0, word) }
    }
}
