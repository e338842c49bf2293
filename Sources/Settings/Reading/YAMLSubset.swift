import Domain

/// Finds what our files may not use of YAML before the parser sees it, and bounds how deep they nest.
///
/// The parser resolves aliases silently, so that a few hundred bytes can stand for gigabytes, and recurses once for each
/// level. What is left after this check is plain: blocks, lists, single-line and quoted texts.
struct YAMLSubset {
    /// Levels of nesting that a file may have.
    static let depthLimit = 16
    /// The deepest indentation, which bounds the nesting of blocks.
    private static let indentLimit = 64
    /// How many problems are looked for.
    private static let limit = 20

    private var scalars: [Unicode.Scalar]
    private var index = 0
    private var place = SourcePlace(line: 1, column: 1)
    private var open: [(bracket: Unicode.Scalar, place: SourcePlace)] = []
    /// Whether the next token is the first of its line, and how many `- ` stand before it.
    private var isLineStart = true
    private var dashes = 0
    /// A colon directly after a quoted text or a bracket separates key and value even without a space.
    private var afterQuoted = false
    /// The column of the key, or of the dash, that the next value belongs to; 0 before the first.
    private var ownerColumn = 0
    private var problems: [PlacedReason] = []
    private var isReadable = true

    /// What a file uses that it may not.
    struct Check {
        /// Every use of a forbidden construct, in the order of the file.
        var problems: [PlacedReason]
        /// The text as the parser may have it, with aliases made plain texts; nil where it may not have it at all.
        var readable: String?
    }

    /// Looks for forbidden constructs.
    ///
    /// - Parameter text: the file's text after `ReferenceMask`, so that no default of a reference is taken for syntax.
    static func check(_ text: String) -> Check {
        var scan = YAMLSubset(scalars: Array(text.unicodeScalars))
        scan.run()
        guard scan.isReadable, scan.problems.count < limit else { return Check(problems: scan.problems, readable: nil) }
        if scan.problems.isEmpty { return Check(problems: [], readable: text) }
        return Check(problems: scan.problems, readable: String(String.UnicodeScalarView(scan.scalars)))
    }

    /// Every control, format and private-use character of a file as it is on disk.
    static func characterProblems(in text: String) -> [PlacedReason] {
        var scan = YAMLSubset(scalars: Array(text.unicodeScalars))
        scan.checkCharacters()
        return scan.problems
    }

    private init(scalars: [Unicode.Scalar]) { self.scalars = scalars }

    private mutating func checkCharacters() {
        var at = SourcePlace(line: 1, column: 1)
        for (offset, scalar) in scalars.enumerated() {
            let isSpace = scalar == "\t" || scalar == "\n" || scalar == "\r"
            if !isSpace, !VisibleText.isVisible(scalar), scalar.properties.generalCategory != .unassigned {
                problems.append(PlacedReason(place: at, reason: "control or format character U+\(hex(scalar))"))
                if problems.count >= YAMLSubset.limit { return }
            }
            if isBreak(scalar) && !(scalar == "\r" && peek(offset + 1) == "\n") {
                at = SourcePlace(line: at.line &+ 1, column: 1)
            } else {
                at.column &+= 1
            }
        }
    }

    private func hex(_ scalar: Unicode.Scalar) -> String { String(scalar.value, radix: 16, uppercase: true) }

    private mutating func run() {
        while index < scalars.count, problems.count < YAMLSubset.limit {
            let scalar = scalars[index]
            if isLineStart, !" \t\n\r#|>".unicodeScalars.contains(scalar) { ownerColumn = place.column }
            switch scalar {
            case " ", "\t": advance()
            case "\n", "\r": newLine()
            case "#": skipLine()
            case _ where isLineStart && open.isEmpty && place.column > YAMLSubset.indentLimit:
                refuse("indented too deep")
            case "[", "{": push(scalar)
            case "]", "}": pop()
            case "\"", "'": quoted(scalar)
            case ",": step()
            default: token(scalar)
            }
        }
        // The parser would only say that the file ended.
        if isReadable, let last = open.last {
            isReadable = false
            problems.append(PlacedReason(place: last.place, reason: "the \(last.bracket) is never closed"))
        }
    }

