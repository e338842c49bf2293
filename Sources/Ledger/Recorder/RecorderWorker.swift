import Domain
import Threads

/// The recorder's work without its thread: formats, writes, sums, and knows when to try again.
final class RecorderWorker {
    /// How long after a failure things are tried again, in ns.
    static let pause: Int64 = 1_000_000_000
    /// How long spend waits to be written together, in ns: what a killed process may lose.
    static let quickest: Int64 = 100_000_000
    static let slowest: Int64 = 1_000_000_000
    /// It waits this many times as long as the last writing took, so that a slow disk or many rows cost no more.
    static let restFactor: Int64 = 20
    /// How often the last uses of keys are written.
    static let touchPause: Int64 = 60_000_000_000
    /// Spend is written early after this many records.
    static let batch = 5000
    /// Unwritten lines are kept up to this many bytes while the disk is full.
    static let pendingBound = 8 << 20

    private let store: Store?
    private let book: SpendBook
    private let uses: KeyUses
    private let sink: LogFile.Sink
    private var level: LogLevel
    private var writer = LogLineWriter()
    private var log: LogFile?
    private var pending = LineBuffer()
    private var pendingLines: Int64 = 0
    private var unsaved = SpendTable()
    private var recordsSinceSave = 0
    private var savePause = RecorderWorker.quickest
    private var unsavedUses: [KeyID: Timestamp] = [:]
    /// Moments of `Monotonic.now()` before which nothing is tried; nil where nothing waits.
    private var logDue: Int64?
    private var saveDue: Int64?
    private var touchDue: Int64?
    private(set) var status = RecorderStatus()

    init(
        settings: RecorderSettings, store: Store?, book: SpendBook, uses: KeyUses, sink: LogFile.Sink = .kernel
    ) {
        self.uses = uses
        self.store = store
        self.book = book
        self.sink = sink
        level = settings.level
        log = RecorderWorker.log(settings, sink)
    }

    private static func log(_ settings: RecorderSettings, _ sink: LogFile.Sink) -> LogFile? {
        guard let file = settings.file else { return nil }
        return LogFile(path: file, rotateBytes: settings.rotateBytes, keep: settings.keep, sink: sink)
    }

    /// Opens the log, so that a wrong path is told at start and not in the first line.
    func openLog() throws(LedgerError) { try log?.open() }

    /// Goes on with other settings; what waits is written to the old file first, if it takes it.
    func apply(_ settings: RecorderSettings, now: Int64) {
        writeLog(now: now, force: true)
        level = settings.level
        log = RecorderWorker.log(settings, sink)
        logDue = nil
    }

    /// Lets go of the log file, so that a renamed one is no longer written.
    func reopen() {
        log?.reopen()
        logDue = nil
    }

    /// Takes in finished requests.
    func add(_ records: [RequestRecord], now: Int64) {
        var fresh = SpendTable()
        var used: [KeyID: Timestamp] = [:]
        for record in records {
            fresh.add(record)
            if let key = record.keyID, record.error != .keyRevoked, record.error != .tokenExpired {
                used[key] = max(record.time, used[key] ?? record.time)
            }
            if log != nil, LogLevel(status: record.status) >= level { format(record) }
        }
        recordsSinceSave &+= records.count
        add(fresh, now: now)
        uses.merge(used)
        if store != nil { unsavedUses.merge(used) { max($0, $1) } }
        if touchDue == nil, !unsavedUses.isEmpty { touchDue = now &+ RecorderWorker.touchPause }
    }

    /// Takes in spend alone, of records whose lines found no room.
    func add(_ spend: SpendTable, now: Int64) {
        guard !spend.isEmpty else { return }
        book.add(spend)
        guard store != nil else { return }
        unsaved.add(spend)
        if saveDue == nil { saveDue = now &+ savePause }
    }

    private func format(_ record: RequestRecord) {
        guard pending.count < RecorderWorker.pendingBound else {
            status.droppedLines &+= 1
            return
        }
        writer.write(record, to: &pending)
        pendingLines &+= 1
    }

    /// Writes what is due, or with `force` all there is.
    ///
    /// - Returns: whether nothing is left unwritten.
    @discardableResult
    func writeOut(now: Int64, force: Bool) -> Bool {
        writeLog(now: now, force: force)
        save(now: now, force: force)
        touch(now: now, force: force)
        status.unsavedRows = unsaved.count
        return pending.count == 0 && unsaved.isEmpty && unsavedUses.isEmpty
    }

    /// When `writeOut` has something to do again; nil: not before something is added.
    var nextDue: Int64? { [logDue, saveDue, touchDue].compactMap { $0 }.min() }

    private func writeLog(now: Int64, force: Bool) {
        guard pending.count > 0, force || (logDue ?? now) <= now else { return }
        guard log != nil else {
            pending.removeAll()
            pendingLines = 0
            return
        }
        guard let (written, failure) = log?.append(pending.bytes) else { return }
        let lines = written == pending.count ? pendingLines : pending.lines(in: written)
        status.writtenLines &+= lines
        pendingLines &-= lines
        if written == pending.count { pending.removeAll() } else { pending.removeFirst(written) }
        status.logFailure = failure?.message
        logDue = failure == nil ? nil : now &+ RecorderWorker.pause
    }

    private func save(now: Int64, force: Bool) {
        guard let store, !unsaved.isEmpty else { return }
        let isDue = (saveDue ?? now) <= now
        // After a failure only the time counts: a flood of records must not turn into a flood of attempts.
        guard force || isDue || (recordsSinceSave >= RecorderWorker.batch && status.storeFailure == nil) else { return }
        recordsSinceSave = 0
        let began = Monotonic.now()
        do throws(LedgerError) {
            try store.addSpend(Array(unsaved.rows.values))
            savePause = RecorderWorker.rest(after: Monotonic.now() - began)
            unsaved = SpendTable()
            saveDue = nil
            status.storeFailure = nil
        } catch {
            saveDue = now &+ RecorderWorker.pause
            status.storeFailure = error.message
        }
    }

    /// How long spend waits after a writing that took `nanoseconds`.
    static func rest(after nanoseconds: Int64) -> Int64 {
        min(max(nanoseconds.multipliedSaturated(by: restFactor), quickest), slowest)
    }

    private func touch(now: Int64, force: Bool) {
        guard let store, !unsavedUses.isEmpty, force || (touchDue ?? now) <= now else { return }
        do throws(LedgerError) {
            try store.touchKeys(unsavedUses)
            unsavedUses = [:]
            touchDue = nil
        } catch {
            touchDue = now &+ RecorderWorker.pause
            status.storeFailure = error.message
        }
    }
}
