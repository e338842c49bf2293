import Dashboard
import Domain
import Telemetry
import Terminal

/// A dashboard without a screen: scripts in, effects and state out.
struct Driver {
    static let ops = Actor(user: "ops", terminal: "pts/3")

    var state: DashboardState
    var snapshot: LiveSnapshot
    var now = Fixture.now
    var effects: [DashboardEffect] = []

    init(_ snapshot: LiveSnapshot = Fixture.busy()) {
        self.snapshot = snapshot
        state = DashboardState()
        state.actor = Driver.ops
        state.themes = ["daylight", "harbor", "mono"]
        send(.tick)
        effects = []
    }

    mutating func send(_ event: DashboardEvent) {
        effects += Reducer.reduce(state: &state, event: event, snapshot: snapshot, now: now)
    }

    /// Plays a key script; waits pass in steps of a tenth of a second.
    mutating func play(_ script: String) throws {
        for step in try KeyScript(script).steps {
            switch step {
            case .key(let key): send(.key(key))
            case .paste(let text): send(.paste(text))
            case .resize(let size): send(.resized(columns: size.columns, rows: size.rows))
            case .wait(let milliseconds):
                var left = Int64(milliseconds)
                while left > 0 {
                    now = now.adding(milliseconds: min(left, 100))
                    left -= 100
                    send(.tick)
                }
            }
        }
    }

    /// What leaves the dashboard, without the questions and the bells.
    var acts: [Command] { orders.map(\.command) }

    var orders: [Order] {
        effects.compactMap { if case .submit(let order) = $0 { order } else { nil } }
    }

    var queries: [Query] {
        effects.compactMap { if case .ask(let query) = $0 { query } else { nil } }
    }

    /// The row that the cursor of the focused panel is on.
    var row: RowID? { list.currentID }

    var list: RowList { RowModel.rows(of: Panels.focused(state), state: state, snapshot: snapshot) }

    var notice: String { state.notice?.text ?? "" }
}

/// One word for what is open.
func shape(_ dialog: Dialog?) -> String {
    switch dialog {
    case .revoke(let dialog): "revoke \(dialog.key.shown)"
    case .limits(let dialog): "limits \(dialog.scope.text)"
    case .suspend(let dialog): "suspend \(dialog.client)"
    case .create(let dialog): "create \(dialog.client)"
    case .secret: "secret"
    case .undo(let dialog): "undo \(dialog.row.id)"
    case .quit: "quit"
    case .picker(let dialog): "picker \(dialog.title)"
    case .many(let dialog): "many \(dialog.targets.count)"
    case nil: "none"
    }
}

extension KeyID {
    /// A key id of a test, eight base62 characters.
    static func test(_ text: String) -> KeyID { KeyID(text: text) ?? KeyID(packed: 0) }
}
