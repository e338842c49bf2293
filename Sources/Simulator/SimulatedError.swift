import Wire

/// OpenAI's error body, as the simulated provider answers it.
enum SimulatedError {
    static func json(message: String, type: String, code: String?) -> String {
        var writer = JSONWriter()
        writer.object { writer in
            writer.member("error") { writer in
                writer.object { writer in
                    writer.member("message", message)
                    writer.member("type", type)
                    writer.member("param", orNull: nil as String?)
                    writer.member("code", orNull: code)
                }
            }
        }
        return String(decoding: writer.bytes, as: UTF8.self)
    }
}
