import FoundationEssentials
import Terminal
import Testing

/// Screens as literal text.
///
/// `TOLLGATE_GOLDEN=write` writes them anew; what changed is then read in the diff.
@Suite struct GoldenTests {
    static let sizes = [(200, 60), (120, 36), (80, 24), (60, 20), (40, 10)]

    static let cases: [String] = sizes.flatMap { size in Scenes.golden.map { "\($0)-\(size.0)x\(size.1)" } }

    @Test(arguments: cases)
    func looksAsItDid(name: String) throws {
        let parts = name.split(separator: "-")
        let numbers = parts[1].split(separator: "x").compactMap { Int($0) }
        try #require(numbers.count == 2)
        let text = Scenes.golden(String(parts[0]), numbers[0], numbers[1]).text() + "\n"
        let folder = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Golden")
        let file = folder.appending(path: name + ".txt")
        if Environment["TOLLGATE_GOLDEN"] == "write" { try Data(text.utf8).write(to: file) }
        let golden = String(decoding: try Data(contentsOf: file), as: UTF8.self)
        let wanted = golden.split(separator: "\n", omittingEmptySubsequences: false)
        let got = text.split(separator: "\n", omittingEmptySubsequences: false)
        #expect(got.count == wanted.count)
        for (line, pair) in zip(got, wanted).enumerated() where pair.0 != pair.1 {
            Issue.record("\(name) line \(line + 1):\nwanted \(pair.1)\ngot    \(pair.0)")
        }
    }
}
