import GRDB
import Glibc

extension Store {
    static func damaged(_ path: String, _ reason: String) -> LedgerError {
        LedgerError(
            .damaged,
            "\(path) is damaged (\(reason)); restore a backup, or move it away to start without keys and spend")
    }

    /// One clear line for whatever the database said.
    static func failure(_ error: any Error, _ path: String) -> LedgerError {
        if let error = error as? LedgerError { return error }
        guard let error = error as? DatabaseError else { return LedgerError(.failed, "\(path): unknown failure") }
        // The message of the database itself: no SQL and no values, which could be an outsider's text.
        let reason = error.message ?? "error \(error.extendedResultCode.rawValue)"
        switch error.resultCode {
        case .SQLITE_BUSY, .SQLITE_LOCKED, .SQLITE_PROTOCOL:
            return LedgerError(.locked, "\(path) is locked by another program")
        case .SQLITE_READONLY, .SQLITE_PERM:
            return LedgerError(.readOnly, "\(path) cannot be written; check its owner and mode, and the file system")
        case .SQLITE_CORRUPT, .SQLITE_NOTADB:
            return damaged(path, reason)
        case .SQLITE_FULL:
            return LedgerError(.full, "\(path): no space left on the device")
        case .SQLITE_CANTOPEN, .SQLITE_AUTH:
            return LedgerError(.unwritable, "\(path) cannot be opened; check the owner and mode of its folder")
        case .SQLITE_CONSTRAINT, .SQLITE_MISMATCH, .SQLITE_TOOBIG:
            return LedgerError(.invalid, "\(path): refused, \(reason)")
        default:
            return LedgerError(.failed, "\(path): \(reason)")
        }
    }

    /// The same for a call to the kernel.
    static func failure(_ number: Int32, _ path: String) -> LedgerError {
        switch number {
        case ENOSPC, EDQUOT: LedgerError(.full, "\(path): no space left on the device")
        case EROFS: LedgerError(.readOnly, "\(path) cannot be written: \(Files.text(of: number))")
        default: LedgerError(.unwritable, "\(path) cannot be created: \(Files.text(of: number))")
        }
    }
}
