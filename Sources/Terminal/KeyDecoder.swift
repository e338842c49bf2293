/// Bytes from a terminal as keys and pastes: a machine without clock or descriptor.
///
/// Whoever reads the terminal feeds what came and, where `patience` is not nil, calls `expire` when nothing more has
/// come for that long: only silence tells a lone Esc from the start of an arrow key. A sequence that stays unfinished
/// is dropped whole, because its tail read as letters would be commands.
struct KeyDecoder: Sendable {
    /// What was typed or pasted.
    enum Input: Hashable, Sendable {
        case key(Key)
        case paste(String)
    }

    /// The most bytes of a paste that are kept; the rest is swallowed.
    static let longestPaste = 65_536
    /// The longest sequence that is waited for.
    static let longestSequence = 64
    private static let pasteEnd: [UInt8] = Array("\u{1B}[201~".utf8)

    /// Milliseconds of silence after which a lone ESC is the key.
    private let escapeDelay: Int
    /// What the terminal's type sends for its keys, where it differs from what nearly all send.
    private let sequences: [[UInt8]: Key]
    private var buffer: [UInt8] = []
    private var pasted: [UInt8]?
    private var endMatched = 0

    /// A decoder.
    ///
    /// - Parameters:
    ///   - escapeDelay: milliseconds of silence after which a lone ESC is the key.
    ///   - sequences: keys of the terminal's type.
    init(escapeDelay: Int = 25, sequences: [[UInt8]: Key] = [:]) {
        self.escapeDelay = escapeDelay
        self.sequences = sequences
    }

    /// Milliseconds of silence after which `expire` is due, nil where nothing is unfinished.
    var patience: Int? {
        if pasted != nil { return 2_000 }
        if buffer.isEmpty { return nil }
        return buffer.count == 1 ? escapeDelay : 250
    }

    /// Forgets what is unfinished.
    mutating func reset() {
        buffer.removeAll()
        pasted = nil
        endMatched = 0
    }

    /// What these bytes complete.
    mutating func feed(_ bytes: some Sequence<UInt8>) -> [Input] {
        var inputs: [Input] = []
        for byte in bytes {
            if pasted != nil {
                paste(byte, into: &inputs)
            } else {
                buffer.append(byte)
                reduce(into: &inputs)
            }
        }
        return inputs
    }

    /// What silence makes of what is unfinished.
    mutating func expire() -> [Input] {
        defer { reset() }
        if let pasted { return [.paste(KeyDecoder.clean(pasted))] }
        return buffer == [0x1B] ? [.key(.escape)] : []
    }
}

extension KeyDecoder {
    /// Takes what is complete from the front of the buffer.
    private mutating func reduce(into inputs: inout [Input]) {
        while let first = buffer.first {
            switch first {
            case 0x1B:
                guard reduceEscape(into: &inputs) else { return }
            case 0x80...:
                guard reduceScalar(into: &inputs) else { return }
            default:
                buffer.removeFirst()
                inputs.append(.key(KeyDecoder.plain(first)))
            }
        }
    }

    /// - Returns: false where more bytes are needed.
    private mutating func reduceEscape(into inputs: inout [Input]) -> Bool {
        guard buffer.count > 1 else { return false }
        if let key = sequences[Array(buffer.prefix(2))] {
            buffer.removeFirst(2)
            inputs.append(.key(key))
            return true
        }
        guard buffer[1] == 0x5B || buffer[1] == 0x4F else {
            buffer.removeFirst()
            inputs.append(.key(.escape))
            return true
        }
        guard let length = sequenceLength() else {
            guard buffer.count >= KeyDecoder.longestSequence else { return false }
            buffer.removeAll()
            return true
        }
        let sequence = Array(buffer.prefix(length))
        buffer.removeFirst(length)
        if sequence == Array("\u{1B}[200~".utf8) {
            pasted = []
        } else if let key = sequences[sequence] ?? KeySequence.key(sequence) {
            inputs.append(.key(key))
        }
        return true
    }

    /// How long the CSI or SS3 sequence at the front is, nil where it is not complete.
    ///
    /// A byte that cannot be in one ends it without belonging to it.
    private func sequenceLength() -> Int? {
        let isLinuxFunction = buffer.count > 2 && buffer[1] == 0x5B && buffer[2] == 0x5B
        if isLinuxFunction { return buffer.count > 3 ? 4 : nil }
        if buffer.count > 2, buffer[1] == 0x5B, buffer[2] == 0x4D { return buffer.count > 5 ? 6 : nil }
        for index in 2..<max(2, buffer.count) {
            switch buffer[index] {
            case 0x40...0x7E: return index &+ 1
            case 0x20...0x3F: continue
            default: return index
            }
        }
        return nil
    }

    /// - Returns: false where more bytes are needed.
    private mutating func reduceScalar(into inputs: inout [Input]) -> Bool {
        let length: Int
        switch buffer[0] {
        case 0xC2...0xDF: length = 2
        case 0xE0...0xEF: length = 3
        case 0xF0...0xF4: length = 4
        default: length = 1
        }
        let tail = buffer.prefix(length).dropFirst().prefix { $0 & 0xC0 == 0x80 }
        if tail.count < length &- 1, tail.count == buffer.count &- 1 { return false }
        let taken = Array(buffer.prefix(tail.count &+ 1))
        buffer.removeFirst(taken.count)
        if length > 1, let text = String(validating: taken, as: UTF8.self), let character = text.first {
            inputs.append(.key(.character(character)))
        }
        return true
    }

    private mutating func paste(_ byte: UInt8, into inputs: inout [Input]) {
        if byte == KeyDecoder.pasteEnd[endMatched] {
            endMatched &+= 1
            guard endMatched == KeyDecoder.pasteEnd.count else { return }
            inputs.append(.paste(KeyDecoder.clean(pasted ?? [])))
            pasted = nil
            endMatched = 0
            return
        }
        keep(KeyDecoder.pasteEnd.prefix(endMatched))
        endMatched = byte == 0x1B ? 1 : 0
        if byte != 0x1B { keep([byte]) }
    }

    private mutating func keep(_ bytes: some Collection<UInt8>) {
        guard let count = pasted?.count, count &+ bytes.count <= KeyDecoder.longestPaste else { return }
        pasted?.append(contentsOf: bytes)
    }

    /// Pasted bytes as text: line ends as line feeds, no other control character.
    private static func clean(_ bytes: [UInt8]) -> String {
        var result = String.UnicodeScalarView()
        var isAfterReturn = false
        for scalar in String(decoding: bytes, as: UTF8.self).unicodeScalars {
            if scalar == "\r" {
                result.append("\n")
            } else if scalar == "\n" {
                if !isAfterReturn { result.append(scalar) }
            } else if scalar == "\t" || (scalar.value >= 0x20 && !(0x7F...0x9F).contains(scalar.value)) {
                result.append(scalar)
            }
            isAfterReturn = scalar == "\r"
        }
        return String(result)
    }

    /// The key of a byte that is ASCII and no ESC.
    private static func plain(_ byte: UInt8) -> Key {
        switch byte {
        case 0x09: .tab
        case 0x0A, 0x0D: .enter
        case 0x08, 0x7F: .backspace
        case 0x01...0x1A: .control(Character(Unicode.Scalar(byte &+ 0x60)))
        case 0x00...0x1F: .control(Character(Unicode.Scalar(byte &+ 0x40)))
        default: .character(Character(Unicode.Scalar(byte)))
        }
    }
}
