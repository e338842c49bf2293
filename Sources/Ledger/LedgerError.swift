/// What went wrong with the data folder, the database or the log; the message is one line, fit for an operator.
package struct LedgerError: Error, Equatable, Sendable, CustomStringConvertible {
    /// The closed list of causes; callers decide by these, never by the text.
    package enum Code: String, Sendable, CaseIterable {
        /// Nothing there to open.
        case missing
        /// The folder or a file in it cannot be created or opened.
        case unwritable
        /// It can be read but not written.
        case readOnly
        /// Another program holds the database; trying again may help.
        case locked
        /// Another Tollgate runs on this data folder.
        case inUse
        /// The database is not whole. Never replaced by a new one.
        case damaged
        /// A newer version wrote it.
        case newerSchema
        /// A database, but not one of Tollgate.
        case foreign
        /// No space left on the device.
        case full
        /// The target of the act is not there.
        case notFound
        /// The act was taken back already.
        case alreadyUndone
        /// The value cannot be kept (too long, control characters, already there).
        case invalid
        /// Any other failure of the device or the database.
        case failed

        /// The sysexits status of a command that ends with it.
        package var exitStatus: Int32 {
            switch self {
            case .inUse, .missing: 69
            case .damaged, .newerSchema, .foreign, .invalid, .notFound, .alreadyUndone: 65
            case .unwritable, .readOnly, .locked, .full, .failed: 74
            }
        }
    }

    package var code: Code
    package var message: String

    package init(_ code: Code, _ message: String) {
        self.code = code
        self.message = message
    }

    package var description: String { message }
}
