import Domain

/// Something that ends by itself.
enum Ending: Hashable, Sendable {
    case suspension(client: String)
    case override(Book.LimitSlot)
}

/// When suspensions and overrides end on the clock of durations: a wall clock that is set neither prolongs nor ends any.
struct Endings: Sendable {
    private struct Deadline {
        var until: Timestamp
        /// Monotonic nanoseconds.
        var at: Int64
    }

    private var deadlines: [Ending: Deadline] = [:]

    /// Takes note of what ends when: what is known keeps its deadline, what is gone is forgotten.
    mutating func note(_ all: [Ending: Timestamp], wall: Timestamp, monotonic: Int64) {
        var noted: [Ending: Deadline] = [:]
        for (ending, until) in all {
            if let known = deadlines[ending], known.until == until {
                noted[ending] = known
            } else {
                let left = max(0, until.milliseconds(since: wall)).multipliedSaturated(by: 1_000_000)
                noted[ending] = Deadline(until: until, at: monotonic.addingSaturated(left))
            }
        }
        deadlines = noted
    }

    /// Whether its time is over.
    func isOver(_ ending: Ending, monotonic: Int64) -> Bool { deadlines[ending].map { $0.at <= monotonic } ?? false }

    /// Milliseconds until the next one ends; nil where nothing does.
    func wait(monotonic: Int64) -> Int64? {
        deadlines.values.map { $0.at.subtractingSaturated(monotonic) / 1_000_000 + 1 }.min()
    }
}
