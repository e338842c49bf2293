import Settings

/// Reading the configuration as the command line says, again and again.
struct ConfigurationSource: Sendable {
    var file: String?
    var data: String?
    var environment: [String: String]
    var workingDirectory: String
    var themes: [String]

    init(_ options: CommonOptions, themes: ThemeLibrary) {
        file = options.config
        data = options.data
        environment = Operator.environment()
        workingDirectory = Operator.workingDirectory()
        self.themes = themes.names
    }

    func load() throws(ConfigurationProblems) -> LoadedConfiguration {
        try Configuration.load(
            file: file, data: data, environment: environment, workingDirectory: workingDirectory, themes: themes)
    }

    /// Loads, or says every problem and ends with 78.
    func loadOrFail() throws -> LoadedConfiguration {
        do throws(ConfigurationProblems) {
            return try load()
        } catch {
            for warning in error.warnings { StandardError.line("warning: \(warning)") }
            for problem in error.problems { StandardError.line(problem.description) }
            throw Failure(
                .configuration,
                "\(error.problems.count) problem\(error.problems.count == 1 ? "" : "s") in the configuration; nothing was started"
            )
        }
    }
}
