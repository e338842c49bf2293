/// A growing run of bytes for many log lines: plain memory, so that a field costs a copy and nothing else.
///
/// Only the recorder's thread touches one. Every write checks the room that is left.
struct LineBuffer: ~Copyable {
    private var memory: UnsafeMutableRawBufferPointer
    var count = 0

    init(capacity: Int = 64 * 1024) {
        memory = UnsafeMutableRawBufferPointer.allocate(byteCount: max(capacity, 64), alignment: 16)
    }

    deinit { memory.deallocate() }

    /// What has been written so far; valid until the next change.
    var bytes: UnsafeRawBufferPointer { UnsafeRawBufferPointer(rebasing: memory[0..<count]) }

    mutating func removeAll() {
        count = 0
        // A burst's memory is given back once it is over.
        guard memory.count > 1 << 20 else { return }
        memory.deallocate()
        memory = UnsafeMutableRawBufferPointer.allocate(byteCount: 64 * 1024, alignment: 16)
    }

    /// Drops the first `length` bytes; the rest moves to the front.
    mutating func removeFirst(_ length: Int) {
        let cut = min(max(0, length), count)
        memory.copyMemory(from: UnsafeRawBufferPointer(rebasing: memory[cut..<count]))
        count -= cut
    }

    @inline(__always)
    mutating func put(_ byte: UInt8) {
        if count == memory.count { grow(1) }
        memory[count] = byte
        count &+= 1
    }

    /// Appends a text that is fit for JSON as it is.
    @inline(__always)
    mutating func put(_ text: StaticString) {
        put(UnsafeRawBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount))
    }

    @inline(__always)
    mutating func put(_ source: UnsafeRawBufferPointer) {
        if memory.count &- count < source.count { grow(source.count) }
        if let from = source.baseAddress, let to = memory.baseAddress {
            (to + count).copyMemory(from: from, byteCount: source.count)
        }
        count &+= source.count
    }

    /// Appends a whole number.
    mutating func put(_ number: Int64) {
        if number < 0 { put(UInt8(ascii: "-")) }
        put(digits: number.magnitude, atLeast: 1)
    }

    /// Appends the digits of a number, with leading zeros up to `width` (at most 20).
    mutating func put(digits number: UInt64, atLeast width: Int) {
        var length = 1
        var power = number
        while power >= 10 {
            power /= 10
            length &+= 1
        }
        length = max(length, min(width, 20))
        if memory.count &- count < length { grow(length) }
        var rest = number
        var position = count &+ length
        while position > count {
            position &-= 1
            memory[position] = 0x30 &+ UInt8(truncatingIfNeeded: rest % 10)
            rest /= 10
        }
        count &+= length
    }

    @inline(never)
    private mutating func grow(_ needed: Int) {
        let larger = UnsafeMutableRawBufferPointer.allocate(
            byteCount: max(memory.count &* 2, count &+ needed), alignment: 16)
        larger.copyMemory(from: bytes)
        memory.deallocate()
        memory = larger
    }
}

extension LineBuffer {
    /// How many line feeds the first `length` bytes have.
    func lines(in length: Int) -> Int64 {
        var lines: Int64 = 0
        for byte in bytes.prefix(length) where byte == 0x0a { lines &+= 1 }
        return lines
    }
}
