import ArgumentParser
import Control
import Domain
import Wire

/// `tollgate undo`: the newest act of mine taken back.
struct UndoCommand: OperatorCommand {
    static let configuration = CommandConfiguration(
        commandName: "undo", abstract: "Take back my newest act, or the one of this number.",
        discussion: "Numbers are those of `tollgate audit`. Revocations can be taken back for 15 minutes.")

    @Argument(help: "The act's number in the audit; my newest one without it.")
    var id: Int64?
    @OptionGroup var output: OutputOptions
    @OptionGroup var common: CommonOptions

    func perform() throws {
        let client = try Backend.running(common)
        let outcome = try client.submit(Order(command: .undo(audit: id), actor: Operator.actor()))
        try ActReport.say(outcome, json: output.json ? outcome.json : nil)
    }
}

/// `tollgate reload`: the configuration read again.
struct ReloadCommand: OperatorCommand {
    static let configuration = CommandConfiguration(
        commandName: "reload", abstract: "Have the gateway read its configuration again.",
        discussion: "A file with problems leaves the old configuration in force; the problems are listed.")

    @OptionGroup var output: OutputOptions
    @OptionGroup var common: CommonOptions

    func perform() throws {
        let client = try Backend.running(common)
        let outcome = try client.submit(Order(command: .reload, actor: Operator.actor()))
        if outcome.result == .refused { throw Failure(.configuration, outcome.message) }
        try ActReport.say(outcome, json: output.json ? outcome.json : nil)
    }
}

extension Outcome {
    /// What became of an act, for scripts.
    var json: [UInt8] {
        JSONShapes.text { writer in
            writer.beginObject()
            writer.member("result", result.rawValue)
            writer.member("message", message)
            writer.member("audit", orNull: audit)
            writer.member("streams_ended", Int64(streamsEnded ?? 0))
            writer.endObject()
        }
    }
}
