import Dashboard
import Domain
import Terminal
import Testing

/// `q`, `D`, `Ctrl-c`, `Ctrl-z` and SIGINT.
@Suite struct LeavingTests {
    private static func ends(_ driver: Driver) -> [DashboardEffect] {
        driver.effects.filter { $0 == .drain || $0 == .detach }
    }

    @Test(arguments: [
        ("q<wait 300ms>d", [DashboardEffect.drain]), ("q<wait 300ms>k", [.detach]), ("q<wait 300ms><esc>", []),
        ("q<wait 300ms>q", []), ("q<wait 300ms><enter>", []), ("qd", []), ("qk", []), ("D", [.detach]),
        (":quit<enter><wait 300ms>d", [.drain]), (":detach<enter>", [.detach]),
        (":drain<enter><wait 300ms>d", [.drain]),
        (":drain<enter><wait 300ms><enter>", []), ("<c-c><c-c><wait 300ms>d", [.drain]), ("<c-c>d", []),
        ("<c-z>", []), ("q<wait 300ms><paste d>", []),
    ])
    func leaves(script: String, effects: [DashboardEffect]) throws {
        var driver = Driver()
        try driver.play(script)
        #expect(LeavingTests.ends(driver) == effects)
    }

    @Test(arguments: [
        ("?q", "none"), ("<enter>q", "none"), ("<enter><enter>qq", "none"), ("<enter>qq", "quit"), ("?qq", "quit"),
        ("Tq", "none"), ("i<c-c>", "none"),
    ])
    func closesWhatIsOpenFirst(script: String, dialog: String) throws {
        var driver = Driver()
        try driver.play(script)
        #expect(shape(driver.state.dialog) == dialog)
        #expect(LeavingTests.ends(driver) == [])
    }

    @Test func interruptsTwiceWithinASecond() throws {
        var driver = Driver()
        try driver.play("<c-c>")
        #expect(driver.notice == "again to quit")
        try driver.play("<wait 1100ms><c-c>")
        #expect(shape(driver.state.dialog) == "none")
        try driver.play("<wait 900ms><c-c>")
        #expect(shape(driver.state.dialog) == "quit")
    }

    @Test func anotherKeyBetweenDoesNotCount() throws {
        var driver = Driver()
        try driver.play("<c-c>j<c-c>")
        #expect(shape(driver.state.dialog) == "none")
    }

    @Test func aSignalAsksAtOnce() {
        var driver = Driver()
        driver.send(.interrupted)
        #expect(shape(driver.state.dialog) == "quit")
        driver.send(.interrupted)
        #expect(LeavingTests.ends(driver) == [])
    }

    @Test func anAttachedDashboardJustLeaves() throws {
        var driver = Driver()
        driver.state.isAttached = true
        try driver.play("q")
        #expect(LeavingTests.ends(driver) == [.detach])
    }

    @Test func readOnlyCannotStopTheGateway() throws {
        var driver = Driver()
        driver.state.isReadOnly = true
        try driver.play("q<wait 300ms>d")
        #expect(LeavingTests.ends(driver) == [])
        try driver.play("k")
        #expect(LeavingTests.ends(driver) == [.detach])
    }

    @Test func aStopKeyNeverStopsTheGateway() throws {
        var driver = Driver()
        try driver.play("<c-z>")
        #expect(driver.notice == "Ctrl-z never stops the gateway; D leaves the dashboard and keeps serving")
    }
}
