/// How much a line matters; the configuration's `log.level` names the least that is written.
package enum LogLevel: String, CaseIterable, Sendable, Codable, Comparable {
    case debug
    case info
    case warning
    case error

    package static func < (left: LogLevel, right: LogLevel) -> Bool { left.rank < right.rank }

    private var rank: Int {
        switch self {
        case .debug: 0
        case .info: 1
        case .warning: 2
        case .error: 3
        }
    }

    /// The level of a request's line: 500 and over is an error, 400 and over a warning.
    package init(status: UInt16) { self = status >= 500 ? .error : status >= 400 ? .warning : .info }
}
