import Domain

/// Walks a parsed file and collects everything that is wrong with it; nothing is skipped silently.
///
/// One reader reads one file, on one thread.
final class StrictReader {
    /// What messages call the file.
    let file: String
    private(set) var problems: [ConfigurationProblem] = []
    private(set) var warnings: [ConfigurationProblem] = []
    /// Whether a secret stands in the file itself instead of coming from the environment.
    private(set) var holdsLiteralSecret = false
    private let variables: [String: String]
    /// The places, and the keys at them, of what may not be written as it is.
    private var refused: [SourcePlace: String] = [:]

    /// - Parameters:
    ///   - variables: what `${NAME}` means.
    init(file: String, variables: [String: String] = [:]) {
        self.file = file
        self.variables = variables
    }

    /// How many problems are listed; a file with more is no configuration.
    private static let limit = 500

    /// Whether no more problems are listed.
    private var isFull: Bool { problems.count >= StrictReader.limit }

    func report(
        _ place: SourcePlace, _ key: String, _ reason: String, kind: ConfigurationProblem.Kind? = nil
    ) {
        // What is written in a way that is refused is not judged a second time for what it says.
        if isFull || refused[place] == key { return }
        problems.append(
            ConfigurationProblem(
                file: file, line: place.line, column: place.column, key: key, reason: reason, kind: kind))
        if isFull {
            let reason = "there are more problems; only the first \(StrictReader.limit) are listed"
            problems.append(
                ConfigurationProblem(file: file, line: place.line, column: place.column, key: "", reason: reason))
        }
    }

    func warn(_ place: SourcePlace, _ key: String, _ reason: String) {
        warnings.append(
            ConfigurationProblem(file: file, line: place.line, column: place.column, key: key, reason: reason))
    }

    /// Parses a text; nil where nothing can be read of it, which has been reported.
    func root(of text: String) -> SourceNode? {
        let outcome = YAMLDocument.parse(text)
        for problem in outcome.problems { report(problem.place, problem.key, problem.reason) }
        for problem in outcome.problems { refused[problem.place] = problem.key }
        return outcome.root
    }

    /// The fields of a block whose keys are known; every other key is reported with the nearest known one.
    func section(_ field: Field, keys: [String]) -> Section? {
        guard let entries = entries(field) else { return nil }
        var fields: [String: Field] = [:]
        for entry in entries {
            let name = entry.key.raw
            if isFull { break }
            guard keys.contains(name) else {
                report(entry.place, field.child(name), "unknown key" + NearestWord.hint(name, in: keys))
                continue
            }
            fields[name] = Field(node: entry.value, key: field.child(name), keyPlace: entry.place)
        }
        return Section(field: field, fields: fields)
    }

    /// The entries of a block whose keys are names; repeated ones and `<<` are reported and left out.
    func names(_ field: Field) -> [(name: String, field: Field)] {
        (entries(field) ?? []).map { entry in
            (entry.key.raw, Field(node: entry.value, key: field.child(entry.key.raw), keyPlace: entry.place))
        }
    }

    private func entries(_ field: Field) -> [SourceEntry]? {
        guard case .map(let entries) = field.node.kind else {
            let found = field.node.isNull ? "has no value" : "expected a block of keys, found \(field.node.kindName)"
            report(field.node.place, field.key, found)
            return nil
        }
        return entries.filter { entry in
            let key = field.child(entry.key.raw)
            if entry.key.hasReference {
                report(entry.place, key, "a key cannot come from the environment")
            } else if entry.key.raw == "<<", entry.key.isPlain {
                report(entry.place, key, "merge keys (<<) are not allowed")
            } else if let earlier = entry.earlier {
                report(entry.place, key, "repeated key; it is first at line \(earlier.line), column \(earlier.column)")
            } else {
                return true
            }
            return false
        }
    }

    /// The elements of a list.
    func list(_ field: Field) -> [Field]? {
        guard case .list(let nodes) = field.node.kind else {
            let found = field.node.isNull ? "has no value" : "expected a list in [ ], found \(field.node.kindName)"
            report(field.node.place, field.key, found)
            return nil
        }
        return nodes.map { Field(node: $0, key: field.key, keyPlace: $0.place) }
    }

