import Synchronization

/// The filtered and sorted order of each panel, remembered from one look at the same rows to the next.
///
/// A frame and the key before it ask for the rows of a panel several times; ten thousand clients are filtered and
/// sorted once a snapshot and query instead. What is remembered never changes what is shown: rows are told apart by
/// where they lie, and the rows of an entry are held, so that nothing else can lie there.
final class RowOrders: Sendable {
    /// What an order is the answer to.
    struct Query: Equatable, Sendable {
        var storage: UInt
        var count: Int
        var filter: Filter?
        var sort: SortOrder?
        /// The client whose keys alone are shown.
        var client: String?
    }

    private struct Entry: Sendable {
        var query: Query
        var source: RowSource
        var order: [Int]
    }

    private let entries = Mutex<[PanelName: Entry]>([:])

    /// The order of the rows of `source` under `query`, made anew where it is another question than the last.
    func order(of source: RowSource, query: Query, make: () -> [Int]) -> [Int] {
        if let known = entries.withLock({ $0[source.panel] }), known.query == query { return known.order }
        let order = make()
        entries.withLock { $0[source.panel] = Entry(query: query, source: source, order: order) }
        return order
    }
}
