/// Writes ASCII into reserved memory; what would not fit is left out, never written beyond the end.
package struct HeadScratch {
    private let space: UnsafeMutableRawBufferPointer
    /// Bytes written so far.
    package private(set) var count = 0

    package init(_ space: UnsafeMutableRawBufferPointer) { self.space = space }

    package mutating func put(_ text: StaticString) {
        let size = text.utf8CodeUnitCount
        guard count + size <= space.count else { return }
        UnsafeMutableRawBufferPointer(rebasing: space[count..<count + size])
            .copyMemory(from: UnsafeRawBufferPointer(start: text.utf8Start, count: size))
        count += size
    }

    /// A text and a number after it.
    package mutating func put(_ text: StaticString, _ number: Int64) {
        put(text)
        var digits = InlineArray<20, UInt8>(repeating: 0)
        var length = 0
        var rest = number.magnitude
        repeat {
            digits[length] = UInt8(truncatingIfNeeded: 0x30 &+ rest % 10)
            rest /= 10
            length += 1
        } while rest > 0
        guard count + length < space.count else { return }
        if number < 0 {
            space[count] = UInt8(ascii: "-")
            count += 1
        }
        for index in 0..<length { space[count + index] = digits[length - 1 - index] }
        count += length
    }

    package mutating func put(_ text: String) {
        for byte in text.utf8 {
            guard count < space.count else { return }
            space[count] = byte
            count += 1
        }
    }
}
