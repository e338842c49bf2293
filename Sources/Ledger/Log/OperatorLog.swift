package import Domain
import Glibc
import Synchronization

/// One event of the gateway itself, for the operator: not a request.
package struct OperatorLine: Hashable, Sendable {
    package var time: Timestamp
    package var level: LogLevel
    /// Clean text: whatever was outside text in it is escaped.
    package var message: String
}

/// The operator's log: standard error, and the newest lines in memory for the screen.
///
/// Safe from any thread, event loops included: a writer that is not ready (a pipe nobody reads) costs lines, which are
/// counted, and never time.
package final class OperatorLog: Sendable {
    private struct State {
        var ring: [OperatorLine] = []
        var next = 0
        var kinds: [String: Kind] = [:]
        var unwritten: Int64 = 0
    }

    /// How often a kind of message came in its current second.
    private struct Kind {
        var second: Int64
        var count = 0
        var suppressed: Int64 = 0
    }

    /// How many lines the screen can look back.
    package static let kept = 500
    /// How many lines of one kind a second are written; the rest is counted and told with the next one.
    package static let perSecond = 5
    private static let kindsBound = 256
    private static let longest = 2000

    private let state = Mutex(State())
    private let level: Atomic<Int>
    private let isJSON: Bool
    private let write: @Sendable ([UInt8]) -> Bool
    /// Held over asking whether the descriptor is ready and writing to it: between two threads that would be untrue.
    private let door = Mutex(())

    /// - Parameters:
    ///   - level: the least that is written.
    ///   - descriptor: where to; JSON lines unless it is a terminal.
    package convenience init(level: LogLevel = .info, descriptor: Int32 = 2) {
        self.init(level: level, isJSON: isatty(descriptor) == 0) { bytes in
            // Never waits: a full pipe is not writable, and a line is short enough to go in whole or not at all.
            var poll = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
            guard Glibc.poll(&poll, 1, 0) == 1, poll.revents & Int16(POLLOUT) != 0 else { return false }
            return bytes.withUnsafeBytes { Files.write($0, to: descriptor).written == $0.count }
        }
    }

    /// - Parameter write: takes a whole line with its line feed; answers whether it went out.
    init(level: LogLevel, isJSON: Bool, write: @escaping @Sendable ([UInt8]) -> Bool) {
        self.level = Atomic(LogLevel.allCases.firstIndex(of: level) ?? 0)
        self.isJSON = isJSON
        self.write = write
    }

    /// Changes the least that is written, at a reload.
    package func setLevel(_ new: LogLevel) {
        level.store(LogLevel.allCases.firstIndex(of: new) ?? 0, ordering: .relaxed)
    }

    /// Writes one line.
    ///
    /// - Parameters:
    ///   - message: one sentence without secrets; control and format characters in it are escaped.
    ///   - kind: lines of one kind are limited to `perSecond`, for what an outsider can cause (`wrong key`); nil: never.
    ///   - now: when it happened.
    package func log(_ level: LogLevel, _ message: String, kind: String? = nil, now: Timestamp = OperatorLog.now()) {
        guard LogLevel.allCases.firstIndex(of: level) ?? 0 >= self.level.load(ordering: .relaxed) else { return }
        let admitted = state.withLock { state in kind.map { OperatorLog.admit($0, at: now, in: &state) } ?? 0 }
        guard let suppressed = admitted else { return }
        let text = suppressed > 0 ? "\(message) (and \(suppressed) more like it)" : message
        let line = OperatorLine(time: now, level: level, message: OperatorLog.clean(text))
        let bytes = bytes(of: line)
        let isWritten = door.withLock { _ in write(bytes) }
        state.withLock { state in
            if !isWritten { state.unwritten &+= 1 }
            if state.ring.count < OperatorLog.kept {
                state.ring.append(line)
            } else {
                state.ring[state.next] = line
                state.next = (state.next &+ 1) % OperatorLog.kept
            }
        }
    }

    /// The newest lines, oldest first.
    package func lines() -> [OperatorLine] {
        state.withLock { state in Array(state.ring[state.next...] + state.ring[..<state.next]) }
    }

    /// Lines that standard error did not take.
    package var unwritten: Int64 { state.withLock(\.unwritten) }

    /// The wall clock.
    package static func now() -> Timestamp {
        var time = timespec()
        clock_gettime(CLOCK_REALTIME, &time)
        return Timestamp(milliseconds: Int64(time.tv_sec) &* 1000 &+ Int64(time.tv_nsec) / 1_000_000)
    }

    /// - Returns: nil where the line is one too many; else how many were held back before it.
    private static func admit(_ name: String, at now: Timestamp, in state: inout State) -> Int64? {
        // Kinds are our own words; the bound is for the day when one is made of outside text after all.
        if state.kinds.count >= kindsBound, state.kinds[name] == nil { state.kinds.removeAll() }
        var kind = state.kinds[name] ?? Kind(second: now.seconds)
        if kind.second != now.seconds { (kind.second, kind.count) = (now.seconds, 0) }
        kind.count += 1
        defer { state.kinds[name] = kind }
        guard kind.count <= perSecond else {
            kind.suppressed &+= 1
            return nil
        }
        let suppressed = kind.suppressed
        kind.suppressed = 0
        return suppressed
    }

    /// The text with everything escaped that a terminal could obey.
    private static func clean(_ text: String) -> String {
        var buffer = LineBuffer(capacity: 256)
        buffer.put(shown: text, limit: longest)
        return String(decoding: buffer.bytes, as: UTF8.self)
    }

    private func bytes(of line: OperatorLine) -> [UInt8] {
        var buffer = LineBuffer(capacity: 256)
        if isJSON {
            buffer.put("{\"time\":")
            buffer.put(quoted: Calendar.rfc3339(line.time), limit: 64)
            buffer.put(",\"level\":")
            buffer.put(quoted: line.level.rawValue, limit: 16)
            buffer.put(",\"message\":")
            buffer.put(quoted: line.message, limit: OperatorLog.longest * 2)
            buffer.put("}\n")
        } else {
            buffer.put(shown: "\(Calendar.clock(line.time)) \(line.level.rawValue): ", limit: 64)
            buffer.put(shown: line.message, limit: OperatorLog.longest)
            buffer.put(UInt8(ascii: "\n"))
        }
        return Array(buffer.bytes)
    }
}
