import Domain
package import Telemetry

/// Which rows a panel shows, after drill-down, filter, sort order and the held order, and where its cursor is.
///
/// Drawing and keys both ask here, so that what is drawn under the cursor is what a key acts on.
package enum RowModel {
    /// The rows of `panel` in the picture that is on the screen.
    ///
    /// - Complexity: O(1) where nothing is filtered, sorted or held; O(n log n) otherwise, once a snapshot and query.
    package static func rows(of panel: PanelName, state: DashboardState, snapshot: LiveSnapshot) -> RowList {
        let source = RowSource(panel: panel, state: state, snapshot: state.picture(of: snapshot))
        let total = source.count
        let sort = state.sorts[panel].flatMap { sort in
            SortColumn.named(sort.column, of: panel).map { (order: sort, column: $0) }
        }
        var order: RowList.Order = .natural
        if sort != nil || state.filter != nil || client(of: panel, state) != nil {
            let query = RowOrders.Query(
                storage: source.storage, count: total, filter: state.filter, sort: sort?.order,
                client: client(of: panel, state))
            order = .picked(
                state.orders.order(of: source, query: query) {
                    let picked = picked(source, panel, state)
                    guard let sort else { return picked ?? Array(0..<total) }
                    return sorted(source, picked ?? Array(0..<total), sort.column, sort.order.isDescending)
                })
        }
        let held = state.heldOrder[panel]
        if let held { order = .mixed(hold(source, order, held)) }
        let list = RowList(panel: panel, source: source, order: order, isHeld: held != nil)
        return list.placingCursor(state.cursors[panel] ?? Cursor(), follows: panel == .logs && state.isFollowing)
    }

    /// The client whose keys alone are shown.
    private static func client(of panel: PanelName, _ state: DashboardState) -> String? {
        if panel == .keys, case .client(let name) = state.crumbs.last { name } else { nil }
    }

    /// The indexes that pass drill-down and filter; nil where all do.
    private static func picked(_ source: RowSource, _ panel: PanelName, _ state: DashboardState) -> [Int]? {
        let client = client(of: panel, state)
        guard client != nil || state.filter != nil else { return nil }
        var indexes: [Int] = []
        for index in 0..<source.count {
            let row = source[index]
            if let client, case .key(let key) = row, key.card.client != client { continue }
            if let filter = state.filter, !filter.matches(row) { continue }
            indexes.append(index)
        }
        return indexes
    }

    private static func sorted(
        _ source: RowSource, _ indexes: [Int], _ column: SortColumn, _ isDescending: Bool
    ) -> [Int] {
        let keyed = indexes.map { (index: $0, key: column.value(source[$0])) }
        // Ties keep the order of the snapshot, so rows that are equal do not dance.
        return keyed.sorted { left, right in
            if left.key == right.key { return left.index < right.index }
            return isDescending ? right.key < left.key : left.key < right.key
        }.map(\.index)
    }

    /// Rows in the held order; new ones follow, vanished ones are ghosts.
    private static func hold(_ source: RowSource, _ order: RowList.Order, _ held: [RowID]) -> [RowList.Entry] {
        let shown = order.indexes(source.count)
        // Mostly the rows are still in the held order, and then no table is needed to see it.
        if shown.count == held.count, zip(shown, held).allSatisfy({ source.id($0) == $1 }) {
            return shown.map { .index($0) }
        }
        // Rows that share an identity are chained, first to last.
        var first: [RowID: Int] = [:]
        var next = [Int](repeating: -1, count: source.count)
        first.reserveCapacity(shown.count)
        for index in shown.reversed() {
            let id = source.id(index)
            if let later = first[id] { next[index] = later }
            first[id] = index
        }
        var isUsed = [Bool](repeating: false, count: source.count)
        var entries: [RowList.Entry] = []
        entries.reserveCapacity(held.count)
        for id in held {
            if let index = first[id], index >= 0 {
                first[id] = next[index]
                isUsed[index] = true
                entries.append(.index(index))
            } else {
                entries.append(.ghost(id))
            }
        }
        for index in shown where !isUsed[index] { entries.append(.index(index)) }
        return entries
    }
}

