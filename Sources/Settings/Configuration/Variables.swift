/// The environment over a `.env` file: what `${NAME}` means.
struct Variables {
    private(set) var values: [String: String] = [:]
    private var places: [String: SourcePlace] = [:]
    private let file: String?

    /// - Parameters:
    ///   - environment: wins over the file, empty values too; only a placeholder does not.
    ///   - file: what messages call the `.env` file; nil where there is none.
    init(environment: [String: String], dotEnv: DotEnv?, file: String?) {
        self.file = file
        for (name, value) in dotEnv?.values ?? [:] {
            values[name] = value.text
            places[name] = value.place
        }
        for (name, value) in environment {
            // The reference's placeholder counts as unset, and so does not hide the key in the file.
            if value == ReferenceEnvironment.placeholder, !(values[name] ?? "").isEmpty { continue }
            values[name] = value
            places[name] = nil
        }
    }

    /// The value of a variable; nil where it is unset or empty.
    subscript(name: String) -> String? { values[name].flatMap { $0.isEmpty ? nil : $0 } }

    /// A problem with a variable, at its line of the `.env` file where it comes from there.
    func problem(
        _ name: String, _ reason: String, kind: ConfigurationProblem.Kind? = nil
    ) -> ConfigurationProblem {
        guard let place = places[name], let file else {
            return ConfigurationProblem(file: "environment", key: name, reason: reason, kind: kind)
        }
        return ConfigurationProblem(
            file: file, line: place.line, column: place.column, key: name, reason: reason, kind: kind)
    }
}
