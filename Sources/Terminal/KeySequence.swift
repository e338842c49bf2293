/// What nearly every terminal sends for its keys: CSI and SS3 sequences.
///
/// Modifiers are ignored, unknown ones too.
enum KeySequence {
    /// The key of a complete sequence, nil for what is none (reports, focus, a stray end of a paste).
    static func key(_ sequence: [UInt8]) -> Key? {
        guard sequence.count > 2, let final = sequence.last else { return nil }
        let middle = sequence[2..<(sequence.count &- 1)]
        if sequence[1] == 0x4F { return middle.allSatisfy { (0x30...0x39).contains($0) } ? single(final) : nil }
        if middle == [0x5B] { return (0x41...0x45).contains(final) ? .function(Int(final) &- 0x40) : nil }
        guard let first = parameter(middle) else { return nil }
        switch final {
        case 0x7E: return tilde(first)
        case 0x41...0x5A where first <= 1: return final == 0x4D ? nil : letter(final)
        default: return nil
        }
    }

    /// The first parameter, 1 where there is none; nil where the sequence is private or has intermediates.
    private static func parameter(_ bytes: ArraySlice<UInt8>) -> Int? {
        guard bytes.allSatisfy({ (0x30...0x3B).contains($0) }) else { return nil }
        let digits = bytes.prefix { $0 != 0x3B && $0 != 0x3A }
        if digits.isEmpty { return 1 }
        return digits.count > 4 ? nil : digits.reduce(0) { $0 &* 10 &+ Int($1 &- 0x30) }
    }

    private static func letter(_ final: UInt8) -> Key? {
        switch final {
        case 0x41: .up
        case 0x42: .down
        case 0x43: .right
        case 0x44: .left
        case 0x46: .end
        case 0x48: .home
        case 0x50...0x53: .function(Int(final) &- 0x4F)
        case 0x5A: .backTab
        default: nil
        }
    }

    /// SS3: the cursor keys of application mode and the numeric keypad.
    private static func single(_ final: UInt8) -> Key? {
        switch final {
        case 0x4D: .enter
        case 0x6A...0x79: .character(Character(Unicode.Scalar(final &- 0x40)))
        default: letter(final)
        }
    }

    private static func tilde(_ number: Int) -> Key? {
        switch number {
        case 1, 7: .home
        case 2: .insert
        case 3: .delete
        case 4, 8: .end
        case 5: .pageUp
        case 6: .pageDown
        case 11...15: .function(number &- 10)
        case 17...21: .function(number &- 11)
        case 23, 24: .function(number &- 12)
        default: nil
        }
    }
}
