import Domain
import Testing
import Wire

/// Reads a request body, or says why it is refused.
private func facts(_ body: String) throws(WireError) -> RequestFacts { try RequestFacts.scan(body.bytes.span) }

private func refusal(_ body: [UInt8]) -> WireError? {
    do {
        _ = try RequestFacts.scan(body.span)
        return nil
    } catch { return error }
}

@Suite struct RequestFactsTests {
    @Test func readsEveryFactOfAChat() throws {
        let body = """
            {"model":"gpt-4.1","messages":[{"role":"system","content":"Be kind."},{"role":"user","content":[
            {"type":"text","text":"Grüße"},{"type":"image_url","image_url":{"url":"data:xx"}}]}],
            "stream":true,"stream_options":{"include_usage":false},"max_tokens":64,"max_completion_tokens":32,"n":2}
            """
        let facts = try facts(body)
        #expect(facts.model == "gpt-4.1")
        #expect(Array(body.bytes[facts.modelRange]).text == "gpt-4.1")
        #expect(facts.isStream)
        #expect(facts.includesUsage == false)
        #expect(facts.messageCount == 2)
        #expect(facts.promptLength == "Be kind.".utf8.count + "Grüße".utf8.count)
        #expect(facts.maximumTokens == 32)
        #expect(facts.choiceCount == 2)
        #expect(facts.estimatedPromptTokens == 4)
    }

