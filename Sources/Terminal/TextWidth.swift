/// Columns of text as this program draws it, which is what a terminal shows after `Canvas.put`.
package enum TextWidth {
    /// The columns that a text takes once it is neutralised.
    ///
    /// Complexity: O(*n*), a byte at a time for plain ASCII.
    package static func columns(_ text: String) -> Int {
        if text.utf8.allSatisfy({ $0 < 0x80 }) { return text.utf8.count }
        return Clusters(text).reduce(0) { $0 &+ $1.width }
    }

    /// The text, neutralised, cut to a number of columns: at a cluster, with `…` for what is missing.
    ///
    /// - Parameters:
    ///   - text: outside text.
    ///   - columns: the most columns that the result takes; it is never padded.
    package static func cut(_ text: String, to columns: Int) -> String {
        guard columns > 0 else { return "" }
        if isPlain(text), text.utf8.count <= columns { return text }
        let limit = exceeds(text, columns: columns) ? columns &- 1 : columns
        var result = ""
        var taken = 0
        for cluster in Clusters(text) {
            taken &+= cluster.width
            if taken > limit { break }
            result += cluster.text
        }
        return limit < columns ? result + String(ellipsis) : result
    }

    /// Whether a text takes more than so many columns; stops reading where that is known.
    static func exceeds(_ text: String, columns: Int) -> Bool {
        var taken = 0
        for cluster in Clusters(text) {
            taken &+= cluster.width
            if taken > columns { return true }
        }
        return false
    }

    /// Whether a text is printable ASCII, which is drawn as it is.
    static func isPlain(_ text: String) -> Bool {
        text.utf8.allSatisfy { $0 >= 0x20 && $0 < 0x7F }
    }

    /// The text with everything that could steer a terminal replaced: what `Canvas.put` would show of it.
    package static func neutral(_ text: String) -> String {
        if isPlain(text) { return text }
        var result = ""
        for cluster in Clusters(text) { result += cluster.text }
        return result
    }

    /// What stands for cut-off text, one column.
    static let ellipsis: Unicode.Scalar = "…"
}
