import ArgumentParser

/// `tollgate serve`: the gateway alone, for service managers and containers.
struct ServeCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "serve", abstract: "The gateway without a dashboard.",
        discussion: "Prints one JSON line once it accepts. SIGTERM drains, SIGHUP reloads, SIGUSR1 reopens the log.")

    @OptionGroup var common: CommonOptions

    @Flag(help: "Serve other machines although there are no keys yet.")
    var open = false

    func run() throws {
        try ServiceRun(common: common, screen: nil, allowsOpen: open, announces: true).run()
    }
}

/// `tollgate run`: gateway and dashboard in this terminal.
struct RunCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "run", abstract: "The gateway and its dashboard in this terminal (the default).")

    @OptionGroup var common: CommonOptions
    @OptionGroup var screen: ScreenOptions

    @Flag(help: "Serve other machines although there are no keys yet.")
    var open = false

    func run() throws {
        try ServiceRun(common: common, screen: screen, allowsOpen: open).run()
    }
}
