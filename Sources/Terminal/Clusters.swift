/// Outside text as what may be put into cells: a sequence of harmless clusters with their widths.
///
/// This is the one place that decides what a terminal gets to see. A cluster is a base and at most four marks, which
/// is all that a cell of ncurses holds; marks beyond are dropped. Emoji joined by ZWJ, with skin tones or with a
/// variation selector are reduced to their base, because terminals disagree about the width of the whole; flags
/// become their two letters. Everything that could move the cursor, turn the direction or hide is shown as U+FFFD.
struct Clusters: Sequence, IteratorProtocol {
    /// A cluster and the columns that it takes; its text is made only where it is drawn.
    struct Element {
        /// What the marks are stacked on.
        var base: Unicode.Scalar
        /// Columns, 1 or 2.
        var width: Int
        /// The marks, at most four: `CCHARW_MAX` of ncurses is five with the base.
        var marks: (Unicode.Scalar?, Unicode.Scalar?, Unicode.Scalar?, Unicode.Scalar?) = (nil, nil, nil, nil)

        /// The text of one cell.
        var text: String {
            if marks.0 == nil { return Clusters.text(of: base) }
            var scalars = String.UnicodeScalarView([base])
            for case .some(let mark) in [marks.0, marks.1, marks.2, marks.3] { scalars.append(mark) }
            return String(scalars)
        }
    }

    /// What is shown in place of a hostile scalar.
    static let replacement: Unicode.Scalar = "\u{FFFD}"
    /// Each ASCII character as a string, so that the common case builds none.
    private static let ascii: [String] = (0..<128 as Range<UInt8>).map { String(Unicode.Scalar($0)) }
    /// The same for frames, lines, blocks and bars.
    private static let frames: [String] = (0x2500...0x25FF as ClosedRange<UInt32>).map { value in
        String(Unicode.Scalar(value) ?? replacement)
    }

    /// A scalar that has been judged harmless as the text of a cell.
    static func text(of scalar: Unicode.Scalar) -> String {
        let value = scalar.value
        if value < 0x80 { return ascii[Int(value)] }
        if value >= 0x2500, value <= 0x25FF { return frames[Int(value &- 0x2500)] }
        return String(scalar)
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
        case .hostile: return Element(base: Clusters.replacement, width: 1)
        case .mark: return stacked(on: " ", first: base, width: 1)
        case .space: return stacked(on: " ", first: nil, width: 1)
        case .narrow where (0x1F1E6...0x1F1FF).contains(base.value):
            return Element(base: Unicode.Scalar(UInt8(truncatingIfNeeded: base.value &- 0x1F1E6 &+ 0x41)), width: 1)
        case .narrow: return glyph(base, width: 1)
        case .wide: return glyph(base, width: 2)
        }
    }

    /// Whether the next scalar certainly begins a cluster of its own: ASCII, Latin, a frame or a bar.
    private var isAheadSimple: Bool {
        guard let ahead else { return true }
        return ahead.value < 0x300 || (0x2500...0x25FF).contains(ahead.value)
    }

    private mutating func glyph(_ base: Unicode.Scalar, width: Int) -> Element {
        if isAheadSimple || dropPictureJoiners(after: base) { return Element(base: base, width: width) }
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
        var element = Element(base: base, width: width)
        element.marks.0 = first
        var count = first == nil ? 0 : 1
        while !isAheadSimple, let mark = ahead, ScalarKind(mark) == .mark {
            switch count {
            case 0: element.marks.0 = mark
            case 1: element.marks.1 = mark
            case 2: element.marks.2 = mark
            case 3: element.marks.3 = mark
            default: break
            }
            count &+= 1
            ahead = scalars.next()
        }
        return element
    }
}
