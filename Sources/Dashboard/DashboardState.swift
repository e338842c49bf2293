package import Domain
package import Telemetry

/// The nine screens, in the order of their digits.
package enum ViewName: Int, CaseIterable, Sendable {
    case overview = 1
    case clients, keys, models, errors, costs, live, audit, logs

    /// The tab's label.
    package var title: String {
        switch self {
        case .overview: "Overview"
        case .clients: "Clients"
        case .keys: "Keys"
        case .models: "Models"
        case .errors: "Errors"
        case .costs: "Costs"
        case .live: "Live"
        case .audit: "Audit"
        case .logs: "Logs"
        }
    }
}

/// What a cursor, a mark or a dialog points at: an identity, never a line number.
package enum RowID: Hashable, Sendable {
    case client(String)
    case key(KeyID)
    case model(String)
    case upstream(String)
    /// `ErrorGroup` by client, model, upstream, status and error label.
    case errorGroup(String)
    case request(String)
    case audit(Int64)
    case incident(Int64)
    /// A log line, by a number made of its time and text.
    case line(Int)
    /// A day of the Costs view, `2026-11-25`.
    case day(String)
}

/// A panel of a view that can hold the focus.
package enum PanelName: String, Hashable, Sendable {
    case clients, upstreams, errors, done, keys, models, costs, days, live, audit, logs, detail, records, incidents
    /// Spend by model, beside `costs` (by client) and `days`.
    case costModels
}

/// Where the cursor of a panel is.
///
/// `row` wins over `index`; the index is where it falls when the row has gone.
package struct Cursor: Sendable, Equatable {
    package var row: RowID?
    package var index = 0
    /// First row that is drawn.
    package var top = 0
    package init() {}
}

/// A column to sort by, by its heading, and the direction.
package struct SortOrder: Sendable, Equatable {
    package var column: String
    package var isDescending: Bool
    package init(column: String, isDescending: Bool) {
        self.column = column
        self.isDescending = isDescending
    }
}

/// A place that was drilled into; crumbs show the stack.
package enum Place: Hashable, Sendable {
    case client(String)
    case key(KeyID)
    case model(String)
    case upstream(String)
    case errorGroup(String)
    case request(String)
    case audit(Int64)
    case incidents
}

/// A line of the message area: what just happened.
package struct Notice: Sendable, Equatable {
    package enum Kind: Sendable { case done, info, warning, failed }
    package var text: String
    package var kind: Kind
    package var at: Timestamp
    package init(text: String, kind: Kind, at: Timestamp) {
        self.text = text
        self.kind = kind
        self.at = at
    }
}

