import Domain
import Settings

/// Where a filter is wrong, in characters from its start, and why.
package struct FilterFault: Error, Sendable, Equatable {
    package var offset: Int
    package var reason: String

    package init(offset: Int, reason: String) {
        self.offset = offset
        self.reason = reason
    }
}

/// Reads the filter language.
///
/// ```
/// acme                          name, key id, model, … holds `acme`
/// status>=500 429%>5            both (a space is `and`)
/// quota>90% or p95>2s           either
/// not (model~sonnet cost>$5/h)
/// ```
/// Bounded: 500 bytes, 128 tokens, 16 levels of parentheses.
package struct FilterParser {
    package static let longestText = 500
    static let mostTokens = 128
    static let deepest = 16

    private let tokens: [(token: FilterToken, offset: Int)]
    private let end: Int
    private var position = 0
    private var depth = 0

    /// The filter that `text` says; one that shows everything where it is blank.
    ///
    /// - Throws: `FilterFault` with the column of the fault, for the caret.
    package static func parse(_ text: String) throws(FilterFault) -> Filter {
        let tokens = try FilterTokens(text)
        if tokens.tokens.isEmpty { return Filter() }
        var parser = FilterParser(tokens: tokens.tokens, end: tokens.end)
        let node = try parser.either()
        if let rest = parser.peek {
            throw FilterFault(
                offset: rest.offset, reason: rest.token == .close ? "no parenthesis is open" : "not expected here")
        }
        return Filter(node: node)
    }

    /// The text without its last word where that is a field's name or the start of one; nil where it is not.
    static func withoutStartedField(_ text: String) -> String? {
        guard let last = try? FilterTokens(text).tokens.last, case .word(let word) = last.token,
            last.offset + word.count == text.count, FilterField.isStart(word)
        else { return nil }
        let before = text.prefix(last.offset)
        // What follows a comparison is its value, whatever it looks like.
        if let token = try? FilterTokens(String(before)).tokens.last?.token, case .compare = token { return nil }
        return LineText.trimmed(String(before))
    }

    private init(tokens: [(token: FilterToken, offset: Int)], end: Int) {
        self.tokens = tokens
        self.end = end
    }

    private var peek: (token: FilterToken, offset: Int)? { position < tokens.count ? tokens[position] : nil }

    private mutating func either() throws(FilterFault) -> Filter.Node {
        var parts = [try both()]
        while let next = peek, next.token.isKeyword("or") {
            position += 1
            parts.append(try both())
        }
        return parts.count == 1 ? parts[0] : .or(parts)
    }

    private mutating func both() throws(FilterFault) -> Filter.Node {
        var parts = [try one()]
        while let next = peek, next.token != .close, !next.token.isKeyword("or") {
            if next.token.isKeyword("and") { position += 1 }
            parts.append(try one())
        }
        return parts.count == 1 ? parts[0] : .and(parts)
    }

    private mutating func one() throws(FilterFault) -> Filter.Node {
        guard let next = peek else { throw FilterFault(offset: end, reason: "a term is missing") }
        position += 1
        switch next.token {
        case .close: throw FilterFault(offset: next.offset, reason: "a term is missing")
        case .compare: throw FilterFault(offset: next.offset, reason: "nothing stands before the comparison")
        case .open: return try group(openedAt: next.offset)
        case .word(let word):
            if next.token.isKeyword("not") {
                try descend(next.offset)
                defer { depth -= 1 }
                return .not(try one())
            }
            if next.token.isKeyword("and") || next.token.isKeyword("or") {
                throw FilterFault(offset: next.offset, reason: "a term is missing before `\(word)`")
            }
            if let compare = peek, case .compare(let compareAs) = compare.token {
                position += 1
                return try comparison(word, next.offset, compareAs, compare.offset)
            }
            return .word(word.lowercased())
        }
    }

    private mutating func group(openedAt offset: Int) throws(FilterFault) -> Filter.Node {
        try descend(offset)
        defer { depth -= 1 }
        let inner = try either()
        guard let next = peek, next.token == .close else {
            throw FilterFault(offset: offset, reason: "this parenthesis is not closed")
        }
        position += 1
        return inner
    }

    private mutating func descend(_ offset: Int) throws(FilterFault) {
        depth += 1
        if depth > FilterParser.deepest { throw FilterFault(offset: offset, reason: "nested too deep") }
    }

    private mutating func comparison(
        _ name: String, _ nameOffset: Int, _ compare: FilterOperator, _ compareOffset: Int
    ) throws(FilterFault) -> Filter.Node {
        guard let field = FilterField.named(name) else {
            let near = NearestWord.of(name, in: FilterField.names)
            let hint = near.map { ", did you mean `\($0)`" } ?? ""
            throw FilterFault(offset: nameOffset, reason: "no field `\(name)`\(hint)")
        }
        guard let next = peek, case .word(let text) = next.token else {
            throw FilterFault(
                offset: peek?.offset ?? end, reason: "a value is missing after `\(name)\(compare.rawValue)`")
        }
        position += 1
        let isText = field.kind == .text
        if isText ? !compare.isForText : !compare.isForNumbers {
            let allowed = isText ? "= != ~ !~" : "= != > >= < <="
            throw FilterFault(offset: compareOffset, reason: "`\(name)` takes \(allowed)")
        }
        guard let value = FilterValue(text, as: field.kind) else {
            throw FilterFault(offset: next.offset, reason: FilterValue.expectation(of: field, got: text))
        }
        return .compare(field, compare, value)
    }
}

