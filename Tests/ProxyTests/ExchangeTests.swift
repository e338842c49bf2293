import Domain
import NIOCore
import Testing
import Wire

@testable import Proxy

/// One request from its head to its record, as a transcript of events and actions.
@Suite struct ExchangeTests {
    private func sent(isStream: Bool = false, strips: Bool = false, route: Route = .chatCompletions) -> Transcript {
        let exchange = Transcript(isStream: isStream, strips: strips, route: route)
        _ = exchange.run(.bodyArrived, .admitted, .upstreamReady)
        return exchange
    }

    @Test func aBufferedAnswerIsHeldUntilItIsWhole() {
        let exchange = Transcript()
        #expect(exchange.on(.bodyArrived) == "judge")
        #expect(exchange.on(.admitted) == "connect")
        #expect(exchange.on(.upstreamReady) == "send")
        #expect(exchange.on(.head(200, length: Answers.whole.utf8.count)) == "-")
        #expect(exchange.on(.bytes(String(Answers.whole.prefix(20)))) == "-")
        #expect(exchange.on(.bytes(String(Answers.whole.dropFirst(20)))) == "-")
        #expect(exchange.on(.upstreamEnd) == "answer \(Answers.whole)")
        let record = exchange.close()
        #expect(record.status == 200 && record.upstreamStatus == 200 && record.error == nil && record.attempt == 1)
        #expect(record.wasAdmitted && record.usage.source == .reported)
        #expect(record.usage.input == 7 && record.usage.output == 3 && record.cost.nanos == 37)
        #expect(record.firstByteMilliseconds == 5 && record.totalMilliseconds == 7)
    }

    @Test func anAnswerWithoutUsageIsEstimatedAndMarkedSo() {
        let exchange = sent()
        _ = exchange.run(.head(200), .bytes(Answers.withoutUsage), .upstreamEnd)
        let record = exchange.close()
        #expect(record.usage == TokenUsage(inputUncached: 100, outputVisible: 2, source: .estimated))
        #expect(record.cost.nanos == 120)
    }

    @Test func anUnknownPriceIsNotZero() {
        var exchange = Exchange(
            record: RequestRecord(time: Timestamp(milliseconds: 0), requestID: .made(boot: 1, counter: 1)), at: 0)
        for event in [
            .bodyArrived, .admitted, .upstreamReady, .head(200), .bytes(Answers.whole), .upstreamEnd,
        ] as [ExchangeEvent] { _ = exchange.on(event, at: 1) }
        let record = exchange.close(at: 2)
        #expect(record.cost == .zero && !record.isPriced)
    }

    @Test func aStreamIsPassedOnAtOnceAndMeteredBeside() {
        let exchange = sent(isStream: true)
        #expect(exchange.on(.head(200, stream: true)) == "begin ? ")
        #expect(exchange.isOpenStream)
        #expect(exchange.on(.bytes(Answers.chunk)) == "forward \(Answers.chunk)")
        #expect(exchange.on(.bytes(Answers.usage)) == "forward \(Answers.usage)")
        #expect(exchange.on(.bytes(Answers.done)) == "forward \(Answers.done)")
        #expect(exchange.on(.upstreamEnd) == "end ")
        let record = exchange.close()
        #expect(record.usage.source == .reported && record.cost.nanos == 37 && record.isStream)
    }

    @Test func theUsageChunkThatWeAskedForIsTakenOut() {
        let exchange = sent(isStream: true, strips: true)
        #expect(exchange.on(.head(200, stream: true)) == "begin ? ")
        #expect(exchange.on(.bytes(Answers.chunk)) == "forward \(Answers.chunk)")
        let middle = Answers.usage.index(Answers.usage.startIndex, offsetBy: 9)
        #expect(exchange.on(.bytes(String(Answers.usage[..<middle]))) == "forward ")
        #expect(exchange.on(.bytes(Answers.usage[middle...] + Answers.done)) == "forward \(Answers.done)")
        #expect(exchange.on(.upstreamEnd) == "end ")
        #expect(exchange.close().cost.nanos == 37)
    }

