extension UInt8 {
    /// The hexadecimal digit, in lower case, of the lowest four of `bits`.
    package init(hexadecimal bits: UInt64) {
        let value = UInt8(truncatingIfNeeded: bits) & 0xf
        self = value < 10 ? 0x30 &+ value : 0x57 &+ value
    }
}
