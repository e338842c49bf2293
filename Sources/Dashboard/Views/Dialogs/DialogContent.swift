import Settings

/// What a dialog shows: its name in the frame, one fact, lines, and the answers.
struct DialogContent {
    /// One piece of a line.
    enum Piece {
        case span(Span)
        case cells([(glyph: String, role: Role)])
        /// A key of an answer on a surface of its own.
        case chip(String, danger: Bool)
    }

    /// One line; `rank` 0 is never left out, of the others the highest goes first on a small screen.
    struct Line {
        var pieces: [Piece]
        var rank: Int
        var isSelected = false
        /// What follows where it fits whole.
        var tail: [Span] = []

        init(_ spans: [Span], rank: Int = 0, selected: Bool = false, tail: [Span] = []) {
            self.tail = tail
            pieces = spans.map { .span($0) }
            self.rank = rank
            isSelected = selected
        }

        init(pieces: [Piece], rank: Int = 0) {
            self.pieces = pieces
            self.rank = rank
        }

        /// An empty line, the first to go.
        static let blank = Line([], rank: 9)
    }

    var title: String
    var fact = ""
    var lines: [Line]
    /// The least columns that the dialog asks for, frame included.
    var width = 44
    /// Index of a line that must stay in sight where lines have to go.
    var selected: Int?

    /// A line of answers: chips with their words, `gap` columns between them.
    static func answers(_ answers: [(key: String, words: String, danger: Bool)], gap: Int = 4) -> Line {
        var pieces: [Piece] = []
        for answer in answers {
            if !pieces.isEmpty { pieces.append(.span(.plain("".padded(to: gap)))) }
            pieces += [.chip(answer.key, danger: answer.danger), .span(.plain(" " + answer.words))]
        }
        return Line(pieces: pieces)
    }

    /// A line with its label in the first column.
    static func labelled(_ label: String, _ spans: [Span], rank: Int = 0, width: Int = 10) -> Line {
        Line([.muted(label.padded(to: width))] + spans, rank: rank)
    }
}

extension String {
    /// The text with spaces behind it up to `width` characters; for our own ASCII labels only.
    func padded(to width: Int) -> String { self + String(repeating: " ", count: max(0, width - count)) }
}
