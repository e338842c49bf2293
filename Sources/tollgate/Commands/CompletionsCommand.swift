import ArgumentParser

/// `tollgate completions`: a script that teaches a shell our words.
struct CompletionsCommand: OperatorCommand {
    static let configuration = CommandConfiguration(
        commandName: "completions", abstract: "Print the completion script of a shell: bash, zsh or fish.",
        discussion: "For bash: tollgate completions bash > ~/.local/share/bash-completion/completions/tollgate")

    @Argument(help: "bash, zsh or fish.", completion: .list(["bash", "zsh", "fish"]))
    var shell: String

    func perform() throws {
        guard let shell = CompletionShell(rawValue: shell) else {
            throw Failure(.usage, "there are completions for bash, zsh and fish")
        }
        try Output.line(Tollgate.completionScript(for: shell))
    }
}
