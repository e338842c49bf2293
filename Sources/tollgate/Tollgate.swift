import ArgumentParser

/// The program: an AI gateway operated from a terminal.
@main
struct Tollgate: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "tollgate",
        abstract: "An AI gateway that you operate from a terminal.",
        discussion: """
            Without a command it runs: gateway and dashboard in this terminal. `tollgate demo` shows it with simulated \
            providers and clients; `tollgate init` writes a first configuration.
            """,
        version: Version.text,
        subcommands: [
            RunCommand.self, ServeCommand.self, DemoCommand.self, CheckCommand.self, KeysCommand.self,
            ClientsCommand.self, LimitsCommand.self, UndoCommand.self, ReloadCommand.self, UsageCommand.self,
            AuditCommand.self, LogCommand.self, SnapshotCommand.self, AttachCommand.self, InitCommand.self,
            ThemeCommand.self, CompletionsCommand.self,
        ],
        defaultSubcommand: RunCommand.self)

    static func main() {
        OpenFiles.fillStandard()
        let arguments = Array(CommandLine.arguments.dropFirst())
        if let fault = CommandWords.encodingFault(CommandWords.raw().dropFirst()) { exit(withError: fault.report()) }
        if let fault = CommandWords.fault(arguments) { exit(withError: fault.report()) }
        main(arguments)
    }
}

/// What this build calls itself.
enum Version {
    static let text = "0.1.0"
}