    @Test(arguments: [false, true]) func theLastEventOfACutStreamRunsIntoNoOther(strips: Bool) {
        let exchange = sent(isStream: true, strips: strips)
        #expect(
            exchange.run(.head(200, stream: true), .bytes(Answers.chunk + "data: {\"cho")) == "forward \(Answers.chunk)"
        )
        #expect(exchange.on(.denied(.keyRevoked)).hasPrefix("cut data: {\"error\""))
        let long = sent(isStream: true, strips: strips)
        _ = long.run(.head(200, stream: true), .bytes("data: " + String(repeating: "x", count: 2 << 20)))
        #expect(long.on(.denied(.keyRevoked)).hasPrefix("cut \n\ndata: {\"error\""))
        let packed = sent(isStream: true, strips: strips)
        _ = packed.run(.head(200, stream: true, encoded: true), .bytes("??"))
        #expect(packed.on(.denied(.keyRevoked)) == "cut ")
    }

    @Test func anErrorWithinAStreamIsTheProvidersFailure() {
        let exchange = sent(isStream: true)
        let error = "data: {\"error\":{\"message\":\"overloaded\"}}\n\n"
        _ = exchange.run(.head(200, stream: true), .bytes(Answers.chunk), .bytes(error))
        #expect(exchange.on(.upstreamEnd) == "end ")
        let record = exchange.close()
        #expect(record.status == 200 && record.error == .upstreamError && record.usage.source == .partial)
    }

    @Test func figuresOfARelayedAnswerCountHoweverLongItIs() {
        let exchange = sent()
        _ = exchange.run(.head(200), .bytes(#"{"usage":{"prompt_tokens":7,"completion_tokens":3},"data":[""#))
        for _ in 0..<20 { _ = exchange.on(.bytes(String(repeating: "x", count: 1 << 20))) }
        #expect(exchange.run(.bytes("\"]}"), .upstreamEnd) == "end ")
        let record = exchange.close()
        #expect(record.usage.source == .reported && record.cost.nanos == 37)
    }

    @Test func aLongAnswerIsRelayedAndStillRead() {
        let exchange = sent()
        let half = String(repeating: "x", count: Exchange.holdLimit * 2 / 3)
        let start = #"{"choices":[{"message":{"content":""# + half
        #expect(exchange.on(.head(200, length: 1_300_000)) == "-")
        #expect(exchange.on(.bytes(start)) == "-")
        #expect(exchange.on(.bytes(half)).hasPrefix("begin 1300000 <"))
        let rest = #""}}],"usage":{"prompt_tokens":7,"completion_tokens":3}}"#
        #expect(exchange.on(.bytes(rest)) == "forward \(rest)")
        #expect(exchange.on(.upstreamEnd) == "end ")
        #expect(exchange.close().cost.nanos == 37)
    }

    @Test(
        arguments: [
            (400, "pass 400 upstream_rejected BODY"), (404, "pass 404 upstream_rejected BODY"),
            (409, "pass 409 upstream_rejected BODY"), (413, "pass 413 upstream_rejected BODY"),
            (422, "pass 422 upstream_rejected BODY"), (429, "pass 429 upstream_rate_limited BODY"),
            (401, "refuse 502 upstream_auth"), (403, "refuse 502 upstream_auth"), (408, "refuse 504 upstream_timeout"),
            (503, "refuse 503 upstream_unavailable"), (529, "refuse 503 upstream_unavailable"),
            (500, "refuse 502 upstream_error"), (502, "refuse 502 upstream_error"), (301, "refuse 502 upstream_error"),
            (307, "refuse 502 upstream_error"), (402, "refuse 502 upstream_error"), (418, "refuse 502 upstream_error"),
        ] as [(UInt16, String)])
    func aProvidersStatusIsAnsweredByTheTable(status: UInt16, action: String) {
        let exchange = sent()
        #expect(exchange.run(.head(status), .bytes("BODY"), .upstreamEnd) == action)
        let record = exchange.close()
        #expect(record.upstreamStatus == status && record.cost == .zero && record.usage.source == .none)
        #expect(record.error != nil && record.wasAdmitted)
        #expect(action.contains(" \(record.status) "))
    }

    @Test func aProvidersErrorIsNeverPassedOnInPart() {
        let cut = sent()
        #expect(cut.run(.head(429), .bytes("{\"err"), .upstreamBroken("x")) == "refuse 429 upstream_rate_limited")
        let silent = sent()
        _ = silent.on(.head(429))
        guard case .refuse(let refusal) = silent.action(.upstreamEnd) else {
            Issue.record("not refused")
            return
        }
        #expect(refusal.retryAfterMilliseconds == 1000)
        let endless = sent()
        _ = endless.on(.head(400))
        #expect(endless.on(.bytes(String(repeating: "x", count: Exchange.errorLimit))) == "-")
        #expect(endless.on(.bytes("x")) == "refuse 400 upstream_rejected")
        let empty = sent()
        #expect(empty.run(.head(400), .upstreamEnd) == "refuse 400 upstream_rejected")
        let packed = sent()
        #expect(packed.run(.head(400, encoded: true), .bytes("??"), .upstreamEnd) == "refuse 400 upstream_rejected")
    }

    @Test(arguments: [(Int64(0), Int64(1000)), (20_000, 20_000)])
    func anUnavailableProviderIsTriedAgainAfterItsOwnTimeOrASecond(said: Int64, given: Int64) {
        var exchange = Exchange(
            record: RequestRecord(time: Timestamp(milliseconds: 0), requestID: .made(boot: 1, counter: 1)), at: 0)
        for event in [.bodyArrived, .admitted, .upstreamReady, .head(503, retryAfter: said)] as [ExchangeEvent] {
            _ = exchange.on(event, at: 1)
        }
        guard case .refuse(let refusal) = exchange.on(.upstreamEnd, at: 2) else {
            Issue.record("not refused")
            return
        }
        #expect(refusal.retryAfterMilliseconds == given)
    }

    @Test(arguments: ["", "<html>no</html>", "{\"choices\":[", "[]", "\"text\"", "{} {}"])
    func anAnswerThatIsNoObjectIsNonsense(body: String) {
        let exchange = sent()
        #expect(exchange.run(.head(200), .bytes(body), .upstreamEnd) == "refuse 502 upstream_error")
        let record = exchange.close()
        // The provider worked on it and answered well, as it thinks: it will bill the prompt at least.
        #expect(record.status == 502 && record.upstreamStatus == 200 && record.cost.nanos == 100)
        #expect(record.usage.source == .partial)
    }

    /// A strict reader's refusal does not make free what the provider has made and counted.
    @Test(arguments: [
        "\"a\tb\"", "\"\\x\"", String(repeating: "[", count: 65) + String(repeating: "]", count: 65), "01", "\"\u{1}\"",
    ])
    func whatOurReaderRefusesIsBilledByItsFigures(value: String) {
        let body = #"{"x":\#(value),"usage":{"prompt_tokens":7,"completion_tokens":3}}"#
        let exchange = sent()
        #expect(exchange.run(.head(200), .bytes(body), .upstreamEnd) == "refuse 502 upstream_error")
        let record = exchange.close()
        #expect(record.usage.source == .reported && record.cost.nanos == 37)
        let passed = sent(route: .other)
        #expect(passed.run(.head(200, json: false), .bytes(body), .upstreamEnd) == "answer \(body)")
        #expect(passed.close().cost.nanos == 37)
    }

    @Test(arguments: [(Route.chatCompletions, Int64(250)), (.embeddings, 0)])
    func aCompressedStreamIsBilledByItsLength(route: Route, output: Int64) {
        let whole = sent(isStream: true, route: route)
        _ = whole.run(.head(200, stream: true, encoded: true), .bytes(String(repeating: "?", count: 999)), .bytes("?"))
        #expect(whole.on(.upstreamEnd) == "end ")
        let record = whole.close()
        #expect(record.usage == TokenUsage(inputUncached: 100, outputVisible: output, source: .estimated))
        let cut = sent(isStream: true, route: route)
        _ = cut.run(.head(200, stream: true, encoded: true), .bytes(String(repeating: "?", count: 1000)), .clientGone)
        let rest = cut.close()
        #expect(rest.usage == TokenUsage(inputUncached: 100, outputVisible: output, source: .partial))
    }

    @Test(arguments: [(#"{"error":{"code":429}}"#, true), (#"{"error":null}"#, false)])
    func anErrorUnderAGoodStatusPassesAndIsTheProvidersFailure(body: String, isError: Bool) {
        let exchange = sent()
        #expect(exchange.run(.head(200), .bytes(body), .upstreamEnd) == "answer \(body)")
        let record = exchange.close()
        #expect(record.status == 200 && (record.error == .upstreamError) == isError)
    }

    @Test func aPassedThroughAnswerMayBeAnything() {
        let exchange = sent(route: .other)
        #expect(exchange.run(.head(200, json: false), .bytes("RIFF"), .upstreamEnd) == "answer RIFF")
    }

    @Test func anAnswerWhoseEndIsTheConnectionsIsJudgedByItsText() {
        let whole = sent(route: .other)
        #expect(whole.run(.head(200, untilClose: true), .bytes("[1]\n"), .upstreamEnd) == "answer [1]\n")
        let cut = sent(route: .other)
        #expect(cut.run(.head(200, untilClose: true), .bytes("[1"), .upstreamEnd) == "refuse 502 upstream_error")
        let text = sent(route: .other)
        #expect(text.run(.head(200, json: false, untilClose: true), .bytes("hi"), .upstreamEnd) == "answer hi")
        let long = sent()
        _ = long.run(.head(200, untilClose: true), .bytes("{" + String(repeating: "x", count: 1 << 20)))
        #expect(long.on(.upstreamEnd) == "cut ")
        #expect(long.close().error == .upstreamCut)
        let stream = sent(isStream: true)
        _ = stream.run(.head(200, stream: true, untilClose: true), .bytes(Answers.chunk))
        #expect(stream.on(.upstreamEnd).hasPrefix("cut data: {\"error\""))
    }

    // MARK: Ways out that nobody wanted

    /// Each phase, how it is reached, and what is billed there: the prompt as soon as the provider had it.
    enum Stage: String, CaseIterable, Sendable {
        case collecting, judging, connecting, sent, sentStream, holding, holdingError, relaying, streaming
    }

    private func at(_ stage: Stage) -> Transcript {
        let exchange = Transcript(isStream: stage == .sentStream || stage == .streaming)
        switch stage {
        case .collecting: break
        case .judging: _ = exchange.run(.bodyArrived)
        case .connecting: _ = exchange.run(.bodyArrived, .admitted)
        case .sent, .sentStream: _ = exchange.run(.bodyArrived, .admitted, .upstreamReady)
        case .holding: _ = exchange.run(.bodyArrived, .admitted, .upstreamReady, .head(200), .bytes("{"))
        case .holdingError: _ = exchange.run(.bodyArrived, .admitted, .upstreamReady, .head(400), .bytes("{"))
        case .relaying:
            _ = exchange.run(
                .bodyArrived, .admitted, .upstreamReady, .head(200),
                .bytes(String(repeating: "x", count: Exchange.holdLimit + 4)))
        case .streaming:
            _ = exchange.run(
                .bodyArrived, .admitted, .upstreamReady, .head(200, stream: true), .bytes(Answers.chunk),
                .bytes(Answers.chunk))
        }
        return exchange
    }

    /// What is billed where an answer ends in `stage`: prompt tokens, tokens of the answer.
    private func bill(_ stage: Stage) -> (input: Int64, output: Int64) {
        switch stage {
        case .collecting, .judging, .connecting, .holdingError: (0, 0)
        case .sent, .sentStream, .holding: (100, 0)
        case .relaying: (100, Int64(Exchange.holdLimit + 4) / 4)
        case .streaming: (100, 2)
        }
    }

    private func check(_ record: RequestRecord, _ stage: Stage) {
        let bill = bill(stage)
        #expect(record.usage.input == bill.input && record.usage.output == bill.output, "\(stage)")
        #expect(record.cost.nanos == bill.input + 10 * bill.output, "\(stage)")
        #expect(record.usage.source == (bill.input > 0 ? .partial : .none), "\(stage)")
        #expect(record.wasAdmitted == ![.collecting, .judging].contains(stage), "\(stage)")
    }

    @Test(arguments: Stage.allCases) func aClientThatLeavesPaysForWhatWasBegun(stage: Stage) {
        let exchange = at(stage)
        #expect(exchange.on(.clientGone) == "abandon")
        #expect(exchange.on(.clientGone) == "-")
        #expect(exchange.on(.upstreamEnd) == "-")
        let record = exchange.close()
        check(record, stage)
        #expect(record.error == .clientGone)
        #expect(record.status == ([.relaying, .streaming].contains(stage) ? 200 : 499))
    }

    @Test(arguments: [
        (Stage.collecting, "refuse 408 request_timeout"), (.judging, "-"), (.connecting, "refuse 504 upstream_timeout"),
        (.sent, "refuse 504 upstream_timeout"), (.sentStream, "refuse 504 upstream_timeout"),
        (.holding, "refuse 504 upstream_timeout"), (.holdingError, "refuse 504 upstream_timeout"), (.relaying, "cut "),
        (.streaming, "cut data: "),
    ])
    func aDeadlineEndsEachPhaseInItsOwnWay(stage: Stage, action: String) {
        let exchange = at(stage)
        let line = exchange.on(.deadline(stage == .collecting ? .body : .total))
        #expect(action == "-" ? line == "-" : line.hasPrefix(action))
        if action != "-" { check(exchange.close(), stage) }
    }

    @Test(arguments: [
        (Stage.collecting, "refuse 401 key_revoked"), (.judging, "refuse 401 key_revoked"),
        (.connecting, "refuse 401 key_revoked"), (.sent, "-"), (.sentStream, "refuse 401 key_revoked"),
        (.holding, "-"), (.holdingError, "-"), (.relaying, "-"), (.streaming, "cut data: "),
    ])
    func aDenialRefusesWhatIsNotForwardedAndEndsStreams(stage: Stage, action: String) {
        let exchange = at(stage)
        let line = exchange.on(.denied(.keyRevoked))
        #expect(action == "-" ? line == "-" : line.hasPrefix(action))
        guard action != "-" else { return }
        if stage == .streaming {
            #expect(line.contains("\"code\":\"key_revoked\"") && line.hasSuffix("\n\n") && !line.contains("DONE"))
        }
        let record = exchange.close()
        check(record, stage)
        #expect(record.error == .keyRevoked)
        #expect(record.status == (stage == .streaming ? 200 : 401))
    }

    @Test func aBufferedAnswerOfADeniedCallerFinishesAndIsBilled() {
        let exchange = sent()
        #expect(exchange.run(.denied(.keyRevoked), .head(200), .bytes(Answers.whole), .upstreamEnd).hasPrefix("answer"))
        #expect(exchange.close().cost.nanos == 37)
    }

    @Test func aStreamThatNobodyAskedForIsNotBegunForADeniedCaller() {
        let exchange = sent()
        #expect(exchange.run(.denied(.clientSuspended), .head(200, stream: true)) == "refuse 403 client_suspended")
        #expect(exchange.close().usage.source == .partial)
    }

    @Test(arguments: [
        (Stage.collecting, "-"), (.judging, "-"), (.connecting, "-"), (.sent, "refuse 502 upstream_error"),
        (.sentStream, "refuse 502 upstream_error"), (.holding, "refuse 502 upstream_error"),
        (.holdingError, "refuse 400 upstream_rejected"), (.relaying, "cut "), (.streaming, "cut data: "),
    ])
    func aBrokenProviderNeverMakesACompleteAnswer(stage: Stage, action: String) {
        let exchange = at(stage)
        let line = exchange.on(.upstreamBroken("gone"))
        #expect(action == "-" ? line == "-" : line.hasPrefix(action))
        #expect(!line.contains("[DONE]"))
        guard action != "-" else { return }
        // Before its head the provider has shown nothing that it could bill.
        if stage == .sent || stage == .sentStream {
            #expect(exchange.close().cost == .zero)
        } else {
            check(exchange.close(), stage)
        }
    }

    @Test(arguments: Stage.allCases) func theEndOfADrainEndsEveryPhase(stage: Stage) {
        let exchange = at(stage)
        let line = exchange.on(.shutDown)
        #expect(line.hasPrefix([.relaying, .streaming].contains(stage) ? "cut" : "refuse 503 shutting_down"))
        let record = exchange.close()
        check(record, stage)
        #expect(record.error == .shuttingDown)
    }

    @Test(arguments: [(Stage.connecting, Bool?.none), (.sent, false), (.sentStream, false), (.holding, false)])
    func whatMayBeBilledIsNotToBeSentAgain(stage: Stage, mayRetry: Bool?) {
        guard case .refuse(let refusal) = at(stage).action(.shutDown) else {
            Issue.record("not refused")
            return
        }
        #expect(refusal.mayRetry == mayRetry)
    }

    /// Who ended it decides what is billed, phase by phase: nothing, the prompt, or what was delivered too.
    @Test(
        arguments: [
            // Stage, and what is billed where: client leaves, clock, key revoked, drain ends, connection breaks.
            (.collecting, ["0", "0", "0", "0", "-"]), (.judging, ["0", "-", "0", "0", "-"]),
            (.connecting, ["0", "0", "0", "0", "-"]), (.sent, ["prompt", "prompt", "-", "prompt", "0"]),
            (.sentStream, ["prompt", "prompt", "prompt", "prompt", "0"]),
            (.holding, ["prompt", "prompt", "-", "prompt", "prompt"]), (.holdingError, ["0", "0", "-", "0", "0"]),
            (.relaying, ["all", "all", "-", "all", "all"]), (.streaming, ["all", "all", "all", "all", "all"]),
        ] as [(Stage, [String])])
    func whoEndedItDecidesWhatIsBilled(stage: Stage, bills: [String]) {
        let ends: [ExchangeEvent] = [
            .clientGone, .deadline(.total), .denied(.keyRevoked), .shutDown, .upstreamBroken("gone"),
        ]
        for (end, expected) in zip(ends, bills) {
            let exchange = at(stage)
            _ = exchange.on(end)
            guard expected != "-" else {
                #expect(exchange.endings == 0, "\(stage) \(end)")
                continue
            }
            #expect(exchange.endings == 1, "\(stage) \(end)")
            let usage = exchange.close().usage
            let found = usage.output > 0 ? "all" : usage.input == 100 ? "prompt" : usage.input == 0 ? "0" : "?"
            #expect(found == expected, "\(stage) \(end)")
        }
    }

    @Test func aProviderThatCannotBeReachedIsUnavailable() {
        let exchange = at(.connecting)
        #expect(exchange.on(.upstreamUnreachable("connection refused")) == "refuse 503 upstream_unavailable")
        let record = exchange.close()
        #expect(
            record.detail == "connection refused" && record.attempt == 0 && record.cost == .zero && record.wasAdmitted)
    }

    @Test func aRefusalByALimitWasNeverAdmitted() {
        let exchange = at(.judging)
        var state = LimitState()
        state.refusedBy = .requests
        #expect(
            exchange.on(.limitAnswered(state, Refusal(limits: state, scopeName: "", limit: nil)))
                == "refuse 429 rate_limit_exceeded")
        let record = exchange.close()
        #expect(!record.wasAdmitted && record.limits.refusedBy == .requests && record.attempt == 0)
    }

    @Test func figuresThatCameBeforeTheCutAreTheProvidersOwn() {
        let exchange = at(.streaming)
        _ = exchange.run(.bytes(Answers.usage), .clientGone)
        let record = exchange.close()
        #expect(record.usage.source == .reported && record.cost.nanos == 37)
    }

    @Test(arguments: ["left", "clock", "drain", "broken"])
    func figuresOfAnAnswerThatWasHeldAreTheProvidersOwnToo(end: String) {
        let ends: [String: ExchangeEvent] = [
            "left": .clientGone, "clock": .deadline(.total), "drain": .shutDown, "broken": .upstreamBroken("gone"),
        ]
        let exchange = sent()
        _ = exchange.run(.head(200), .bytes(#"{"usage":{"prompt_tokens":7,"completion_tokens":3},"choices":["#))
        _ = exchange.on(ends[end] ?? .clientGone)
        let record = exchange.close()
        #expect(record.usage.source == .reported && record.cost.nanos == 37)
    }

    // MARK: Clocks

    @Test func eachClockRunsInItsOwnPhaseOnly() {
        let timeouts = Timeouts(connect: .seconds(1), firstToken: .seconds(2), idle: .seconds(3), total: .seconds(60))
        let second: Int64 = 1_000_000_000
        var exchange = at(.sentStream)
        #expect(exchange.expired(timeouts, after: exchange.now + 2 * second - 1) == nil)
        #expect(exchange.expired(timeouts, after: exchange.now + 2 * second + 1) == .firstToken)
        let buffered = at(.sent)
        #expect(buffered.expired(timeouts, after: buffered.now + 59 * second) == nil)
        #expect(buffered.expired(timeouts, after: 60 * second + 1) == .total)
        exchange = at(.streaming)
        #expect(exchange.expired(timeouts, after: exchange.now + 3 * second - 1) == nil)
        #expect(exchange.expired(timeouts, after: exchange.now + 3 * second + 1) == .idle)
        // A provider that sends its head at once and thinks after it is waited for like one that thinks before it.
        let thinking = sent(isStream: true)
        _ = thinking.on(.head(200, stream: true))
        #expect(thinking.expired(Timeouts(firstToken: .seconds(5), idle: .seconds(1)), after: 4 * second) == nil)
        #expect(
            thinking.expired(Timeouts(firstToken: .seconds(5), idle: .seconds(9)), after: 6 * second) == .firstToken)
        // A byte, or a client that does not read, begins it anew.
        let later = exchange.now + 3 * second
        exchange.clientIsBlocked(at: later)
        #expect(exchange.expired(timeouts, after: later + 2 * second) == nil)
        #expect(exchange.expired(timeouts, after: 61 * second) == .total)
    }

    // MARK: Any order of events

    /// Whatever comes in whatever order: one ending, one record, nothing after the end, and money only where sent.
    @Test(arguments: UInt64(0)..<64) func anyOrderOfEventsEndsExactlyOnce(seed: UInt64) {
        var dice = Dice(seed: seed + 1)
        for _ in 0..<300 {
            let exchange = Transcript(isStream: Bool.random(using: &dice), strips: Bool.random(using: &dice))
            var hasJudged = false
            var isAdmitted = false
            var hasSent = false
            var hasBegun = false
            for _ in 0..<40 {
                let before = exchange.endings
                let event = ExchangeTests.anyEvent(&dice)
                let line = exchange.on(event)
                if before == 1 { #expect(line == "-", "something after the end") }
                if line == "judge" { hasJudged = true }
                if line == "connect" { isAdmitted = true }
                if line == "send" { hasSent = true }
                if line.hasPrefix("begin") { hasBegun = true }
                if line.hasPrefix("forward") || line.hasPrefix("end") || line.hasPrefix("cut") { #expect(hasBegun) }
                if line.hasPrefix("refuse") || line.hasPrefix("answer") || line.hasPrefix("pass") { #expect(!hasBegun) }
                #expect(!line.hasPrefix("connect") || hasJudged)
                #expect((exchange.phase == .finished) == (exchange.endings == 1))
            }
            #expect(exchange.endings <= 1)
            let ended = exchange.endings == 1
            let record = exchange.close()
            #expect(record.wasAdmitted == isAdmitted)
            #expect(record.cost == .zero || hasSent)
            #expect((record.attempt > 0) == hasSent)
            #expect(!ended || record.status != 0)
            #expect(record.cost.nanos == record.usage.input + 10 * record.usage.output)
            #expect(record.gatewayMicroseconds >= 0 && record.totalMilliseconds >= 0)
        }
    }

    private static func anyEvent(_ dice: inout Dice) -> ExchangeEvent {
        let texts = [Answers.whole, Answers.chunk, Answers.usage, Answers.done, "{", "x", "\n\n", "data: "]
        switch Int.random(in: 0..<24, using: &dice) {
        case 0...3: return .bodyArrived
        case 4...7: return .admitted
        case 8...10: return .upstreamReady
        case 11: return .head(200)
        case 12: return .head(200, stream: true, untilClose: Bool.random(using: &dice))
        case 13: return .head([204, 304, 400, 401, 429, 500, 503].randomElement(using: &dice) ?? 500)
        case 14...17: return .bytes(texts.randomElement(using: &dice) ?? "")
        case 18: return .upstreamEnd
        case 19: return .upstreamBroken("gone")
        case 20: return .clientGone
        case 21: return .denied(.keyRevoked)
        case 22: return .deadline([.body, .firstToken, .idle, .total].randomElement(using: &dice) ?? .total)
        default:
            return Bool.random(using: &dice)
                ? .upstreamUnreachable("no") : .limitAnswered(LimitState(), Refusal(.rateLimitExceeded))
        }
    }
}
