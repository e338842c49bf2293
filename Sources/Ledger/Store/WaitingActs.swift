package import Domain
import FoundationEssentials
import Glibc

/// An act that is in force but that the database has refused so far.
package struct WaitingAct: Hashable, Sendable, Codable {
    package var row: AuditRow
    package var change: StoreChange

    package init(row: AuditRow, change: StoreChange) {
        self.row = row
        self.change = change
    }
}

/// The file beside the database that keeps waiting acts over a restart: a key that was revoked while another program
/// held the database must not come back with the next start.
///
/// JSON lines, replaced as a whole with each change, so that no half of one is ever read.
struct WaitingActs {
    let path: String

    init(in folder: DataFolder) { path = folder.path + "/unwritten.jsonl" }

    /// Makes `acts` what the file holds; none of them: no file.
    ///
    /// - Throws: `.full`, `.readOnly` or `.unwritable`; the file is then as it was.
    func replace(with acts: [WaitingAct]) throws(LedgerError) {
        guard !acts.isEmpty else {
            if unlink(path) != 0, errno != ENOENT { throw Store.failure(errno, path) }
            return
        }
        var bytes: [UInt8] = []
        for act in acts {
            guard let line = try? JSONEncoder().encode(act) else {
                throw LedgerError(.invalid, "\(act.row.act) \(act.row.target) cannot be kept")
            }
            bytes += line
            bytes.append(0x0a)
        }
        let draft = path + ".new"
        let descriptor = Files.open(draft, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW)
        guard descriptor >= 0 else { throw Store.failure(errno, path) }
        defer { _ = close(descriptor) }
        let error = bytes.withUnsafeBytes { Files.write($0, to: descriptor) }.error
        guard error == 0 else { throw Store.failure(error, path) }
        guard fsync(descriptor) == 0, rename(draft, path) == 0 else { throw Store.failure(errno, path) }
    }

    /// What the file holds, oldest first; nothing where there is none.
    ///
    /// - Throws: `.damaged` for a line that makes no sense: passing over it could bring a revoked key back.
    func all() throws(LedgerError) -> [WaitingAct] {
        guard let status = Files.status(path) else { return [] }
        let descriptor = Files.open(path, O_RDONLY)
        guard descriptor >= 0 else { throw Store.failure(errno, path) }
        defer { _ = close(descriptor) }
        guard let bytes = Files.read(descriptor, count: Int(clamping: status.st_size), at: 0) else {
            throw Store.failure(errno, path)
        }
        var acts: [WaitingAct] = []
        for line in bytes.split(separator: 0x0a) {
            guard let act = try? JSONDecoder().decode(WaitingAct.self, from: Data(line)) else {
                throw LedgerError(
                    .damaged,
                    "\(path) makes no sense; it holds acts that the database did not take: "
                        + "look at it, revoke those keys again, and move it away")
            }
            acts.append(act)
        }
        return acts
    }
}

extension Store {
    /// Keeps acts that the database refuses, so that the next start writes them down; an empty list forgets them.
    ///
    /// - Throws: `.full`, `.readOnly` or `.unwritable`.
    package func keep(waiting acts: [WaitingAct]) throws(LedgerError) {
        try WaitingActs(in: folder).replace(with: acts)
    }

    /// Writes down what the last run could not.
    func recordWaiting() throws(LedgerError) {
        let waiting = WaitingActs(in: folder)
        let acts = try waiting.all()
        guard !acts.isEmpty else { return }
        for act in acts {
            do throws(LedgerError) {
                try record(act: act.row, change: act.change)
            } catch {
                switch error.code {
                // Its target is gone, or it was written down after all: no later start makes it writable.
                case .notFound, .alreadyUndone, .invalid: continue
                default: throw error
                }
            }
        }
        try waiting.replace(with: [])
    }
}
