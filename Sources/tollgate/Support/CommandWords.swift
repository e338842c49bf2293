import ArgumentParser
import Glibc
import Settings

/// Words that are no command: what was probably meant, which the parser of the default command cannot know.
enum CommandWords {
    /// Why the arguments name no command; nil where the parser may have them.
    static func fault(_ arguments: [String]) -> Failure? {
        var type: any ParsableCommand.Type = Tollgate.self
        var path = "tollgate"
        for (index, word) in arguments.enumerated() {
            let commands = type.configuration.subcommands
            if word.hasPrefix("-") {
                return index == 0 ? misplaced(arguments) : nil
            }
            if commands.isEmpty || word == "help" { return nil }
            let names = commands.map { $0.configuration.commandName ?? "" }
            if let at = names.firstIndex(of: word) {
                (type, path) = (commands[at], path + " " + word)
                continue
            }
            // `limits acme` shows a client: there only a slip of the pen is told.
            let takesWords = type == LimitsCommand.self
            let near = NearestWord.of(word, in: names)
            if takesWords, near == nil { return nil }
            let hint = near.map { "; did you mean \(path) \($0)?" } ?? "; see \(path) --help"
            return Failure(.usage, "there is no command \(path) \(Visible.name(word))\(hint)")
        }
        return nil
    }

    /// The arguments as the system gave them, the program's own name first.
    static func raw() -> [[UInt8]] {
        (0..<Int(CommandLine.argc)).compactMap { index in
            CommandLine.unsafeArgv[index].map { text in
                [UInt8](UnsafeRawBufferPointer(start: text, count: strlen(text)))
            }
        }
    }

    /// Bytes that are no text: read as one, two such names would become the same.
    static func encodingFault(_ arguments: some Sequence<[UInt8]>) -> Failure? {
        for bytes in arguments where String(validating: bytes, as: UTF8.self) == nil {
            return Failure(.usage, "the argument \(Visible.name(String(decoding: bytes, as: UTF8.self))) is not UTF-8")
        }
        return nil
    }

    /// A command behind its options: they belong behind it.
    private static func misplaced(_ arguments: [String]) -> Failure? {
        let names = Tollgate.configuration.subcommands.map { $0.configuration.commandName ?? "" }
        for (index, word) in arguments.enumerated().dropFirst() where names.contains(word) {
            // `--theme demo` may well be a theme of that name.
            guard !arguments[index - 1].hasPrefix("-") else { continue }
            return Failure(.usage, "options stand behind the command: tollgate \(word) \(arguments[0]) …")
        }
        return nil
    }
}
