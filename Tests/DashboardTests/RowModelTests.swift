import Domain
import Telemetry
import Testing

@testable import Dashboard

/// Which rows a panel shows.
@Suite struct RowModelTests {
    @Test func theHeldOrderKeepsDoublesApart() {
        var driver = Driver()
        driver.state.view = .errors
        driver.snapshot.errors = (0..<3).flatMap { _ in driver.snapshot.errors.prefix(2) }
        let ids = (0..<6).compactMap { driver.list.id(at: $0) }
        driver.state.heldOrder[.errors] = ids
        driver.snapshot.errors.reverse()
        #expect((0..<driver.list.count).compactMap { driver.list.id(at: $0) } == ids)
        #expect(driver.list.count == 6)
    }

    @Test func newRowsComeAfterTheHeldOnes() {
        var driver = Driver()
        driver.state.heldOrder[.clients] = [.client("search-api"), .client("gone")]
        #expect(driver.list.id(at: 0) == .client("search-api"))
        #expect(driver.list.id(at: 1) == .client("gone"))
        #expect(driver.list.count == 8)
    }

    @Test(arguments: [0, 1, 3, 7, 20])
    func theCursorIsAlwaysAmongTheRowsDrawn(height: Int) throws {
        var driver = Driver()
        for key in ["j", "j", "G", "k", "g", "<pgdn>", "<pgup>"] {
            try driver.play(key)
            driver.send(.laidOut([.clients: height]))
            let top = driver.list.top(height: height)
            let cursor = driver.list.cursor ?? 0
            #expect(height == 0 || (top <= cursor && cursor < top + max(height, 1)))
            #expect(top >= 0 && (height == 0 || top + min(height, 7) <= 7))
        }
    }

    @Test func tenThousandClientsAreFoundByTheirOrder() {
        var driver = Driver(Fixture.crowd())
        driver.state.sorts[.clients] = SortOrder(column: "$/H", isDescending: true)
        let list = driver.list
        #expect(list.count == 10_000)
        var last = Int64.max
        for position in 0..<list.count {
            guard case .client(let row) = list[position] else { return }
            #expect(row.costPerHourNanoUSD <= last)
            last = row.costPerHourNanoUSD
        }
    }

    @Test func anOrderThatIsRememberedIsThatOfTheRowsOnTheScreen() throws {
        var driver = Driver(Fixture.crowd())
        driver.state.sorts[.clients] = SortOrder(column: "$/H", isDescending: true)
        let first = driver.list.id(at: 0)
        #expect(driver.list.id(at: 0) == first)
        driver.snapshot.clients[5000].costPerHourNanoUSD = .max
        #expect(driver.list.id(at: 0) == .client(driver.snapshot.clients[5000].card.name))
        driver.state.sorts[.clients] = SortOrder(column: "$/H", isDescending: false)
        #expect(driver.list.id(at: 9999) == .client(driver.snapshot.clients[5000].card.name))
        driver.state.filter = try FilterParser.parse("tenant-4000")
        #expect(driver.list.id(at: 0) == .client("tenant-4000"))
    }

    @Test func rowsAreSortedOnceASnapshotAndQuery() {
        let orders = RowOrders()
        let source = RowSource(panel: .clients, state: DashboardState(), snapshot: Fixture.busy())
        var made = 0
        func ask(_ column: String) -> [Int] {
            let query = RowOrders.Query(
                storage: source.storage, count: source.count, sort: SortOrder(column: column, isDescending: true))
            return orders.order(of: source, query: query) {
                made += 1
                return [made]
            }
        }
        #expect([ask("$/H"), ask("$/H"), ask("P95"), ask("P95")] == [[1], [1], [2], [2]])
    }

    @Test func outsideOfTheListIsNothing() {
        let list = Driver().list
        #expect(list.id(at: -1) == nil)
        #expect(list.id(at: 7) == nil)
        guard case .ghost = list[99] else {
            Issue.record("a row outside of the list")
            return
        }
    }
}
