import FoundationEssentials
import Testing

@testable import Dashboard

@Suite struct ReadmeTests {
    @Test func theKeyTableOfTheReadmeIsTheRegistrys() throws {
        let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent()
        let readme = String(decoding: try Data(contentsOf: root.appending(path: "README.md")), as: UTF8.self)
        #expect(readme.contains(CommandRegistry.markdown))
    }
}
