/// The rows of a panel in the order in which they are shown.
///
/// Rows are read when asked for, so that only the visible
/// ones of ten thousand cost anything.
package struct RowList: Sendable {
    /// One place in the list.
    enum Entry: Sendable {
        case index(Int)
        case ghost(RowID)
    }

    /// How places map to rows of the source.
    enum Order: Sendable {
        case natural
        case picked([Int])
        case mixed([Entry])

        /// The source's indexes in this order, ghosts left out.
        func indexes(_ count: Int) -> [Int] {
            switch self {
            case .natural: Array(0..<count)
            case .picked(let indexes): indexes
            case .mixed(let entries): entries.compactMap { if case .index(let index) = $0 { index } else { nil } }
            }
        }
    }

    package let panel: PanelName
    let source: RowSource
    private(set) var order: Order
    /// Whether the sort order is held because the cursor moved lately or a dialog is open; the header says so.
    package let isHeld: Bool
    /// Where the cursor is; nil where there is no row.
    package private(set) var cursor: Int?
    private var storedTop = 0

    init(panel: PanelName, source: RowSource, order: Order, isHeld: Bool) {
        self.panel = panel
        self.source = source
        self.order = order
        self.isHeld = isHeld
    }

    /// How many rows are shown, ghosts included.
    package var count: Int {
        switch order {
        case .natural: source.count
        case .picked(let indexes): indexes.count
        case .mixed(let entries): entries.count
        }
    }

    /// How many rows there are without the filter.
    package var total: Int { source.count }

    package var isEmpty: Bool { count == 0 }

    /// The row at `position`; a ghost of nothing outside the list.
    package subscript(position: Int) -> Row {
        switch entry(position) {
        case .index(let index): source[index]
        case .ghost(let id): .ghost(id)
        case nil: .ghost(.line(position))
        }
    }

    /// The identity of the row at `position`; nil outside the list.
    package func id(at position: Int) -> RowID? {
        switch entry(position) {
        case .index(let index): source.id(index)
        case .ghost(let id): id
        case nil: nil
        }
    }

    /// The row that the cursor is on.
    package var current: Row? { cursor.map { self[$0] } }

    /// The identity that the cursor is on.
    package var currentID: RowID? { cursor.flatMap { id(at: $0) } }

    /// Where `id` is shown.
    package func position(of id: RowID) -> Int? {
        for position in 0..<count where self.id(at: position) == id { return position }
        return nil
    }

    /// The first row to draw in a panel of `height` rows, so that the cursor is among them and the picture moves as
    /// little as possible.
    package func top(height: Int) -> Int {
        guard height > 0, count > height else { return 0 }
        var top = min(max(storedTop, 0), count - height)
        if let cursor {
            if cursor < top { top = cursor }
            if cursor >= top + height { top = cursor - height + 1 }
        }
        return top
    }

    private func entry(_ position: Int) -> Entry? {
        guard position >= 0, position < count else { return nil }
        switch order {
        case .natural: return .index(position)
        case .picked(let indexes): return .index(indexes[position])
        case .mixed(let entries): return entries[position]
        }
    }

    /// The list with the cursor on its row: by identity first; a row that has vanished gets a ghost in its place.
    func placingCursor(_ wanted: Cursor, follows: Bool) -> RowList {
        var list = self
        list.storedTop = wanted.top
        guard let row = wanted.row else {
            list.cursor = isEmpty ? nil : follows ? count - 1 : min(max(wanted.index, 0), count - 1)
            return list
        }
        // Two rows may share an identity (a caller repeats its request id): the remembered place decides.
        if id(at: wanted.index) == row {
            list.cursor = wanted.index
        } else if let position = position(of: row) {
            list.cursor = position
        } else {
            var entries = order.indexes(source.count).map { Entry.index($0) }
            if case .mixed(let mixed) = order { entries = mixed }
            let place = min(max(wanted.index, 0), entries.count)
            entries.insert(.ghost(row), at: place)
            list.order = .mixed(entries)
            list.cursor = place
        }
        return list
    }
}
