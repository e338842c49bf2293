package import Terminal
package import Domain

/// Something that happened to the dashboard.
package enum DashboardEvent: Sendable {
    case key(Key)
    /// Pasted text: it fills fields and never counts as keys.
    case paste(String)
    case resized(columns: Int, rows: Int)
    /// A new snapshot came, or time passed.
    case tick
    case outcome(Order, Outcome)
    case answer(Query, Answer)
    /// No outcome came within the deadline.
    case unanswered(Order)
    /// SIGINT: asks how to leave.
    case interrupted
    /// The wall clock was set by this many milliseconds; moments kept in the state move with it.
    case clockStepped(Int64)
    /// How many rows the drawing gave each panel.
    case laidOut([PanelName: Int])
    /// A file was written, or why it was not.
    case written(String, isDone: Bool)
}

/// What the reducer wants done.
package enum DashboardEffect: Sendable, Equatable {
    case submit(Order)
    case ask(Query)
    /// 60, 300, 900, 3600, 21600 or 86400 seconds.
    case setWindow(Int)
    case setRefresh(Int)
    /// Leave the dashboard: drain and stop the gateway.
    case drain
    /// Leave the dashboard, keep serving.
    case detach
    /// To the terminal's clipboard by OSC 52.
    case copy(String)
    case write(ExportRequest)
    /// Paint everything anew.
    case repaint
    case useTheme(String)
    case bell
    /// A dialog opened: what was typed ahead is thrown away.
    case flushInput
    /// Something was changed: a snapshot is wanted before the next one is due.
    case snapshotNow
}

/// A view that is to be written to a file.
package struct ExportRequest: Sendable, Equatable {
    package enum Format: String, CaseIterable, Sendable { case json, csv, txt }

    package var path: String
    package var format: Format
    package var panel: PanelName

    package init(path: String, format: Format, panel: PanelName) {
        self.path = path
        self.format = format
        self.panel = panel
    }
}
