import Domain
import NIOCore
import Wire

@testable import Proxy

/// An exchange under test: events go in, each answered by the action as a line of text.
///
/// A class, since the macros of the tests cannot hold what cannot be copied.
final class Transcript {
    private var exchange: Exchange?
    private(set) var now: Int64 = 0
    /// Final actions so far; an exchange has exactly one.
    private(set) var endings = 0

    init(isStream: Bool = false, strips: Bool = false, prompt: Int64 = 100, route: Route = .chatCompletions) {
        var exchange = Exchange(
            record: RequestRecord(time: Timestamp(milliseconds: 0), requestID: .made(boot: 1, counter: 1)), at: 0)
        exchange.order.isStream = isStream
        exchange.order.stripsUsage = strips
        exchange.order.promptTokenEstimate = prompt
        exchange.order.expectsObject = route != .other
        exchange.order.expectsText = route != .other && route != .embeddings
        // One nano-dollar for a prompt token, ten for one of the answer.
        exchange.order.price = Price(inputNanosPerMillion: 1_000_000, outputNanosPerMillion: 10_000_000)
        exchange.record.isStream = isStream
        self.exchange = consume exchange
    }

    var phase: Exchange.Phase { exchange?.phase ?? .finished }
    var isOpenStream: Bool { exchange?.isOpenStream ?? false }

    func expired(_ timeouts: Timeouts, after now: Int64) -> Clock? { exchange?.expired(timeouts: timeouts, now: now) }

    func clientIsBlocked(at now: Int64) { exchange?.clientIsBlocked(at: now) }

    /// Puts an event in, a millisecond after the one before.
    func on(_ event: ExchangeEvent) -> String { Transcript.line(action(event)) }

    /// Puts an event in; the action itself, where its line of text does not say enough.
    func action(_ event: ExchangeEvent) -> ExchangeAction {
        now += 1_000_000
        let action = exchange?.on(event, at: now) ?? .nothing
        if Transcript.isFinal(action) { endings += 1 }
        return action
    }

    /// Goes through all of `events`; answers the last action.
    func run(_ events: ExchangeEvent...) -> String {
        var last = ""
        for event in events { last = on(event) }
        return last
    }

    /// The finished record; the exchange is gone with it.
    func close() -> RequestRecord {
        exchange.take()?.close(at: now)
            ?? RequestRecord(time: Timestamp(milliseconds: 0), requestID: .made(boot: 0, counter: 0))
    }

    static func isFinal(_ action: ExchangeAction) -> Bool {
        switch action {
        case .nothing, .judge, .connect, .send, .begin, .forward: false
        case .answer, .end, .refuse, .passError, .cut, .abandon: true
        }
    }

    static func line(_ action: ExchangeAction) -> String {
        switch action {
        case .nothing: "-"
        case .judge: "judge"
        case .connect: "connect"
        case .send: "send"
        case .answer(let body): "answer \(text(body))"
        case .begin(let first, let length): "begin \(length.map(String.init) ?? "?") \(text(first))"
        case .forward(let bytes): "forward \(text(bytes))"
        case .end(let rest): "end \(rest.map(text) ?? "")"
        case .refuse(let refusal): "refuse \(refusal.status ?? refusal.code.status) \(refusal.code.label)"
        case .passError(let refusal, let body):
            "pass \(refusal.status ?? refusal.code.status) \(refusal.code.label) \(text(body))"
        case .cut(let event): "cut \(event.map { String(decoding: $0, as: UTF8.self) } ?? "")"
        case .abandon: "abandon"
        }
    }

    private static func text(_ buffer: ByteBuffer) -> String {
        buffer.readableBytes > 200 ? "<\(buffer.readableBytes)>" : String(buffer: buffer)
    }
}

extension ExchangeEvent {
    static var admitted: ExchangeEvent { .limitAnswered(LimitState(), nil) }

    static func bytes(_ text: String) -> ExchangeEvent { .upstreamBytes(ByteBuffer(string: text)) }

    static func head(
        _ status: UInt16, stream: Bool = false, json: Bool = true, length: Int? = nil, untilClose: Bool = false,
        encoded: Bool = false, retryAfter: Int64 = 0
    ) -> ExchangeEvent {
        .upstreamHead(
            UpstreamHead(
                status: status, isEventStream: stream, isJSON: json, length: length, isFramedByConnection: untilClose,
                isEncoded: encoded, retryAfterMilliseconds: retryAfter))
    }
}

/// Texts of a provider.
enum Answers {
    static let whole =
        #"{"choices":[{"message":{"content":"hi"}}],"usage":{"prompt_tokens":7,"completion_tokens":3,"total_tokens":10}}"#
    static let withoutUsage = #"{"choices":[{"message":{"content":"12345678"}}]}"#
    static let chunk = "data: {\"choices\":[{\"delta\":{\"content\":\"abcd\"}}]}\n\n"
    static let usage =
        "data: {\"choices\":[],\"usage\":{\"prompt_tokens\":7,\"completion_tokens\":3,\"total_tokens\":10}}\n\n"
    static let done = "data: [DONE]\n\n"
}
