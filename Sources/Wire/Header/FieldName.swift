/// The first 32 bytes of a field's name in lower case, as words that are compared whole.
struct FieldName: Equatable {
    /// Bytes that the words hold; a longer name equals none of the rules' own.
    static let capacity = 32

    private(set) var first: UInt64 = 0
    private(set) var second: UInt64 = 0
    private(set) var third: UInt64 = 0
    private(set) var fourth: UInt64 = 0
    private(set) var length = 0

    /// The name's words; nil for one that is empty or not made of ASCII letters, digits and `-` alone.
    @inline(__always)
    init?(_ name: Span<UInt8>) {
        guard name.count > 0 else { return nil }
        length = name.count
        guard let word = FieldName.word(name, from: 0) else { return nil }
        first = word
        guard name.count > 8 else { return }
        guard let word = FieldName.word(name, from: 8) else { return nil }
        second = word
        guard name.count > 16 else { return }
        guard let word = FieldName.word(name, from: 16) else { return nil }
        third = word
        guard name.count > 24 else { return }
        guard let word = FieldName.word(name, from: 24) else { return nil }
        fourth = word
        var index = FieldName.capacity
        while index < name.count {
            guard FieldName.word(name, from: index) != nil else { return nil }
            index &+= 8
        }
    }

    /// The eight bytes from `index`, or those that are left, in lower case; nil where one is none that names have.
    @inline(__always)
    private static func word(_ name: Span<UInt8>, from index: Int) -> UInt64? {
        let left = name.count &- index
        let lanes = Lanes(word: name.tail(from: index)).lowered
        let known =
            lanes.marks(from: 0x61, through: 0x7a) | lanes.marks(from: 0x30, through: 0x39)
            | lanes.marks(of: UInt8(ascii: "-"))
        let wanted = left >= 8 ? Lanes.highs : Lanes.highs >> UInt64(truncatingIfNeeded: (8 &- left) &* 8)
        return known == wanted ? lanes.word : nil
    }

    /// Whether the name begins with another of at most 16 bytes.
    @inline(__always)
    func begins(with prefix: FieldName) -> Bool {
        guard length >= prefix.length else { return false }
        func isSame(_ own: UInt64, _ other: UInt64, _ count: Int) -> Bool {
            count >= 8 ? own == other : (own ^ other) << UInt64(truncatingIfNeeded: (8 &- count) &* 8) == 0
        }
        guard isSame(first, prefix.first, prefix.length) else { return false }
        return prefix.length <= 8 || isSame(second, prefix.second, prefix.length &- 8)
    }
}
