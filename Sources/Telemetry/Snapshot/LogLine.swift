package import Domain

/// A line of the operator's log.
package struct LogLine: Sendable, Codable, Equatable {
    package enum Level: String, Sendable, Codable, Comparable {
        case debug, info, warning, error

        package static func < (left: Level, right: Level) -> Bool { left.order < right.order }

        private var order: Int {
            switch self {
            case .debug: 0
            case .info: 1
            case .warning: 2
            case .error: 3
            }
        }
    }

    package var time: Timestamp
    package var level: Level
    package var message: String

    package init(time: Timestamp, level: Level, message: String) {
        self.time = time
        self.level = level
        self.message = message
    }
}