    /// A text with its references resolved; nil where it is none, empty, or holds characters that no screen may show.
    func text(_ field: Field) -> String? {
        guard case .scalar(let scalar) = field.node.kind else {
            report(field.node.place, field.key, "expected a single value, found \(field.node.kindName)")
            return nil
        }
        if scalar.isNull {
            report(field.node.place, field.key, "has no value")
            return nil
        }
        guard let text = resolve(scalar, field) else { return nil }
        if let bad = text.unicodeScalars.first(where: { !VisibleText.isVisible($0) }) {
            let code = String(bad.value, radix: 16, uppercase: true)
            report(field.node.place, field.key, "holds a control or format character, U+\(code)")
            return nil
        }
        if text.isEmpty {
            report(field.node.place, field.key, scalar.hasReference ? "is empty: \(scalar.raw)" : "is empty")
            return nil
        }
        return text
    }

    /// A text that is shown nowhere.
    func secret(_ field: Field) -> Secret? {
        guard let text = text(field) else { return nil }
        if case .scalar(let scalar) = field.node.kind, !scalar.hasReference {
            if text.first == "$", StrictReader.isVariableName(String(text.dropFirst())) {
                report(field.node.place, field.key, "$NAME is taken as it stands; write ${NAME} for a variable's value")
                return nil
            }
            holdsLiteralSecret = true
        }
        return Secret(text)
    }

    /// A text read as something; where it is no such thing, the message says what was expected.
    func value<Value>(_ field: Field, _ expected: String, _ read: (String) -> Value?) -> Value? {
        guard let text = text(field) else { return nil }
        if let value = read(text) { return value }
        if case .scalar(let scalar) = field.node.kind {
            let isNegative = text.first == "-" && text.dropFirst().first?.isNumber == true
            let reason =
                isNegative ? "must not be negative" : "expected \(expected), found \(StrictReader.quote(scalar.raw))"
            report(field.node.place, field.key, reason)
        }
        return nil
    }

    /// A whole number in a range.
    func integer(_ field: Field, in range: ClosedRange<Int>) -> Int? {
        value(field, "a whole number from \(range.lowerBound) to \(range.upperBound)") { text in
            guard text.utf8.allSatisfy({ $0 >= UInt8(ascii: "0") && $0 <= UInt8(ascii: "9") }), let number = Int(text),
                range.contains(number)
            else { return nil }
            return number
        }
    }

    private func resolve(_ scalar: SourceScalar, _ field: Field) -> String? {
        var text = ""
        for part in scalar.parts {
            switch part {
            case .text(let literal):
                if literal.contains("${") {
                    report(field.node.place, field.key, "${ is never closed; write ${NAME}")
                    return nil
                }
                text += literal
            case .reference(let reference):
                guard !reference.raw.dropFirst(2).contains("${") else {
                    report(
                        field.node.place, field.key,
                        "references do not nest; write the default itself")
                    return nil
                }
                guard StrictReader.isVariableName(reference.name) else {
                    report(
                        field.node.place, field.key,
                        "\(StrictReader.quote(reference.raw)) is no variable of the environment")
                    return nil
                }
                let value = variables[reference.name]
                if let value, !value.isEmpty || reference.fallback == nil {
                    text += value
                } else if let fallback = reference.fallback {
                    text += fallback
                } else {
                    report(
                        field.node.place, field.key, "${\(reference.name)} is not set",
                        kind: .unsetVariable(reference.name))
                    return nil
                }
            }
        }
        return text
    }

    /// Letters, digits and underscores, not beginning with a digit.
    static func isVariableName(_ name: String) -> Bool {
        guard let first = name.utf8.first, !(0x30...0x39).contains(first) else { return false }
        return name.utf8.allSatisfy { isWord($0) }
    }

    /// A text for a message: in quotes, cut at 60 characters.
    static func quote(_ text: String) -> String { text.count > 60 ? "\"\(text.prefix(60))…\"" : "\"\(text)\"" }

    private static func isWord(_ byte: UInt8) -> Bool {
        (0x30...0x39).contains(byte) || (0x41...0x5a).contains(byte) || (0x61...0x7a).contains(byte) || byte == 0x5f
    }
}

/// A value with the path that leads to it.
struct Field {
    var node: SourceNode
    /// `tiers.free.requests`; empty for the whole file.
    var key: String
    var keyPlace: SourcePlace

    func child(_ name: String) -> String { key.isEmpty ? name : key + "." + name }
}

/// A block whose keys are known.
struct Section {
    var field: Field
    var fields: [String: Field]

    subscript(name: String) -> Field? { fields[name] }
}