    @Test(arguments: [
        (#"{"model":"m","prompt":"abcd"}"#, 4, 0, 0),
        (#"{"model":"m","prompt":["ab","c"]}"#, 3, 0, 0),
        (#"{"model":"m","prompt":[1,2,3]}"#, 0, 3, 0),
        (#"{"model":"m","prompt":[[1,2],[3]]}"#, 0, 3, 0),
        (#"{"model":"m","input":"abc","instructions":"de"}"#, 5, 0, 0),
        (#"{"model":"m","input":[{"role":"user","content":"abc"},{"role":"user","content":[{"text":"d"}]}]}"#, 4, 0, 2),
        (#"{"model":"m","system":[{"type":"text","text":"abc"}],"messages":[]}"#, 3, 0, 0),
        (#"{"model":"m","messages":[{"content":"\u00e9\ud83d\ude00\n"}]}"#, 7, 0, 1),
        (#"{"model":"m","messages":[{"content":null}],"tools":[{"text":"not prompt"}]}"#, 0, 0, 1),
        (#"{"model":"m","messages":[{"c\u006fntent":"abc"}]}"#, 3, 0, 1),
        (#"{"model":"m","messages":[{"content":"\ud83d"}]}"#, 3, 0, 1),
    ])
    func countsPromptText(body: String, length: Int, tokens: Int, messages: Int) throws {
        let facts = try facts(body)
        #expect(facts.promptLength == length)
        #expect(facts.promptTokenCount == tokens)
        #expect(facts.messageCount == messages)
    }

    @Test(arguments: [
        (#"{"model":"a\u002fb"}"#, "a/b"), (#"{"m\u006fdel":"x"}"#, "x"), ("\r\n\t {\"model\" : \"x\"} \n", "x"),
        (#"{"model":"\ud83d\ude00"}"#, "😀"), (#"{"model":"ü-1"}"#, "ü-1"), (#"{"a":{"model":"no"},"model":"x"}"#, "x"),
    ])
    func readsTheModelAsAProviderWould(body: String, model: String) throws {
        #expect(try facts(body).model == model)
    }

    @Test func takesNullAsNotGiven() throws {
        let facts = try facts(#"{"model":"m","stream":null,"stream_options":null,"max_tokens":null,"n":null}"#)
        #expect(!facts.isStream)
        #expect(facts.includesUsage == nil)
        #expect(facts.maximumTokens == nil)
        #expect(facts.choiceCount == 1)
    }

    @Test func leavesABodyWithoutModelToTheCorridor() throws { #expect(try facts("{}").model == nil) }

    @Test(arguments: [
        "", " ", "{", "[]", "null", "\"x\"", "{}x", "{} {}", "{\"a\"}", "{\"a\":}", "{\"a\":1,}", "{,\"a\":1}", "{a:1}",
        "{'a':1}", "{\"a\":01}", "{\"a\":+1}", "{\"a\":.5}", "{\"a\":1.}", "{\"a\":1e}", "{\"a\":-}", "{\"a\":NaN}",
        "{\"a\":Infinity}", "{\"a\":tru}", "{\"a\":True}", "{\"a\":nul}", "{\"a\":[1,]}", "{\"a\":[1 2]}",
        "{\"a\":[,]}",
        "{\"a\":\"\n\"}", "{\"a\":\"\t\"}", "{\"a\":\"\u{0}\"}", "{\"a\":\"\\x\"}", "{\"a\":\"\\u12\"}",
        "{\"a\":\"\\u12G4\"}", "{\"a\":\"x}", "{\"a\":1}\u{0}", "\u{feff}{}", "{\"a\":1 /* c */}", "{\"a\":1}//c",
        "{\"a\":1\u{b}}", "{\"\\ud800\":1}", "{\"model\":\"\\ud800\"}", "{\"model\":\"\\udc00\\ud800\"}", "{\"a\" 1}",
        "{\"a\":1;\"b\":2}", "{\"a\":\u{a0}1}", "{\"a\":0x1}", "{\"a\":1}}", "{\"a\":\"\\\"}", "{\"a\":-01}",
    ])
    func refusesWhatIsNotStrictJSON(body: String) {
        #expect(refusal(body.bytes)?.code == .notJSON)
    }

    @Test(
        arguments: [
            [0xff], [0xc0, 0xaf], [0xc3], [0xe0, 0x80, 0x80], [0xed, 0xa0, 0x80], [0xf4, 0x90, 0x80, 0x80],
            [0xf8, 0x88, 0x80, 0x80, 0x80], [0x80], [0xe2, 0x82], [0xf0, 0x80, 0x80, 0x80],
        ] as [[UInt8]])
    func refusesInvalidUTF8(sequence: [UInt8]) {
        #expect(refusal("{\"a\":\"".bytes + sequence + "\"}".bytes)?.code == .notJSON)
        #expect(refusal("{\"a\":\"12345678".bytes + sequence + "\"}".bytes)?.code == .notJSON)
        #expect(refusal("{\"".bytes + sequence + "\":1}".bytes)?.code == .notJSON)
    }

    @Test(arguments: [
        #"{"model":"a","model":"b"}"#, #"{"model":"a","mod\u0065l":"b"}"#, #"{"x":1,"x":1}"#, #"{"":1,"":2}"#,
        #"{"a":{"b":1,"c":2,"b":3}}"#, #"{"a":[{"b":1,"\u0062":1}]}"#, #"{"messages":[{"content":"a","content":"b"}]}"#,
        #"{"stream_options":{"include_usage":true,"include_usag\u0065":false}}"#,
        #"{"/":1,"\/":2}"#, #"{"😀":1,"\ud83d\ude00":2}"#,
    ])
    func refusesAMemberThatComesTwice(body: String) {
        #expect(refusal(body.bytes)?.code == .duplicateKey)
        #expect(refusal(body.bytes)?.errorCode == .invalidJSON)
    }

    @Test(arguments: [15, 16, 17, 40, 3000])
    func findsADuplicateAmongManyMembers(count: Int) throws {
        let members = (0..<count).map { "\"k\($0)\":\($0)" }.joined(separator: ",")
        #expect(refusal("{\(members)}".bytes) == nil)
        for index in [0, count / 2, count - 1] {
            #expect(refusal("{\(members),\"k\(index)\":0}".bytes)?.code == .duplicateKey)
        }
    }

    @Test(arguments: [
        #"{"Model":"a"}"#, #"{"model":"a","MODEL":"b"}"#, #"{"model":"a","Stream":true}"#, #"{"\u004dodel":"b"}"#,
        #"{"model":"a","ſtream":true}"#, #"{"Max_Tokens":5}"#, #"{"stream_options":{"Include_Usage":true}}"#,
        #"{"meſſages":[]}"#, #"{"model":"a","max_toKens":1}"#,
    ])
    func refusesAMemberThatEqualsAKnownOneButForCase(body: String) {
        #expect(refusal(body.bytes)?.code == .ambiguousKey)
    }

    @Test func countsDepthInEveryPlace() {
        for (open, close) in [("[", "]"), ("{\"a\":", "}")] {
            for key in ["x", "messages", "prompt", "stream_options"] {
                let isObject = open != "["
                if key == "stream_options", !isObject { continue }
                func body(_ depth: Int) -> [UInt8] {
                    let inner = isObject ? "1" : ""
                    return
                        ("{\"\(key)\":" + String(repeating: open, count: depth) + inner
                        + String(repeating: close, count: depth) + "}").bytes
                }
                #expect(refusal(body(63)) == nil, "\(key) \(open)")
                #expect(refusal(body(64))?.code == .tooDeep, "\(key) \(open)")
                #expect(refusal(body(100_000))?.code == .tooDeep, "\(key) \(open)")
            }
        }
    }

    @Test(arguments: [
        (#"{"model":1}"#, "model"), (#"{"model":null}"#, "model"), (#"{"model":""}"#, "model"),
        (#"{"model":["a"]}"#, "model"), (#"{"stream":"true"}"#, "stream"), (#"{"stream":1}"#, "stream"),
        (#"{"stream_options":[]}"#, "stream_options"), (#"{"stream_options":true}"#, "stream_options"),
        (#"{"stream_options":{"include_usage":1}}"#, "stream_options.include_usage"),
        (#"{"max_tokens":-1}"#, "max_tokens"), (#"{"max_tokens":1.5}"#, "max_tokens"),
        (#"{"max_tokens":"5"}"#, "max_tokens"), (#"{"max_tokens":1e3}"#, "max_tokens"),
        (#"{"max_completion_tokens":99999999999999999999}"#, "max_completion_tokens"),
        (#"{"max_output_tokens":{}}"#, "max_output_tokens"), (#"{"n":true}"#, "n"),
    ])
    func namesTheMemberWithAWrongType(body: String, param: String) {
        #expect(refusal(body.bytes)?.code == .invalidRequest)
        #expect(refusal(body.bytes)?.errorCode == .invalidRequest)
        #expect(refusal(body.bytes)?.param == param)
    }

    @Test func neverRepeatsTheBodyInItsMessage() {
        for body in [#"{"secret-name":1,"secret-name":2}"#, #"{"a":"secret-name"#, #"{"model":5,"b":"secret-name"}"#] {
            #expect(refusal(body.bytes)?.message.contains("secret") == false)
        }
    }

    @Test func boundsTheModelsLength() throws {
        #expect(try facts("{\"model\":\"\(String(repeating: "m", count: 256))\"}").model?.utf8.count == 256)
        #expect(refusal("{\"model\":\"\(String(repeating: "m", count: 257))\"}".bytes)?.param == "model")
    }
}
