import Domain
import NIOCore

// Deadlines, and the operator's acts.
extension FrontHandler {
    private static let headNanoseconds: Int64 = 10 * 1_000_000_000
    private static let bodyNanoseconds: Int64 = 60 * 1_000_000_000
    private static let idleNanoseconds: Int64 = 75 * 1_000_000_000
    private static let lingerNanoseconds: Int64 = 1_000_000_000
    /// While draining: whoever keeps a connection busy sends its next request within this time, is answered with
    /// `Connection: close`, and breaks nothing; whoever does not is let go.
    static let drainIdleNanoseconds: Int64 = 500_000_000
    /// A body that takes longer than a minute must come at this speed, bytes a second.
    private static let slowestBody: Int64 = 1024

    /// Looks at the clocks of this connection; called by the loop's one timer.
    func onTick(now: Int64) {
        let age = now - since
        switch mode {
        case .closed: break
        case .lingering:
            if age > FrontHandler.lingerNanoseconds, !isStillWriting(now: now) { context?.close(promise: nil) }
        case .waiting:
            if loop.isDraining, exchange == nil, !isTimingHead, age > FrontHandler.drainIdleNanoseconds,
                !isStillWriting(now: now)
            {
                return linger()
            }
            if isTimingHead, age > FrontHandler.headNanoseconds {
                headTimedOut()
            } else if !isTimingHead, age > FrontHandler.idleNanoseconds, !isStillWriting(now: now) {
                context?.close(promise: nil)
            }
        case .collecting, .local, .discarding:
            guard age > FrontHandler.bodyNanoseconds,
                bodyBytes < age / 1_000_000_000 * FrontHandler.slowestBody
            else { return }
            if exchange == nil { linger() } else { feed(.deadline(.body)) }
        case .busy: checkExchange(now: now)
        }
    }

    /// Whether the client is still taking an answer that is out: it is given as long as it takes some of it a minute.
    private func isStillWriting(now: Int64) -> Bool {
        guard let left = try? context?.channel.syncOptions?.getOption(.bufferedWritableBytes), left > 0 else {
            return false
        }
        if unwritten != left { (unwritten, unwrittenAt) = (left, now) }
        return now - unwrittenAt < FrontHandler.bodyNanoseconds
    }

    private func headTimedOut() {
        isTimingHead = false
        let wall = LoopClock.wall()
        var record = RequestRecord(time: Timestamp(milliseconds: wall), requestID: loop.nextRequestID())
        record.address = address
        exchange = Exchange(record: record, at: since)
        loop.exchangeCount(changedBy: 1)
        var refusal = Refusal(.requestTimeout, detail: "the request's head came too slowly")
        refusal.closes = true
        keepsAlive = false
        refuse(refusal)
    }

    private func checkExchange(now: Int64) {
        if isPaused { exchange?.clientIsBlocked(at: now) }
        guard let order, let clock = exchange?.expired(timeouts: order.timeouts, now: now) else { return }
        feed(.deadline(clock))
    }

    private var isPaused: Bool { upstream?.isReadingPaused ?? false }

    /// Ends what an operator's act forbids.
    ///
    /// - Returns: whether an open stream was ended.
    func deny(_ code: ErrorCode, where matches: (String, KeyID?) -> Bool) -> Bool {
        guard let record = exchange?.record, !record.client.isEmpty, matches(record.client, record.keyID) else {
            return false
        }
        let wasStream = exchange?.isOpenStream ?? false
        let serial = requestSerial
        feed(.denied(code))
        return wasStream && serial != requestSerial
    }

    /// Closes the connection where no request has been on it for a while; the others are let go by their clocks.
    func closeIfIdle(now: Int64) {
        if mode == .waiting, exchange == nil, !isTimingHead, now - since > FrontHandler.drainIdleNanoseconds,
            !isStillWriting(now: now)
        {
            linger()
        }
    }

    /// Whether a request is here, or may be on its way: the connection was busy a moment ago.
    func isBusy(now: Int64) -> Bool {
        switch mode {
        case .closed, .lingering: false
        case .waiting: exchange != nil || isTimingHead || now - since <= FrontHandler.drainIdleNanoseconds
        case .collecting, .discarding, .local, .busy: true
        }
    }

    /// Cuts whatever is going on: the drain's time is over.
    func cutNow() {
        if exchange != nil { feed(.shutDown) }
        context?.close(promise: nil)
    }
}

extension Exchange {
    /// The first clock that has run out.
    func expired(timeouts: Timeouts, now: Int64) -> Clock? {
        if now - arrivedAt > timeouts.total.nanoseconds { return .total }
        switch phase {
        case .sent where order.isStream:
            return now - sentAt > timeouts.firstToken.nanoseconds ? .firstToken : nil
        case .streaming where firstByteAt == 0:
            // Many providers send the head at once and think after it: that is no silence within an answer.
            return now - sentAt > timeouts.firstToken.nanoseconds ? .firstToken : nil
        case .streaming:
            return now - lastByteAt > timeouts.idle.nanoseconds ? .idle : nil
        default:
            return nil
        }
    }

    /// Whether the caller is being streamed to, or is waiting for a stream to begin.
    var isOpenStream: Bool { phase == .streaming || (phase == .sent && order.isStream) }

    /// The fact that it arrived and was judged.
    func opened(_ decision: Decision, wall: Int64) -> Opened {
        Opened(
            time: Timestamp(milliseconds: wall), client: record.client, keyID: record.keyID, model: record.model,
            upstream: record.upstream, isStream: record.isStream, decision: decision)
    }
}