    /// A token that is no bracket, quote or comma: an indicator, a forbidden construct, or a plain text.
    private mutating func token(_ scalar: Unicode.Scalar) {
        let isIndicator = isSeparator(peek(index + 1))
        switch scalar {
        case "&":
            note("anchors (&) are not allowed")
            skipWord()
        case "*":
            note("aliases (*) are not allowed")
            // The parser would put in what it stands for, again and again: it gets a plain text.
            scalars[index] = ReferenceMask.filler
            plain()
        case "!":
            note("tags (!) are not allowed")
            skipWord()
        case "|", ">":
            note("block texts (\(scalar)) are not allowed; write the text on one line")
            skipBlock()
        case "-" where isMarker("-") && place == SourcePlace(line: 1, column: 1): for _ in 0..<3 { advance() }
        case "%" where place.column == 1: refuse("directives (%) are not allowed")
        case "@", "`": refuse("a text cannot begin with \(scalar); put it in quotes")
        case "?" where isIndicator: refuse("complex keys (?) are not allowed")
        case "-" where isIndicator:
            dashes &+= 1
            if dashes > YAMLSubset.depthLimit { return refuseDepth() }
            advance()
        case ":" where isIndicator || afterQuoted: step()
        case "-" where isMarker("-") && place != SourcePlace(line: 1, column: 1):
            refuse("only one document is allowed")
        case "." where isMarker("."): refuse("document ends (...) are not allowed")
        default: plain()
        }
    }

    /// Whether the line begins with three of the character and then nothing or a space.
    private func isMarker(_ scalar: Unicode.Scalar) -> Bool {
        place.column == 1 && peek(index + 1) == scalar && peek(index + 2) == scalar && isSeparator(peek(index + 3))
    }

    private mutating func plain() {
        while index < scalars.count {
            let scalar = scalars[index]
            if isBreak(scalar) { break }
            if scalar == ":" && isSeparator(peek(index + 1)) { break }
            if (scalar == " " || scalar == "\t") && peek(index + 1) == "#" { break }
            if !open.isEmpty, ",[]{}".unicodeScalars.contains(scalar) { break }
            advance()
        }
        isLineStart = false
        afterQuoted = false
    }

    private mutating func quoted(_ quote: Unicode.Scalar) {
        let start = place
        advance()
        while index < scalars.count {
            let scalar = scalars[index]
            if scalar == "\\", quote == "\"" {
                advance()
                if index < scalars.count { isBreak(scalars[index]) ? newLine() : advance() }
                continue
            }
            if scalar == quote {
                if quote == "'", peek(index + 1) == "'" {
                    advance()
                    advance()
                    continue
                }
                advance()
                isLineStart = false
                afterQuoted = true
                return
            }
            isBreak(scalar) ? newLine() : advance()
        }
        isReadable = false
        problems.append(PlacedReason(place: start, reason: "the quote is never closed"))
    }

    private mutating func push(_ scalar: Unicode.Scalar) {
        if open.count >= YAMLSubset.depthLimit { return refuseDepth() }
        open.append((scalar, place))
        step()
    }

    private mutating func pop() {
        if !open.isEmpty { open.removeLast() }
        step()
        afterQuoted = true
    }

    private mutating func step() {
        advance()
        isLineStart = false
        afterQuoted = false
    }

    /// Something that may not be written, though the parser may read on.
    private mutating func note(_ reason: String) { problems.append(PlacedReason(place: place, reason: reason)) }

    /// Something that the parser must not even see.
    private mutating func refuse(_ reason: String) {
        note(reason)
        isReadable = false
        plain()
    }

    /// Skips an anchor or a tag; what it belongs to follows it.
    private mutating func skipWord() {
        while index < scalars.count, !isSeparator(scalars[index]) { advance() }
        isLineStart = false
        afterQuoted = false
    }

    /// Skips a block text: its own line, and those that are empty or indented deeper than the key or dash it belongs to.
    private mutating func skipBlock() {
        plain()
        guard open.isEmpty, ownerColumn > 0 else { return }
        while index < scalars.count {
            skipLine()
            guard index < scalars.count else { return }
            newLine()
            var next = index
            while peek(next) == " " { next &+= 1 }
            let isBlank = peek(next).map(isBreak) ?? true
            if !isBlank, next &- index < ownerColumn { return }
        }
    }

    /// Nothing behind it is worth a message of its own.
    private mutating func refuseDepth() {
        refuse("nested too deep")
        index = scalars.count
    }

    private mutating func skipLine() {
        while index < scalars.count, !isBreak(scalars[index]) { advance() }
    }

    private mutating func advance() {
        index &+= 1
        place.column &+= 1
    }

    private mutating func newLine() {
        index &+= scalars[index] == "\r" && peek(index + 1) == "\n" ? 2 : 1
        place = SourcePlace(line: place.line &+ 1, column: 1)
        isLineStart = true
        dashes = 0
        afterQuoted = false
    }

    private func peek(_ position: Int) -> Unicode.Scalar? { position < scalars.count ? scalars[position] : nil }

    private func isBreak(_ scalar: Unicode.Scalar) -> Bool { scalar == "\n" || scalar == "\r" }

    /// Nothing more, white space, or inside brackets a character that ends a text.
    private func isSeparator(_ scalar: Unicode.Scalar?) -> Bool {
        guard let scalar else { return true }
        return scalar == " " || scalar == "\t" || isBreak(scalar)
            || (!open.isEmpty && ",[]{}".unicodeScalars.contains(scalar))
    }
}