extension FilterValue {
    /// Reads a value with its unit; nil where it is none of this kind.
    init?(_ text: String, as kind: FilterField.Kind) {
        switch kind {
        case .text: self = .text(text.lowercased())
        case .status:
            if text.count == 3, text.lowercased().hasSuffix("xx"), let digit = text.first?.wholeNumberValue, digit > 0 {
                self = .range(Double(digit * 100), Double(digit * 100 + 100))
            } else {
                guard let status = Int(text), (0...999).contains(status) else { return nil }
                self = .number(Double(status))
            }
        case .share:
            let digits = text.hasSuffix("%") ? String(text.dropLast()) : text
            guard let percent = FilterValue.decimal(digits) else { return nil }
            self = .number(percent / 100)
        case .milliseconds:
            guard let milliseconds = FilterValue.duration(text) else { return nil }
            self = .number(milliseconds)
        case .money:
            let digits = text.hasPrefix("$") ? String(text.dropFirst()) : text
            guard let value = FilterValue.scaled(digits, per: ["/h": 1, "/m": 60, "/min": 60]) else { return nil }
            self = .number(value)
        case .rate:
            guard let value = FilterValue.scaled(text, per: ["/s": 1, "/m": 1.0 / 60, "/min": 1.0 / 60]) else {
                return nil
            }
            self = .number(value)
        case .count:
            guard let value = FilterValue.scaled(text, per: [:]) else { return nil }
            self = .number(value)
        }
    }

    /// What to write instead of `text`.
    static func expectation(of field: FilterField, got text: String) -> String {
        let wanted =
            switch field.kind {
            case .status: "a status, `500` or `5xx`"
            case .share: "a percentage, `5%`"
            case .milliseconds: "a duration with its unit, `2s` or `250ms`"
            case .money: "an amount, `$5/h`"
            case .rate: "a rate, `10` or `600/m`"
            case .count: "a count, `5` or `40k`"
            case .text: "a text"
            }
        return "`\(text)` is not \(wanted)"
    }

    private static func decimal(_ text: String) -> Double? { DecimalText.nanos(text).map { Double($0) / 1e9 } }

    /// A decimal with `k` or `M` and one of these endings.
    private static func scaled(_ text: String, per endings: [String: Double]) -> Double? {
        var digits = text
        var scale = 1.0
        if let slash = text.firstIndex(of: "/") {
            guard let factor = endings[String(text[slash...])] else { return nil }
            scale = factor
            digits = String(text[..<slash])
        }
        if digits.hasSuffix("k") { scale *= 1000 }
        if digits.hasSuffix("M") { scale *= 1_000_000 }
        if digits.hasSuffix("k") || digits.hasSuffix("M") { digits.removeLast() }
        return decimal(digits).map { $0 * scale }
    }

    /// `2s`, `1.5s`, `250ms`, `2m`, `1m30s` in milliseconds.
    private static func duration(_ text: String) -> Double? {
        if let whole = DurationText.milliseconds(text) { return Double(whole) }
        for (unit, scale) in [("ms", 1.0), ("s", 1000), ("m", 60_000), ("h", 3_600_000)] where text.hasSuffix(unit) {
            return decimal(String(text.dropLast(unit.count))).map { $0 * scale }
        }
        return nil
    }
}
