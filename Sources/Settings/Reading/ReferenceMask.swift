/// Text in which every `${…}` is hidden from the YAML parser.
///
/// A brace ends a plain text inside `{ … }`, so `key: ${NAME}` would not parse there; and a value put in before parsing
/// could bring syntax of its own. Each reference becomes one private-use character that stands for its number and
/// fillers up to its length: columns stay as they are in the file.
struct ReferenceMask {
    private(set) var text = ""
    private(set) var references: [EnvironmentReference] = []
    private(set) var problems: [PlacedReason] = []

    private static let first: UInt32 = 0xf0000
    private static let limit = 10_000
    /// How deep references are followed into each other to find where the outermost ends.
    private static let depthLimit = 16
    static let filler: Unicode.Scalar = "\u{E000}"

    /// Hides the references of a text that `YAMLSubset` has found to hold no private-use characters.
    init(_ source: String) {
        var result = String.UnicodeScalarView()
        var place = SourcePlace(line: 1, column: 1)
        let scalars = source.unicodeScalars
        var index = scalars.startIndex
        var lineIsOpen = false
        while index < scalars.endIndex {
            let scalar = scalars[index]
            let next = scalars.index(after: index)
            if !lineIsOpen, scalar == "$", next < scalars.endIndex, scalars[next] == "{" {
                guard let end = ReferenceMask.end(in: scalars, from: scalars.index(after: next)) else {
                    // Nor is any other one closed on this line: looking again for each would take long.
                    lineIsOpen = true
                    continue
                }
                let raw = String(scalars[index...end])
                let count = scalars.distance(from: index, to: end) &+ 1
                hide(raw, count: count, at: place, into: &result)
                place.column &+= count
                index = scalars.index(after: end)
                continue
            }
            result.append(scalar)
            if scalar == "\n" || scalar == "\r" { lineIsOpen = false }
            if scalar == "\n" {
                place = SourcePlace(line: place.line &+ 1, column: 1)
            } else {
                place.column &+= 1
            }
            index = next
        }
        text = String(result)
    }

    private mutating func hide(
        _ raw: String, count: Int, at place: SourcePlace, into result: inout String.UnicodeScalarView
    ) {
        guard references.count < ReferenceMask.limit,
            let mark = Unicode.Scalar(ReferenceMask.first &+ UInt32(truncatingIfNeeded: references.count))
        else {
            if references.count == ReferenceMask.limit {
                problems.append(PlacedReason(place: place, reason: "too many references to the environment"))
            }
            return
        }
        references.append(ReferenceMask.parse(raw))
        result.append(mark)
        for _ in 1..<max(count, 2) { result.append(ReferenceMask.filler) }
    }

    /// The closing brace on the same line; where references nest, which none may, the one of the outermost.
    private static func end(
        in scalars: String.UnicodeScalarView, from start: String.UnicodeScalarView.Index
    ) -> String.UnicodeScalarView.Index? {
        var index = start
        var first: String.UnicodeScalarView.Index?
        var depth = 1
        var isDollar = false
        while index < scalars.endIndex, scalars[index] != "\n", scalars[index] != "\r", depth <= depthLimit {
            let scalar = scalars[index]
            if scalar == "{", isDollar { depth &+= 1 }
            if scalar == "}" {
                first = first ?? index
                depth &-= 1
                if depth == 0 { return index }
            }
            isDollar = scalar == "$"
            index = scalars.index(after: index)
        }
        return first
    }

    private static func parse(_ raw: String) -> EnvironmentReference {
        let inner = raw.dropFirst(2).dropLast()
        let utf8 = Array(inner.utf8)
        guard
            let colon = utf8.indices.first(where: {
                utf8[$0] == UInt8(ascii: ":") && $0 + 1 < utf8.count && utf8[$0 + 1] == UInt8(ascii: "-")
            })
        else { return EnvironmentReference(name: String(inner), fallback: nil, raw: raw) }
        return EnvironmentReference(
            name: String(decoding: utf8[..<colon], as: UTF8.self),
            fallback: String(decoding: utf8[(colon + 2)...], as: UTF8.self), raw: raw)
    }

    /// The parts of a text that came back from the parser.
    func parts(of text: String) -> [SourceScalar.Part] {
        var parts: [SourceScalar.Part] = []
        var literal = String.UnicodeScalarView()
        for scalar in text.unicodeScalars where scalar != ReferenceMask.filler {
            let number = Int(scalar.value) - Int(ReferenceMask.first)
            guard references.indices.contains(number) else {
                literal.append(scalar)
                continue
            }
            if !literal.isEmpty { parts.append(.text(String(literal))) }
            literal = String.UnicodeScalarView()
            parts.append(.reference(references[number]))
        }
        if !literal.isEmpty || parts.isEmpty { parts.append(.text(String(literal))) }
        return parts
    }
}
