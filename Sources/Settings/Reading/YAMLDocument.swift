import Yams

/// Text → `SourceNode`s, with the place of everything that does not parse.
///
/// A strict subset of YAML 1.1: see `YAMLSubset`. Never traps and never runs long, whatever the text.
enum YAMLDocument {
    /// The largest file that is read, in bytes.
    static let sizeLimit = 1_000_000

    /// What a file holds, and what is wrong with it.
    struct Outcome {
        /// nil where the file is empty or does not parse.
        var root: SourceNode?
        var problems: [PlacedReason]
    }

    /// Parses one file.
    static func parse(_ text: String) -> Outcome {
        let start = SourcePlace(line: 1, column: 1)
        // A byte order mark is no part of the text, and the parser stumbles over one.
        let isMarked = text.unicodeScalars.first == "\u{feff}"
        let source = isMarked ? String(text.unicodeScalars.dropFirst()) : text
        if source.utf8.count > sizeLimit {
            return Outcome(root: nil, problems: [PlacedReason(place: start, reason: "larger than 1 MB")])
        }
        let characters = YAMLSubset.characterProblems(in: source)
        if !characters.isEmpty { return Outcome(root: nil, problems: characters) }
        let mask = ReferenceMask(source)
        let check = YAMLSubset.check(mask.text)
        let forbidden = mask.problems + check.problems
        guard let readable = check.readable, mask.problems.isEmpty else {
            return Outcome(root: nil, problems: forbidden)
        }
        var outcome = compose(mask, readable)
        guard !forbidden.isEmpty else { return outcome }
        // What the parser stumbles over may only follow from what is forbidden anyway.
        guard let root = outcome.root else { return Outcome(root: nil, problems: forbidden) }
        let keys = KeyPaths(root)
        outcome.problems += forbidden.map {
            PlacedReason(place: $0.place, reason: $0.reason, key: keys.paths[$0.place] ?? "")
        }
        return outcome
    }

    /// - Parameter readable: the mask's text, as the parser may have it.
    private static func compose(_ mask: ReferenceMask, _ readable: String) -> Outcome {
        // Yams keeps a pointer to the text beyond the closure that gave it, which is only sound for a text on the heap:
        // a comment makes the shortest file long enough. It also ends a last line that has no break.
        let padding = "\n# " + String(repeating: "-", count: 40) + "\n"
        var text = readable + padding
        let lastLine = readable.unicodeScalars.reduce(1) { $0 &+ ($1 == "\n" ? 1 : 0) }
        var builder = NodeBuilder(mask: mask)
        // Yams stops at the first repeated key; it is renamed and the text parsed again, so that all are found.
        for round in 0..<(text.utf8.count > 100_000 ? 2 : 20) {
            do {
                guard let root = try Yams.compose(yaml: text, .basic, .default, .utf8) else {
                    return Outcome(root: nil, problems: builder.problems)
                }
                let node = builder.node(root, depth: 0)
                return Outcome(root: node.isNull && node.place.line > lastLine ? nil : node, problems: builder.problems)
            } catch let YamlError.duplicatedKeysInMapping(names, context) {
                let place = SourcePlace(line: context.mark.line, column: context.mark.column)
                guard let renamed = RepeatedKeys.rename(in: text, at: place, round: round) else {
                    let reason = "repeated key \(names.first ?? "")"
                    return Outcome(root: nil, problems: builder.problems + [PlacedReason(place: place, reason: reason)])
                }
                text = renamed.text
                builder.renamed[place] = renamed.original
            } catch {
                return Outcome(
                    root: nil, problems: builder.problems + [reason(of: error, in: readable, lastLine: lastLine)])
            }
        }
        let place = SourcePlace(line: 1, column: 1)
        return Outcome(root: nil, problems: [PlacedReason(place: place, reason: "too many repeated keys")])
    }

    private static func reason(of error: any Error, in source: String, lastLine: Int) -> PlacedReason {
        var place = SourcePlace(line: 1, column: 1)
        var text = "not YAML"
        switch error {
        case YamlError.scanner(let context, let problem, let mark, _),
            YamlError.parser(let context, let problem, let mark, _),
            YamlError.composer(let context, let problem, let mark, _):
            text = "not YAML: " + (context.map { $0.text + ": " } ?? "") + problem
            place = SourcePlace(line: max(mark.line, 1), column: max(mark.column, 1))
        case YamlError.reader(let problem, _, _, _):
            text = "not YAML: " + problem
        default:
            break
        }
        let lines = source.split(omittingEmptySubsequences: false) { $0 == "\n" || $0 == "\r\n" || $0 == "\r" }
        if lines.indices.contains(place.line - 1) {
            let line = lines[place.line - 1]
            if line.prefix(while: { $0 == " " || $0 == "\t" }).contains("\t") {
                text = "a tab does not indent; use spaces"
            } else if line.contains("[:") {
                text += "; put an address with [ ] into quotes"
            }
        }
        if place.line > lastLine { place = SourcePlace(line: lastLine, column: 1) }
        return PlacedReason(place: place, reason: text)
    }
}

