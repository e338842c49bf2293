import Glibc
import Ledger
import Testing

@testable import tollgate

/// The folder of a demo: nothing of others is touched, nothing of its own stays.
struct DemoFolderTests {
    private static let text = "# The configuration of `tollgate demo`: an ordinary one\nname: demo\n"

    @Test func aPrivateFolderGoesWithTheDemo() throws {
        let folder = try DemoFolder(nil)
        try folder.write(DemoFolderTests.text)
        #expect(access(folder.file, F_OK) == 0)
        folder.remove()
        #expect(access(folder.path, F_OK) != 0)
    }

    @Test func aFolderThatWasNamedStaysAndTakesItsOwnConfigurationAgain() throws {
        let scratch = try Scratch()
        for _ in 0..<2 {
            let folder = try DemoFolder(scratch.path)
            try folder.write(DemoFolderTests.text)
            folder.remove()
        }
        #expect(access(scratch.path + "/tollgate.yaml", F_OK) == 0)
    }

    @Test func aConfigurationThatIsNoDemosIsNeverTouched() throws {
        let scratch = try Scratch()
        try scratch.write("tollgate.yaml", "# mine\nname: prod\n")
        let folder = try DemoFolder(scratch.path)
        let failure = #expect(throws: Failure.self) { try folder.write(DemoFolderTests.text) }
        #expect(failure?.status == .failure)
        let kept = try SmallFile.read(scratch.path + "/tollgate.yaml", limit: 1000)
        #expect(String(decoding: kept, as: UTF8.self) == "# mine\nname: prod\n")
    }

    @Test func theConfigurationOfARunningDemoIsLeftToIt() throws {
        let scratch = try Scratch()
        let folder = try DemoFolder(scratch.path)
        try folder.write(DemoFolderTests.text)
        let lock = try DataFolder(path: scratch.path).lock()
        let failure = #expect(throws: Failure.self) { try folder.write(DemoFolderTests.text + "listen: 127.0.0.1:1\n") }
        #expect(failure?.status == .unavailable)
        let kept = try SmallFile.read(folder.file, limit: 1000)
        #expect(String(decoding: kept, as: UTF8.self) == DemoFolderTests.text)
        withExtendedLifetime(lock) {}
    }

    @Test func aPathThatIsTooLongForASocketIsRefusedBeforeAnythingStarts() throws {
        let scratch = try Scratch()
        let long = scratch.path + "/" + String(repeating: "x", count: 100)
        let failure = #expect(throws: Failure.self) { _ = try DemoFolder(long) }
        rmdir(long)
        #expect(failure?.status == .usage)
    }
}
