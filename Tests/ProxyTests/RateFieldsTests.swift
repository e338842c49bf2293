import Domain
import NIOCore
import Testing

@testable import Proxy

@Suite struct RateFieldsTests {
    private func lines(_ limits: LimitState) -> [String] {
        var buffer = ByteBuffer()
        RateFields.write(limits, into: &buffer)
        return String(buffer: buffer).split(separator: "\r\n").map(String.init)
    }

    private func state(refusedBy kind: LimitKind? = nil, retryAfter: Int64 = 0) -> LimitState {
        var state = LimitState()
        (state.requestLimit, state.requestRemaining, state.requestWindowSeconds) = (60, 41, 60)
        (state.tokenLimit, state.tokenRemaining) = (1000, 900)
        (state.requestResetMilliseconds, state.tokenResetMilliseconds) = (29_001, 1500)
        (state.refusedBy, state.retryAfterMilliseconds) = (kind, retryAfter)
        return state
    }

    @Test func admittedAnswersSayWhatIsLeft() {
        #expect(
            lines(state()) == [
                "X-RateLimit-Limit: 60", "X-RateLimit-Remaining: 41", "X-RateLimit-Reset: 30",
                "x-ratelimit-limit-requests: 60", "x-ratelimit-remaining-requests: 41",
                "x-ratelimit-reset-requests: 29.001s", "RateLimit-Policy: \"default\";q=60;w=60",
                "RateLimit: \"default\";r=41;t=30", "x-ratelimit-limit-tokens: 1000",
                "x-ratelimit-remaining-tokens: 900", "x-ratelimit-reset-tokens: 1.5s",
            ])
    }

    /// Whatever refused: a client that obeys any one of the fields waits as long as one that obeys `Retry-After`.
    @Test(arguments: [
        (LimitKind.requests, "0", "12.001s", "900", "1.5s"), (.tokens, "41", "29.001s", "0", "12.001s"),
        (.concurrent, "41", "29.001s", "900", "1.5s"), (.budgetDay, "41", "29.001s", "900", "1.5s"),
    ])
    func refusalsAgreeWithTheirRetryAfter(
        kind: LimitKind, requests: String, requestReset: String, tokens: String, tokenReset: String
    ) {
        #expect(
            lines(state(refusedBy: kind, retryAfter: 12_001)) == [
                "X-RateLimit-Limit: 60", "X-RateLimit-Remaining: 0", "X-RateLimit-Reset: 13",
                "x-ratelimit-limit-requests: 60", "x-ratelimit-remaining-requests: \(requests)",
                "x-ratelimit-reset-requests: \(requestReset)", "RateLimit-Policy: \"default\";q=60;w=60",
                "RateLimit: \"default\";r=0;t=13", "x-ratelimit-limit-tokens: 1000",
                "x-ratelimit-remaining-tokens: \(tokens)", "x-ratelimit-reset-tokens: \(tokenReset)",
            ])
    }

    @Test func whoHasNoSuchLimitIsToldNothingOfIt() {
        #expect(lines(LimitState()).isEmpty)
        var tokens = LimitState()
        (tokens.tokenLimit, tokens.tokenRemaining) = (10, 0)
        #expect(lines(tokens).count == 3)
    }
}