/// Which key stands at, or has its value at, each place of a file.
private struct KeyPaths {
    private(set) var paths: [SourcePlace: String] = [:]

    init(_ root: SourceNode) { add(root, path: "") }

    private mutating func add(_ node: SourceNode, path: String) {
        paths[node.place] = path
        switch node.kind {
        case .scalar: break
        case .list(let nodes): for node in nodes { add(node, path: path) }
        case .map(let entries):
            for entry in entries {
                let child = path.isEmpty ? entry.key.raw : path + "." + entry.key.raw
                add(entry.value, path: child)
                paths[entry.place] = child
            }
        }
    }
}

/// Repeated keys made distinct, so that parsing can go on behind them.
private enum RepeatedKeys {
    /// Replaces the first character of the key at a place; nil where there is none to replace.
    ///
    /// - Returns: the new text and the scalar that was there.
    static func rename(in text: String, at place: SourcePlace, round: Int) -> (text: String, original: Unicode.Scalar)?
    {
        var scalars = Array(text.unicodeScalars)
        var at = SourcePlace(line: 1, column: 1)
        for index in scalars.indices {
            if at == place {
                let isQuoted = scalars[index] == "\"" || scalars[index] == "'"
                let target = isQuoted ? index &+ 1 : index
                guard scalars.indices.contains(target), scalars[target] != scalars[index] || !isQuoted,
                    scalars[target] != "\\", let mark = mark(round)
                else { return nil }
                let original = scalars[target]
                scalars[target] = mark
                var view = String.UnicodeScalarView()
                view.append(contentsOf: scalars)
                return (String(view), original)
            }
            // The parser ends a line at a lone carriage return too.
            let isBreak =
                scalars[index] == "\n"
                || (scalars[index] == "\r" && !(scalars.indices.contains(index + 1) && scalars[index + 1] == "\n"))
            at =
                isBreak
                ? SourcePlace(line: at.line &+ 1, column: 1) : SourcePlace(line: at.line, column: at.column &+ 1)
        }
        return nil
    }

    static func mark(_ round: Int) -> Unicode.Scalar? { Unicode.Scalar(0xe100 &+ UInt32(truncatingIfNeeded: round)) }
}

/// Yams' nodes → ours.
private struct NodeBuilder {
    let mask: ReferenceMask
    var problems: [PlacedReason] = []
    /// The first characters of the keys that were renamed because they are repeated later.
    var renamed: [SourcePlace: Unicode.Scalar] = [:]

    init(mask: ReferenceMask) { self.mask = mask }

    mutating func node(_ node: Node, depth: Int) -> SourceNode {
        let place = place(of: node)
        if depth > YAMLSubset.depthLimit {
            problems.append(PlacedReason(place: place, reason: "nested too deep"))
            return SourceNode(place: place, kind: .list([]))
        }
        switch node {
        case .scalar(let scalar):
            return SourceNode(place: place, kind: .scalar(self.scalar(scalar)))
        case .sequence(let sequence):
            return SourceNode(place: place, kind: .list(sequence.map { self.node($0, depth: depth + 1) }))
        case .mapping(let mapping):
            return SourceNode(place: place, kind: .map(entries(mapping, depth: depth)))
        case .alias:
            problems.append(PlacedReason(place: place, reason: "aliases (*) are not allowed"))
            return SourceNode(place: place, kind: .list([]))
        }
    }

    private mutating func entries(_ mapping: Node.Mapping, depth: Int) -> [SourceEntry] {
        var entries: [SourceEntry] = []
        var seen: [String: SourcePlace] = [:]
        for (key, value) in mapping {
            let place = place(of: key)
            guard case .scalar(let name) = key else {
                problems.append(PlacedReason(place: place, reason: "a key must be a single text"))
                continue
            }
            var text = scalar(name)
            if let original = renamed[place] {
                text.parts = mask.parts(
                    of: String(Character(original))
                        + String(String.UnicodeScalarView(name.string.unicodeScalars.dropFirst())))
            }
            let earlier = seen[text.raw]
            if earlier == nil { seen[text.raw] = place }
            entries.append(
                SourceEntry(key: text, place: place, value: node(value, depth: depth + 1), earlier: earlier))
        }
        return entries
    }

    private func scalar(_ scalar: Node.Scalar) -> SourceScalar {
        var text = scalar.string
        if scalar.style == .literal || scalar.style == .folded {
            // Refused as it is: what it says is judged as if it stood on one line.
            text = text.split(whereSeparator: \.isNewline).joined(separator: " ")
        }
        return SourceScalar(parts: mask.parts(of: text), isPlain: scalar.style == .plain)
    }

    private func place(of node: Node) -> SourcePlace {
        SourcePlace(line: max(node.mark?.line ?? 1, 1), column: max(node.mark?.column ?? 1, 1))
    }
}
