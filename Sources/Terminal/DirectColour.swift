/// Direct colour in the form that every terminal with direct colour understands.
///
/// The types of the terminal database send `38:2::r:g:b`, which is what the standard says and what several terminals
/// do not know; all of them know `38;2;r;g;b`.
enum DirectColour {
    /// The bytes of a frame with the colons in its control sequences turned into semicolons; text stays as it is.
    static func plain(_ bytes: [UInt8]) -> [UInt8] {
        var result: [UInt8] = []
        result.reserveCapacity(bytes.count)
        var isSequence = false
        for (index, byte) in bytes.enumerated() {
            if isSequence {
                if byte == 0x3A {
                    if bytes[index &- 1] != 0x3A { result.append(0x3B) }
                    continue
                }
                if (0x40...0x7E).contains(byte) { isSequence = false }
            } else if byte == 0x5B, index > 0, bytes[index &- 1] == 0x1B {
                isSequence = true
            }
            result.append(byte)
        }
        return result
    }
}
