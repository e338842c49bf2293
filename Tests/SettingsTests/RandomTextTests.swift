import Domain
import Testing

@testable import Settings

/// Random numbers that are the same on each run: a failure can be seen again.
private struct Repeatable: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var value = state
        value = (value ^ (value >> 30)) &* 0xbf58_476d_1ce4_e5b9
        value = (value ^ (value >> 27)) &* 0x94d0_49bb_1331_11eb
        return value ^ (value >> 31)
    }
}

/// No text may end or hang the process.
@Suite struct RandomTextTests {
    private static let pieces = [
        "{", "}", "[", "]", ",", ": ", ":", "- ", "? ", "&a", "*a", "!", "|", ">", "%", "\"", "'", "\\", "#", "\n",
        "\r",
        "\t", "  ", "${", "${A}", "${A:-", "<<", "null", "~", "---", "...", "\u{0}", "\u{feff}", "\u{85}", "é", "研",
        "\u{F0000}", "\u{E100}", "-1", "99999999999999999999", "/1m", "1e308", ".", "a", "name", "models",
    ]

    @Test(arguments: 0..<8) func aMutatedTemplateNeverTraps(seed: Int) {
        var random = Repeatable(state: UInt64(seed))
        let original = Array(Configuration.template.unicodeScalars)
        for _ in 0..<60 {
            var scalars = original
            for _ in 0..<Int.random(in: 1...6, using: &random) { Self.mutate(&scalars, &random) }
            var text = String.UnicodeScalarView()
            text.append(contentsOf: scalars)
            Self.check(String(text))
        }
    }

    @Test(arguments: 0..<8) func randomPiecesNeverTrap(seed: Int) {
        var random = Repeatable(state: UInt64(seed) &+ 1000)
        for _ in 0..<300 {
            let count = Int.random(in: 0...40, using: &random)
            Self.check((0..<count).map { _ in Self.pieces.randomElement(using: &random) ?? "" }.joined())
        }
    }

    @Test(
        .timeLimit(.minutes(1)),
        arguments: [
            String(repeating: "[", count: 100_000), String(repeating: "{a: ", count: 100_000),
            String(repeating: "- ", count: 100_000), String(repeating: "? ", count: 100_000),
            (0..<1000).map { String(repeating: " ", count: $0) + "k:\n" }.joined(),
            (0..<1000).map { String(repeating: " ", count: $0) + "\"k\":\n" }.joined(),
            String(repeating: "a: 1\n", count: 3000),
            (0..<50_000).map { "key\($0): 1\n" }.joined(), String(repeating: "${A}", count: 20_000),
            "a: &a [x, x]\n" + (0..<30).map { "b\($0): &b\($0) [*a, *a]\n" }.joined(),
        ]) func hugeOrDeepTextsAreRefusedQuickly(text: String)
    {
        Self.check(text)
    }

    /// Loads or is refused, with at least one problem that has a place in the file.
    private static func check(_ text: String) {
        do throws(ConfigurationProblems) {
            _ = try Configuration.parse(text, environment: ["HOLYSHEEP_API_KEY": "k", "A": "a"])
        } catch {
            let lines = text.unicodeScalars.reduce(1) { $0 + ($1 == "\n" || $1 == "\r" ? 1 : 0) }
            #expect(!error.problems.isEmpty)
            #expect(error.problems.allSatisfy { (1...lines).contains($0.line) && $0.column >= 1 }, "\(error)")
            #expect(error.description.unicodeScalars.allSatisfy { $0 == "\n" || VisibleText.isVisible($0) })
        }
    }

    private static func mutate(_ scalars: inout [Unicode.Scalar], _ random: inout Repeatable) {
        guard !scalars.isEmpty else { return }
        let at = Int.random(in: 0..<scalars.count, using: &random)
        switch Int.random(in: 0..<4, using: &random) {
        case 0: scalars.remove(at: at)
        case 1:
            let end = min(scalars.count, at + Int.random(in: 1...60, using: &random))
            scalars.removeSubrange(at..<end)
        case 2:
            let end = min(scalars.count, at + Int.random(in: 1...60, using: &random))
            scalars.insert(contentsOf: scalars[at..<end], at: Int.random(in: 0..<scalars.count, using: &random))
        default:
            scalars.insert(contentsOf: Array((pieces.randomElement(using: &random) ?? "").unicodeScalars), at: at)
        }
    }
}
