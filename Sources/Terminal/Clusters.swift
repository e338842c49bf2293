/// Outside text as what may be put into cells: a sequence of harmless clusters with their widths.
///
/// This is the one place that decides what a terminal gets to see. A cluster is a base and at most four marks, which
/// is all that a cell of ncurses holds; marks beyond are dropped. Emoji joined by ZWJ, with skin tones or with a
/// variation selector are reduced to their base, because terminals disagree about the width of the whole; flags
/// become their two letters. Everything that could move the cursor, turn the direction or hide is shown as U+FFFD.
struct Clusters: Sequence, IteratorProtocol {
    /// A cluster and the columns that it takes, 1 or 2.
    struct Element {
        /// The text of one cell.
        var text: String
        /// Columns, 1 or 2.
        var width: Int
    }

    /// Marks that may be stacked on a base; `CCHARW_MAX` of ncurses is five with the base.
    static let mostMarks = 4
    /// What is shown in place of a hostile scalar.
    static let replacement = "\u{FFFD}"
    /// Each ASCII character as a string, so that the common case builds none.
    static let ascii: [String] = (0..<128).map { byte in
        byte >= 0x20 && byte < 0x7F ? String(Unicode.Scalar(UInt8(byte))) : replacement
    }

    private var scalars: String.UnicodeScalarView.Iterator
    private var ahead: Unicode.Scalar?

    /// The clusters of a text.
    init(_ text: String) {
        scalars = text.unicodeScalars.makeIterator()
        ahead = scalars.next()
    }

    /// The next cluster, or nil at the end.
    mutating func next() -> Element? {
        guard let base = ahead else { return nil }
        ahead = scalars.next()
        switch ScalarKind(base) {
        case .hostile:
            return Element(text: Clusters.replacement, width: 1)
        case .mark:
            return stacked(on: " ", first: base, width: 1)
        case .space:
            return isAheadSimple ? Element(text: " ", width: 1) : stacked(on: " ", first: nil, width: 1)
        case .narrow:
            if isAheadSimple, base.isASCII {
                return Element(text: Clusters.ascii[Int(base.value)], width: 1)
            }
            if (0x1F1E6...0x1F1FF).contains(base.value) {
                return Element(text: Clusters.ascii[Int(base.value &- 0x1F1E6 &+ 0x41)], width: 1)
            }
            return glyph(base, width: 1)
        case .wide:
            return glyph(base, width: 2)
        }
    }

    /// Whether the next scalar certainly begins a cluster of its own.
    private var isAheadSimple: Bool {
        guard let ahead else { return true }
        return ahead.value < 0x300
    }

    private mutating func glyph(_ base: Unicode.Scalar, width: Int) -> Element {
        if isAheadSimple { return Element(text: String(base), width: width) }
        if dropPictureJoiners(after: base) { return Element(text: String(base), width: width) }
        return stacked(on: base, first: nil, width: width)
    }

    /// Drops what makes one emoji of several scalars: selectors, skin tones, keycaps, tags, and what ZWJ joins.
    ///
    /// - Returns: whether there was any of it.
    private mutating func dropPictureJoiners(after base: Unicode.Scalar) -> Bool {
        let isPicture = base.value >= 0x2190 && (base.value < 0x2E80 || base.value >= 0x1F000)
        let isKeycap = base.isASCII && (base.properties.numericType != nil || base == "#" || base == "*")
        let isIdeograph = (0x2E80..<0xA000).contains(base.value) || (0xF900..<0xFB00).contains(base.value)
        var hasDropped = false
        while let next = ahead?.value {
            switch next {
            case 0xFE00...0xFE0F where isPicture || isKeycap || isIdeograph: break
            case 0x20E3 where isKeycap && hasDropped: break
            case 0xE0100...0xE01EF where isIdeograph: break
            case 0x1F3FB...0x1F3FF where isPicture: break
            case 0xE0020...0xE007F where base.value == 0x1F3F4: break
            case 0x200D where isPicture:
                guard dropJoined() else { return true }
                hasDropped = true
                continue
            default: return hasDropped
            }
            hasDropped = true
            ahead = scalars.next()
        }
        return hasDropped
    }

    /// Drops a ZWJ and the picture behind it; a ZWJ that joins no picture is left to be shown as hostile.
    private mutating func dropJoined() -> Bool {
        var rest = scalars
        guard let joined = rest.next()?.value, joined >= 0x2190, joined < 0x2E80 || joined >= 0x1F000,
            joined < 0xE0000
        else { return false }
        scalars = rest
        ahead = scalars.next()
        return true
    }

    private mutating func stacked(on base: Unicode.Scalar, first: Unicode.Scalar?, width: Int) -> Element {
        var text = String(base)
        var marks = 0
        if let first {
            text.unicodeScalars.append(first)
            marks = 1
        }
        while let mark = ahead, !isAheadSimple, ScalarKind(mark) == .mark {
            if marks < Clusters.mostMarks {
                text.unicodeScalars.append(mark)
                marks &+= 1
            }
            ahead = scalars.next()
        }
        return Element(text: text, width: width)
    }
}
