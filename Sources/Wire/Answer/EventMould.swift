/// The bytes of one event of a stream around its text, to read those that follow without parsing them.
///
/// A provider repeats id, model and shape in each chunk, so nearly all chunks of a stream are the same bytes but for
/// one string. An event that begins with the same bytes, goes on with a well-formed string and ends with the same bytes
/// has the same lines and the same members, so it says the same but for the length of its text: the short way gives
/// what the long one would. Everything else takes the long way.
struct EventMould: Sendable {
    /// An event that fits.
    struct Fit {
        /// Index after the event.
        var end: Int
        /// UTF-8 bytes of its text, decoded.
        var textLength: Int
    }

    /// Longer events are not kept: memory a stream.
    private static let maximumLength = 2048
    /// After so many moulds that nothing fitted, the stream's chunks are not alike, and copying them is wasted.
    private static let maximumMisses = 8

    private var bytes: [UInt8] = []
    /// Bytes up to the text's opening quote, which is left out.
    private var head = 0
    private var misses = 0

    /// Whether there is anything to compare with.
    var isReady: Bool { !bytes.isEmpty }

    /// Keeps a whole event that ends in LF and carries one string of text and nothing else that is counted.
    ///
    /// - Parameters:
    ///   - event: where it stands in `source`, read from a line's beginning to the blank line's end.
    ///   - text: where its text stands in `source`, without quotes.
    mutating func take(_ source: Span<UInt8>, event: Range<Int>, text: Range<Int>) {
        guard event.count <= EventMould.maximumLength, misses < EventMould.maximumMisses,
            event.lowerBound < text.lowerBound,
            text.upperBound < event.upperBound, source[event.upperBound &- 1] == 0x0a
        else { return }
        misses &+= 1
        bytes.removeAll(keepingCapacity: true)
        head = text.lowerBound &- 1 &- event.lowerBound
        source.append(from: event.lowerBound, to: text.lowerBound &- 1, to: &bytes)
        source.append(from: text.upperBound &+ 1, to: event.upperBound, to: &bytes)
    }

    /// Something has fitted: the mould is worth its copies.
    mutating func confirm() { misses = 0 }

    /// The event that begins at `start`, where all of it is there and like the one kept.
    func fits(_ source: Span<UInt8>, from start: Int) -> Fit? {
        guard source.count &- start >= bytes.count &+ 2, source[start &+ head] == UInt8(ascii: "\"") else { return nil }
        let own = bytes.span
        guard source.isSame(from: start, as: own, from: 0, count: head) else { return nil }
        var json = JSONScanner(at: start &+ head, refusesDuplicates: false)
        // Whether one without text carries anything is for the long way to say.
        guard let text = try? json.string(source), text.decodedCount > 0 else { return nil }
        let rest = own.count &- head
        guard source.count &- json.at >= rest, source.isSame(from: json.at, as: own, from: head, count: rest) else {
            return nil
        }
        return Fit(end: json.at &+ rest, textLength: text.decodedCount)
    }
}

extension Span<UInt8> {
    /// Whether `count` bytes from `start` are those of `other` from `otherStart`; the caller has checked both ends.
    @inline(__always)
    fileprivate func isSame(from start: Int, as other: Span<UInt8>, from otherStart: Int, count length: Int) -> Bool {
        var offset = 0
        while offset &+ 32 <= length {
            let left = start &+ offset
            let right = otherStart &+ offset
            let first = word(at: left) ^ other.word(at: right)
            let second = word(at: left &+ 8) ^ other.word(at: right &+ 8)
            let third = word(at: left &+ 16) ^ other.word(at: right &+ 16)
            let fourth = word(at: left &+ 24) ^ other.word(at: right &+ 24)
            if first | second | third | fourth != 0 { return false }
            offset &+= 32
        }
        while offset &+ 8 <= length {
            if word(at: start &+ offset) != other.word(at: otherStart &+ offset) { return false }
            offset &+= 8
        }
        while offset < length {
            if self[start &+ offset] != other[otherStart &+ offset] { return false }
            offset &+= 1
        }
        return true
    }
}
