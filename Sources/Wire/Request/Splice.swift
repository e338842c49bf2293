/// One change to a body: some of its bytes are replaced by others.
///
/// What lies outside is forwarded as it was judged.
package struct Splice: Sendable, Equatable {
    /// Index of the first byte to replace.
    package var offset: Int
    /// How many bytes are left out; 0 for an insertion.
    package var length: Int
    /// What stands there instead.
    package var bytes: [UInt8]

    package init(at offset: Int, replacing length: Int, with bytes: [UInt8]) {
        self.offset = offset
        self.length = length
        self.bytes = bytes
    }

    static let optionFirst = Array(#""stream_options":{"include_usage":true},"#.utf8)
    static let optionAlone = Array(#""stream_options":{"include_usage":true}"#.utf8)
    static let optionValue = Array(#"{"include_usage":true}"#.utf8)
    static let memberFirst = Array(#""include_usage":true,"#.utf8)
    static let memberAlone = Array(#""include_usage":true"#.utf8)
    static let isTrue = Array("true".utf8)

    /// By how many bytes `splices` make a body longer.
    package static func growth(of splices: [Splice]) -> Int {
        splices.reduce(0) { $0 + $1.bytes.count - $1.length }
    }

    /// Appends `body` to `output` with `splices` made; they must be in the order of their offsets and not overlap,
    /// and one that lies outside of the body is left out.
    package static func apply(_ splices: [Splice], to body: Span<UInt8>, into output: inout [UInt8]) {
        output.reserveCapacity(output.count + max(0, body.count + growth(of: splices)))
        var next = 0
        for splice in splices {
            guard splice.offset >= next, splice.length >= 0, splice.offset <= body.count,
                splice.length <= body.count - splice.offset
            else { continue }
            body.append(from: next, to: splice.offset, to: &output)
            output += splice.bytes
            next = splice.offset + splice.length
        }
        body.append(from: next, to: body.count, to: &output)
    }
}
