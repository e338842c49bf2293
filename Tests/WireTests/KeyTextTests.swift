import Domain
import Testing
import Wire

@Suite struct KeyTextTests {
    private static func key(seed: UInt64) -> String {
        var random = SeededRandom(seed: seed)
        let bytes = (0..<64).map { _ in UInt8.random(in: 0...255, using: &random) }
        return KeyText.make(random: bytes.span) ?? ""
    }

    @Test(arguments: 0..<20) func readsTheKeysItMakes(seed: UInt64) {
        let key = Self.key(seed: seed)
        #expect(key.utf8.count == KeyText.length)
        #expect(KeyText.parse(key.bytes.span)?.shown == String(key.prefix(11)))
    }

    @Test func refusesEveryTypoOfOneCharacter() {
        let key = Self.key(seed: 1).bytes
        for index in key.indices {
            for byte in UInt8(0x20)...0x7e where byte != key[index] {
                var typo = key
                typo[index] = byte
                #expect(KeyText.parse(typo.span) == nil)
            }
        }
    }

    @Test func refusesNeighboursExchanged() {
        let key = Self.key(seed: 2).bytes
        for index in 1..<key.count where key[index] != key[index - 1] {
            var typo = key
            typo.swapAt(index, index - 1)
            #expect(KeyText.parse(typo.span) == nil)
        }
    }

    @Test(arguments: ["", "tg_", "sk-12345", " ", "tg_7Q2fA9xk_"]) func refusesWhatHasNotTheForm(text: String) {
        #expect(KeyText.parse(text.bytes.span) == nil)
    }

    @Test func refusesAKeyThatIsLongerOrShorter() {
        let key = Self.key(seed: 3).bytes
        #expect(KeyText.parse(Array(key.dropLast()).span) == nil)
        #expect(KeyText.parse((key + [0x30]).span) == nil)
        #expect(KeyText.parse((key + [0]).span) == nil)
        #expect(KeyText.parse(([0x20] + key).span) == nil)
    }

    @Test func throwsAwayRandomValuesPastTheAlphabet() {
        #expect(KeyText.make(random: [UInt8](repeating: 63, count: 64).span) == nil)
        #expect(KeyText.make(random: [UInt8](repeating: 62, count: 64).span) == nil)
        #expect(KeyText.make(random: [UInt8](repeating: 61, count: 39).span) == nil)
        let key = KeyText.make(random: ([63, 255, 62] + [UInt8](repeating: 61, count: 40)).span)
        #expect(key?.hasPrefix("tg_zzzzzzzz_" + String(repeating: "z", count: 32)) == true)
    }

    @Test func usesEachCharacterEquallyOften() {
        var counts: [UInt8: Int] = [:]
        // All byte values equally often: each character then has exactly four of them.
        for start in 0..<256 {
            let bytes = (0..<40).map { UInt8((start + $0) % 256) }
            guard let key = KeyText.make(random: (bytes + [0, 1, 2, 3, 4, 5, 6, 7]).span) else { continue }
            counts[key.bytes[3], default: 0] += 1
        }
        #expect(counts.count == 62)
    }

    @Test(arguments: [("", 0), ("a", 0xe8b7_be43), ("123456789", 0xcbf4_3926)] as [(String, UInt32)])
    func hasTheChecksumsOfZlib(text: String, checksum: UInt32) {
        #expect(CRC32.checksum(text.bytes.span, count: text.utf8.count) == checksum)
    }
}
