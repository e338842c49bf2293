import Dashboard
import Domain
import Settings
import Telemetry
import Terminal
import Testing

/// Keys at random.
@Suite struct ReducerFuzzTests {
    private static let keys: [Key] =
        CommandRegistry.all.flatMap(\.keys)
        + "0123456789kMhd$%./=<>~abcxyzRUqD:研".map { Key.character($0) } + [.backspace, .delete, .insert, .function(5)]

    @Test(arguments: [1, 2, 3, 4, 5, 6, 7, 8])
    func anyKeysLeaveAPictureAndNoTrap(seed: Int) {
        var random = SplitMix(seed: UInt64(seed))
        var driver = Driver(seed == 4 ? Fixture.empty() : Fixture.busy())
        for _ in 0..<3000 {
            switch random.below(40) {
            case 0: driver.send(.paste("y\nR q\u{1b}[A"))
            case 1: driver.send(.resized(columns: random.below(210), rows: random.below(70)))
            case 2: driver.snapshot = random.below(6) == 0 ? Fixture.empty() : Fixture.busy()
            case 3: driver.snapshot.clients.shuffle(with: &random)
            case 4: if let order = driver.orders.last { driver.send(.outcome(order, Outcome(.done, "done"))) }
            case 5: if let query = driver.queries.last { driver.send(.answer(query, .failed("no"))) }
            case 6: driver.send(.clockStepped(Int64(random.below(100_000)) - 50_000))
            case 7: driver.send(.laidOut([.clients: random.below(30), .live: random.below(10)]))
            case 8: driver.send(.interrupted)
            case 9...12: driver.now = driver.now.adding(milliseconds: Int64(random.below(700)))
            default: driver.send(.key(ReducerFuzzTests.keys[random.below(ReducerFuzzTests.keys.count)]))
            }
            driver.send(.tick)
            let size = Size(columns: driver.state.columns, rows: driver.state.rows)
            if random.below(20) == 0 {
                _ = Scene.draw(
                    state: driver.state, snapshot: driver.snapshot, size: size, now: driver.now, glyphs: .standard)
            }
            let list = driver.list
            #expect(list.cursor.map { $0 >= 0 && $0 < list.count } ?? list.isEmpty)
            if driver.effects.count > 4000 { driver.effects = [] }
        }
    }

    @Test(arguments: [11, 12, 13, 14])
    func movingAboutNeverActs(seed: Int) {
        let moving: [CommandName] = [
            .view, .nextPanel, .previousPanel, .down, .up, .first, .last, .halfDown, .halfUp, .pageDown, .pageUp,
            .columnsLeft, .columnsRight, .open, .back, .next, .previous, .help, .pause, .windowShorter, .windowLonger,
            .faster, .slower, .sort, .sortPrevious, .sortNext, .reverse, .mark, .unmark, .theme, .zone, .zoom, .follow,
            .copy, .incidents, .repaint,
        ]
        let keys = CommandRegistry.all.filter { $0.context == .table && moving.contains($0.name) }.flatMap(\.keys)
        var random = SplitMix(seed: UInt64(seed))
        var driver = Driver()
        for _ in 0..<3000 {
            driver.send(.key(keys[random.below(keys.count)]))
            if random.below(5) == 0 { driver.now = driver.now.adding(milliseconds: 400) }
            if random.below(9) == 0 { driver.send(.tick) }
        }
        #expect(driver.acts == [])
        #expect(driver.effects.allSatisfy { $0 != .drain && $0 != .detach })
    }

    @Test func readOnlyNeverActs() {
        var random = SplitMix(seed: 99)
        var driver = Driver()
        driver.state.isReadOnly = true
        for _ in 0..<6000 {
            driver.send(.key(ReducerFuzzTests.keys[random.below(ReducerFuzzTests.keys.count)]))
            driver.now = driver.now.adding(milliseconds: Int64(random.below(400)))
        }
        #expect(driver.acts == [])
        #expect(driver.effects.allSatisfy { $0 != .drain })
    }
}

extension Array {
    /// Fisher and Yates.
    mutating func shuffle(with random: inout SplitMix) {
        for index in indices.reversed() where index > 0 { swapAt(index, random.below(index + 1)) }
    }
}
