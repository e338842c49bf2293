package import Domain

/// Reads beside one streamed answer: what it cost, how it ended, and which bytes the caller is to have.
///
/// Bytes pass on unchanged, whole events at once. One that is not whole yet is held back: it may be the usage chunk that
/// the caller did not ask for (`stripUsage`), and where the stream is cut the last event of the gateway's own must not
/// run into half of another. No client acts on an event before its blank line, so this delays nothing. An event of more
/// than `maximumEvent` bytes is passed on as it comes and not read.
package struct StreamMeter: Sendable {
    /// Bytes of one event that are kept while it is not whole.
    package static let maximumEvent = 1 << 20

    private var scanner = SSEScanner()
    /// The beginning of an event that is not whole yet.
    private var carry: [UInt8] = []
    /// How many bytes at the end of `carry` have not been sent on.
    private var unsent = 0
    private var isFirst = true
    private var lastWasStripped = false
    private var isTooLong = false
    /// The event that is too long to be read counts as text: it is no comment, and the stream has not ended.
    private var isUnreadText = false
    /// The last plain chunk, which most of those that follow are like.
    private var mould = EventMould()
    private var usage: TokenUsage?
    private var usageIsFinal = false
    /// The estimate of the prompt.
    private let promptTokens: Int64

    /// Events with data so far.
    package private(set) var eventCount: Int64 = 0
    /// Events that carried a part of the answer.
    package private(set) var contentChunks: Int64 = 0
    /// UTF-8 bytes of the answer's text.
    package private(set) var textLength: Int64 = 0
    /// `[DONE]`, `response.completed`, `response.incomplete` or `response.failed` has been seen.
    package private(set) var isDone = false
    /// An error event has been seen.
    package private(set) var hasError = false
    /// Whether half an event has been passed on, so that what follows would be read as part of it.
    package var isWithinPassedEvent: Bool { isTooLong }

    /// - Parameter promptTokens: the estimate of the prompt, `RequestFacts.estimatedPromptTokens`.
    package init(promptTokens: Int64) { self.promptTokens = max(promptTokens, 0) }

    /// Takes in the next bytes of the stream.
    ///
    /// - Parameters:
    ///   - stripUsage: whether the usage chunk is kept from the caller.
    ///   - forward: what to send on now; its arrays are used again, so keep one for each stream.
    package mutating func consume(_ bytes: Span<UInt8>, stripUsage: Bool, forward: inout ForwardPlan) {
        forward.begin()
        var start = 0
        while true {
            let alike = readAlike(bytes, from: start)
            if alike > start {
                forward.add(start..<alike)
                start = alike
            }
            guard let piece = scanner.next(bytes, from: start) else { break }
            let isStripped = take(piece, bytes, from: start, stripUsage: stripUsage)
            if !isStripped { send(bytes, start..<piece.end, &forward) }
            if !carry.isEmpty { carry.removeAll(keepingCapacity: true) }
            unsent = 0
            lastWasStripped = isStripped
            start = piece.end
        }
        keep(bytes, from: start, &forward)
        forward.end(count: bytes.count)
    }

    /// Reads whole events that differ from one before in their text alone; returns where the first other one begins.
    private mutating func readAlike(_ bytes: Span<UInt8>, from start: Int) -> Int {
        guard mould.isReady, carry.isEmpty, unsent == 0, !isTooLong, scanner.isAtRest else { return start }
        var index = start
        while let found = mould.fits(bytes, from: index) {
            index = found.end
            eventCount &+= 1
            count(text: found.textLength)
        }
        if index > start {
            lastWasStripped = false
            isFirst = false
            mould.confirm()
        }
        return index
    }

    /// Counts the text of one event, which follows no end.
    private mutating func count(text length: Int, isContent: Bool = true) {
        guard isContent, !isDone else { return }
        contentChunks &+= 1
        textLength = textLength.addingSaturated(Int64(clamping: length))
    }

    /// Counts bytes of an event that is too long to be read: what was delivered is never free, so all of it is text.
    private mutating func count(unread length: Int) {
        if isUnreadText { textLength = textLength.addingSaturated(Int64(clamping: length)) }
    }

    /// Judges a piece that ends; true where the caller is not to have it.
    private mutating func take(
        _ piece: SSEScanner.Piece, _ bytes: Span<UInt8>, from start: Int, stripUsage: Bool
    ) -> Bool {
        switch piece {
        case .rest: return lastWasStripped
        case .comment:
            isTooLong = false
            isFirst = false
            return false
        case .event(let end):
            defer {
                isTooLong = false
                isFirst = false
            }
            if isTooLong {
                count(unread: end &- start)
                return false
            }
            // What has been sent on in part cannot be taken back.
            let canStrip = stripUsage && unsent == carry.count
            let isUsageOnly: Bool
            if carry.isEmpty {
                isUsageOnly = read(bytes, from: start, to: end)
            } else {
                bytes.append(from: start, to: end, to: &carry)
                unsent &+= end &- start
                isUsageOnly = readCarry()
                carry.removeLast(end &- start)
                unsent &-= end &- start
            }
            return canStrip && isUsageOnly
        }
    }

    private func unsentCarry() -> ArraySlice<UInt8> { carry.suffix(max(unsent, 0)) }

    private mutating func send(_ bytes: Span<UInt8>, _ range: Range<Int>, _ forward: inout ForwardPlan) {
        if unsent > 0 {
            forward.held.append(contentsOf: unsentCarry())
            unsent = 0
        }
        forward.add(range)
    }

    /// Keeps the beginning of an event that is not whole.
    private mutating func keep(_ bytes: Span<UInt8>, from start: Int, _ forward: inout ForwardPlan) {
        let rest = bytes.count &- start
        guard rest > 0 else { return }
        if !isTooLong, carry.count &+ rest > StreamMeter.maximumEvent {
            isTooLong = true
            isUnreadText = !isDone && (carry.first ?? bytes[start]) != UInt8(ascii: ":")
            if isUnreadText { contentChunks &+= 1 }
            count(unread: carry.count)
        }
        if isTooLong {
            count(unread: rest)
            send(bytes, start..<bytes.count, &forward)
            carry.removeAll()
            return
        }
        bytes.append(from: start, to: bytes.count, to: &carry)
        unsent &+= rest
    }

    private mutating func readCarry() -> Bool {
        if mould.isReady, let found = mould.fits(carry.span, from: 0), found.end == carry.count {
            eventCount &+= 1
            count(text: found.textLength)
            mould.confirm()
            return false
        }
        // Taken out while it is read, so that reading may change the rest of the meter.
        let event = carry
        return read(event.span, from: 0, to: event.count)
    }

    /// Reads one whole event; true where it is a chunk that carries nothing but usage.
    private mutating func read(_ bytes: Span<UInt8>, from start: Int, to end: Int) -> Bool {
        let event = SSEEvent(bytes, from: start, to: end, isFirst: isFirst)
        guard let data = event.data else { return false }
        eventCount &+= 1
        if event.isNamedError { hasError = true }
        if !event.joined.isEmpty { return read(event.joined.span).isUsageOnly }
        let facts = read(bytes.extracting(data))
        // An event with a byte order mark is like no other one, and a name or several data lines are rare.
        if facts.isPlainText, !event.isNamedError, bytes[start] != 0xef {
            let text = facts.textRange
            mould.take(
                bytes, event: start..<end, text: data.lowerBound &+ text.lowerBound..<data.lowerBound &+ text.upperBound
            )
        }
        return facts.isUsageOnly
    }

    private mutating func read(_ data: Span<UInt8>) -> AnswerFacts {
        if data.count < 16, data.isDoneMark {
            isDone = true
            return AnswerFacts()
        }
        var json = JSONScanner(refusesDuplicates: false)
        var facts = AnswerFacts()
        do { try facts.read(&json, data) } catch { return unread(data) }
        // What follows the end is passed on and not believed.
        guard !isDone else { return facts }
        count(text: facts.deliveredLength, isContent: facts.hasContent)
        if let figures = facts.figures {
            usage = figures.usage
            usageIsFinal = facts.hasNoChoices || facts.kind == .final
        }
        if facts.hasError || facts.kind == .error { hasError = true }
        if facts.kind == .final { isDone = true }
        return facts
    }
}

