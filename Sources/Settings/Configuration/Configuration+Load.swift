extension Configuration {
    /// Finds, reads and checks the configuration.
    ///
    /// The file is the given one, else `$TOLLGATE_CONFIG`, `./tollgate.yaml`,
    /// `$XDG_CONFIG_HOME/tollgate/tollgate.yaml` (`~/.config` where that is unset). A `.env` beside it gives what the
    /// environment does not. With no file at all the reference's variables are read, and `.env` in the working directory.
    ///
    /// - Parameters:
    ///   - file: the value of `--config`.
    ///   - data: the value of `--data`, which wins over the file's.
    ///   - environment: the process's environment.
    ///   - workingDirectory: what relative paths are relative to.
    ///   - themes: names of the themes that exist; nil leaves `theme` unchecked.
    /// - Throws: everything that is wrong, sorted by place; the process exits with 78.
    package static func load(
        file: String? = nil, data: String? = nil, environment: [String: String], workingDirectory: String,
        themes: [String]? = nil
    ) throws(ConfigurationProblems) -> LoadedConfiguration {
        let search = ConfigurationSearch(file: file, environment: environment, workingDirectory: workingDirectory)
        let found = try search.find()
        var problems: [ConfigurationProblem] = []
        var warnings: [ConfigurationProblem] = []
        let variables = search.variables(beside: found?.path, problems: &problems, warnings: &warnings)
        guard let found else {
            var reference = ReferenceEnvironment(variables: variables)
            let result = reference.configuration(
                data: data, searched: search.candidates, workingDirectory: workingDirectory)
            problems += reference.problems
            warnings += reference.warnings
            if !problems.isEmpty {
                throw ConfigurationProblems(problems: problems, warnings: warnings, partial: result)
            }
            return LoadedConfiguration(
                configuration: result, file: nil, warnings: warnings.sorted(), wantsRedis: reference.wantsRedis)
        }
        let reader = StrictReader(file: found.path, variables: variables.values)
        let result = ConfigurationReader(
            reader: reader, dataOverride: data, themes: themes, workingDirectory: workingDirectory
        ).read(found.content.text)
        if found.content.isWorldReadable, reader.holdsLiteralSecret {
            let reason = "holds a secret and every user of this machine may read it; chmod 600 it, or use ${NAME}"
            warnings.append(ConfigurationProblem(file: found.path, key: "", reason: reason))
        }
        problems += reader.problems
        warnings += reader.warnings
        guard let result, problems.isEmpty else {
            throw ConfigurationProblems(
                problems: problems, warnings: warnings,
                partial: result ?? .standard(data: data ?? dataLine(of: found.content.text)))
        }
        return LoadedConfiguration(
            configuration: result, file: found.path, warnings: warnings.sorted(), wantsRedis: false)
    }

    /// The folder that a text names which is no YAML any more: the value of its line `data: …`.
    private static func dataLine(of text: String) -> String? {
        for line in text.split(whereSeparator: \.isNewline) where line.hasPrefix("data:") {
            let value = line.dropFirst(5).prefix { $0 != "#" }.filter { !" \t\"'".contains($0) }
            return value.isEmpty || value.contains("${") ? nil : value
        }
        return nil
    }

    /// Checks a text as if it were a file of that name: for tests and for editors.
    ///
    /// - Throws: `ConfigurationProblems`, all of them at once, each with its place.
    package static func parse(
        _ text: String, file: String = "tollgate.yaml", environment: [String: String] = [:], themes: [String]? = nil
    ) throws(ConfigurationProblems) -> LoadedConfiguration {
        let reader = StrictReader(file: file, variables: environment)
        let result = ConfigurationReader(reader: reader, dataOverride: nil, themes: themes).read(text)
        guard let result, reader.problems.isEmpty else {
            throw ConfigurationProblems(problems: reader.problems, warnings: reader.warnings)
        }
        return LoadedConfiguration(
            configuration: result, file: file, warnings: reader.warnings.sorted(), wantsRedis: false)
    }
}
