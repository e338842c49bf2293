import ArgumentParser
import Terminal

/// An end of the program that has to be explained in one line.
struct Failure: Error {
    /// Exit statuses of sysexits.h.
    enum Status: Int32 {
        case failure = 1
        case usage = 64
        case data = 65
        case unavailable = 69
        case io = 74
        case permission = 77
        case configuration = 78
    }

    var status: Status
    var message: String

    init(_ status: Status, _ message: String) {
        self.status = status
        self.message = message
    }

    /// Says the line and gives the error that ends the program with the status.
    ///
    /// Names from the command line and from the gateway may stand in it; the terminal gets no control character of them.
    func report() -> ExitCode {
        let lines = message.split(separator: "\n", omittingEmptySubsequences: false).map {
            TextWidth.neutral(String($0))
        }
        StandardError.line("tollgate: \(lines.joined(separator: "\n"))")
        return ExitCode(status.rawValue)
    }
}

/// Standard error, written to without buffering.
enum StandardError {
    /// Writes a line; whether anybody gets it is of no consequence.
    static func line(_ text: String) { _ = Descriptor.write(Array((text + "\n").utf8), to: 2) }
}
