/// A parsed filter expression; see `FilterParser`.
///
/// It is asked in three values: a comparison with a field that a kind of row does not have (`p95>2s` of an audit row)
/// says nothing about that row. Such terms are left out of `and`, `or` and `not`; where nothing is left, the row is
/// shown. One filter can so hold for every panel without emptying those that it does not speak about. A row of a kind
/// that has the field, but no value in it yet, does not match.
package struct Filter: Sendable, Equatable {
    /// One node of the expression.
    package indirect enum Node: Sendable, Equatable {
        case everything
        case word(String)
        case compare(FilterField, FilterOperator, FilterValue)
        case not(Node)
        case and([Node])
        case or([Node])
    }

    package var node: Node

    package init(node: Node = .everything) { self.node = node }

    /// Whether `row` is shown.
    package func matches(_ row: Row) -> Bool { Filter.judge(node, row) ?? true }

    /// The verdict of `node`; nil where it says nothing about this kind of row.
    private static func judge(_ node: Node, _ row: Row) -> Bool? {
        switch node {
        case .everything: return nil
        case .word(let word): return FilterWords.match(word, row)
        case .compare(let field, let compare, let value):
            guard let reading = field.reading(of: row) else { return nil }
            return compare.holds(reading, value)
        case .not(let inner): return judge(inner, row).map { !$0 }
        case .and(let parts):
            var verdict: Bool?
            for part in parts {
                guard let answer = judge(part, row) else { continue }
                if !answer { return false }
                verdict = true
            }
            return verdict
        case .or(let parts):
            var verdict: Bool?
            for part in parts {
                guard let answer = judge(part, row) else { continue }
                if answer { return true }
                verdict = false
            }
            return verdict
        }
    }
}

/// How a field is compared.
package enum FilterOperator: String, Sendable, CaseIterable {
    case greaterOrEqual = ">="
    case lessOrEqual = "<="
    case notEqual = "!="
    case notContains = "!~"
    case equal = "="
    case greater = ">"
    case less = "<"
    case contains = "~"

    /// Whether it makes sense for text.
    var isForText: Bool { self == .equal || self == .notEqual || self == .contains || self == .notContains }

    /// Whether it makes sense for numbers.
    var isForNumbers: Bool { self != .contains && self != .notContains }

    /// Whether the reading stands in this relation to `value`; a missing reading stands only in `!=` and `!~`.
    func holds(_ reading: FilterReading, _ value: FilterValue) -> Bool {
        switch (reading, value) {
        case (.none, _): return self == .notEqual || self == .notContains
        case (.number(let left), .number(let right)): return order(left, right)
        case (.number(let left), .range(let low, let high)):
            switch self {
            case .equal: return left >= low && left < high
            case .notEqual: return left < low || left >= high
            case .greater: return left >= high
            case .greaterOrEqual: return left >= low
            case .less: return left < low
            case .lessOrEqual: return left < high
            case .contains, .notContains: return false
            }
        case (.texts(let texts), .text(let word)):
            switch self {
            case .equal: return texts.contains { FilterWords.isSame($0, word) }
            case .notEqual: return !texts.contains { FilterWords.isSame($0, word) }
            case .contains: return texts.contains { FilterWords.contains($0, word) }
            case .notContains: return !texts.contains { FilterWords.contains($0, word) }
            default: return false
            }
        default: return false
        }
    }

    private func order(_ left: Double, _ right: Double) -> Bool {
        switch self {
        case .equal: left == right || (left - right).magnitude <= right.magnitude * 1e-9
        case .notEqual: left != right
        case .greater: left > right
        case .greaterOrEqual: left >= right
        case .less: left < right
        case .lessOrEqual: left <= right
        case .contains, .notContains: false
        }
    }
}

/// What a comparison is made with.
package enum FilterValue: Sendable, Equatable {
    case number(Double)
    /// `5xx`: from the first to below the second.
    case range(Double, Double)
    /// Lower-case text.
    case text(String)
}

/// What a row says about a field.
enum FilterReading {
    /// The kind of row has the field, this row has no value.
    case none
    case number(Double)
    case texts([String])

    static func optional(_ value: Double?) -> FilterReading { value.map { .number($0) } ?? .none }
    static func whole(_ value: some BinaryInteger) -> FilterReading { .number(Double(value)) }
    static func text(_ value: String) -> FilterReading { value.isEmpty ? .none : .texts([value]) }
}
