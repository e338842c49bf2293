/// The environment over a `.env` file: what `${NAME}` means.
struct Variables {
    private(set) var values: [String: String] = [:]
    private var places: [String: SourcePlace] = [:]
    private let file: String?

    /// - Parameters:
    ///   - environment: wins over the file, empty values too.
    ///   - file: what messages call the `.env` file; nil where there is none.
    init(environment: [String: String], dotEnv: DotEnv?, file: String?) {
        self.file = file
        for (name, value) in dotEnv?.values ?? [:] {
            values[name] = value.text
            places[name] = value.place
        }
        for (name, value) in environment {
            values[name] = value
            places[name] = nil
        }
    }

    /// The value of a variable; nil where it is unset or empty.
    subscript(name: String) -> String? { values[name].flatMap { $0.isEmpty ? nil : $0 } }

    /// A problem with a variable, at its line of the `.env` file where it comes from there.
    func problem(_ name: String, _ reason: String) -> ConfigurationProblem {
        guard let place = places[name], let file else {
            return ConfigurationProblem(file: "environment", key: name, reason: reason)
        }
        return ConfigurationProblem(file: file, line: place.line, column: place.column, key: name, reason: reason)
    }
}
