/// A small random generator with a seed, so that a failing case can be run again.
struct SeededRandom: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var value = state
        value = (value ^ value >> 30) &* 0xbf58_476d_1ce4_e5b9
        value = (value ^ value >> 27) &* 0x94d0_49bb_1331_11eb
        return value ^ value >> 31
    }
}

extension String {
    /// The text's bytes.
    var bytes: [UInt8] { Array(utf8) }
}

extension [UInt8] {
    /// The bytes as text.
    var text: String { String(decoding: self, as: UTF8.self) }

    /// These bytes with one to three small changes: a byte replaced, left out, doubled, swapped, or a piece repeated.
    func mutated(using random: inout SeededRandom) -> [UInt8] {
        var bytes = self
        let favourites = Array("\"\\{}[],:0-.eEtfn\u{0}\n\r u".utf8) + [0x80, 0xc3, 0xe2, 0xed, 0xf4, 0xff]
        for _ in 0..<Int.random(in: 1...3, using: &random) where !bytes.isEmpty {
            let index = Int.random(in: 0..<bytes.count, using: &random)
            let favourite = favourites[Int.random(in: 0..<favourites.count, using: &random)]
            switch Int.random(in: 0..<6, using: &random) {
            case 0: bytes[index] = UInt8.random(in: 0...255, using: &random)
            case 1: bytes[index] = favourite
            case 2: bytes.remove(at: index)
            case 3: bytes.insert(favourite, at: index)
            case 4: bytes.removeLast(bytes.count - index)
            default:
                let end = Int.random(in: index...bytes.count, using: &random)
                bytes.insert(contentsOf: Array(bytes[index..<end]), at: index)
            }
        }
        return bytes
    }
}
