import Domain

/// One thing that is wrong, or doubtful, about what was configured.
package struct ConfigurationProblem: Hashable, Sendable, Comparable, CustomStringConvertible {
    /// The file, or `environment`.
    package var file: String
    /// 1-based line and column, counted in Unicode scalars; 0 where there is no place, as in the environment.
    package var line: Int
    package var column: Int
    /// The path of the key, such as `tiers.free.requests`; empty where the whole file is meant.
    package var key: String
    /// What is wrong and, where it helps, what to write instead; never holds a secret.
    package var reason: String
    /// What can be done about it by other means than the file; nil where nothing can.
    package var kind: Kind?

    /// Problems that a program can do something about.
    package enum Kind: Hashable, Sendable {
        /// Only a value of this variable is missing.
        case unsetVariable(String)
    }

    package init(
        file: String, line: Int = 0, column: Int = 0, key: String, reason: String, kind: Kind? = nil
    ) {
        self.file = file
        self.line = line
        self.column = column
        self.key = key
        self.reason = reason
        self.kind = kind
    }

    /// A file that cannot be read, with its place where it has one.
    init(file: String, _ failure: TextFile.Failure, by naming: String = "") {
        self.init(
            file: file, line: failure.place?.line ?? 0, column: failure.place?.column ?? 0, key: "",
            reason: failure.reason + naming)
    }

    /// `file:line:column: key: reason`, with control and format characters made visible.
    package var description: String {
        var text = file
        if line > 0 { text += ":\(line):\(column)" }
        if !key.isEmpty { text += ": " + key }
        return VisibleText.escaped(text + ": " + reason)
    }

    package static func < (left: ConfigurationProblem, right: ConfigurationProblem) -> Bool {
        (left.file, left.line, left.column, left.key, left.reason)
            < (right.file, right.line, right.column, right.key, right.reason)
    }
}

/// Everything that is wrong with a configuration, sorted by place; the process exits with 78.
package struct ConfigurationProblems: Error, Sendable, CustomStringConvertible {
    /// At least one.
    package var problems: [ConfigurationProblem]
    package var warnings: [ConfigurationProblem]
    /// What could be read all the same, defaults where a value is wrong; nil where no file was found.
    ///
    /// Never to be served: it shows commands the way to the gateway that runs on an older reading of the file.
    package var partial: Configuration?

    package init(
        problems: [ConfigurationProblem], warnings: [ConfigurationProblem] = [], partial: Configuration? = nil
    ) {
        self.problems = problems.sorted()
        self.warnings = warnings.sorted()
        self.partial = partial
    }

    /// One problem a line.
    package var description: String { problems.map(\.description).joined(separator: "\n") }
}
