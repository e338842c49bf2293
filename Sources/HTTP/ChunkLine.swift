/// The lines of a chunked body's framing (RFC 9112 §7.1), read without the leniencies of that grammar.
///
/// A line that another reader might refuse or read differently is refused: blanks around a size or an extension,
/// extensions and trailers of other shapes.
enum ChunkLine {
    /// The size and the bytes of extensions of `chunk-size *( ";" name [ "=" value ] )`; nil where it is no such line.
    static func size(_ all: UnsafeRawBufferPointer, end: Int) -> (size: Int, extensions: Int)? {
        var size = 0
        var index = 0
        while index < end, let digit = Bytes.hex(all[index]) {
            // Fifteen digits stay within 60 bits: nothing below can overflow.
            if index >= 15 { return nil }
            size = size << 4 | Int(digit)
            index += 1
        }
        if index == 0 { return nil }
        let extensions = end - index
        while index < end {
            guard all[index] == UInt8(ascii: ";"), let next = afterExtension(all, from: index + 1, end: end) else {
                return nil
            }
            index = next
        }
        return (size, extensions)
    }

    /// Whether the line is a field: a name, a colon at once after it, and a value without control characters.
    static func isTrailer(_ all: UnsafeRawBufferPointer, end: Int) -> Bool {
        let colon = afterToken(all, from: 0, end: end)
        guard colon > 0, colon < end, all[colon] == Bytes.colon else { return false }
        return !(colon..<end).contains { !Bytes.isFieldContent(all[$0]) }
    }

    private static func afterToken(_ all: UnsafeRawBufferPointer, from start: Int, end: Int) -> Int {
        var index = start
        while index < end, Bytes.isToken(all[index]) { index += 1 }
        return index
    }

    /// Where the extension that begins at `start` ends; nil where it is malformed.
    private static func afterExtension(_ all: UnsafeRawBufferPointer, from start: Int, end: Int) -> Int? {
        var index = afterToken(all, from: start, end: end)
        guard index > start else { return nil }
        guard index < end, all[index] == UInt8(ascii: "=") else { return index }
        index += 1
        guard index < end, all[index] == UInt8(ascii: "\"") else {
            let after = afterToken(all, from: index, end: end)
            return after > index ? after : nil
        }
        index += 1
        while index < end, all[index] != UInt8(ascii: "\"") {
            if all[index] == UInt8(ascii: "\\") { index += 1 }
            guard index < end, Bytes.isFieldContent(all[index]), all[index] < 0x80 else { return nil }
            index += 1
        }
        return index < end ? index + 1 : nil
    }
}
