import Domain
import FoundationEssentials
import Glibc
import Ledger

/// A folder of one test, gone with it.
final class Scratch: Sendable {
    let path: String

    init() {
        var template = Array((FileManager.default.temporaryDirectory.path + "/ledger-XXXXXX").utf8CString)
        guard mkdtemp(&template) != nil else { preconditionFailure("no temporary folder") }
        path = String(decoding: template.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    var folder: DataFolder { DataFolder(path: path + "/data") }

    /// The folder as another program would find it: this one's lock lasts as long as its objects.
    static func copy(of other: Scratch) throws -> Scratch {
        let next = Scratch()
        try FileManager.default.copyItem(atPath: other.folder.path, toPath: next.folder.path)
        return next
    }

    func open() throws -> Store { try Store.open(try folder.lock()) }

    func text(_ name: String) throws -> String {
        String(decoding: try Data(contentsOf: URL(filePath: path + "/" + name)), as: UTF8.self)
    }
}

extension Actor {
    static let ops = Actor(user: "ops", terminal: "pts/3")
    static let other = Actor(user: "eve", terminal: "cli")
}

let start = Timestamp(milliseconds: 1_795_000_000_000)

func sampleKey(_ number: Int, client: String = "search-api") -> KeyRecord {
    let text = String(number)
    let id = String(repeating: "A", count: 8 - text.count) + text
    var digest = [UInt8](repeating: 7, count: 32)
    withUnsafeBytes(of: UInt64(number)) { digest.replaceSubrange(0..<8, with: $0) }
    return KeyRecord(
        id: KeyID(text: id) ?? KeyID(packed: 0), client: client, digest: digest,
        created: start.adding(seconds: Int64(number)))
}

func sampleAct(
    _ name: String, _ target: String, at time: Timestamp = start, by actor: Actor = .ops, undoes: Int64? = nil
) -> AuditRow {
    AuditRow(id: 0, time: time, actor: actor, act: name, target: target, before: "a", after: "b", undoes: undoes)
}

func sampleOverride(
    _ amount: Int64, scope: LimitScope = .client("search-api"), kind: LimitKind = .requests
)
    -> LimitOverride
{
    LimitOverride(
        scope: scope, limit: Limit(kind: kind, amount: amount, windowSeconds: kind.isWindowed ? 60 : 0),
        until: start.adding(seconds: 1800), why: "incident", by: "ops", since: start)
}

/// The error that `body` throws, as a code; nil where it throws none.
func code(_ body: () throws -> Void) -> LedgerError.Code? {
    do {
        try body()
        return nil
    } catch {
        return (error as? LedgerError)?.code
    }
}
