import ArgumentParser
import Control
import Glibc
import Ledger
import Settings

/// A command that acts or asks and then ends: whatever goes wrong becomes one line and a status of sysexits.
protocol OperatorCommand: ParsableCommand {
    /// The work itself.
    ///
    /// - Throws: `Failure`, or the error of a room; `run` says it.
    func perform() throws
}

extension OperatorCommand {
    func run() throws {
        // A reader that has gone (`| head`) is told apart from a full disk by the write itself.
        signal(SIGPIPE, SIG_IGN)
        do {
            try perform()
        } catch let problems as ConfigurationProblems {
            throw problems.report()
        } catch {
            throw Failure(ofRoom: error)?.report() ?? error
        }
    }
}

extension Failure {
    /// The error of any room; nil for one that none of them throws.
    init?(ofRoom error: any Error) {
        switch error {
        case let failure as Failure: self = failure
        case let fault as AdminError: self.init(fault)
        case let fault as LedgerError: self.init(fault)
        default: return nil
        }
    }

    /// A gateway that cannot be asked.
    init(_ fault: AdminError) {
        self.init(fault.code == .denied ? .permission : .unavailable, fault.message)
    }

    /// A data folder that cannot be used.
    init(_ fault: LedgerError) {
        self.init(Status(rawValue: fault.code.exitStatus) ?? .io, fault.message)
    }
}

extension ConfigurationProblems {
    /// Says all of them, each on a line of its own, and gives the error that ends the program with 78.
    func report() -> ExitCode {
        for warning in warnings { StandardError.line("warning: \(warning)") }
        for problem in problems { StandardError.line(problem.description) }
        return ExitCode(Failure.Status.configuration.rawValue)
    }
}

/// Whether a command answers a script or a person.
struct OutputOptions: ParsableArguments {
    @Flag(help: "JSON on standard output.")
    var json = false
}
