/// What a piece of the screen means; the theme alone decides how it looks.
///
/// The raw value is the index of the role in `Theme.roles` and in a painter's palettes. Most roles colour text; the
/// ones of `isSurface` are backgrounds that text of other roles is laid upon.
package enum Role: UInt8, CaseIterable, Hashable, Sendable {
    /// Plain text.
    case text
    /// The figure that was asked for, titles of the moment, the row under the cursor.
    case strong
    /// Labels, units, hints: still text that is read.
    case muted
    /// Nothing to see: the dash of a zero, the dot of a gap.
    case faint
    /// Frames.
    case border
    /// Titles in frames.
    case title
    /// The focused frame, shortcuts of the status line, the product's name.
    case focus
    /// Surface of the selected row.
    case cursor
    /// A marked row.
    case mark
    /// A key to press, in the footer and in help.
    case key
    case ok
    case info
    case warn
    case error
    case critical
    case suspended
    /// Figures that are no longer fresh.
    case stale
    case money
    /// A graph's first series.
    case graph1
    /// A graph's second series.
    case graph2
    /// The hottest part of a graph.
    case graphPeak
    case barFill
    /// The track of a bar, which carries no figure of its own.
    case barEmpty
    case link
    /// Text being typed.
    case input
    /// Surface of chips and of the active tab.
    case selection
    /// Surface of the chip that hurts.
    case danger
    /// Surface of the status line and of the footer.
    case bar
    /// Surface of dialogs.
    case dialog
    /// The banner of a paused picture: text and surface of its own.
    case bannerPause
    /// The banner of a read-only screen: text and surface of its own.
    case bannerReadOnly
    /// What an edit adds.
    case diffUp
    /// What an edit takes away.
    case diffDown
    /// The whole background; the terminal's own unless the theme says otherwise.
    case canvas

    /// The word of theme files, such as `graph_peak` or `banner_ro`.
    package var name: String {
        switch self {
        case .text: "text"
        case .strong: "strong"
        case .muted: "muted"
        case .faint: "faint"
        case .border: "border"
        case .title: "title"
        case .focus: "focus"
        case .cursor: "cursor"
        case .mark: "mark"
        case .key: "key"
        case .ok: "ok"
        case .info: "info"
        case .warn: "warn"
        case .error: "error"
        case .critical: "critical"
        case .suspended: "suspended"
        case .stale: "stale"
        case .money: "money"
        case .graph1: "graph1"
        case .graph2: "graph2"
        case .graphPeak: "graph_peak"
        case .barFill: "bar_fill"
        case .barEmpty: "bar_empty"
        case .link: "link"
        case .input: "input"
        case .selection: "selection"
        case .danger: "danger"
        case .bar: "bar"
        case .dialog: "dialog"
        case .bannerPause: "banner_pause"
        case .bannerReadOnly: "banner_ro"
        case .diffUp: "diff_up"
        case .diffDown: "diff_down"
        case .canvas: "canvas"
        }
    }

    /// The role of a word of theme files; nil where there is none.
    package init?(name: String) {
        guard let role = Role.allCases.first(where: { $0.name == name }) else { return nil }
        self = role
    }

    /// Whether the role is a background that text of other roles is laid upon: its style has `bg` and no `fg`.
    package var isSurface: Bool {
        switch self {
        case .cursor, .selection, .danger, .bar, .dialog, .canvas: true
        default: false
        }
    }

    /// Whether the role has text and a surface of its own.
    package var isBanner: Bool { self == .bannerPause || self == .bannerReadOnly }

    /// The role whose look a theme's silence means; nil for `text` and `canvas`, which mean the terminal's own.
    ///
    /// Chains end: each step goes to a role that is nearer to `text` or to `canvas`.
    package var fallback: Role? {
        switch self {
        case .text, .canvas: nil
        case .strong, .muted, .title, .info, .ok, .warn, .input, .border, .graph1: .text
        case .faint, .stale: .muted
        case .focus, .link: .info
        case .mark: .warn
        case .key: .focus
        case .error: .warn
        case .critical: .error
        case .suspended: .muted
        case .money: .strong
        case .graph2, .barFill: .graph1
        case .graphPeak: .strong
        case .barEmpty: .border
        case .selection: .cursor
        case .cursor, .bar, .dialog: .canvas
        case .danger: .selection
        case .bannerPause, .bannerReadOnly: .warn
        case .diffUp: .ok
        case .diffDown: .error
        }
    }
}
