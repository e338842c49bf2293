import Domain
import NIOCore
import Wire

/// The clocks that can run out on an exchange.
enum Clock: Sendable, Equatable {
    case body
    case firstToken
    case idle
    case total

    /// The words of the record.
    var label: String {
        switch self {
        case .body: "the request's body came too slowly"
        case .firstToken: "no first token in time"
        case .idle: "the stream stood still too long"
        case .total: "total time is up"
        }
    }
}

/// What a provider's answer says in its head, as far as the exchange cares.
struct UpstreamHead: Sendable {
    var status: UInt16
    var isEventStream: Bool
    /// Whether the answer says that it is JSON.
    var isJSON: Bool
    /// Bytes of the body where its length is known.
    var length: Int?
    /// Whether only the connection's end ends the body, so that its end cannot be told from a cut.
    var isFramedByConnection: Bool
    /// Whether the bytes are compressed, so that nothing can be read from them.
    var isEncoded: Bool
    /// The provider's `Retry-After` in milliseconds; 0 where it gave none that can be read.
    var retryAfterMilliseconds: Int64
}

/// What can happen to an exchange.
enum ExchangeEvent {
    /// The body is whole and has been read; the model is known.
    case bodyArrived
    case limitAnswered(LimitState, Refusal?)
    case upstreamReady
    /// No connection could be had; nothing was sent.
    case upstreamUnreachable(String)
    case upstreamHead(UpstreamHead)
    case upstreamBytes(ByteBuffer)
    case upstreamEnd
    /// The connection broke or sent what is no HTTP, after the request was sent.
    case upstreamBroken(String)
    case clientGone
    /// An operator's act: the key was revoked or the client suspended.
    case denied(ErrorCode)
    case deadline(Clock)
    /// The drain's time is over.
    case shutDown
}

/// What the handler has to do.
///
/// At most one a step; events that arrive meanwhile wait.
enum ExchangeAction {
    case nothing
    /// Ask admission, and answer with `limitAnswered`.
    case judge
    /// Get a connection to the provider.
    case connect
    /// Send head and body to the provider.
    case send
    /// Answer with the provider's status and this whole body; then finish.
    case answer(ByteBuffer)
    /// Begin an answer whose end is not known yet, with these first bytes (perhaps none).
    case begin(ByteBuffer, length: Int?)
    case forward(ByteBuffer)
    /// End the answer that was begun, properly, after these last bytes; then finish.
    case end(ByteBuffer?)
    /// Answer instead of the provider; then finish.
    case refuse(Refusal)
    /// Answer with the provider's own error body under this refusal's status; then finish.
    case passError(Refusal, ByteBuffer)
    /// Send this last event, if any, then close: a cut answer never looks complete. Then finish.
    case cut(event: [UInt8]?)
    /// The client is gone: drop the provider's connection and finish.
    case abandon

    /// Whether the exchange has ended with it: usage and cost are final.
    var isLast: Bool {
        switch self {
        case .nothing, .judge, .connect, .send, .begin, .forward: false
        case .answer, .end, .refuse, .passError, .cut, .abandon: true
        }
    }
}
