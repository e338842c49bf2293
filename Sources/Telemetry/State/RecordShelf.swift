import Domain

/// The newest finished requests.
///
/// Good and bad ones have a ring each, so that a flood of successes does not push the errors out that somebody will
/// ask about.
struct RecordShelf {
    private var fine: Ring
    private var bad: Ring
    private var sequence: UInt64 = 0

    init(fine: Int, bad: Int) {
        self.fine = Ring(capacity: max(1, fine))
        self.bad = Ring(capacity: max(1, bad))
    }

    mutating func add(_ record: RequestRecord) {
        sequence &+= 1
        let entry = Entry(sequence: sequence, record: record.clipped)
        if record.error == nil { fine.append(entry) } else { bad.append(entry) }
    }

    /// How far the moments of two event loops may be apart: they hand their records over every 100 ms, each at a
    /// time of its own.
    private static let slack = 512

    /// The newest records for which `isWanted` holds, in the order of their ends, newest first.
    func newest(_ limit: Int, where isWanted: (RequestRecord) -> Bool = { _ in true }) -> [RequestRecord] {
        var found = newestAdded(limit.addingSaturated(RecordShelf.slack), where: isWanted)
        found.sort { left, right in
            let (one, two) = (left.record.end, right.record.end)
            return one == two ? left.sequence > right.sequence : one > two
        }
        return found.prefix(limit).map(\.record)
    }

    /// The records that were added last, the last one first.
    private func newestAdded(_ limit: Int, where isWanted: (RequestRecord) -> Bool) -> [Entry] {
        var found: [Entry] = []
        var left = fine.newestFirst.makeIterator()
        var right = bad.newestFirst.makeIterator()
        var a = left.next()
        var b = right.next()
        while found.count < limit {
            let index: (ring: Bool, position: Int)
            switch (a, b) {
            case (nil, nil): return found
            case (let position?, nil): index = (true, position)
            case (nil, let position?): index = (false, position)
            case (let one?, let two?):
                index = fine.entries[one].sequence > bad.entries[two].sequence ? (true, one) : (false, two)
            }
            let entry = index.ring ? fine.entries[index.position] : bad.entries[index.position]
            if isWanted(entry.record) { found.append(entry) }
            if index.ring { a = left.next() } else { b = right.next() }
        }
        return found
    }

    private struct Entry {
        let sequence: UInt64
        let record: RequestRecord
    }

    private struct Ring {
        let capacity: Int
        private(set) var entries: [Entry] = []
        private var next = 0

        init(capacity: Int) { self.capacity = capacity }

        mutating func append(_ entry: Entry) {
            if entries.count < capacity {
                entries.append(entry)
            } else {
                entries[next] = entry
            }
            next = next + 1 == capacity ? 0 : next + 1
        }

        /// Positions from the newest to the oldest.
        var newestFirst: some Sequence<Int> {
            let count = entries.count
            let newest = next == 0 ? count - 1 : next - 1
            return (0..<count).lazy.map { $0 <= newest ? newest - $0 : newest - $0 + count }
        }
    }
}

extension RequestRecord {
    /// The record with its outside texts cut to what a screen can use: ten thousand of them are kept.
    var clipped: RequestRecord {
        var copy = self
        copy.path.clip(to: 256)
        copy.detail.clip(to: 240)
        copy.userAgent.clip(to: 120)
        copy.model.clip(to: 128)
        copy.method.clip(to: 32)
        return copy
    }
}

extension String {
    /// Cuts to at most `limit` UTF-8 bytes, between two scalars.
    mutating func clip(to limit: Int) {
        guard utf8.count > limit else { return }
        var end = utf8.index(utf8.startIndex, offsetBy: limit)
        while end > utf8.startIndex, utf8[end] & 0xc0 == 0x80 { end = utf8.index(before: end) }
        self = String(unicodeScalars[..<end])
    }
}
