/// What was used of one kind, in the window that is asked for and in one more that was asked for before.
///
/// A limit that is changed for a while may have a window of another length than the limit it stands for. Both lengths
/// go on being counted, so that the first one finds all of its window when its time comes again.
package struct UseWindows: Sendable {
    private var asked = SlidingWindow()
    /// The longest of those asked for before: the shorter ones can be made from it.
    private var kept: SlidingWindow?
    private var moment: Int64 = 0

    package init() {}

    /// What counts now in the window that was asked for last.
    package var total: Int64 { asked.total }

    /// Moves to `now` and asks for a window of this length.
    package mutating func advance(to now: Int64, windowSeconds: Int64) {
        if !asked.isOf(windowSeconds) { turn(to: windowSeconds, now: now) }
        asked.advance(to: now, windowSeconds: windowSeconds)
        moment = now
    }

    /// Moves to `now`, and asks for a window of this length only where none was asked for yet.
    ///
    /// For an answer that is settled under the limits of its arrival: what is asked for now is not its business.
    package mutating func advance(to now: Int64, unlessAsked windowSeconds: Int64) {
        advance(to: now, windowSeconds: asked.windowSeconds ?? windowSeconds)
    }

    /// Counts `amount` now; the windows must have been advanced.
    package mutating func add(_ amount: Int64) {
        asked.add(amount)
        guard let seconds = kept?.windowSeconds else { return }
        kept?.advance(to: moment, windowSeconds: seconds)
        kept?.add(amount)
    }

    /// Nanoseconds from `now` until `needed` more fit under `limit`; 0 where they fit now, nil where they never will.
    package func wait(for needed: Int64, limit: Int64, now: Int64) -> Int64? {
        asked.wait(for: needed, limit: limit, now: now)
    }

    /// Nanoseconds from `now` until nothing counts any more.
    package func untilEmpty(now: Int64) -> Int64 { asked.untilEmpty(now: now) }

    /// Whether nothing counts at `now` in either window, so that they may be forgotten.
    package func isEmpty(at now: Int64) -> Bool { asked.isEmpty(at: now) && kept?.isEmpty(at: now) ?? true }

    private mutating func turn(to windowSeconds: Int64, now: Int64) {
        guard let before = asked.windowSeconds else { return }
        if let other = kept, other.isOf(windowSeconds) {
            (asked, kept) = (other, asked)
            return
        }
        var longest = asked
        if let other = kept, let seconds = other.windowSeconds, seconds > before { longest = other }
        // What the present window has it knows finest; what is older only the longest one knows.
        asked = windowSeconds > before ? longest : asked
        asked.advance(to: now, windowSeconds: windowSeconds)
        kept = longest
    }
}
