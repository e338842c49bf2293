import Terminal

/// What a screen of some size has room for; larger cases show more.
enum Layout: Int, Comparable, Sendable {
    /// Less than can be used: a message.
    case none
    /// The worst five rows.
    case tiny
    case narrow
    /// Everything without frames.
    case compact
    /// The first of the target pictures.
    case standard
    /// Two tables beside each other.
    case wide

    init(size: Size) {
        let fits = { (columns: Int, rows: Int) in size.columns >= columns && size.rows >= rows }
        if fits(160, 45) {
            self = .wide
        } else if fits(100, 30) {
            self = .standard
        } else if fits(80, 24) {
            self = .compact
        } else if fits(60, 16) {
            self = .narrow
        } else {
            self = fits(40, 10) ? .tiny : .none
        }
    }

    static func < (left: Layout, right: Layout) -> Bool { left.rawValue < right.rawValue }

    /// Whether panels stand in frames; below, a rule or a headline has to do.
    var hasFrames: Bool { self >= .standard }

    /// Columns of air between the columns of a table.
    var gap: Int { hasFrames ? 2 : 1 }
}
