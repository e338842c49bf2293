import FoundationEssentials
import NIOCore
import Wire

/// The bodies and events of a provider's answers, in OpenAI's shapes.
struct AnswerText: Sendable {
    let request: ProviderRequest
    let usage: SimulatedUsage
    let isLimited: Bool
    /// Distinguishes this answer's identifiers and words from all others of the provider.
    let number: UInt64
    /// Seconds since 1970.
    let created: Int

    // Words of one, two and three bytes a letter: pieces that are split in the middle must not matter.
    private static let words: [String] = [
        "the", "answer", "depends", "on", "how", "requests", "flow", "naïve", "limits", "über", "検索", "keep", "a",
        "ledger", "of", "tokens", "then", "settle", "café", "exactly", "once", "per", "stream", "and", "window",
    ]

    /// `count` words, of which the first is number `first` of the answer.
    func words(from first: Int, count: Int) -> String {
        var text = ""
        for index in first..<first + max(0, count) {
            let position = (number &+ UInt64(index) &* 7) % UInt64(AnswerText.words.count)
            text += AnswerText.words[Int(position)]
            text += " "
        }
        return text
    }

    private var visible: Int { usage.output - usage.reasoning }
    private var model: String { JSONText.quoted(request.model) }
    private var finish: String { isLimited ? "length" : "stop" }
    private var hex: String { String(number, radix: 16) }

    private var chatUsage: String {
        "{\"prompt_tokens\":\(usage.input),\"completion_tokens\":\(usage.output),"
            + "\"total_tokens\":\(usage.input + usage.output),"
            + "\"prompt_tokens_details\":{\"cached_tokens\":\(usage.cached),\"audio_tokens\":0},"
            + "\"completion_tokens_details\":{\"reasoning_tokens\":\(usage.reasoning),\"audio_tokens\":0,"
            + "\"accepted_prediction_tokens\":0,\"rejected_prediction_tokens\":0}}"
    }

    private var responseUsage: String {
        "{\"input_tokens\":\(usage.input),\"input_tokens_details\":{\"cached_tokens\":\(usage.cached)},"
            + "\"output_tokens\":\(usage.output),"
            + "\"output_tokens_details\":{\"reasoning_tokens\":\(usage.reasoning)},"
            + "\"total_tokens\":\(usage.input + usage.output)}"
    }

    /// The body of an answer that is not streamed.
    func whole() -> String {
        switch request.endpoint {
        case .chat:
            "{\"id\":\"chatcmpl-\(hex)\",\"object\":\"chat.completion\",\"created\":\(created),\"model\":\(model),"
                + "\"choices\":[{\"index\":0,\"message\":{\"role\":\"assistant\","
                + "\"content\":\(JSONText.quoted(words(from: 0, count: visible))),\"refusal\":null},"
                + "\"logprobs\":null,\"finish_reason\":\"\(finish)\"}],\"usage\":\(chatUsage),"
                + "\"system_fingerprint\":\"fp_simulated\"}"
        case .completions:
            "{\"id\":\"cmpl-\(hex)\",\"object\":\"text_completion\",\"created\":\(created),\"model\":\(model),"
                + "\"choices\":[{\"text\":\(JSONText.quoted(words(from: 0, count: visible))),\"index\":0,"
                + "\"logprobs\":null,\"finish_reason\":\"\(finish)\"}],\"usage\":\(chatUsage)}"
        case .embeddings:
            embeddings()
        case .responses:
            response(isDone: true)
        case .models, .book:
            "{}"
        }
    }

    private func embeddings() -> String {
        var data = ""
        for index in 0..<min(request.inputCount, 2048) {
            var random = SeededRandom(seed: number, stream: UInt64(index))
            let vector = (0..<32).map { _ in Float(random.unit() * 2 - 1) }
            let text: String
            if request.wantsBase64 {
                var bytes = Data()
                for value in vector {
                    withUnsafeBytes(of: value.bitPattern.littleEndian) { bytes.append(contentsOf: $0) }
                }
                text = "\"\(bytes.base64EncodedString())\""
            } else {
                text = "[\(vector.map { "\($0)" }.joined(separator: ","))]"
            }
            data += "\(index == 0 ? "" : ",")"
            data += "{\"object\":\"embedding\",\"index\":\(index),\"embedding\":\(text)}"
        }
        return "{\"object\":\"list\",\"data\":[\(data)],\"model\":\(model),"
            + "\"usage\":{\"prompt_tokens\":\(usage.input),\"total_tokens\":\(usage.input)}}"
    }

    // MARK: - Streams of chat and text completions

    private func chunk(choices: String, usage: String?) -> String {
        let isChat = request.endpoint == .chat
        let usage = request.wantsUsage ? ",\"usage\":\(usage ?? "null")" : ""
        return "data: {\"id\":\"\(isChat ? "chatcmpl" : "cmpl")-\(hex)\","
            + "\"object\":\"\(isChat ? "chat.completion.chunk" : "text_completion")\",\"created\":\(created),"
            + "\"model\":\(model),\"system_fingerprint\":\"fp_simulated\",\"choices\":[\(choices)]\(usage)}\n\n"
    }