/// The rows of a panel before any order, read by index.
struct RowSource: Sendable {
    let panel: PanelName
    let snapshot: LiveSnapshot
    let records: [RequestRecord]

    init(panel: PanelName, state: DashboardState, snapshot: LiveSnapshot) {
        self.panel = panel
        self.snapshot = snapshot
        records = panel == .live ? state.heldRecords ?? snapshot.recent : state.records
    }

    var count: Int {
        switch panel {
        case .clients: snapshot.clients.count
        case .keys: snapshot.keys.count
        case .models: snapshot.models.count
        case .upstreams: snapshot.upstreams.count
        case .errors: snapshot.errors.count
        case .done, .audit: snapshot.audit.count
        case .costs: snapshot.costs.byClient.count
        case .costModels: snapshot.costs.byModel.count
        case .days: snapshot.costs.byDay.count
        case .logs: snapshot.log.count
        case .live, .records: records.count
        case .incidents: snapshot.incidents.count
        case .detail: 0
        }
    }

    /// Where the rows lie: the same address means the same rows for as long as they are held.
    var storage: UInt {
        switch panel {
        case .clients: RowSource.address(snapshot.clients)
        case .keys: RowSource.address(snapshot.keys)
        case .models: RowSource.address(snapshot.models)
        case .upstreams: RowSource.address(snapshot.upstreams)
        case .errors: RowSource.address(snapshot.errors)
        case .done, .audit: RowSource.address(snapshot.audit)
        case .costs: RowSource.address(snapshot.costs.byClient)
        case .costModels: RowSource.address(snapshot.costs.byModel)
        case .days: RowSource.address(snapshot.costs.byDay)
        case .logs: RowSource.address(snapshot.log)
        case .live, .records: RowSource.address(records)
        case .incidents: RowSource.address(snapshot.incidents)
        case .detail: 0
        }
    }

    private static func address<Element>(_ rows: [Element]) -> UInt {
        rows.withUnsafeBufferPointer { UInt(bitPattern: $0.baseAddress) }
    }

    /// The row at an index below `count`.
    ///
    /// Days come newest first: a short panel must show today.
    subscript(index: Int) -> Row {
        switch panel {
        case .clients: .client(snapshot.clients[index])
        case .keys: .key(snapshot.keys[index])
        case .models: .model(snapshot.models[index])
        case .upstreams: .upstream(snapshot.upstreams[index])
        case .errors: .error(snapshot.errors[index])
        case .done, .audit: .audit(snapshot.audit[index])
        case .costs: .spend(snapshot.costs.byClient[index])
        case .costModels: .spend(snapshot.costs.byModel[index])
        case .days: .spend(snapshot.costs.byDay[snapshot.costs.byDay.count - 1 - index])
        case .logs: .log(snapshot.log[index])
        case .live, .records: .record(records[index])
        case .incidents: .incident(snapshot.incidents[index])
        case .detail: .ghost(.line(index))
        }
    }

    /// The identity of the row at an index below `count`.
    func id(_ index: Int) -> RowID {
        switch panel {
        case .clients: .client(snapshot.clients[index].card.name)
        case .keys: .key(snapshot.keys[index].card.id)
        case .models: .model(snapshot.models[index].name)
        case .upstreams: .upstream(snapshot.upstreams[index].name)
        case .errors: .errorGroup(snapshot.errors[index].identity)
        case .done, .audit: .audit(snapshot.audit[index].id)
        case .costs: .client(snapshot.costs.byClient[index].name)
        case .costModels: .model(snapshot.costs.byModel[index].name)
        case .days: .day(snapshot.costs.byDay[snapshot.costs.byDay.count - 1 - index].name)
        case .logs: .line(snapshot.log[index].identity)
        case .live, .records: .request(records[index].requestID.text)
        case .incidents: .incident(snapshot.incidents[index].id)
        case .detail: .line(index)
        }
    }
}
