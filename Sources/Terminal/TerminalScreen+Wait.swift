internal import CLinux
internal import Glibc

extension TerminalScreen {
    /// Waits for keys, the wake-up descriptor, another size or the end of the terminal.
    ///
    /// - Parameters:
    ///   - wake: an eventfd that other threads signal, or a negative number for none; it is drained here.
    ///   - timeoutMilliseconds: how long to wait; negative for as long as it takes.
    /// - Returns: at least one event. Once the terminal is gone every call waits for `wake` or the time (at least
    ///   100 ms) and says `hungUp` again, so that a careless loop does not spin.
    package func wait(wake: Int32, timeoutMilliseconds: Int) -> [TerminalEvent] {
        let start = tg_monotonic_ns()
        while true {
            if isGone || isClosed { return waitWithoutTerminal(wake: wake, milliseconds: timeoutMilliseconds) }
            var events: [TerminalEvent] = []
            if let changed = measureAgain() { events.append(.resized(changed)) }
            flush()
            if hasRefused, output.isEmpty {
                hasRefused = false
                events.append(.woken)
            }
            if !events.isEmpty { return events }
            let left = remaining(timeoutMilliseconds, since: start)
            let pause = min(left ?? Int.max, decoder.patience ?? Int.max)
            let readiness = poll(wake: wake, milliseconds: pause == Int.max ? -1 : pause)
            if readiness.isWoken { events.append(.woken) }
            if readiness.canRead {
                read(into: &events)
            } else if readiness.isTimeUp, let patience = decoder.patience, patience <= pause {
                take(decoder.expire(), into: &events)
            }
            if readiness.isGone { isGone = true }
            if isGone { events.append(.hungUp) }
            if !events.isEmpty { return events }
            if let left = remaining(timeoutMilliseconds, since: start), left <= 0 { return [.timeout] }
        }
    }

    private struct Readiness {
        var canRead = false
        var isGone = false
        var isWoken = false
        var isTimeUp = false
    }

    private func poll(wake: Int32, milliseconds: Int) -> Readiness {
        let interest = Int16(POLLIN) | (output.isEmpty ? 0 : Int16(POLLOUT))
        var polled = [
            pollfd(fd: descriptor, events: interest, revents: 0), pollfd(fd: wake, events: Int16(POLLIN), revents: 0),
        ]
        var result = Readiness()
        let ready = Glibc.poll(&polled, 2, Int32(clamping: milliseconds))
        guard ready > 0 else {
            result.isTimeUp = ready == 0
            return result
        }
        let seen = Int32(polled[0].revents)
        result.canRead = seen & POLLIN != 0
        result.isGone = seen & (POLLHUP | POLLERR | POLLNVAL) != 0
        if polled[1].revents != 0 {
            result.isWoken = true
            _ = tg_event_drain(wake)
        }
        return result
    }

    private func read(into events: inout [TerminalEvent]) {
        let bytes = [UInt8](unsafeUninitializedCapacity: 4_096) { buffer, count in
            let done = Glibc.read(descriptor, buffer.baseAddress, buffer.count)
            count = max(0, done)
            if done == 0 || (done < 0 && errno != EAGAIN && errno != EINTR) { isGone = true }
        }
        take(decoder.feed(bytes), into: &events)
    }

    private func take(_ inputs: [KeyDecoder.Input], into events: inout [TerminalEvent]) {
        guard !isInputSuspended else { return }
        for input in inputs {
            switch input {
            case .key(let key): events.append(.key(key))
            case .paste(let text): events.append(.paste(text))
            }
        }
    }

    private func waitWithoutTerminal(wake: Int32, milliseconds: Int) -> [TerminalEvent] {
        var polled = pollfd(fd: wake, events: Int16(POLLIN), revents: 0)
        let pause = milliseconds < 0 ? (wake < 0 ? 1_000 : -1) : max(100, milliseconds)
        if Glibc.poll(&polled, 1, Int32(clamping: pause)) > 0 {
            _ = tg_event_drain(wake)
            return [.woken, .hungUp]
        }
        return [.hungUp]
    }

    private func remaining(_ timeout: Int, since start: Int64) -> Int? {
        guard timeout >= 0 else { return nil }
        let passed = Int(clamping: (tg_monotonic_ns() &- start) / 1_000_000)
        return max(0, timeout &- max(0, passed))
    }
}
