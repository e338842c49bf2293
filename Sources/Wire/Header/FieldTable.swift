/// The rules by name, laid out for one look-up a field: open addressing, a quarter full.
///
/// Not a `Dictionary`: its keyed hash costs more than the rest of a rule.
struct FieldTable: Sendable {
    private struct Slot {
        var name: FieldName?
        var request: FieldRule?
        var response: FieldRule?
    }

    private struct Prefix {
        var name: FieldName
        var rule: FieldRule
    }

    private static let bits = 8
    private var slots = [Slot](repeating: Slot(), count: 1 << bits)
    private var requestPrefixes: [Prefix] = []
    private var answerPrefixes: [Prefix] = []

    /// The table of all lists of `HeaderRules`; where two lists have one name, the first in order wins.
    init() {
        add(HeaderRules.hopByHop, request: .hopByHop, response: .hopByHop)
        add(HeaderRules.credentials, request: .credential, response: nil)
        add(HeaderRules.framing, request: .framing, response: .framing)
        add(HeaderRules.rerouting, request: .rerouting, response: nil)
        add(HeaderRules.oursInRequests, request: .ours, response: nil)
        add(HeaderRules.oursInAnswers, request: nil, response: .ours)
        add(HeaderRules.dropped, request: nil, response: .dropped)
        add(HeaderRules.credentials, request: nil, response: .dropped)
        requestPrefixes = FieldTable.prefixes(HeaderRules.requestPrefixes)
        answerPrefixes = FieldTable.prefixes(HeaderRules.answerPrefixes)
    }

    @inline(__always)
    func request(_ name: FieldName) -> FieldRule {
        find(name)?.request ?? FieldTable.rule(name, requestPrefixes)
    }

    @inline(__always)
    func response(_ name: FieldName) -> FieldRule {
        find(name)?.response ?? FieldTable.rule(name, answerPrefixes)
    }

    @inline(__always)
    private func find(_ name: FieldName) -> Slot? {
        var index = FieldTable.start(name)
        // Never more than a quarter full, so an empty slot ends each look-up.
        while let own = slots[index].name {
            if own == name { return slots[index] }
            index = (index &+ 1) & (slots.count &- 1)
        }
        return nil
    }

    @inline(__always)
    private static func rule(_ name: FieldName, _ prefixes: [Prefix]) -> FieldRule {
        for prefix in prefixes where name.begins(with: prefix.name) { return prefix.rule }
        return .pass
    }

    @inline(__always)
    private static func start(_ name: FieldName) -> Int {
        let mixed =
            (name.first ^ name.second &* 0x9e37_79b9_7f4a_7c15 ^ name.third) &+ UInt64(truncatingIfNeeded: name.length)
        return Int(truncatingIfNeeded: (mixed &* 0xd6e8_feb8_6659_fd93) >> UInt64(64 - bits))
    }

    private mutating func add(_ names: [StaticString], request: FieldRule?, response: FieldRule?) {
        for text in names {
            guard let name = FieldName(Array(text.description.utf8).span) else { continue }
            var index = FieldTable.start(name)
            while let own = slots[index].name, own != name { index = (index &+ 1) & (slots.count &- 1) }
            slots[index].name = name
            slots[index].request = slots[index].request ?? request
            slots[index].response = slots[index].response ?? response
        }
    }

    private static func prefixes(_ list: [(StaticString, FieldRule)]) -> [Prefix] {
        list.compactMap { text, rule in
            FieldName(Array(text.description.utf8).span).map { Prefix(name: $0, rule: rule) }
        }
    }
}
