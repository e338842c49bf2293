import Domain
import Foundation
import Glibc
import Synchronization
import Testing

@testable import Ledger

@Suite struct OperatorLogTests {
    private final class Written: Sendable {
        private let lines = Mutex<[String]>([])
        func add(_ bytes: [UInt8]) -> Bool {
            lines.withLock { $0.append(String(decoding: bytes, as: UTF8.self)) }
            return true
        }
        var all: [String] { lines.withLock { $0 } }
    }

    private let written = Written()

    private func log(isJSON: Bool = false, level: LogLevel = .info) -> OperatorLog {
        OperatorLog(level: level, isJSON: isJSON) { [written] in written.add($0) }
    }

    @Test func peopleGetTextAndMachinesGetJSON() throws {
        log().log(.warning, "a \"quoted\" word", now: start)
        log(isJSON: true).log(.error, "a \"quoted\" word", now: start)
        #expect(
            written.all == [
                "11:06:40 warning: a \"quoted\" word\n",
                #"{"time":"2026-11-18T11:06:40.000Z","level":"error","message":"a \"quoted\" word"}"# + "\n",
            ])
    }

    @Test func outsideTextCannotSteerTheTerminalNorForgeALine() throws {
        let log = log()
        log.log(.error, "bad\u{1b}[2J\n12:00:00 info: forged\u{202e}", now: start)
        #expect(written.all == [#"11:06:40 error: bad\u001b[2J\u000a12:00:00 info: forged\u202e"# + "\n"])
        #expect(log.lines().map(\.message) == [#"bad\u001b[2J\u000a12:00:00 info: forged\u202e"#])
    }

    @Test func oneKindIsLimitedPerSecondAndTheRestIsTold() {
        let log = log()
        for _ in 0..<1000 { log.log(.warning, "wrong key", kind: "wrong key", now: start) }
        log.log(.warning, "other", kind: "other", now: start)
        log.log(.warning, "wrong key", kind: "wrong key", now: start.adding(seconds: 1))
        #expect(written.all.count == OperatorLog.perSecond + 2)
        #expect(written.all.last == "11:06:41 warning: wrong key (and 995 more like it)\n")
    }

    @Test func belowTheLevelNothingIsWritten() {
        let log = log(level: .warning)
        log.log(.info, "quiet", now: start)
        log.setLevel(.info)
        log.log(.info, "heard", now: start)
        #expect(log.lines().map(\.message) == ["heard"])
    }

    @Test func theScreenSeesTheNewest500InOrderWhateverTheThreads() {
        let log = log()
        DispatchQueue.concurrentPerform(iterations: 8) { _ in
            for _ in 0..<200 { log.log(.info, "early", now: start) }
        }
        for number in 0..<OperatorLog.kept { log.log(.info, "\(number)", now: start) }
        #expect(log.lines().map(\.message) == (0..<OperatorLog.kept).map(String.init))
    }

    @Test func aPipeNobodyReadsCostsLinesButNoTime() {
        var ends: [Int32] = [0, 0]
        #expect(pipe(&ends) == 0)
        let log = OperatorLog(descriptor: ends[1])
        for _ in 0..<2000 { log.log(.info, String(repeating: "x", count: 200), now: start) }
        #expect(log.unwritten > 0)
        #expect(log.lines().count == OperatorLog.kept)
        ends.forEach { _ = close($0) }
    }
}
