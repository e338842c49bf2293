/// What a wait for the terminal ends with.
package enum TerminalEvent: Hashable, Sendable {
    /// A key was pressed.
    case key(Key)
    /// Text was pasted: at most 64 KB, line ends as `\n`, no control characters. It never counts as keys.
    case paste(String)
    /// The wake-up descriptor was signalled (and has been drained), or a frame that was refused can be painted now.
    case woken
    /// The terminal has another size; the screen has already been told.
    case resized(Size)
    /// The terminal is gone: close the screen and serve on. Nothing else follows.
    case hungUp
    /// Nothing happened for as long as was asked.
    case timeout
}
