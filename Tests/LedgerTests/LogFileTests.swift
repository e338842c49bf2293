import Domain
import FoundationEssentials
import Glibc
import Synchronization
import Testing

@testable import Ledger

/// A disk with so many bytes left.
final class Disk: Sendable {
    private let room: Mutex<Int>

    init(_ room: Int) { self.room = Mutex(room) }

    func free(_ bytes: Int) { room.withLock { $0 += bytes } }

    var sink: LogFile.Sink {
        LogFile.Sink { [self] bytes, descriptor in
            room.withLock { room in
                let fitting = min(room, bytes.count)
                let (written, error) = Files.write(UnsafeRawBufferPointer(rebasing: bytes[..<fitting]), to: descriptor)
                room -= written
                return (written, written < bytes.count ? (error == 0 ? ENOSPC : error) : 0)
            }
        }
    }
}

@Suite struct LogFileTests {
    private let scratch = Scratch()
    private var path: String { scratch.path + "/log" }

    private func append(_ text: String, to file: inout LogFile) -> (written: Int, failure: LedgerError?) {
        Array(text.utf8).withUnsafeBytes { file.append($0) }
    }

    @Test func filesAreRenamedBeforeTheyGrowTooLargeAndTheOldestGo() throws {
        var file = LogFile(path: path, rotateBytes: 10, keep: 2)
        for number in 0..<6 { #expect(append("line\(number)\n", to: &file).failure == nil) }
        #expect(try scratch.text("log") == "line5\n")
        #expect(try scratch.text("log.1") == "line4\n")
        #expect(try scratch.text("log.2") == "line3\n")
        #expect(Files.status(path + ".3") == nil)
    }

    @Test func aBatchIsSplitBetweenFilesAtLineEnds() throws {
        var file = LogFile(path: path, rotateBytes: 10, keep: 9)
        let (written, failure) = append("aaa\nbbb\nccc\nlonger-than-a-file\nd\n", to: &file)
        #expect(written == 33)
        #expect(failure == nil)
        let parts = ["log.3", "log.2", "log.1", "log"].map { try? scratch.text($0) }
        #expect(parts == ["aaa\nbbb\n", "ccc\n", "longer-than-a-file\n", "d\n"])
    }

    @Test func withoutKeepTheOldFileGoes() throws {
        var file = LogFile(path: path, rotateBytes: 4, keep: 0)
        for text in ["one\n", "two\n"] { #expect(append(text, to: &file).failure == nil) }
        #expect(try scratch.text("log") == "two\n")
        #expect(Files.status(path + ".1") == nil)
    }

    @Test func aTornLineOfACrashIsEndedBeforeTheNext() throws {
        try Data("{\"whole\":1}\n{\"torn\":".utf8).write(to: URL(filePath: path))
        var file = LogFile(path: path, rotateBytes: 0, keep: 1)
        #expect(append("{}\n", to: &file).failure == nil)
        #expect(try scratch.text("log") == "{\"whole\":1}\n{\"torn\":\n{}\n")
        #expect(Files.status(path).map { $0.st_mode & 0o777 } == 0o600)
    }

    @Test(arguments: 0...16)
    func aFullDiskNeverLeavesATornLine(room: Int) throws {
        let disk = Disk(room)
        var file = LogFile(path: path, rotateBytes: 0, keep: 1, sink: disk.sink)
        let lines = "first\nsecond\nx\n"
        let (written, failure) = append(lines, to: &file)
        #expect(failure?.code == (room < 15 ? .full : nil))
        let kept = try scratch.text("log")
        #expect(kept == String(lines.prefix(written)))
        #expect(kept.isEmpty || kept.hasSuffix("\n"))
        disk.free(100)
        #expect(append(String(lines.dropFirst(written)), to: &file).failure == nil)
        #expect(try scratch.text("log") == lines)
    }

    @Test func theKernelsOwnFullDeviceIsTold() {
        var file = LogFile(path: "/dev/full", rotateBytes: 10, keep: 1)
        #expect(append("x\n", to: &file).failure?.code == .full)
    }

    @Test func aPipeNobodyReadsDoesNotHoldTheThread() throws {
        #expect(mkfifo(path, 0o600) == 0)
        var file = LogFile(path: path, rotateBytes: 10, keep: 1)
        _ = append(String(repeating: "x", count: 200_000) + "\n", to: &file)
        #expect(append("y\n", to: &file).failure != nil)
    }

    @Test func afterReopenTheNewFileIsWritten() throws {
        var file = LogFile(path: path, rotateBytes: 0, keep: 1)
        _ = append("old\n", to: &file)
        #expect(rename(path, path + ".moved") == 0)
        _ = append("still old\n", to: &file)
        file.reopen()
        _ = append("new\n", to: &file)
        #expect(try scratch.text("log.moved") == "old\nstill old\n")
        #expect(try scratch.text("log") == "new\n")
    }

    @Test func aFileThatWasRemovedIsMadeAgainAndARenamedOneIsWrittenOn() throws {
        var file = LogFile(path: path, rotateBytes: 0, keep: 1)
        #expect(append("one\n", to: &file).failure == nil)
        #expect(unlink(path) == 0)
        #expect(append("two\n", to: &file).failure == nil)
        #expect(try scratch.text("log") == "two\n")
        #expect(rename(path, path + ".moved") == 0)
        #expect(append("three\n", to: &file).failure == nil)
        #expect(try scratch.text("log.moved") == "two\nthree\n")
        #expect(Files.status(path) == nil)
    }

    @Test func aFolderThatWasRemovedIsToldAndHeals() throws {
        let folder = scratch.path + "/logs"
        #expect(mkdir(folder, 0o700) == 0)
        var file = LogFile(path: folder + "/log", rotateBytes: 0, keep: 1)
        #expect(append("one\n", to: &file).failure == nil)
        #expect(unlink(folder + "/log") == 0 && rmdir(folder) == 0)
        let (written, failure) = append("two\n", to: &file)
        #expect(written == 0 && failure != nil)
        #expect(mkdir(folder, 0o700) == 0)
        #expect(append("two\n", to: &file).failure == nil)
        #expect(try scratch.text("logs/log") == "two\n")
    }

    @Test(arguments: ["/proc/nowhere/log", "/", "\u{0}"])
    func aPathThatCannotBeIsToldAtOnce(path: String) {
        var file = LogFile(path: path, rotateBytes: 0, keep: 1)
        #expect(append("x\n", to: &file).failure?.code == .unwritable)
    }
}
