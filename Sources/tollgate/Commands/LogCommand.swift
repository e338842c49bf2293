import ArgumentParser
import Dashboard
import Domain
import Glibc
import Ledger
import Terminal

/// `tollgate log`: the records of requests.
struct LogCommand: OperatorCommand {
    static let configuration = CommandConfiguration(
        commandName: "log", abstract: "Records of finished requests, oldest first.",
        discussion: """
            Reads the request log and what rotation has left of it; no gateway has to run. --filter takes the language \
            of the dashboard: bare words match client, key and model; status>=500 model~sonnet took>2s cost>$0.01; \
            and, or, not, parentheses.
            """)

    @Flag(help: "Go on with new records as they come; begins with the last ten.")
    var follow = false
    @Option(help: "Only records that match this expression.")
    var filter: String?
    @Option(help: "Only the newest so many.")
    var limit: Int?
    @Option(help: "Only records of this last time, such as 24h.")
    var since: TimeSpan?
    @OptionGroup var output: OutputOptions
    @OptionGroup var common: CommonOptions

    func validate() throws {
        if let limit, limit < 1 { throw ValidationError("--limit is at least 1") }
    }

    func perform() throws {
        let place = try GatewayPlace.find(common)
        if place.isPartial, let problems = place.problems { throw problems }
        let wanted = try RecordChoice(
            filter: filter, since: since.map { Clocks.wall().adding(seconds: -$0.seconds) })
        let printer = RecordPrinter(isJSON: output.json)
        do {
            if follow {
                try follow(LogFollower(path: place.log), place, wanted, printer)
            } else if let limit {
                try printer.say(try LogReader(path: place.log).newest(limit, where: wanted.takes).reversed())
            } else {
                try LogReader(path: place.log).forEach { line in
                    if wanted.takes(line) { try printer.say([line]) }
                    return true
                }
            }
            try printer.flush()
        } catch let fault as LedgerError where fault.code == .missing {
            throw Failure(.unavailable, "\(fault.message): no gateway has written one")
        }
    }

    private func follow(
        _ follower: consuming LogFollower, _ place: GatewayPlace, _ wanted: RecordChoice, _ printer: RecordPrinter
    ) throws {
        // The follower looks first, so that nothing falls between; what both have seen is said once.
        var seen: Set<[UInt8]> = []
        do {
            let last = try LogReader(path: place.log).newest(limit ?? 10, where: wanted.takes)
            seen = Set(last)
            try printer.say(last.reversed())
        } catch let fault as LedgerError where fault.code == .missing {
            // It may come: a gateway makes its log when it starts.
        }
        while true {
            let lines = follower.next()
            try printer.say(lines.filter { !seen.contains($0) && wanted.takes($0) })
            try printer.flush()
            if !lines.isEmpty { seen = [] }
            if Output.hasNoReader { return }
            usleep(200_000)
        }
    }
}

/// Which lines of the log are wanted.
struct RecordChoice {
    private let filter: Filter?
    private let since: Timestamp?

    /// - Throws: `Failure` of status 64 with a caret under the fault of the expression.
    init(filter: String?, since: Timestamp?) throws {
        self.since = since
        do throws(FilterFault) {
            self.filter = try filter.map { text throws(FilterFault) in try FilterParser.parse(text) }
        } catch {
            let text = TextWidth.neutral(filter ?? "")
            let caret = String(repeating: " ", count: min(max(0, error.offset), 500)) + "^"
            throw Failure(.usage, "filter: \(error.reason)\n  \(text)\n  \(caret)")
        }
    }

    /// Whether a line is one of them.
    func takes(_ line: [UInt8]) -> Bool {
        guard filter != nil || since != nil else { return true }
        guard let record = RequestRecord(logLine: line) else { return false }
        if let since, record.time < since { return false }
        return filter?.matches(.record(record)) ?? true
    }
}

/// Writes records: as they stand in the log for scripts, as columns for people.
final class RecordPrinter {
    private let isJSON: Bool
    private var buffer: [UInt8] = []

    init(isJSON: Bool) { self.isJSON = isJSON }

    /// Takes lines; they are written in large pieces.
    func say(_ lines: some Sequence<[UInt8]>) throws {
        for line in lines {
            if isJSON {
                buffer += line
            } else if let record = RequestRecord(logLine: line) {
                buffer += RecordPrinter.text(record).utf8
            } else {
                continue
            }
            buffer.append(0x0a)
            if buffer.count > 64 * 1024 { try flush() }
        }
    }

    func flush() throws {
        guard !buffer.isEmpty else { return }
        try Output.write(buffer)
        buffer = []
    }

    /// One record in one line.
    static func text(_ record: RequestRecord) -> String {
        let tokens = record.usage.total > 0 ? "\(record.usage.input)+\(record.usage.output) tok" : ""
        let cost = record.isPriced ? Figure.dollars(record.cost.nanos) : "unpriced"
        let columns: [(text: String, width: Int)] = [
            (Moment.text(record.time), 20), (String(record.status), 3), (record.client, 16),
            (record.keyID?.shown ?? "", 11), (record.model, 22), (record.isStream ? "stream" : "", 6),
            ("\(record.totalMilliseconds) ms", 9), (tokens, 14), (cost, 10),
            (record.error?.label ?? "", 20), (record.requestID.text, 28),
        ]
        var line = ""
        for (text, width) in columns {
            let cell = text.isEmpty ? TextTable.nothing : TextWidth.neutral(text)
            line += cell + String(repeating: " ", count: max(0, width - TextWidth.columns(cell)) + 1)
        }
        while line.last == " " { line.removeLast() }
        return line
    }
}
