/// A `.env` file: `NAME=value` lines, with comments, quotes and `export`.
struct DotEnv {
    /// Value and place by name; the last of several wins, as in a shell.
    private(set) var values: [String: (text: String, place: SourcePlace)] = [:]
    private(set) var problems: [PlacedReason] = []

    /// Reads a whole file; lines that are wrong are reported and skipped.
    init(_ text: String) {
        // A byte order mark is no part of the first name.
        let source = text.unicodeScalars.first == "\u{feff}" ? String(text.unicodeScalars.dropFirst()) : text
        let lines = source.split(omittingEmptySubsequences: false) { $0.isNewline }
        for (index, line) in lines.enumerated() {
            var rest = Substring(line)
            let whole = rest
            trimStart(&rest)
            if rest.isEmpty || rest.first == "#" { continue }
            if rest.hasPrefix("export "), let space = rest.firstIndex(of: " ") {
                rest = rest[space...]
                trimStart(&rest)
            }
            let place = SourcePlace(line: index + 1, column: column(of: rest, in: whole))
            guard let equals = rest.firstIndex(of: "=") else {
                problems.append(PlacedReason(place: place, reason: "expected NAME=value"))
                continue
            }
            var name = rest[..<equals]
            while name.last?.isWhitespace == true { name.removeLast() }
            guard StrictReader.isVariableName(String(name)) else {
                problems.append(PlacedReason(place: place, reason: "a name is letters, digits and _"))
                continue
            }
            var text = rest[rest.index(after: equals)...]
            trimStart(&text)
            let valuePlace = SourcePlace(line: index + 1, column: column(of: text, in: whole))
            if text.first != "'", text.contains("${") {
                let reason = "${…} means nothing in this file; write the value itself, or '…' where it is meant so"
                problems.append(PlacedReason(place: valuePlace, reason: reason))
            } else if let value = DotEnv.value(text) {
                values[String(name)] = (value, valuePlace)
            } else {
                problems.append(
                    PlacedReason(place: valuePlace, reason: "the quote is never closed, or text follows it"))
            }
        }
    }

    private func trimStart(_ text: inout Substring) { while text.first?.isWhitespace == true { text.removeFirst() } }

    private func column(of part: Substring, in line: Substring) -> Int {
        line.unicodeScalars.distance(from: line.startIndex, to: part.startIndex) + 1
    }

    /// The value of what follows `=`; nil where a quote is open or followed by more.
    private static func value(_ text: Substring) -> String? {
        guard let quote = text.first, quote == "\"" || quote == "'" else {
            var plain = Substring()
            var previous: Character = " "
            for (index, character) in zip(text.indices, text) {
                if character == "#", previous.isWhitespace { break }
                plain = text[text.startIndex...index]
                previous = character
            }
            while plain.last?.isWhitespace == true { plain.removeLast() }
            return String(plain)
        }
        var result = ""
        var rest = text.dropFirst()
        while let character = rest.popFirst() {
            if character == quote {
                let tail = rest.drop { $0.isWhitespace }
                return tail.isEmpty || tail.first == "#" ? result : nil
            }
            if character == "\\", quote == "\"", let next = rest.first {
                let escapes: [Character: Character] = [
                    "n": "\n", "t": "\t", "r": "\r", "\"": "\"", "\\": "\\", "$": "$",
                ]
                if let escaped = escapes[next] {
                    result.append(escaped)
                    rest.removeFirst()
                    continue
                }
            }
            result.append(character)
        }
        return nil
    }
}
