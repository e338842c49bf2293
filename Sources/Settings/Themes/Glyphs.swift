/// The characters that carry meaning by shape; each is one column wide.
package struct Glyphs: Hashable, Sendable {
    package var critical: Character = "▲"
    package var error: Character = "◆"
    package var ok: Character = "●"
    package var suspended: Character = "‖"
    /// The mark of the selected row.
    package var cursor: Character = "›"
    /// A marked row.
    package var mark: Character = "•"
    /// A zero in a column of figures.
    package var none: Character = "–"
    /// A place in a graph that nothing was recorded for.
    package var gap: Character = "·"
    package var barFull: Character = "━"
    /// Half a step of a bar.
    package var barHalf: Character = "╸"
    package var barTrack: Character = "─"
    /// The sort order of a column.
    package var ascending: Character = "▲"
    package var descending: Character = "▼"
    /// What was cut off.
    package var ellipsis: Character = "…"
    /// Steps of a graph from the lowest to a full cell.
    package var graph: [Character] = ["▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"]
    package var frameTopLeft: Character = "╭"
    package var frameTopRight: Character = "╮"
    package var frameBottomLeft: Character = "╰"
    package var frameBottomRight: Character = "╯"
    package var frameHorizontal: Character = "─"
    package var frameVertical: Character = "│"

    package init() {}

    /// The shapes of the pictures in the design.
    package static let standard = Glyphs()

    /// What a terminal without UTF-8 shows.
    package static let ascii: Glyphs = {
        var set = Glyphs()
        set.critical = "!"
        set.error = "x"
        set.ok = "."
        set.suspended = "="
        set.cursor = ">"
        set.mark = "*"
        set.none = "-"
        set.gap = " "
        set.barFull = "="
        set.barHalf = "-"
        set.barTrack = "-"
        set.ascending = "^"
        set.descending = "v"
        set.ellipsis = "~"
        set.graph = ["_", "_", ".", ".", "-", "=", "*", "#"]
        set.frameTopLeft = "+"
        set.frameTopRight = "+"
        set.frameBottomLeft = "+"
        set.frameBottomRight = "+"
        set.frameHorizontal = "-"
        set.frameVertical = "|"
        return set
    }()

    /// The words of theme files for single glyphs; `graph` and `frame` are texts of several.
    static let single: [(name: String, path: any WritableKeyPath<Glyphs, Character> & Sendable)] = [
        ("critical", \.critical), ("error", \.error), ("ok", \.ok), ("suspended", \.suspended), ("cursor", \.cursor),
        ("mark", \.mark), ("none", \.none), ("gap", \.gap), ("bar_full", \.barFull), ("bar_half", \.barHalf),
        ("bar_track", \.barTrack), ("ascending", \.ascending), ("descending", \.descending), ("ellipsis", \.ellipsis),
    ]
}
