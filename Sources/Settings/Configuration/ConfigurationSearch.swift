/// Where the configuration and its `.env` may be.
struct ConfigurationSearch {
    /// The value of `--config`.
    let file: String?
    let environment: [String: String]
    let workingDirectory: String

    /// A file that was found.
    struct Found {
        /// As messages call it.
        var path: String
        var content: TextFile
    }

    /// The file that was asked for by name; it must exist.
    private var named: (path: String, by: String)? {
        if let file { return (file, "--config") }
        if let path = environment["TOLLGATE_CONFIG"], !path.isEmpty { return (path, "TOLLGATE_CONFIG") }
        return nil
    }

    /// The usual places, the first that exists counts.
    var candidates: [String] {
        var paths = ["tollgate.yaml"]
        if let folder = ConfigurationSearch.configurationFolder(environment) { paths.append(folder + "/tollgate.yaml") }
        return paths
    }

    /// The folder `tollgate` of `$XDG_CONFIG_HOME` or `~/.config`; nil where neither is known.
    ///
    /// A relative path counts as unset, as the XDG rules have it.
    static func configurationFolder(_ environment: [String: String]) -> String? {
        if let folder = environment["XDG_CONFIG_HOME"], folder.hasPrefix("/") { return folder + "/tollgate" }
        if let home = environment["HOME"], home.hasPrefix("/") { return home + "/.config/tollgate" }
        return nil
    }

    /// The file, nil where none was named and none is in the usual places.
    ///
    /// A file that exists and cannot be read is a problem: going on without it would serve other settings than meant.
    func find() throws(ConfigurationProblems) -> Found? {
        if let named {
            if named.path.isEmpty {
                throw ConfigurationProblems(problems: [
                    ConfigurationProblem(file: named.by, key: "", reason: "is empty: name the configuration file")
                ])
            }
            do throws(TextFile.Failure) {
                return Found(path: named.path, content: try read(named.path))
            } catch {
                throw ConfigurationProblems(problems: [
                    ConfigurationProblem(file: named.path, error, by: " (named by \(named.by))")
                ])
            }
        }
        for path in candidates {
            do throws(TextFile.Failure) {
                return Found(path: path, content: try read(path))
            } catch {
                if error == .missing { continue }
                throw ConfigurationProblems(problems: [ConfigurationProblem(file: path, error)])
            }
        }
        return nil
    }

    /// The environment over the `.env` beside the file, or in the working directory where there is no file.
    func variables(
        beside path: String?, problems: inout [ConfigurationProblem], warnings: inout [ConfigurationProblem]
    ) -> Variables {
        var place = ".env"
        if let path, let slash = path.lastIndex(of: "/") { place = path[..<slash] + "/.env" }
        do throws(TextFile.Failure) {
            let content = try read(place)
            let dotEnv = DotEnv(content.text)
            for problem in dotEnv.problems {
                problems.append(
                    ConfigurationProblem(
                        file: place, line: problem.place.line, column: problem.place.column, key: "",
                        reason: problem.reason))
            }
            if content.isWorldReadable, dotEnv.values.contains(where: { isSecret($0.key) && !$0.value.text.isEmpty }) {
                let reason = "holds a secret and every user of this machine may read it; chmod 600 it"
                warnings.append(ConfigurationProblem(file: place, key: "", reason: reason))
            }
            return Variables(environment: environment, dotEnv: dotEnv, file: place)
        } catch {
            if error != .missing {
                problems.append(ConfigurationProblem(file: place, error))
            }
            return Variables(environment: environment, dotEnv: nil, file: nil)
        }
    }

    private func isSecret(_ name: String) -> Bool {
        ["KEY", "SECRET", "TOKEN", "PASSWORD"].contains { name.uppercased().hasSuffix($0) }
    }

    private func read(_ path: String) throws(TextFile.Failure) -> TextFile {
        let absolute = path.hasPrefix("/") ? path : workingDirectory + "/" + path
        return try TextFile.read(absolute, limit: YAMLDocument.sizeLimit)
    }
}
