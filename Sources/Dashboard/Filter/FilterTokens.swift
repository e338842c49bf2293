/// What a filter's text falls into.
enum FilterToken: Equatable {
    case word(String)
    case compare(FilterOperator)
    case open, close

    /// Whether it is this word, in any case.
    func isKeyword(_ keyword: String) -> Bool {
        if case .word(let word) = self { return word.lowercased() == keyword }
        return false
    }
}

/// Splits a filter's text; offsets count characters, so that a caret stands under the right one.
struct FilterTokens {
    private(set) var tokens: [(token: FilterToken, offset: Int)] = []
    /// Where the text ends.
    let end: Int

    init(_ text: String) throws(FilterFault) {
        let characters = Array(text)
        end = characters.count
        guard text.utf8.count <= FilterParser.longestText else {
            throw FilterFault(offset: min(end, FilterParser.longestText), reason: "longer than 500 bytes")
        }
        var index = 0
        while index < characters.count {
            let character = characters[index]
            if character == " " || character == "\t" {
                index += 1
            } else if character == "(" || character == ")" {
                tokens.append((character == "(" ? .open : .close, index))
                index += 1
            } else if let compare = FilterTokens.comparison(characters, index) {
                tokens.append((.compare(compare), index))
                index += compare.rawValue.count
            } else if character == "\"" {
                index = try quoted(characters, from: index)
            } else {
                index = word(characters, from: index)
            }
            if tokens.count > FilterParser.mostTokens {
                throw FilterFault(offset: index, reason: "too many terms")
            }
        }
    }

    private static func comparison(_ characters: [Character], _ index: Int) -> FilterOperator? {
        for compare in FilterOperator.allCases {
            let sign = Array(compare.rawValue)
            if index + sign.count <= characters.count, Array(characters[index..<(index + sign.count)]) == sign {
                return compare
            }
        }
        return nil
    }

    private mutating func quoted(_ characters: [Character], from start: Int) throws(FilterFault) -> Int {
        var index = start + 1
        var word = ""
        while index < characters.count, characters[index] != "\"" {
            word.append(characters[index])
            index += 1
        }
        guard index < characters.count else { throw FilterFault(offset: start, reason: "no closing quote") }
        tokens.append((.word(word), start))
        return index + 1
    }

    private mutating func word(_ characters: [Character], from start: Int) -> Int {
        var index = start
        var word = ""
        while index < characters.count, !" \t()\"".contains(characters[index]),
            FilterTokens.comparison(characters, index) == nil
        {
            word.append(characters[index])
            index += 1
        }
        tokens.append((.word(word), start))
        return index
    }
}
