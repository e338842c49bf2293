import ArgumentParser
import Control
import Dashboard
import Settings
import Telemetry
import Terminal

/// `tollgate snapshot`: one frame of the dashboard, or its data.
struct SnapshotCommand: OperatorCommand {
    static let configuration = CommandConfiguration(
        commandName: "snapshot", abstract: "One frame of the dashboard of a running gateway, or its data.")

    /// How it is written.
    enum Format: String, ExpressibleByArgument, CaseIterable { case text, ansi, json }

    @Option(help: "text, ansi or json.")
    var format = Format.text
    @Flag(help: "The same as --format json.")
    var json = false
    @Option(
        help: "overview, clients, keys, models, errors, costs, live, audit, logs.",
        completion: .list(ScreenOptions.views))
    var view = "overview"
    @Option(help: "Columns and rows, such as 120x36.")
    var size: ScreenSize?
    @Option(
        help: "What figures are taken over: 1m, 5m, 15m, 1h, 6h, 24h.",
        completion: .list(["1m", "5m", "15m", "1h", "6h", "24h"]))
    var window: FigureWindow?
    @Option(help: "Only rows that match this expression; see `tollgate log --help`.")
    var filter: String?
    @Option(
        help: "The theme of --format ansi; the configuration's without it.", completion: .list(ScreenOptions.themes))
    var theme: String?
    @Option(
        help: "Colours of --format ansi: auto, always, never, 16, 256 or direct.",
        completion: .list(ScreenOptions.colors))
    var color = "auto"
    @Flag(help: "ASCII glyphs only.")
    var ascii = false
    @OptionGroup var common: CommonOptions

    func validate() throws {
        guard ScreenOptions.views.contains(view) else {
            throw ValidationError("--view is one of \(ScreenOptions.views.joined(separator: ", "))")
        }
        guard ColourChoice(rawValue: color) != nil else {
            throw ValidationError("--color is auto, always, never, 16, 256 or direct")
        }
        if filter != nil, json || format == .json {
            throw ValidationError("--filter goes with --format text and ansi; the JSON has everything")
        }
    }

    func perform() throws {
        let place = try GatewayPlace.find(common)
        guard let client = try Backend.runningClient(place) else { throw Backend.notRunning(place) }
        let seconds = window?.seconds ?? 300
        if json || format == .json {
            return try Output.write(try client.snapshotJSON(windowSeconds: seconds) + [0x0a])
        }
        let state = try state(windowSeconds: seconds)
        let snapshot = try client.live(windowSeconds: seconds)
        let size = size?.size ?? Size(columns: 120, rows: 36)
        if format == .text {
            let glyphs = ascii ? Glyphs.ascii : .standard
            return try Output.write(
                Array(StillFrame.text(state: state, snapshot: snapshot, size: size, glyphs: glyphs).utf8))
        }
        let themes = ThemeLibrary.standard(environment: Operator.environment(), executable: Operator.executable())
        let chosen = try themes.named(theme ?? place.theme)
        let depth = (ColourChoice(rawValue: color) ?? .auto).ceiling(environment: Operator.environment())
        try Output.write(
            Array(
                StillFrame.ansi(
                    state: state, snapshot: snapshot, size: size, theme: chosen, depth: depth, isASCII: ascii
                ).utf8))
    }

    private func state(windowSeconds: Int) throws -> DashboardState {
        var state = DashboardState()
        state.view = ViewName.allCases.first { $0.title.lowercased() == view } ?? .overview
        state.windowSeconds = windowSeconds
        state.isReadOnly = true
        state.actor = Operator.actor()
        if let filter {
            do throws(FilterFault) {
                state.filter = try FilterParser.parse(filter)
                state.filterText = filter
            } catch {
                throw Failure(.usage, "filter: \(error.reason)")
            }
        }
        return state
    }
}
