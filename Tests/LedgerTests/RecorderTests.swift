import Domain
import Foundation
import GRDB
import Glibc
import Synchronization
import Testing

@testable import Ledger

@Suite struct RecorderTests {
    private let scratch = Scratch()
    private var settings: RecorderSettings { RecorderSettings(file: scratch.path + "/log") }

    private func lines() throws -> [[String: Any]] {
        try scratch.text("log").split(separator: "\n").map { try parsed(String($0)) }
    }

    @Test func recordsReachLogAndStoreExactly() throws {
        let store = try scratch.open()
        let recorder = try Recorder(settings: settings, store: store, settled: SpendBook())
        for number in 1...100 {
            recorder.submit([sampleRecord(Int64(number)), sampleRecord(Int64(number), status: 503)])
        }
        #expect(recorder.flush())
        #expect(try lines().count == 200)
        let row = try #require(try store.usage(by: ["client", "model"], since: nil).first)
        #expect(row.requests == 200)
        #expect(row.costNanoUSD == 120_000 * 5050 * 2)
        #expect(row.reported == 200)
        #expect(recorder.settled.monthRows(at: start).map(\.costNanoUSD) == [row.costNanoUSD])
        #expect(recorder.keyUses() == [sampleKey(1).id: start.adding(milliseconds: 100)])
        #expect(recorder.status.writtenLines == 200)
        #expect(recorder.stop(within: 5))
    }

    @Test func loopsSubmitAtOnceAndNothingIsLostOrDoubled() throws {
        let store = try scratch.open()
        let recorder = try Recorder(settings: settings, store: store, settled: SpendBook())
        DispatchQueue.concurrentPerform(iterations: 8) { loop in
            for number in 0..<500 {
                var record = sampleRecord(Int64(number))
                record.client = "client-\(loop)"
                recorder.submit([record])
            }
        }
        #expect(recorder.stop(within: 10))
        let rows = try store.usage(by: ["client"], since: nil)
        #expect(rows.count == 8)
        #expect(rows.allSatisfy { $0.requests == 500 && $0.costNanoUSD == 120_000 * 124_750 })
        #expect(try lines().count == 4000)
    }

    @Test func belowTheLevelThereIsNoLineButMoneyCounts() throws {
        let store = try scratch.open()
        var settings = settings
        settings.level = .warning
        let recorder = try Recorder(settings: settings, store: store, settled: SpendBook())
        recorder.submit([200, 404, 500].map { sampleRecord(status: $0) })
        #expect(recorder.stop(within: 5))
        #expect(try lines().map { $0["status"] as? Int } == [404, 500])
        #expect(try store.usage(by: [], since: nil).map(\.requests) == [3])
    }

    @Test func refusalsAreLoggedButAreNoSpend() throws {
        let store = try scratch.open()
        let recorder = try Recorder(settings: settings, store: store, settled: SpendBook())
        var refused = RequestRecord(time: start, requestID: .given("r"))
        refused.status = 429
        refused.error = .rateLimitExceeded
        recorder.submit([refused])
        #expect(recorder.stop(within: 5))
        #expect(try lines().map { $0["error"] as? String } == ["rate_limit_exceeded"])
        #expect(try store.usage(by: ["client"], since: nil).isEmpty)
    }

    @Test func whereThereIsNoRoomLinesAreCountedAndMoneyIsKept() throws {
        let store = try scratch.open()
        var settings = settings
        settings.queueBound = 10
        let recorder = try Recorder(settings: settings, store: store, settled: SpendBook())
        recorder.submit((1...11).map { sampleRecord(Int64($0)) })
        recorder.submit([sampleRecord(1)])
        #expect(recorder.flush())
        #expect(recorder.status.droppedLines == 11)
        #expect(try lines().count == 1)
        #expect(try store.usage(by: [], since: nil).map(\.requests) == [12])
        #expect(recorder.stop(within: 5))
    }

