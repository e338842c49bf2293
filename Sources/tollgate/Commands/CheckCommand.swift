import ArgumentParser
import Settings
import Wire

/// `tollgate check`: everything that is wrong with the configuration, at once.
struct CheckCommand: OperatorCommand {
    static let configuration = CommandConfiguration(
        commandName: "check", abstract: "Check the configuration; all problems at once, each with line and column.",
        discussion: "Ends with 78 where there are any. Nothing is opened, started or written.")

    @OptionGroup var output: OutputOptions
    @OptionGroup var common: CommonOptions

    func perform() throws {
        let themes = ThemeLibrary.standard(environment: Operator.environment(), executable: Operator.executable())
        let loaded: LoadedConfiguration
        do throws(ConfigurationProblems) {
            loaded = try ConfigurationSource(common, themes: themes).load()
        } catch {
            guard output.json else { throw error }
            try Output.write(
                CheckCommand.json(file: nil, problems: error.problems, warnings: error.warnings) + [0x0a])
            throw ExitCode(Failure.Status.configuration.rawValue)
        }
        if output.json {
            return try Output.write(
                CheckCommand.json(file: loaded.file, problems: [], warnings: loaded.warnings) + [0x0a])
        }
        for warning in loaded.warnings { StandardError.line("warning: \(warning)") }
        let configuration = loaded.configuration
        try Output.line(
            "\(Visible.name(loaded.file ?? "environment")): OK, listen \(configuration.listen.text), "
                + [
                    Count.text(configuration.upstreams.count, "provider"),
                    Count.text(configuration.models.count, "model"),
                    Count.text(configuration.tiers.count, "tier"), Count.text(configuration.clients.count, "client"),
                    Count.text(loaded.warnings.count, "warning"),
                ].joined(separator: ", "))
    }

    static func json(
        file: String?, problems: [ConfigurationProblem], warnings: [ConfigurationProblem]
    ) -> [UInt8] {
        JSONShapes.text { writer in
            writer.beginObject()
            writer.member("ok", problems.isEmpty)
            writer.member("file", orNull: file)
            writer.key("problems")
            writer.problems(problems)
            writer.key("warnings")
            writer.problems(warnings)
            writer.endObject()
        }
    }
}

extension JSONWriter {
    /// An array of `{file, line, column, key, reason}`.
    mutating func problems(_ problems: [ConfigurationProblem]) {
        beginArray()
        for problem in problems {
            beginObject()
            member("file", problem.file)
            member("line", Int64(problem.line))
            member("column", Int64(problem.column))
            member("key", problem.key)
            member("reason", problem.reason)
            endObject()
        }
        endArray()
    }
}

/// Counted things.
enum Count {
    /// `1 model`, `2 models`.
    static func text(_ count: Int, _ word: String) -> String { "\(count) \(word)\(count == 1 ? "" : "s")" }
}
