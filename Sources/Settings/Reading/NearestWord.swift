/// The word that was probably meant.
package enum NearestWord {
    /// The nearest of `words` within two edits (one for words of up to three letters), or the first that begins
    /// with it; nil where none is near.
    package static func of(_ word: String, in words: [String]) -> String? {
        let limit = word.count <= 3 ? 1 : 2
        guard word.count <= 40 else { return nil }
        let lowered = word.lowercased()
        var best: (word: String, distance: Int)?
        for candidate in words where candidate.count <= 48 {
            let distance = edits(Array(lowered), Array(candidate.lowercased()))
            if distance <= limit, distance < best?.distance ?? .max { best = (candidate, distance) }
        }
        if let best { return best.word }
        let squeezed = squeeze(lowered)
        return words.first { squeeze($0.lowercased()) == squeezed }
            ?? words.first { lowered.count >= 3 && $0.lowercased().hasPrefix(lowered) }
    }

    /// ` (did you mean …?)`, or nothing.
    package static func hint(_ word: String, in words: [String]) -> String {
        of(word, in: words).map { "; did you mean \($0)?" } ?? ""
    }

    /// The hint, or where no word is near the words that there are, as long as they fit a line.
    package static func advice(_ word: String, in words: [String]) -> String {
        if let near = of(word, in: words) { return "; did you mean \(near)?" }
        guard !words.isEmpty, words.count <= 12 else { return "" }
        return "; there \(words.count == 1 ? "is" : "are") \(words.joined(separator: ", "))"
    }

    /// `maxBody`, `max-body` and `max_body` are the same word.
    private static func squeeze(_ word: String) -> String { word.filter { $0 != "_" && $0 != "-" && $0 != " " } }

    /// Insertions, deletions, replacements and swaps of neighbours: O(n × m).
    private static func edits(_ left: [Character], _ right: [Character]) -> Int {
        var before = [Int](repeating: 0, count: right.count + 1)
        var previous = Array(0...right.count)
        for row in left.indices {
            var current = [row + 1]
            for column in right.indices {
                var cost = min(previous[column + 1], current[column]) + 1
                cost = min(cost, previous[column] + (left[row] == right[column] ? 0 : 1))
                if row > 0, column > 0, left[row] == right[column - 1], left[row - 1] == right[column] {
                    cost = min(cost, before[column - 1] + 1)
                }
                current.append(cost)
            }
            before = previous
            previous = current
        }
        return previous[right.count]
    }
}
