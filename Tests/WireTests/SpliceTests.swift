import Testing
import Wire

@Suite struct SpliceTests {
    private static let bodies = [
        (#"{"model":"m","stream":true}"#, #"{"stream_options":{"include_usage":true},"model":"m","stream":true}"#),
        (#"{ "stream":true,"a":"é"}"#, #"{"stream_options":{"include_usage":true}, "stream":true,"a":"é"}"#),
        (#"{"stream":true,"stream_options":null}"#, #"{"stream":true,"stream_options":{"include_usage":true}}"#),
        (#"{"stream":true,"stream_options":{}}"#, #"{"stream":true,"stream_options":{"include_usage":true}}"#),
        (#"{"stream_options":{ },"stream":true}"#, #"{"stream_options":{"include_usage":true },"stream":true}"#),
        (
            #"{"stream_options":{"x":1},"stream":true}"#,
            #"{"stream_options":{"include_usage":true,"x":1},"stream":true}"#
        ),
        (
            #"{"stream_options":{"include_usage": false },"stream":true}"#,
            #"{"stream_options":{"include_usage": true },"stream":true}"#
        ),
        (
            #"{"stream_options":{"include_usage":null,"x":1},"stream":true}"#,
            #"{"stream_options":{"include_usage":true,"x":1},"stream":true}"#
        ),
    ]

    @Test(arguments: bodies)
    func asksForUsageAndChangesNothingElse(body: String, expected: String) throws {
        let facts = try RequestFacts.scan(body.bytes.span)
        let splices = facts.splices(injectUsage: true)
        var output: [UInt8] = []
        Splice.apply(splices, to: body.bytes.span, into: &output)
        #expect(output.text == expected)
        #expect(output.count == body.utf8.count + Splice.growth(of: splices))
        #expect(try RequestFacts.scan(output.span).includesUsage == true)
    }

    @Test(arguments: [
        #"{"model":"m"}"#, #"{"stream":false}"#, #"{"stream":true,"stream_options":{"include_usage":true}}"#,
        #"{"stream":false,"stream_options":{"include_usage":false}}"#,
    ])
    func leavesABodyAloneThatNeedsNothing(body: String) throws {
        #expect(try RequestFacts.scan(body.bytes.span).splices(injectUsage: true).isEmpty)
    }

    @Test func changesNothingUnlessTold() throws {
        #expect(try RequestFacts.scan(#"{"stream":true}"#.bytes.span).splices(injectUsage: false).isEmpty)
    }

    @Test func ignoresASpliceOutsideOfTheBody() {
        var output: [UInt8] = []
        let splices = [
            Splice(at: 1, replacing: 1, with: [0x78]), Splice(at: 0, replacing: 1, with: [0x79]),
            Splice(at: 2, replacing: 9, with: [0x7a]), Splice(at: 9, replacing: 0, with: [0x7a]),
        ]
        Splice.apply(splices, to: "abc".bytes.span, into: &output)
        #expect(output.text == "axc")
    }
}
