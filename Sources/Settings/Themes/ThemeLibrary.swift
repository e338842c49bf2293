import Glibc

/// Where themes are found: the operator's folder, then the ones beside the binary, then those in the binary itself.
package struct ThemeLibrary: Sendable {
    /// Searched in order; those that do not exist are passed over.
    package var folders: [String]

    private static let sizeLimit = 100_000
    /// How many themes may stand above one another.
    private static let inheritanceLimit = 4

    package init(folders: [String] = []) { self.folders = folders }

    /// `$XDG_CONFIG_HOME/tollgate/themes` (or `~/.config/tollgate/themes`), then `themes` beside the binary, then
    /// `../share/tollgate/themes` from there.
    ///
    /// - Parameter executable: the absolute path of the binary; nil where it is unknown.
    package static func standard(environment: [String: String], executable: String?) -> ThemeLibrary {
        var folders: [String] = []
        if let folder = ConfigurationSearch.configurationFolder(environment) { folders.append(folder + "/themes") }
        if let executable, let slash = executable.lastIndex(of: "/") {
            folders.append(executable[..<slash] + "/themes")
            folders.append(executable[..<slash] + "/../share/tollgate/themes")
        }
        return ThemeLibrary(folders: folders)
    }

    /// The names of every theme there is, sorted; a name found twice counts once.
    package var names: [String] {
        var names = Set(EmbeddedThemes.all.map(\.name))
        for folder in folders { names.formUnion(ThemeLibrary.namesIn(folder)) }
        return names.sorted()
    }

    /// The theme of a name.
    ///
    /// - Throws: what is wrong with its file; that there is none, with the nearest name.
    package func theme(named name: String) throws(ConfigurationProblems) -> Theme {
        try draft(named: name, depth: 0).theme()
    }

    /// The theme of a file, wherever it lies.
    ///
    /// - Throws: what is wrong with it.
    package func theme(file path: String) throws(ConfigurationProblems) -> Theme {
        let text: String
        do throws(TextFile.Failure) {
            text = try TextFile.read(path, limit: ThemeLibrary.sizeLimit).text
        } catch {
            throw ConfigurationProblems(problems: [ConfigurationProblem(file: path, error)])
        }
        return try theme(text: text, file: path)
    }

    /// Reads the text of a theme file as if it were a file of that name.
    ///
    /// - Throws: `ConfigurationProblems`, each with its place.
    package func theme(text: String, file: String) throws(ConfigurationProblems) -> Theme {
        try draft(text: text, file: file, depth: 0).theme()
    }

    private func draft(named name: String, depth: Int) throws(ConfigurationProblems) -> ThemeDraft {
        guard ThemeName.isValid(name) else {
            throw ThemeLibrary.problem(file: name, "a theme's name is letters, digits, - and _")
        }
        for folder in folders {
            let path = folder + "/" + name + ".yaml"
            let text: String
            do throws(TextFile.Failure) {
                text = try TextFile.read(path, limit: ThemeLibrary.sizeLimit).text
            } catch {
                if error == .missing { continue }
                throw ConfigurationProblems(problems: [ConfigurationProblem(file: path, error)])
            }
            return try draft(text: text, file: path, depth: depth)
        }
        guard let embedded = EmbeddedThemes.all.first(where: { $0.name == name }) else {
            throw ThemeLibrary.problem(file: name, "there is no such theme" + NearestWord.advice(name, in: names))
        }
        return try draft(text: embedded.text, file: "themes/\(name).yaml", depth: depth)
    }

    private func draft(text: String, file: String, depth: Int) throws(ConfigurationProblems) -> ThemeDraft {
        let reader = StrictReader(file: file)
        let draft = ThemeReader(reader: reader) { base in
            depth < ThemeLibrary.inheritanceLimit ? try? self.draft(named: base, depth: depth + 1) : nil
        }.read(text)
        guard let draft, reader.problems.isEmpty else { throw ConfigurationProblems(problems: reader.problems) }
        return draft
    }

    private static func problem(file: String, _ reason: String) -> ConfigurationProblems {
        ConfigurationProblems(problems: [ConfigurationProblem(file: file, key: "", reason: reason)])
    }

    private static func namesIn(_ folder: String) -> [String] {
        guard !folder.utf8.contains(0), let directory = opendir(folder) else { return [] }
        defer { closedir(directory) }
        var names: [String] = []
        while names.count < 1000, let entry = readdir(directory) {
            let file = withUnsafePointer(to: &entry.pointee.d_name) { pointer in
                pointer.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
            }
            guard file.hasSuffix(".yaml") else { continue }
            let name = String(file.dropLast(5))
            if ThemeName.isValid(name) { names.append(name) }
        }
        return names
    }
}
