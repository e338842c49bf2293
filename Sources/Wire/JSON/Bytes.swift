extension Span<UInt8> {
    /// Eight bytes from `index`, the first one lowest; the caller has checked that they are there.
    @inline(__always)
    func word(at index: Int) -> UInt64 {
        // `unsafeLoadUnaligned` checks its bounds; every bit pattern is a `UInt64`.
        UInt64(littleEndian: unsafe bytes.unsafeLoadUnaligned(fromByteOffset: index, as: UInt64.self))
    }

    /// The first byte from `index` on that is a quote, a backslash, a control character or not ASCII; else `count`.
    @inline(__always)
    func firstSpecial(from start: Int) -> Int {
        let ones: UInt64 = 0x0101_0101_0101_0101
        let highs: UInt64 = 0x8080_8080_8080_8080
        var index = start
        while index &+ 8 <= count {
            let word = word(at: index)
            let quote = word ^ (ones &* 0x22)
            let slash = word ^ (ones &* 0x5c)
            // A borrow can mark a byte above a true hit, never one below it: the lowest mark is right.
            let marks = ((quote &- ones) & ~quote | (slash &- ones) & ~slash | (word &- ones &* 0x20) | word) & highs
            if marks != 0 { return index &+ marks.trailingZeroBitCount >> 3 }
            index &+= 8
        }
        while index < count {
            let byte = self[index]
            if byte < 0x20 || byte >= 0x80 || byte == 0x22 || byte == 0x5c { return index }
            index &+= 1
        }
        return count
    }

    /// The first LF or CR from `start` on; else `count`.
    @inline(__always)
    func firstLineEnd(from start: Int) -> Int {
        let ones: UInt64 = 0x0101_0101_0101_0101
        let highs: UInt64 = 0x8080_8080_8080_8080
        var index = start
        while index &+ 8 <= count {
            let word = word(at: index)
            let feed = word ^ (ones &* 0x0a)
            let back = word ^ (ones &* 0x0d)
            let marks = ((feed &- ones) & ~feed | (back &- ones) & ~back) & highs
            if marks != 0 { return index &+ marks.trailingZeroBitCount >> 3 }
            index &+= 8
        }
        while index < count {
            if self[index] == 0x0a || self[index] == 0x0d { return index }
            index &+= 1
        }
        return count
    }

    /// Whether the bytes from `start` up to `end` are exactly `text`.
    @inline(__always)
    func equals(_ text: StaticString, from start: Int, to end: Int) -> Bool {
        let length = text.utf8CodeUnitCount
        guard end &- start == length, start >= 0, end <= count else { return false }
        let expected = unsafe UnsafeRawBufferPointer(start: text.utf8Start, count: length)
        // Eight bytes at a time, the last eight again where the length is no multiple.
        if length >= 8 {
            var offset = 0
            while offset &+ 8 < length {
                guard unsafe word(at: start &+ offset) == expected.word(at: offset) else { return false }
                offset &+= 8
            }
            return unsafe word(at: end &- 8) == expected.word(at: length &- 8)
        }
        for offset in 0..<length where unsafe self[start &+ offset] != expected[offset] { return false }
        return true
    }

    /// Whether the bytes from `start` up to `end` are `text` in whatever case; `text` is lower case.
    func equalsFolded(_ text: StaticString, from start: Int, to end: Int) -> Bool {
        let length = text.utf8CodeUnitCount
        guard end &- start == length else { return false }
        let expected = unsafe text.utf8Start
        for offset in 0..<length where unsafe self[start &+ offset].lowered != expected[offset] { return false }
        return true
    }

    /// Appends the bytes from `start` up to `end` to an array.
    func append(from start: Int, to end: Int, to array: inout [UInt8]) {
        unsafe extracting(start..<end).withUnsafeBufferPointer { unsafe array.append(contentsOf: $0) }
    }

    /// The value of four hexadecimal digits; nil where they are not there.
    func hexadecimal(at index: Int) -> UInt32? {
        guard index &+ 4 <= count else { return nil }
        var value: UInt32 = 0
        for offset in 0..<4 {
            guard let digit = self[index &+ offset].hexadecimalValue else { return nil }
            value = value << 4 | UInt32(digit)
        }
        return value
    }

    /// Length of the well-formed UTF-8 sequence that begins at `index` (RFC 3629: no overlong form, no surrogate,
    /// nothing above U+10FFFF); 0 where there is none.
    func lengthOfScalar(at index: Int) -> Int {
        let first = self[index]
        if first < 0x80 { return 1 }
        func tail(_ offset: Int, _ low: UInt8 = 0x80, _ high: UInt8 = 0xbf) -> Bool {
            index &+ offset < count && self[index &+ offset] >= low && self[index &+ offset] <= high
        }
        switch first {
        case 0xc2...0xdf: return tail(1) ? 2 : 0
        case 0xe0: return tail(1, 0xa0) && tail(2) ? 3 : 0
        case 0xed: return tail(1, 0x80, 0x9f) && tail(2) ? 3 : 0
        case 0xe1...0xef: return tail(1) && tail(2) ? 3 : 0
        case 0xf0: return tail(1, 0x90) && tail(2) && tail(3) ? 4 : 0
        case 0xf1...0xf3: return tail(1) && tail(2) && tail(3) ? 4 : 0
        case 0xf4: return tail(1, 0x80, 0x8f) && tail(2) && tail(3) ? 4 : 0
        default: return 0
        }
    }
}

extension UnsafeRawBufferPointer {
    /// Eight bytes from `index`, the first one lowest; the caller has checked that they are there.
    @inline(__always)
    fileprivate func word(at index: Int) -> UInt64 {
        unsafe UInt64(littleEndian: loadUnaligned(fromByteOffset: index, as: UInt64.self))
    }
}

extension UInt8 {
    /// The lower-case form of an ASCII letter; any other byte itself.
    @inline(__always)
    var lowered: UInt8 { self &- 0x41 < 26 ? self | 0x20 : self }

    /// The value of a hexadecimal digit of either case; nil for another byte.
    var hexadecimalValue: UInt8? {
        switch self {
        case 0x30...0x39: self &- 0x30
        case 0x41...0x46: self &- 0x37
        case 0x61...0x66: self &- 0x57
        default: nil
        }
    }
}
