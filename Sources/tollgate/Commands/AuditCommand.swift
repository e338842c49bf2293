import ArgumentParser
import Domain

/// `tollgate audit`: every act, by whom, from where, and what it changed.
struct AuditCommand: OperatorCommand {
    static let configuration = CommandConfiguration(
        commandName: "audit", abstract: "What was done, by whom and from where, newest first.",
        discussion: "Works on the running gateway, or on the data folder of a stopped one.")

    @Option(help: "How many acts at most.")
    var limit = 100
    @OptionGroup var output: OutputOptions
    @OptionGroup var common: CommonOptions

    func validate() throws {
        guard (1...10_000).contains(limit) else { throw ValidationError("--limit is 1 to 10000") }
    }

    func perform() throws {
        let answer = try Backend.with(common, for: .reading) { try $0.answer(.audit(limit: limit)) }
        guard case .audit(let rows) = answer else { throw Failure(.data, "the gateway answers another question") }
        if output.json {
            return try Output.write(JSONShapes.list(rows) { JSONShapes.audit($0, to: &$1) } + [0x0a])
        }
        var table = TextTable([
            ("NO", .right), ("TIME", .left), ("BY", .left), ("FROM", .left), ("ACT", .left), ("TARGET", .left),
            ("CHANGE", .left), ("WHY", .left),
        ])
        for row in rows {
            let change = row.before.isEmpty ? row.after : "\(row.before) → \(row.after)"
            let undone = row.undoneBy.map { " (taken back by \($0))" } ?? ""
            table.add([
                String(row.id), Moment.text(row.time), row.actor.user, row.actor.terminal, row.act, row.target,
                change + undone, row.why,
            ])
        }
        try Output.write(Array(table.text.utf8))
    }
}