/// Everything that the operator has chosen; the picture is a pure function of it and a snapshot.
package struct DashboardState: Sendable {
    package var view: ViewName = .overview
    package var focus: [ViewName: PanelName] = [:]
    package var cursors: [PanelName: Cursor] = [:]
    package var sorts: [PanelName: SortOrder] = [:]
    package var windowSeconds = 300
    package var refreshMilliseconds = 1000
    /// The filter in force, as typed, and parsed; nil where everything is shown.
    package var filterText = ""
    package var filter: Filter?
    /// The line being typed: filter, palette or help search; nil where keys are commands.
    package var prompt: Prompt?
    package var marks: Set<RowID> = []
    package var crumbs: [Place] = []
    package var dialog: Dialog?
    package var notice: Notice?
    package var paused: PausedPicture?
    package var isReadOnly = false
    /// `--arm`: writes need `A`, and then work until this moment.
    package var needsArming = false
    package var armedUntil: Timestamp?
    package var isUTC = true
    package var themeName = "harbor"
    package var isZoomed = false
    package var isFollowing = true
    /// The Live view's lines while it does not follow.
    package var heldRecords: [RequestRecord]?
    package var isHelpShown = false
    /// Whether the gateway is seen through its admin socket.
    package var isAttached = false
    /// Records asked for by the place that is drilled into, newest first.
    package var records: [RequestRecord] = []
    /// When the cursor last moved: for five seconds the sort order is held.
    package var cursorMovedAt: Timestamp?
    /// Row order held while the cursor moved lately or a dialog is open, per panel.
    package var heldOrder: [PanelName: [RowID]] = [:]
    /// Seconds east of UTC of the operator's zone, and its name, for `t`.
    package var localOffsetSeconds: Int64 = 0
    package var localZone = "UTC"
    /// The size of the screen, for which panels have the room to hold the focus.
    package var columns = 120
    package var rows = 36
    /// How many rows each panel shows, as the drawing laid them out; half of it is a `Ctrl-d`.
    package var pageRows: [PanelName: Int] = [:]
    /// The panel that has the focus in the place that is drilled into.
    package var placeFocus: PanelName?
    /// First column that is drawn after the identity column, moved by `h` and `l`.
    package var columnOffset = 0
    /// The filter of the help page, and how far it is scrolled.
    package var helpFilter = ""
    package var helpTop = 0
    /// Palette lines taken so far, oldest first, at most 50, and which of them is in the prompt.
    package var history: [String] = []
    package var historyIndex: Int?
    /// When `Ctrl-c` was pressed at the root: a second one within a second opens the quit dialog.
    package var interruptedAt: Timestamp?
    /// Who acts: user and terminal.
    package var actor = Actor(user: "", terminal: "")
    /// The newest act that `undo` would take back for this actor, as far as it was asked.
    package var undoable: AuditRow?
    /// Whether `u` waits for the gateway to say what can be undone.
    package var awaitsUndoable = false
    /// The acts of one `Enter` that go out one after the other.
    package var group: ActGroup?
    /// Keys that are not in the snapshot, from the answer about one client.
    package var askedKeys: [KeyID: KeyCard] = [:]
    /// The record filter whose answer `records` is, or will be.
    package var recordsAsked: RecordFilter?
    /// When they were asked for last: an open place is asked again every two seconds.
    package var recordsAskedAt: Timestamp?
    /// Acts that were submitted and not answered yet.
    package var pending: [PendingAct] = []
    /// Orders of rows that were worked out already; no choice of the operator's, and shared by copies of the state.
    let orders = RowOrders()
    /// The names of the themes that can be chosen.
    package var themes: [String] = []

    package init() {}

    /// The picture that is on the screen: the held one while paused, else `snapshot`.
    package func picture(of snapshot: LiveSnapshot) -> LiveSnapshot { paused?.snapshot ?? snapshot }
}

/// An act that was sent and whose outcome is awaited.
package struct PendingAct: Sendable, Equatable {
    package var order: Order
    package var at: Timestamp
    package init(order: Order, at: Timestamp) {
        self.order = order
        self.at = at
    }
}

/// The picture that is held still while counting goes on.
package struct PausedPicture: Sendable {
    package var snapshot: LiveSnapshot
    package var since: Timestamp
    package init(snapshot: LiveSnapshot, since: Timestamp) {
        self.snapshot = snapshot
        self.since = since
    }
}

/// A line that is being typed.
package struct Prompt: Sendable, Equatable {
    package enum Purpose: Sendable { case filter, palette, helpSearch, export }
    package var purpose: Purpose
    package var text: String
    /// Offset of the fault in `text` and its reason, shown with a caret.
    package var fault: Fault?
    /// Completions of the text as it stands, best first, at most 8.
    package var completions: [String] = []
    /// What it was before, restored by `Esc`.
    package var original = ""
    /// Where typing goes, in characters from the start.
    package var caret: Int

    package struct Fault: Sendable, Equatable {
        package var offset: Int
        package var reason: String
        package init(offset: Int, reason: String) {
            self.offset = offset
            self.reason = reason
        }
    }

    package init(purpose: Purpose, text: String) {
        self.purpose = purpose
        self.text = text
        original = text
        caret = text.count
    }
}

/// Acts of one `Enter`, of which the next goes out when the one before it is answered.
package struct ActGroup: Sendable, Equatable {
    /// The one that is unanswered: only its outcome moves the group on.
    package var head: Order
    /// Those that have not been sent.
    package var rest: [Order]
    /// What is done to many, where the rest goes on whatever becomes of one; nil where one that fails ends it.
    package var act: ManyDialog.Act?
    package let count: Int
    package var done = 0
    package var failed = 0
    /// The first message of one that failed.
    package var failure = ""
    /// Open streams that they ended together.
    package var streams = 0

    package init(head: Order, rest: [Order], act: ManyDialog.Act?) {
        self.head = head
        self.rest = rest
        self.act = act
        count = rest.count + 1
    }
}
