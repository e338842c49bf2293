import ArgumentParser
import Glibc
import Settings
import Terminal
import Wire

/// `tollgate theme`: how the dashboard looks, measured.
struct ThemeCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "theme", abstract: "Themes: check, list, show.",
        subcommands: [Check.self, List.self, Show.self], defaultSubcommand: List.self)

    static var library: ThemeLibrary {
        ThemeLibrary.standard(environment: Operator.environment(), executable: Operator.executable())
    }

    /// The theme of a file, or of a name where there is no such file.
    static func theme(_ text: String) throws(ConfigurationProblems) -> Theme {
        try isFile(text) ? library.theme(file: text) : library.theme(named: text)
    }

    static func isFile(_ text: String) -> Bool {
        text.contains("/") || text.hasSuffix(".yaml") || access(text, F_OK) == 0
    }
}

extension ThemeCommand {
    /// Measures contrast and the distance of severities.
    struct Check: OperatorCommand {
        static let configuration = CommandConfiguration(
            commandName: "check", abstract: "Measure contrast and colour-blind distance; ends with 65 where it fails.")

        @Argument(help: "Theme files, or names of themes.", completion: .file(extensions: ["yaml"]))
        var files: [String]
        @OptionGroup var output: OutputOptions

        /// What became of one file.
        private struct Verdict {
            var file: String
            var problems: [ConfigurationProblem] = []
            var findings: [ThemeFinding] = []
            var passes: Bool { problems.isEmpty && findings.isEmpty }
        }

        func validate() throws {
            if files.isEmpty { throw ValidationError("name a theme's file") }
        }

        func perform() throws {
            let verdicts = files.map(Check.judge)
            if output.json { try Output.write(Check.json(verdicts) + [0x0a]) }
            for verdict in verdicts where !output.json {
                let name = Visible.name(verdict.file)
                for problem in verdict.problems { StandardError.line(problem.description) }
                for finding in verdict.findings { StandardError.line("\(name): \(finding)") }
                if verdict.passes { try Output.line("\(name): OK") }
            }
            if !verdicts.allSatisfy(\.passes) { throw ExitCode(Failure.Status.data.rawValue) }
        }

        private static func judge(_ file: String) -> Verdict {
            do throws(ConfigurationProblems) {
                return Verdict(file: file, findings: ThemeCheck.report(try ThemeCommand.theme(file)))
            } catch {
                return Verdict(file: file, problems: error.problems)
            }
        }

        private static func json(_ verdicts: [Verdict]) -> [UInt8] {
            JSONShapes.list(verdicts) { verdict, writer in
                writer.beginObject()
                writer.member("file", verdict.file)
                writer.member("ok", verdict.passes)
                writer.key("problems")
                writer.problems(verdict.problems)
                writer.key("findings")
                writer.beginArray()
                for finding in verdict.findings { writer.value(finding.description) }
                writer.endArray()
                writer.endObject()
            }
        }
    }

    /// Lists themes.
    struct List: OperatorCommand {
        static let configuration = CommandConfiguration(commandName: "list", abstract: "The themes that there are.")

        @OptionGroup var output: OutputOptions

        func perform() throws {
            let names = ThemeCommand.library.names
            if output.json { return try Output.write(JSONShapes.list(names) { $1.value($0) } + [0x0a]) }
            for name in names { try Output.line(Visible.name(name)) }
        }
    }

    /// Shows a theme.
    struct Show: OperatorCommand {
        static let configuration = CommandConfiguration(
            commandName: "show", abstract: "The roles of a theme and their looks.")

        @Argument(help: "A theme's name or file.", completion: .list(ScreenOptions.themes))
        var theme: String

        func perform() throws {
            let theme =
                try ThemeCommand.isFile(theme)
                ? ThemeCommand.library.theme(file: theme) : ThemeCommand.library.named(theme)
            var table = TextTable([
                ("ROLE", .left), ("TEXT", .left), ("GROUND", .left), ("SET OFF", .left), ("WITHOUT COLOUR", .left),
            ])
            for role in Role.allCases {
                let style = theme[role]
                table.add([
                    role.name, style.fg?.text ?? "", style.bg?.text ?? "", Show.words(style.attributes),
                    Show.words(style.mono),
                ])
            }
            try Output.line("\(theme.name), \(theme.variant.rawValue)")
            try Output.write(Array(Show.coloured(table.lines, theme).utf8))
        }

        /// Each role's line in its own look, where a terminal with colours shows it.
        private static func coloured(_ lines: [String], _ theme: Theme) -> String {
            let depth = ColourChoice.auto.ceiling(environment: Operator.environment())
            guard Output.isTerminal, depth > .mono else { return lines.map { $0 + "\n" }.joined() }
            var text = (lines.first ?? "") + "\n"
            for (role, line) in zip(Role.allCases, lines.dropFirst()) {
                var codes = "0"
                if let colour = theme[role].fg { codes += ";38;2;\(colour.red);\(colour.green);\(colour.blue)" }
                if let colour = theme[role].bg { codes += ";48;2;\(colour.red);\(colour.green);\(colour.blue)" }
                if theme[role].attributes.contains(.bold) { codes += ";1" }
                if theme[role].attributes.contains(.reverse) { codes += ";7" }
                text += "\u{1B}[\(codes)m\(line)\u{1B}[0m\n"
            }
            return text
        }

        private static func words(_ attributes: TextAttributes) -> String {
            TextAttributes.words.filter { attributes.contains($0.attribute) }.map(\.word).joined(separator: " ")
        }
    }
}

extension ThemeLibrary {
    /// The theme that the command line names.
    ///
    /// - Throws: `Failure` of status 64 where there is none; `ConfigurationProblems` of a theme that is wrong.
    func named(_ name: String) throws -> Theme {
        guard names.contains(name) else {
            throw Failure(.usage, "there is no theme \(Visible.name(name))" + NearestWord.advice(name, in: names))
        }
        return try theme(named: name)
    }
}