    /// What opens a stream.
    func opening() -> String {
        switch request.endpoint {
        case .chat:
            chunk(
                choices: "{\"index\":0,\"delta\":{\"role\":\"assistant\",\"content\":\"\",\"refusal\":null},"
                    + "\"logprobs\":null,\"finish_reason\":null}",
                usage: nil)
        case .responses:
            event("response.created", 0, "\"response\":\(response(isDone: false))")
                + event("response.in_progress", 1, "\"response\":\(response(isDone: false))")
                + event(
                    "response.output_item.added", 2,
                    "\"output_index\":0,\"item\":{\"id\":\"msg_\(hex)\",\"type\":\"message\",\"status\":\"in_progress\","
                        + "\"role\":\"assistant\",\"content\":[]}")
                + event(
                    "response.content_part.added", 3, place + ",\"part\":\(part(""))")
        default: ""
        }
    }

    /// Step `step` of `steps`: its share of the words.
    func piece(_ step: Int, of steps: Int) -> String {
        let steps = max(1, steps)
        let first = visible * step / steps
        let text = JSONText.quoted(words(from: first, count: visible * (step + 1) / steps - first))
        switch request.endpoint {
        case .chat:
            return chunk(
                choices: "{\"index\":0,\"delta\":{\"content\":\(text)},\"logprobs\":null,\"finish_reason\":null}",
                usage: nil)
        case .responses:
            return event("response.output_text.delta", 4 + step, place + ",\"delta\":\(text),\"logprobs\":[]")
        default:
            return chunk(
                choices: "{\"text\":\(text),\"index\":0,\"logprobs\":null,\"finish_reason\":null}", usage: nil)
        }
    }

    /// What ends a stream after `steps` pieces: finish, usage where it was asked for, and the end mark.
    func closing(steps: Int) -> String {
        switch request.endpoint {
        case .responses:
            let text = words(from: 0, count: visible)
            return event(
                "response.output_text.done", 4 + steps, place + ",\"text\":\(JSONText.quoted(text)),\"logprobs\":[]")
                + event("response.content_part.done", 5 + steps, place + ",\"part\":\(part(text))")
                + event("response.output_item.done", 6 + steps, "\"output_index\":0,\"item\":\(message(text))")
                + event(
                    isLimited ? "response.incomplete" : "response.completed", 7 + steps,
                    "\"response\":\(response(isDone: true))")
        default:
            let isChat = request.endpoint == .chat
            let last = chunk(
                choices: isChat
                    ? "{\"index\":0,\"delta\":{},\"logprobs\":null,\"finish_reason\":\"\(finish)\"}"
                    : "{\"text\":\"\",\"index\":0,\"logprobs\":null,\"finish_reason\":\"\(finish)\"}",
                usage: nil)
            return last + (request.wantsUsage ? chunk(choices: "", usage: chatUsage) : "") + "data: [DONE]\n\n"
        }
    }

    /// Whether a stream tells its usage: responses always, the others where asked.
    var reportsUsage: Bool { !request.isStream || request.endpoint == .responses || request.wantsUsage }

    // MARK: - Responses

    private var place: String { "\"item_id\":\"msg_\(hex)\",\"output_index\":0,\"content_index\":0" }

    private func part(_ text: String) -> String {
        "{\"type\":\"output_text\",\"text\":\(JSONText.quoted(text)),\"annotations\":[],\"logprobs\":[]}"
    }

    private func message(_ text: String) -> String {
        "{\"id\":\"msg_\(hex)\",\"type\":\"message\",\"status\":\"completed\",\"role\":\"assistant\","
            + "\"content\":[\(part(text))]}"
    }

    private func event(_ name: String, _ sequence: Int, _ members: String) -> String {
        "event: \(name)\ndata: {\"type\":\"\(name)\",\"sequence_number\":\(sequence),\(members)}\n\n"
    }

    private func response(isDone: Bool) -> String {
        let status = isDone ? (isLimited ? "incomplete" : "completed") : "in_progress"
        let details = isDone && isLimited ? "{\"reason\":\"max_output_tokens\"}" : "null"
        return "{\"id\":\"resp_\(hex)\",\"object\":\"response\",\"created_at\":\(created),\"status\":\"\(status)\","
            + "\"error\":null,\"incomplete_details\":\(details),\"instructions\":null,\"metadata\":{},"
            + "\"model\":\(model),\"output\":[\(isDone ? message(words(from: 0, count: visible)) : "")],"
            + "\"parallel_tool_calls\":true,\"temperature\":1.0,\"tool_choice\":\"auto\",\"tools\":[],\"top_p\":1.0,"
            + "\"usage\":\(isDone ? responseUsage : "null")}"
    }
}
