/// Why there is no screen.
///
/// The gateway serves without one.
package struct TerminalError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The kinds.
    package enum Code: Hashable, Sendable {
        /// There is no terminal, or what was given is none.
        case notATerminal
        /// `TERM` is unset or empty.
        case noType
        /// The type, and the one tried in its place, are not in the terminal database.
        case unknownType
        /// The type cannot place its cursor.
        case noCursor
        /// Another screen is open in this process.
        case inUse
        /// The system refused something.
        case system
    }

    /// The kind.
    package let code: Code
    /// One line for the operator.
    package let message: String

    /// An error.
    init(_ code: Code, _ message: String) {
        self.code = code
        self.message = message
    }

    package var description: String { message }
}
