import Domain
import FoundationEssentials
import Glibc
import Testing

@testable import Ledger

@Suite struct LogReaderTests {
    private let scratch = Scratch()
    private var path: String { scratch.path + "/log" }

    private func write(_ text: String, _ name: String = "log") throws {
        try Data(text.utf8).write(to: URL(filePath: scratch.path + "/" + name))
    }

    private func append(_ text: String) throws {
        let descriptor = Files.open(path, O_WRONLY | O_APPEND | O_CREAT)
        _ = Array(text.utf8).withUnsafeBytes { Files.write($0, to: descriptor) }
        _ = close(descriptor)
    }

    private func all() throws -> [String] {
        var lines: [String] = []
        try LogReader(path: path).forEach {
            lines.append(String(decoding: $0, as: UTF8.self))
            return true
        }
        return lines
    }

    private func newest(_ limit: Int) throws -> [String] {
        try LogReader(path: path).newest(limit).map { String(decoding: $0, as: UTF8.self) }
    }

    @Test func rotatedFilesAreReadInOrderAndTornLinesPassedOver() throws {
        try write("{1}\n{2}\n", "log.2")
        try write("{3}\n{torn\n\n{4}\n", "log.1")
        try write("{5}\n{\u{1b}}\n{being writ")
        let expected = ["{1}", "{2}", "{3}", "{4}", "{5}", "{\u{1b}}"]
        #expect(try all() == expected)
        for limit in 0...7 { #expect(try newest(limit) == Array(expected.reversed().prefix(limit))) }
    }

    @Test func aLogWithoutALineFeedOrAFileIsNoTrouble() throws {
        #expect(code { _ = try all() } == .missing)
        #expect(code { _ = try newest(1) } == .missing)
        try write("")
        #expect(try all().isEmpty && newest(5).isEmpty)
        try write("{half")
        #expect(try all().isEmpty && newest(5).isEmpty)
    }

    @Test func aLongLogReadFromEitherEndIsTheSame() throws {
        let lines = (0..<20_000).map { "{\"number\":\($0),\"pad\":\"\(String(repeating: "x", count: $0 % 97))\"}" }
        try write(lines.joined(separator: "\n") + "\n")
        #expect(try all() == lines)
        #expect(try newest(.max) == lines.reversed())
        #expect(try newest(3) == Array(lines.suffix(3).reversed()))
    }

    @Test func aLineWithoutEndIsNotReadIntoMemory() throws {
        try write("{1}\n{" + String(repeating: "x", count: 3_000_000) + "}\n{2}\n")
        #expect(try all() == ["{1}", "{2}"])
        #expect(try newest(9) == ["{2}", "{1}"])
    }

    @Test func followingGivesEachNewLineOnceAcrossRotation() throws {
        try write("{old}\n{half")
        var follower = LogFollower(path: path)
        #expect(follower.next().isEmpty)
        try append(" of old}\n{1}\n{2")
        #expect(texts(follower.next()) == ["{1}"])
        try append("}\n{3}\n")
        #expect(rename(path, path + ".1") == 0)
        try append("{4}\n")
        #expect(texts(follower.next()) == ["{2}", "{3}", "{4}"])
        #expect(follower.next().isEmpty)
    }

    @Test func followingWaitsForAFileThatIsNotThereYet() throws {
        var follower = LogFollower(path: path)
        #expect(follower.next().isEmpty)
        try append("{1}\n")
        #expect(texts(follower.next()) == ["{1}"])
        #expect(truncate(path, 0) == 0)
        try append("{2}\n")
        _ = follower.next()
        try append("{3}\n")
        #expect(texts(follower.next()).last == "{3}")
    }

    @Test func aRecordComesBackAsItWasWritten() throws {
        var record = sampleRecord(7, status: 429)
        record.client = "名前 \u{1b}[31m"
        record.error = .insufficientQuota
        record.isPriced = false
        record.cost = .zero
        let line = Array(line(record).utf8.dropLast())
        let read = try #require(RequestRecord(logLine: line))
        record.requestID = .given(record.requestID.text)
        record.limits = LimitState()
        #expect(text(of: read) == text(of: record))
    }

    @Test(arguments: ["", "{}", "null", "{\"time\":\"2026\"}", "[1]", "{\"time\":5}"])
    func whatIsNoRecordIsNil(text: String) {
        #expect(RequestRecord(logLine: Array(text.utf8)) == nil)
    }

    @Test(arguments: [0, 1, 999, 86_399_999, 951_827_696_789, 1_795_000_000_123, 253_402_300_799_999] as [Int64])
    func timesAreReadAsTheyAreWritten(milliseconds: Int64) {
        let time = Timestamp(milliseconds: milliseconds)
        #expect(Timestamp(rfc3339: Calendar.rfc3339(time)) == time)
        #expect(Timestamp(rfc3339: Calendar.rfc3339(time).lowercased()) == nil)
    }

    private func texts(_ lines: [[UInt8]]) -> [String] { lines.map { String(decoding: $0, as: UTF8.self) } }

    private func text(of record: RequestRecord) -> String { line(record) }
}