    @Test func aFullDiskIsVisibleAndHealsWithoutLosingALine() throws {
        let disk = Disk(1000)
        let recorder = try Recorder(settings: settings, store: nil, settled: SpendBook(), sink: disk.sink)
        recorder.submit((1...5).map { sampleRecord(Int64($0)) })
        #expect(!recorder.flush())
        #expect(recorder.status.logFailure?.contains("no space left") == true)
        #expect(try lines().count == 1)
        disk.free(1 << 20)
        recorder.submit([sampleRecord(6)])
        #expect(recorder.flush())
        #expect(recorder.status.logFailure == nil)
        #expect(recorder.status.droppedLines == 0)
        #expect(try lines().map { ($0["request_id"] as? String)?.last } == ["1", "2", "3", "4", "5", "6"])
    }

    @Test func whileTheDatabaseIsLockedMoneyWaitsAndIsAddedOnce() throws {
        let store = try scratch.open()
        let recorder = try Recorder(settings: settings, store: store, settled: SpendBook())
        let other = try DatabaseQueue(path: scratch.folder.database)
        try other.writeWithoutTransaction { db in
            try db.execute(sql: "BEGIN IMMEDIATE")
            recorder.submit([sampleRecord(1)])
            #expect(!recorder.flush())
            #expect(recorder.status.storeFailure?.contains("locked") == true)
            #expect(recorder.status.unsavedRows == 1)
            try db.execute(sql: "ROLLBACK")
        }
        recorder.submit([sampleRecord(2)])
        #expect(recorder.stop(within: 5))
        #expect(recorder.status.storeFailure == nil)
        #expect(try store.usage(by: [], since: nil).map(\.costNanoUSD) == [360_000])
    }

    @Test func stoppingGivesUpAtTheDeadlineAndSaysSo() throws {
        let recorder = try Recorder(settings: settings, store: nil, settled: SpendBook(), sink: Disk(0).sink)
        recorder.submit([sampleRecord()])
        #expect(!recorder.stop(within: 0.3))
        recorder.submit([sampleRecord()])
        #expect(recorder.status.droppedLines == 1)
    }

    @Test func reopenAndOtherSettingsTakeEffectBetweenLines() throws {
        let recorder = try Recorder(settings: settings, store: nil, settled: SpendBook())
        recorder.submit([sampleRecord(1)])
        #expect(recorder.flush())
        #expect(rename(scratch.path + "/log", scratch.path + "/log.old") == 0)
        recorder.reopen()
        recorder.submit([sampleRecord(2)])
        #expect(recorder.flush())
        #expect(try lines().count == 1)
        var other = settings
        other.file = scratch.path + "/other"
        other.level = .error
        recorder.apply(other)
        recorder.submit([sampleRecord(3), sampleRecord(4, status: 500)])
        #expect(recorder.stop(within: 5))
        #expect(try lines().count == 1)
        #expect(try scratch.text("other").split(separator: "\n").count == 1)
    }

    @Test func aLogThatCannotBeOpenedIsToldAtStart() {
        #expect(
            code {
                _ = try Recorder(
                    settings: RecorderSettings(file: "/proc/no/log"), store: nil, settled: SpendBook())
            } == .unwritable)
    }

    @Test func withoutAFileNothingWaits() throws {
        let store = try scratch.open()
        let recorder = try Recorder(settings: RecorderSettings(file: nil), store: store, settled: SpendBook())
        recorder.submit([sampleRecord()])
        #expect(recorder.stop(within: 5))
        #expect(try store.usage(by: [], since: nil).map(\.requests) == [1])
    }
}

@Suite struct SpendBookTests {
    private func row(_ client: String, hour: Int64, cost: Int64) -> UsageRow {
        var row = UsageRow(client: client, model: "m", hour: hour)
        row.costNanoUSD = cost
        return row
    }

    /// The clock was set back: what was written down for tomorrow, or for next month, is not charged to today.
    @Test(arguments: [3600, 86_400, 2_678_400] as [Int64])
    func totalsLeaveOutWhatIsStillToCome(ahead: Int64) {
        let hour = Calendar.hour(of: start)
        let rows = [hour, hour + ahead].map { hour in
            var row = UsageRow(client: "c", model: "m", hour: hour)
            row.costNanoUSD = hour == Calendar.hour(of: start) ? 1 : 10
            return row
        }
        let totals = SpendBook(rows: rows).totals(at: start)
        #expect(totals.gateway.hour == 1)
        #expect(totals.gateway.day == (ahead < 86_400 ? 11 : 1))
        #expect(totals.gateway.month == (ahead < 2_678_400 ? 11 : 1))
        #expect(totals.clients["c"] == totals.gateway && totals.models["m"] == totals.gateway)
    }

