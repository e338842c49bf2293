import Dashboard
import Domain
import Telemetry
import Testing

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
