import Testing
import Wire

@Suite struct MediaTypeTests {
    @Test(arguments: [
        ("application/json", true), ("APPLICATION/JSON", true), ("application/json ; charset=utf-8", true),
        ("application/vnd.api+json", true), ("application/x+JSON;v=1", true), ("text/json", true),
        ("application/jsonx", false), ("application/x-json", false), ("application/jsonl", false), ("json", false),
        ("", false), ("/", false), ("a/+json", true), ("application/json, text/plain", false), ("text/plain", false),
        ("multipart/form-data; boundary=\";/json\"", false), ("+json", false), ("text/plain;x=a/json", false),
    ])
    func jsonIsAMatterOfTheSubtype(value: String, isJSON: Bool) {
        #expect(MediaType(value.bytes.span).isJSON == isJSON)
    }

    @Test(arguments: [
        ("application/json", false), ("application/json;charset=utf-8", false),
        ("application/json; Charset = \"UTF-8\"", false), ("application/json;charset=UTF8", false),
        ("application/json;charset=utf-7", true), ("application/json;charset=", true),
        ("application/json;charset=\"utf-16\"", true), ("application/json;a=\"\\\";charset=x\"", false),
        ("application/json;a=\"b;c\";charset=latin1", true), ("application/json;charset=utf-8;charset=utf-7", true),
        ("text/plain;CHARSET=us-ascii", true), ("application/json;;charset=utf-8;", false), (";", false),
        ("application/json;charset", false), ("application/json;a=\"charset=x", false),
    ])
    func anotherCharsetIsSeen(value: String, isOther: Bool) {
        #expect(MediaType(value.bytes.span).hasOtherCharset == isOther)
    }
}