extension StreamMeter {
    /// Counts an event that is no JSON of ours and is passed on all the same: an object is never free, so all of it is
    /// text, and figures in it are the provider's; anything else is a remark.
    private mutating func unread(_ data: Span<UInt8>) -> AnswerFacts {
        var json = JSONScanner(refusesDuplicates: false)
        guard !isDone, (try? json.peek(data)) == UInt8(ascii: "{") else { return AnswerFacts() }
        var sieve = UsageSieve()
        sieve.read(data)
        if let found = sieve.usage { (usage, usageIsFinal) = (found, false) }
        count(text: data.count)
        return AnswerFacts()
    }

    /// The bytes that are still held back, once the provider has ended the stream properly; they end the answer.
    ///
    /// An event without its blank line is no event and is not read for money; but one that would be the usage chunk
    /// is kept from a caller who did not ask.
    ///
    /// - Parameter stripUsage: whether the usage chunk is kept from the caller.
    package mutating func flush(stripUsage: Bool) -> [UInt8] {
        guard unsent > 0 else { return [] }
        let rest = Array(unsentCarry())
        unsent = 0
        guard stripUsage else {
            carry.removeAll()
            return rest
        }
        var copy = StreamMeter(promptTokens: 0)
        copy.isFirst = isFirst
        let isUsageOnly = copy.read(rest.span, from: 0, to: rest.count)
        carry.removeAll()
        return isUsageOnly ? [] : rest
    }

    /// The usage to bill, once the stream has ended in any way.
    ///
    /// - Parameter cutOff: the stream did not end as it should: the provider broke off, the caller left, or an act
    ///   ended it.
    /// - Returns: the provider's figures as `reported`; without them our estimate, `partial` where the stream was cut
    ///   or failed. Figures of a running count (not of the closing usage chunk) are `partial` too when it was cut.
    package func finish(cutOff: Bool) -> TokenUsage {
        let isPartial = cutOff || (hasError && !isDone)
        guard var usage else {
            return UsageReader.estimate(
                promptTokens: promptTokens, textLength: textLength, chunks: contentChunks,
                source: isPartial ? .partial : .estimated)
        }
        if isPartial, !usageIsFinal { usage.source = .partial }
        return usage
    }
}

extension Span<UInt8> {
    /// Whether the data is `[DONE]`, white space around it left out.
    fileprivate var isDoneMark: Bool {
        var start = 0
        var end = count
        while start < end, self[start] <= 0x20 { start &+= 1 }
        while end > start, self[end &- 1] <= 0x20 { end &-= 1 }
        return equals("[DONE]", from: start, to: end)
    }
}
