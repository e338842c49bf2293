import HTTP
import NIOCore
import NIOEmbedded
import NIOHTTP1
import Testing

/// Random mutations of good messages, each from its own seed.
@Suite struct FuzzTests {
    static let rounds = 4000

    /// A message or two of the corpus with up to six wounds.
    static func mutant(of corpus: [String], seed: UInt64) -> [UInt8] {
        var dice = Dice(seed: seed)
        var bytes = Array(corpus[dice.below(corpus.count)].utf8)
        if dice.below(3) == 0 { bytes += Array(corpus[dice.below(corpus.count)].utf8) }
        let spices: [[UInt8]] = [
            "\r", "\n", "\r\n", "\0", " ", "\t", ":", ",", ";", "%00", "%", "\\", "\u{7f}", "0", "-1", "+", "ffffffff",
            "Content-Length: 3\r\n", "Transfer-Encoding: chunked\r\n", "Host: b\r\n", "Connection: close\r\n",
            "HTTP/1.1",
            "\r\n\r\n", "0\r\n\r\n", "Expect: 100-continue\r\n", "X-Y: z\r\n",
        ].map { Array($0.utf8) }
        for _ in 0..<dice.below(7) {
            let place = dice.below(bytes.count)
            switch dice.below(6) {
            case 0: bytes[place] = UInt8(truncatingIfNeeded: dice.next())
            case 1: bytes.remove(at: place)
            case 2: bytes.insert(contentsOf: spices[dice.below(spices.count)], at: place)
            case 3:
                bytes.insert(
                    contentsOf: bytes[place..<min(bytes.count, place + dice.below(40))], at: dice.below(bytes.count))
            case 4: bytes.removeSubrange(place..<min(bytes.count, place + dice.below(12)))
            default: bytes[place] ^= 1 << UInt8(dice.below(8))
            }
            if bytes.isEmpty { bytes = [0x47] }
        }
        return bytes
    }

    /// `bytes` in pieces of random sizes.
    static func pieces(_ bytes: [UInt8], dice: inout Dice) -> [ArraySlice<UInt8>] {
        var pieces: [ArraySlice<UInt8>] = []
        var start = 0
        while start < bytes.count {
            let end = min(bytes.count, start + 1 + dice.below(dice.below(2) == 0 ? 3 : 60))
            pieces.append(bytes[start..<end])
            start = end
        }
        return pieces
    }

    /// Where both end in a fault, which of several faults is met first may depend on the cuts.
    static func agrees(_ left: [Seen], _ right: [Seen]) -> Bool {
        if case .fault = left.last, case .fault = right.last { return left.dropLast() == right.dropLast() }
        return left == right
    }

    @Test func mutatedRequestsReadTheSameInPieces() {
        for seed in 0..<UInt64(FuzzTests.rounds) {
            let bytes = FuzzTests.mutant(of: Corpus.requests, seed: seed)
            var dice = Dice(seed: ~seed)
            let whole = Reading.requests([bytes[...]])
            let parts = Reading.requests(FuzzTests.pieces(bytes, dice: &dice))
            #expect(FuzzTests.agrees(whole, parts), "seed \(seed): \(whole) but in pieces \(parts)")
        }
    }

    @Test func mutatedAnswersReadTheSameInPieces() {
        for seed in 0..<UInt64(FuzzTests.rounds) {
            let bytes = FuzzTests.mutant(of: Corpus.responses, seed: seed)
            var dice = Dice(seed: ~seed)
            let whole = Reading.responses([bytes[...]], count: 2)
            let parts = Reading.responses(FuzzTests.pieces(bytes, dice: &dice), count: 2)
            #expect(FuzzTests.agrees(whole, parts), "seed \(seed): \(whole) but in pieces \(parts)")
        }
    }

    @Test func randomBytesNeverStopTheParser() {
        for seed in 0..<UInt64(FuzzTests.rounds) {
            var dice = Dice(seed: seed)
            let bytes = (0..<dice.below(300)).map { _ in UInt8(truncatingIfNeeded: dice.next()) }
            #expect(!Reading.requests([bytes[...]]).contains(.end), "seed \(seed)")
            #expect(!Reading.responses([bytes[...]]).contains(.end), "seed \(seed)")
        }
    }

    // MARK: - Another reader as the oracle

    /// Whatever we accept, NIOHTTP1 reads the same; we may refuse more.
    @Test func whatWeAcceptAnotherReaderReadsTheSame() {
        var compared = 0
        for seed in 0..<UInt64(FuzzTests.rounds * 2) {
            let bytes = FuzzTests.mutant(of: Corpus.requests, seed: seed &+ 0xabcdef)
            let ours = Oracle.messages(Reading.requests([bytes[...]]))
            guard !ours.isEmpty else { continue }
            let theirs = Oracle.requests(bytes)
            guard !theirs.hasNoOpinion else { continue }
            compared += ours.count
            for (index, message) in ours.enumerated() {
                guard index < theirs.messages.count else {
                    Issue.record("seed \(seed): only we accept \(message); \(String(decoding: bytes, as: UTF8.self))")
                    break
                }
                #expect(message == theirs.messages[index], "seed \(seed)")
            }
        }
        #expect(compared > FuzzTests.rounds / 2)
    }

    @Test func answersThatWeAcceptAnotherReaderReadsTheSame() {
        var compared = 0
        for seed in 0..<UInt64(FuzzTests.rounds) {
            let bytes = FuzzTests.mutant(of: Corpus.responses, seed: seed &+ 0x123456)
            guard let message = Oracle.messages(Reading.responses([bytes[...]])).first else { continue }
            guard let other = Oracle.response(bytes) else {
                Issue.record("seed \(seed): only we accept \(message); \(String(decoding: bytes, as: UTF8.self))")
                continue
            }
            compared += 1
            #expect(message == other, "seed \(seed)")
        }
        #expect(compared > FuzzTests.rounds / 8)
    }
}
