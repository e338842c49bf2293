import ArgumentParser
import Domain

/// What became of an act, as commands say it.
enum ActReport {
    /// Says it, and ends the command with a failure where the act was not done.
    ///
    /// - Parameters:
    ///   - json: the object for scripts; nil for a person.
    static func say(_ outcome: Outcome, json: [UInt8]?) throws {
        let message = outcome.message
        guard outcome.result == .done || outcome.result == .unchanged else {
            // A denial that the disk refused is in force all the same: scripts learn how far it came.
            if let json, outcome.result == .failed, outcome.state != nil { try Output.write(json + [0x0a]) }
            throw Failure(status(outcome), message)
        }
        if let json { try Output.write(json + [0x0a]) } else { try Output.line(message) }
    }

    static func status(_ outcome: Outcome) -> Failure.Status {
        switch outcome.result {
        case .done, .unchanged, .notFound, .changedMeanwhile: .failure
        case .refused: .data
        case .failed: .io
        }
    }
}
