import Domain
import FoundationEssentials
import Testing
import Wire

private struct Body: Decodable, Equatable {
    struct Inner: Decodable, Equatable {
        var message: String
        var type: String
        var param: String?
        var code: String
    }

    var error: Inner
}

@Suite struct ErrorBodyTests {
    @Test(arguments: ErrorCode.allCases)
    func isJSONWithEveryMemberForEveryCode(code: ErrorCode) throws {
        let bytes = ErrorBody.json(code)
        let body = try JSONDecoder().decode(Body.self, from: Data(bytes))
        #expect(body.error.code == code.label)
        #expect(body.error.message == code.advice)
        #expect(body.error.message.hasSuffix("."))
        #expect(bytes.text.contains(#""param":null"#))
    }

    @Test(arguments: [
        (ErrorCode.invalidAPIKey, "invalid_request_error"), (.modelNotAllowed, "invalid_request_error"),
        (.modelNotFound, "invalid_request_error"), (.invalidJSON, "invalid_request_error"),
        (.bodyTooLarge, "invalid_request_error"), (.rateLimitExceeded, "requests"), (.concurrencyExceeded, "requests"),
        (.insufficientQuota, "insufficient_quota"), (.upstreamUnavailable, "server_error"),
        (.upstreamTimeout, "server_error"), (.internalError, "server_error"),
    ])
    func hasTheTypeThatClientsExpect(code: ErrorCode, type: String) {
        #expect(ErrorBody.openAIType(code) == type)
    }

    @Test func namesTheLimitThatRefused() {
        #expect(ErrorBody.json(.rateLimitExceeded, limit: .tokens).text.contains(#""type":"tokens""#))
        #expect(ErrorBody.json(.rateLimitExceeded, limit: .requests).text.contains(#""type":"requests""#))
    }

    @Test func escapesWhatItIsGiven() throws {
        let message = "quote \" slash \\ line \n nul \u{0} é 😀"
        let bytes = ErrorBody.json(.invalidRequest, message: message, param: "a\"b")
        let body = try JSONDecoder().decode(Body.self, from: Data(bytes))
        #expect(body.error.message == message)
        #expect(body.error.param == "a\"b")
    }

    @Test func isOneEventOfAStream() {
        let event = ErrorBody.streamEvent(.keyRevoked).text
        #expect(event == "data: " + ErrorBody.json(.keyRevoked).text + "\n\n")
        #expect(event.split(separator: "\n").count == 1)
    }
}

@Suite struct JSONWriterTests {
    @Test func putsCommasWhereTheyBelong() {
        var writer = JSONWriter()
        writer.beginObject()
        writer.member("a", "x")
        writer.member("b", Int64.min)
        writer.member("c", true)
        writer.member("d", orNull: nil as String?)
        writer.key("e")
        writer.beginArray()
        writer.value(0)
        writer.beginObject()
        writer.endObject()
        writer.raw("0.5")
        writer.endArray()
        writer.key(text: "f\"")
        writer.value(false)
        writer.endObject()
        #expect(
            writer.bytes.text
                == #"{"a":"x","b":-9223372036854775808,"c":true,"d":null,"e":[0,{},0.5],"f\"":false}"#)
    }

    @Test(arguments: [
        ("\u{1b}[31m", #"\u001b[31m"#), ("\u{7f}", #"\u007f"#), ("a\u{202e}b", #"a\u202eb"#), ("\u{2028}", #"\u2028"#),
        ("\u{200b}\u{feff}", #"\u200b\ufeff"#), ("\u{85}", #"\u0085"#), ("\u{e0041}", #"\udb40\udc41"#),
        ("Ünïcode 漢字 😀", "Ünïcode 漢字 😀"), ("\t\r\n", #"\t\r\n"#), ("\u{2066}", #"\u2066"#), ("\u{ad}", #"\u00ad"#),
        ("\u{fe0f}", #"\ufe0f"#), ("\u{3164}", #"\u3164"#), ("\u{e000}", #"\ue000"#),
    ])
    func escapesWhatCannotBeSeen(text: String, expected: String) {
        var bytes: [UInt8] = []
        JSONText.appendEscaped(text, escapesFormat: true, to: &bytes)
        #expect(bytes.text == expected)
    }

    @Test func keepsFormatCharactersForProgramsUnlessTold() {
        var bytes: [UInt8] = []
        JSONText.appendEscaped("a\u{202e}b", escapesFormat: false, to: &bytes)
        #expect(bytes.text == "a\u{202e}b")
    }
}
