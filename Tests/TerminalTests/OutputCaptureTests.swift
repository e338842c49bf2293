import CLinux
import Glibc
import Testing

@testable import Terminal

/// What is redirected is one a process, so these run one after another; they redirect descriptors of their own.
@Suite(.serialized) struct OutputCaptureTests {
    /// Two descriptors that play 1 and 2, and the far end of the pipe where they first go.
    private struct Outputs {
        let reader: Int32
        let output: Int32
        let errors: Int32

        init() throws {
            var ends: [Int32] = [-1, -1]
            guard pipe(&ends) == 0 else { throw TerminalError(.system, "no pipe") }
            (reader, output, errors) = (ends[0], ends[1], dup(ends[1]))
            _ = fcntl(reader, F_SETFL, O_NONBLOCK)
        }

        func close() {
            for descriptor in [reader, output, errors] { Glibc.close(descriptor) }
        }

        func say(_ text: String, to descriptor: Int32) {
            _ = write(descriptor, text, text.utf8.count)
        }

        func passed() -> String {
            var buffer = [UInt8](repeating: 0, count: 4_096)
            let count = read(reader, &buffer, buffer.count)
            return String(decoding: buffer.prefix(max(0, count)), as: UTF8.self)
        }
    }

    @Test func keepsWhatIsSaidAndGivesTheDescriptorsBack() throws {
        let (folder, outputs) = (try TemporaryFolder(), try Outputs())
        defer { outputs.close() }
        let path = folder.path + "/output"
        let capture = try OutputCapture(path: path, limit: 9_999, output: outputs.output, errors: outputs.errors)
        outputs.say("one\n", to: outputs.output)
        outputs.say("two\nthree", to: outputs.errors)
        #expect(outputs.passed() == "")
        #expect(capture.tail(2) == ["two", "three"])
        #expect(capture.tail(0) == [])
        #expect(capture.restore() == ["one", "two", "three"])
        #expect(capture.restore() == [])
        outputs.say("back\n", to: outputs.output)
        outputs.say("again\n", to: outputs.errors)
        #expect(outputs.passed() == "back\nagain\n")
        var about = stat()
        #expect(stat(path, &about) == 0 && about.st_mode & 0o777 == 0o600)
    }

    @Test func showsOnlyItsOwnLinesOfAnOldFile() throws {
        let (folder, outputs) = (try TemporaryFolder(), try Outputs())
        defer { outputs.close() }
        for round in ["first", "second"] {
            let capture = try OutputCapture(
                path: folder.path + "/output", limit: 9_999, output: outputs.output, errors: outputs.errors)
            outputs.say(round + "\n", to: outputs.output)
            #expect(capture.restore() == [round])
        }
    }

    @Test func isRotatedAtItsBound() throws {
        let (folder, outputs) = (try TemporaryFolder(), try Outputs())
        defer { outputs.close() }
        let capture = try OutputCapture(
            path: folder.path + "/output", limit: 100, output: outputs.output, errors: outputs.errors)
        outputs.say(String(repeating: "x", count: 100), to: outputs.output)
        capture.rotate()
        #expect(access(folder.path + "/output.1", F_OK) != 0)
        outputs.say("y\n", to: outputs.output)
        capture.rotate()
        outputs.say("new\n", to: outputs.errors)
        #expect(access(folder.path + "/output.1", F_OK) == 0)
        #expect(capture.restore() == ["new"])
    }

    @Test func readsOnlyTheEndOfALongFile() throws {
        let (folder, outputs) = (try TemporaryFolder(), try Outputs())
        defer { outputs.close() }
        let capture = try OutputCapture(
            path: folder.path + "/output", limit: 9_999_999, output: outputs.output, errors: outputs.errors)
        for number in 0..<3_000 {
            outputs.say("line \(number) \(String(repeating: "-", count: 40))\n", to: outputs.output)
        }
        let lines = capture.restore(last: 5_000)
        #expect(lines.count < 3_000)
        #expect(lines.allSatisfy { $0.hasPrefix("line ") })
        #expect(lines.last?.hasPrefix("line 2999 ") == true)
    }

    @Test func refusesALinkAndAMissingFolder() throws {
        let (folder, outputs) = (try TemporaryFolder(), try Outputs())
        defer { outputs.close() }
        #expect(symlink("/dev/null", folder.path + "/link") == 0)
        for path in [folder.path + "/link", folder.path + "/none/output"] {
            #expect(throws: TerminalError.self) {
                try OutputCapture(path: path, limit: 100, output: outputs.output, errors: outputs.errors)
            }
        }
        outputs.say("still here", to: outputs.output)
        #expect(outputs.passed() == "still here")
    }
}
