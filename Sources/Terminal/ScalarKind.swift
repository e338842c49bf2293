/// What a Unicode scalar does to a terminal.
enum ScalarKind: UInt8, Sendable {
    /// One column.
    case narrow = 0
    /// Two columns.
    case wide = 1
    /// No column of its own: stacked on the scalar before it.
    case mark = 2
    /// Control, format, invisible or unassigned: never reaches a terminal.
    case hostile = 3
    /// A blank of one column, whatever its name; drawn as a plain space.
    case space = 4

    /// The kind of a scalar.
    ///
    /// Complexity: O(log *n*) in the table, O(1) for ASCII, box drawing, blocks and braille.
    init(_ scalar: Unicode.Scalar) {
        let value = scalar.value
        if value < 0x7F {
            self = value >= 0x21 ? .narrow : (value == 0x20 ? .space : .hostile)
        } else if (0x2500...0x25FC).contains(value) || (0x2800...0x28FF).contains(value) {
            self = .narrow
        } else {
            self = ScalarKind.search(value)
        }
    }

    private static func search(_ value: UInt32) -> ScalarKind {
        let wanted = value << 3 | 7
        return boundaries.withUnsafeBufferPointer { table in
            var low = 0
            var high = table.count
            while low < high {
                let middle = (low &+ high) / 2
                if table[middle] <= wanted {
                    low = middle &+ 1
                } else {
                    high = middle
                }
            }
            guard low > 0 else { return .hostile }
            return ScalarKind(rawValue: UInt8(truncatingIfNeeded: table[low &- 1] & 7)) ?? .hostile
        }
    }
}
