import FoundationEssentials
import HTTP
import NIOCore

/// What a provider understood of a request.
///
/// It decodes the whole body with a full JSON reader: a witness that shares no code with the gateway's scanner.
struct ProviderRequest: Sendable {
    /// The routes served.
    enum Endpoint: Sendable, Equatable {
        case chat
        case completions
        case embeddings
        case responses
        case models
        case book
    }

    var endpoint: Endpoint
    var model = ""
    var isStream = false
    var wantsUsage = false
    var outputLimit: Int?
    var user = ""
    var inputCount = 1
    var wantsBase64 = false
    var bodyBytes = 0
    var requestID: String?

    /// Why a request is not served.
    struct Refusal: Error {
        var status: UInt16
        var body: String
    }

    private struct Body: Decodable {
        struct StreamOptions: Decodable {
            enum CodingKeys: String, CodingKey {
                case includeUsage = "include_usage"
            }
            var includeUsage: Bool?
        }
        /// Text, a list, or something else that is counted as one.
        enum Input: Decodable {
            case list(Int)
            case single

            init(from decoder: any Decoder) throws {
                if let list = try? decoder.unkeyedContainer() {
                    self = .list(list.count ?? 1)
                } else {
                    self = .single
                }
            }
        }
        enum CodingKeys: String, CodingKey {
            case model, stream, user, input
            case streamOptions = "stream_options"
            case maxTokens = "max_tokens"
            case maxCompletionTokens = "max_completion_tokens"
            case maxOutputTokens = "max_output_tokens"
            case encodingFormat = "encoding_format"
        }
        var model: String
        var stream: Bool?
        var streamOptions: StreamOptions?
        var maxTokens: Int?
        var maxCompletionTokens: Int?
        var maxOutputTokens: Int?
        var user: String?
        var input: Input?
        var encodingFormat: String?
    }

    /// Reads a request that carries the right key.
    init(head: Head, body: ByteBuffer) throws(Refusal) {
        let target = head.text(in: head.target)
        let path = target.split(separator: "?", maxSplits: 1).first.map(String.init) ?? ""
        guard let (method, endpoint) = ProviderRequest.routes[path] else {
            throw ProviderRequest.refusal(404, "Invalid URL (\(path))", code: nil)
        }
        guard head.method == method else {
            throw ProviderRequest.refusal(
                405, "Not allowed to \(head.method.text) on \(path)", code: "method_not_supported")
        }
        self.endpoint = endpoint
        requestID = head.text(of: .xRequestID)
        bodyBytes = body.readableBytes
        guard method == .post else { return }
        guard let read = try? JSONDecoder().decode(Body.self, from: Data(body.readableBytesView)) else {
            throw ProviderRequest.refusal(400, "The body is not a JSON object with a model.", code: "invalid_json")
        }
        model = read.model
        isStream = read.stream ?? false
        wantsUsage = read.streamOptions?.includeUsage ?? false
        outputLimit = read.maxCompletionTokens ?? read.maxOutputTokens ?? read.maxTokens
        user = read.user ?? ""
        wantsBase64 = read.encodingFormat == "base64"
        if case .list(let count) = read.input { inputCount = max(1, count) }
        if let outputLimit, outputLimit < 1 {
            throw ProviderRequest.refusal(400, "The token limit must be at least 1.", code: "invalid_value")
        }
        if endpoint == .embeddings { isStream = false }
    }

    private static let routes: [String: (Method, Endpoint)] = [
        "/v1/chat/completions": (.post, .chat), "/v1/completions": (.post, .completions),
        "/v1/embeddings": (.post, .embeddings), "/v1/responses": (.post, .responses),
        "/v1/models": (.get, .models), "/book": (.get, .book),
    ]

    static func refusal(_ status: UInt16, _ message: String, code: String?) -> Refusal {
        Refusal(
            status: status, body: SimulatedError.json(message: message, type: "invalid_request_error", code: code))
    }
}
