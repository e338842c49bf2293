/// The word that was probably meant.
package enum Nearest {
    /// The candidate with the fewest edits to `word`, where they are few enough to be a slip; nil otherwise.
    package static func word(to word: String, among candidates: [String]) -> String? {
        let allowed = max(1, word.count / 3)
        var best: (word: String, distance: Int)?
        for candidate in candidates {
            // Long texts are cut: a suggestion is worth little and the distance costs the product of the lengths.
            let distance = edits(Array(word.prefix(40)), Array(candidate.prefix(40)))
            let isBetter = best.map { distance < $0.distance } ?? true
            if distance <= allowed, isBetter { best = (candidate, distance) }
        }
        return best?.word ?? candidates.first { !word.isEmpty && $0.hasPrefix(word) }
    }

    /// Insertions, deletions, replacements and swaps of neighbours between the two.
    private static func edits(_ left: [Character], _ right: [Character]) -> Int {
        if left.isEmpty || right.isEmpty { return max(left.count, right.count) }
        var older: [Int] = []
        var previous = Array(0...right.count)
        for i in 1...left.count {
            var row = [i]
            for j in 1...right.count {
                let replaced = previous[j - 1] + (left[i - 1] == right[j - 1] ? 0 : 1)
                var cost = min(previous[j] + 1, row[j - 1] + 1, replaced)
                if i > 1, j > 1, left[i - 1] == right[j - 2], left[i - 2] == right[j - 1] {
                    cost = min(cost, older[j - 2] + 1)
                }
                row.append(cost)
            }
            older = previous
            previous = row
        }
        return previous[right.count]
    }
}
