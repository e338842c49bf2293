import Domain

/// The words of a palette line with their places; quotes keep spaces together.
struct PaletteWords {
    private var words: [(text: String, offset: Int)] = []
    private let characters: [Character]
    private var position = 0

    init(_ text: String) throws(FilterFault) {
        characters = Array(text.prefix(Prompt.longest))
        var index = 0
        while index < characters.count {
            if characters[index] == " " {
                index += 1
                continue
            }
            let start = index
            var word = ""
            var quote: Character?
            while index < characters.count, quote != nil || characters[index] != " " {
                let character = characters[index]
                if let open = quote {
                    if character == open { quote = nil } else { word.append(character) }
                } else if character == "\"" || character == "'" {
                    quote = character
                } else {
                    word.append(character)
                }
                index += 1
            }
            if quote != nil { throw FilterFault(offset: start, reason: "no closing quote") }
            // `--for=30m` is read as `--for 30m`.
            if word.hasPrefix("--"), let equals = word.firstIndex(of: "=") {
                words.append((String(word[..<equals]), start))
                words.append((String(word[word.index(after: equals)...]), start))
            } else {
                words.append((word, start))
            }
        }
        if words.isEmpty { throw FilterFault(offset: 0, reason: "a command is missing") }
        // A leading `tollgate` is what the command line would have.
        if words.count > 1, words[0].text == "tollgate" { position = 1 }
    }

    var current: String? { position < words.count ? words[position].text : nil }
    var following: String? { position + 1 < words.count ? words[position + 1].text : nil }
    var isAtEnd: Bool { position >= words.count }

    mutating func skip(_ count: Int) { position = min(position + count, words.count) }

    /// Everything from the current word on, as it was typed.
    var remainder: String {
        guard position < words.count else { return "" }
        return LineText.trimmed(String(characters[words[position].offset...]))
    }

    /// A fault at the word that was read last.
    func fault(_ reason: String) -> FilterFault {
        let index = min(max(position - 1, 0), words.count - 1)
        return FilterFault(offset: words[index].offset, reason: reason)
    }

    /// The next word, which has to be there.
    mutating func next(_ what: String) throws(FilterFault) -> String {
        guard let word = current, !word.isEmpty else {
            throw FilterFault(offset: characters.count, reason: "\(what) is missing")
        }
        position += 1
        return word
    }

    /// The next word, which has to be the last.
    mutating func only(_ what: String) throws(FilterFault) -> String {
        let word = try next(what)
        try end()
        return word
    }

    /// Refuses words that are left over.
    mutating func end() throws(FilterFault) {
        if position < words.count {
            throw FilterFault(offset: words[position].offset, reason: "`\(words[position].text)` is not expected here")
        }
    }

    /// The next word as seconds.
    mutating func duration() throws(FilterFault) -> Int64 {
        let word = try next("a duration")
        guard let seconds = DurationText.seconds(word), seconds > 0 else {
            throw fault("`\(word)` is no duration: 30m, 2h")
        }
        return seconds
    }
}