    @Test func aClockThatIsSetBackFindsTheMonthThatItLeft() {
        let book = SpendBook()
        var table = SpendTable()
        table.add(sampleRecord())
        book.add(table)
        let spent = book.monthRows(at: start)
        #expect(spent.count == 1)
        #expect(book.monthRows(at: start.adding(seconds: 31 * 86_400)).isEmpty)
        #expect(book.monthRows(at: start) == spent)
    }

    /// What a killed process may lose is a tenth of a second, unless writing itself takes long.
    @Test(arguments: [
        (Int64(0), Int64(100)), (5, 100), (10, 200), (80, 1000), (1 << 40, 1000),
    ])
    func spendWaitsLongerOnlyWhereWritingIsSlow(took: Int64, rest: Int64) {
        #expect(RecorderWorker.rest(after: took * 1_000_000) == rest * 1_000_000)
    }

    @Test func spendIsDueATenthOfASecondAfterItsFirstRecord() throws {
        let scratch = Scratch()
        let store = try scratch.open()
        let worker = RecorderWorker(
            settings: RecorderSettings(file: nil), store: store, book: SpendBook(), uses: KeyUses())
        worker.add([sampleRecord(), sampleRecord()], now: 5)
        #expect(worker.nextDue == 100_000_005)
        worker.writeOut(now: 100_000_004, force: false)
        #expect(try store.usage(by: [], since: nil).first?.requests ?? 0 == 0)
        worker.writeOut(now: 100_000_005, force: false)
        #expect(try store.usage(by: [], since: nil).first?.requests == 2)
    }

    @Test func totalsCountTheCurrentPeriodsOnly() throws {
        let now = Timestamp(milliseconds: Calendar.days(year: 2026, month: 11, day: 25) * 86_400_000 + 7_300_000)
        let hour = Calendar.hour(of: now)
        let totals = SpendBook(rows: [
            row("a", hour: hour, cost: 1), row("a", hour: hour - 3600, cost: 2), row("b", hour: hour - 86_400, cost: 4),
            row("a", hour: hour - 86_400 * 25, cost: 8),
        ]).totals(at: now)
        #expect([totals.gateway.hour, totals.gateway.day, totals.gateway.month] == [1, 3, 7])
        #expect(totals.clients["a"].map { [$0.hour, $0.day, $0.month] } == [1, 3, 3])
        #expect(totals.clients["b"].map { [$0.hour, $0.day, $0.month] } == [0, 0, 4])
        #expect(totals.models["m"]?.month == 7)
    }

    @Test func aBoundedBookKeepsTodayByHourAndEverySum() {
        let month = Calendar.month(of: start).lowerBound
        let book = SpendBook(bound: 100)
        var whole: Int64 = 0
        for hour in 0..<400 {
            var table = SpendTable()
            for client in 0..<10 {
                table.add(row("c\(client)", hour: month + Int64(hour) * 3600, cost: Int64(hour)))
                whole += Int64(hour)
            }
            book.add(table)
        }
        let rows = book.monthRows(at: start)
        #expect(rows.reduce(0) { $0 + $1.costNanoUSD } == whole)
        #expect(rows.count < 500)
        let today = (month + 399 * 3600) / 86_400 * 86_400
        #expect(rows.filter { $0.hour >= today }.allSatisfy { $0.client != SpendBook.others })
    }

    @Test func aNewMonthLeavesTheOldOneBehind() {
        let book = SpendBook(rows: [row("a", hour: Calendar.hour(of: start), cost: 5)])
        #expect(book.monthRows(at: start).count == 1)
        #expect(book.monthRows(at: start.adding(seconds: 86_400 * 31)).isEmpty)
    }
}
