import ArgumentParser
import Settings

/// Options of every command that needs a configuration or its data folder.
struct CommonOptions: ParsableArguments {
    @Option(help: "The configuration file.", completion: .file(extensions: ["yaml", "yml"]))
    var config: String?

    @Option(help: "The data folder; wins over the configuration's.", completion: .directory)
    var data: String?

    func validate() throws {
        if config?.isEmpty == true { throw ValidationError("--config is empty: name the configuration file") }
        if data?.isEmpty == true { throw ValidationError("--data is empty: name the data folder") }
    }
}

/// Options of every command that opens a dashboard.
struct ScreenOptions: ParsableArguments {
    @Option(help: "The theme; wins over the configuration's.", completion: .list(ScreenOptions.themes))
    var theme: String?

    @Option(help: "auto, always, never, 16, 256 or direct.", completion: .list(ScreenOptions.colors))
    var color: String = "auto"

    @Flag(help: "ASCII glyphs only.")
    var ascii = false

    @Flag(help: "No acts from this screen.")
    var readOnly = false

    @Flag(help: "Acts need A first, and then work for ten minutes.")
    var arm = false

    @Option(
        help: "The view to begin with: overview, clients, keys, models, errors, costs, live, audit, logs.",
        completion: .list(ScreenOptions.views))
    var view: String = "overview"

    func validate() throws {
        guard ScreenOptions.colors.contains(color) else {
            throw ValidationError("--color is auto, always, never, 16, 256 or direct")
        }
        guard ScreenOptions.views.contains(view) else {
            throw ValidationError("--view is one of \(ScreenOptions.views.joined(separator: ", "))")
        }
    }

    static let colors = ["auto", "always", "never", "16", "256", "direct"]
    /// The themes that the program carries; files may add others.
    static let themes = ThemeLibrary(folders: []).names
    static let views = ["overview", "clients", "keys", "models", "errors", "costs", "live", "audit", "logs"]
}
