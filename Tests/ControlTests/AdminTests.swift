import Domain
import FoundationEssentials
import Glibc
import Ledger
import Proxy
import Telemetry
import Testing

@testable import Control

/// The admin socket from both ends.
@Suite(.timeLimit(.minutes(2))) struct AdminTests {
    /// An admin server over an office.
    private func serve(_ office: Office, _ path: String) throws -> AdminServer {
        let server = AdminServer(
            path: path,
            backend: AdminBackend(
                desk: office.desk, collector: office.collector,
                info: AdminInfo(name: "n", version: "1", pid: getpid(), listen: "127.0.0.1:\(office.port)")))
        try server.start()
        return server
    }

    @Test func ordersAndQuestionsComeThrough() throws {
        let office = try Office()
        let path = office.scratch.path + "/admin.sock"
        let server = try serve(office, path)
        defer { server.stop() }
        var status = stat()
        #expect(stat(path, &status) == 0 && status.st_mode & 0o777 == 0o600)
        let client = AdminClient(path: path)
        #expect(try client.info().pid == getpid())
        let created = try client.submit(
            Order(
                command: .createKey(client: "研究 \"x\"\n", tier: nil, expiresInSeconds: nil, models: nil, note: ""),
                actor: Office.ops))
        #expect(created.result == .refused)
        let key = try client.submit(
            Order(
                command: .createKey(client: "研究 \"x\"", tier: nil, expiresInSeconds: nil, models: nil, note: "ü"),
                actor: Office.ops))
        #expect(key.result == .done && key.secret != nil)
        guard case .keys(let cards) = try client.ask(.keys(client: nil)) else {
            Issue.record("no keys")
            return
        }
        #expect(cards.map(\.client) == ["研究 \"x\""] && cards.first?.note == "ü")
        guard case .audit(let rows) = try client.ask(.audit(limit: 10)) else {
            Issue.record("no audit")
            return
        }
        #expect(rows.map(\.act) == ["key.create"])
        // Who acts is the kernel's word, not the peer's.
        #expect(rows.map(\.actor) == [Actor(user: UserName.of(geteuid()), terminal: Office.ops.terminal)])
        #expect(try client.live(windowSeconds: 300).instance == office.desk.instanceName)
        #expect(try !client.snapshotJSON(windowSeconds: 60).isEmpty)
    }

    @Test func nobodyThereIsToldApartFromTrouble() throws {
        let scratch = Scratch()
        func code(_ path: String) -> AdminError.Code? {
            do throws(AdminError) {
                _ = try AdminClient(path: path, patienceSeconds: 1).info()
                return nil
            } catch {
                return error.code
            }
        }
        #expect(code(scratch.path + "/none") == .notRunning)
        #expect(code(String(repeating: "x", count: 200)) == .notRunning)
    }

    @Test func aDeadGatewaysSocketIsReplacedButNeverAFileOrALivingOne() throws {
        let office = try Office()
        let path = office.scratch.path + "/admin.sock"
        let first = try serve(office, path)
        #expect(throws: AdminError.self) { _ = try serve(office, path) }
        #expect(try AdminClient(path: path).info().name == "n")
        first.stop()
        let precious = office.scratch.path + "/tollgate.yaml"
        try Data("keep me".utf8).write(to: URL(filePath: precious))
        #expect(throws: AdminError.self) { _ = try serve(office, precious) }
        #expect(try String(decoding: Data(contentsOf: URL(filePath: precious)), as: UTF8.self) == "keep me")
        // A socket whose owner was killed: bound, and nobody listens.
        let dead = office.scratch.path + "/dead.sock"
        try bindAndForget(dead)
        let server = try serve(office, dead)
        #expect(try AdminClient(path: dead).info().name == "n")
        server.stop()
    }

    @Test func aDoorThatSomebodyRemovedIsOpenedAgain() throws {
        let office = try Office()
        let path = office.scratch.path + "/admin.sock"
        let server = try serve(office, path)
        defer { server.stop() }
        let connected = AdminClient(path: path)
        #expect(try connected.info().name == "n")
        server.mendNow()
        unlink(path)
        server.mendNow()
        #expect(try AdminClient(path: path).info().name == "n")
        #expect(try connected.info().name == "n")
        var status = stat()
        #expect(stat(path, &status) == 0 && status.st_mode & 0o777 == 0o600)
        // A dead socket in its place is replaced, a file is nobody's to remove.
        unlink(path)
        try bindAndForget(path)
        server.mendNow()
        #expect(try AdminClient(path: path).info().name == "n")
        unlink(path)
        _ = FileManager.default.createFile(atPath: path, contents: Data("precious".utf8))
        server.mendNow()
        #expect(FileManager.default.contents(atPath: path) == Data("precious".utf8))
    }

    @Test func anEndLeavesAnothersDoorInPlace() throws {
        let office = try Office()
        let path = office.scratch.path + "/admin.sock"
        let server = try serve(office, path)
        unlink(path)
        _ = FileManager.default.createFile(atPath: path, contents: Data("precious".utf8))
        server.stop()
        #expect(FileManager.default.contents(atPath: path) == Data("precious".utf8))
    }

    @Test func figuresMayBeAskedForLongerThanTheDeskIsHeld() throws {
        let surroundings = try Office().desk.surroundings()
        #expect(surroundings.remarks().isEmpty)
        #expect(surroundings.directory().clients.map(\.name) == ["acme"])
    }

    private func bindAndForget(_ path: String) throws {
        let made = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: Array(path.utf8)) }
        let outcome = withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(made, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
            }
        }
        try #require(outcome == 0)
        close(made)
    }

    @Test func aSecondInstanceOnOneFolderIsRefused() throws {
        let office = try Office()
        #expect(throws: LedgerError.self) { _ = try office.scratch.folder.lock() }
        #expect(throws: LedgerError.self) { _ = try Office(office.scratch) }
    }

    @Test func aTerminalsNameFromOutsideIsShortAndVisible() throws {
        let office = try Office()
        let path = office.scratch.path + "/admin.sock"
        let server = try serve(office, path)
        defer { server.stop() }
        let name = "\u{1b}[31m\u{202e}" + String(repeating: "x", count: 100_000)
        let order = Order(command: .suspendClient("acme", forSeconds: nil), actor: Actor(user: "eve", terminal: name))
        #expect(try AdminClient(path: path).submit(order).result == .done)
        #expect(office.audit.first?.actor.terminal == "[31m" + String(repeating: "x", count: 36))
        #expect(office.audit.first?.actor.user != "eve")
    }

    @Test func whoAsksWithoutReadingFillsNoMemory() throws {
        let office = try Office()
        let path = office.scratch.path + "/admin.sock"
        let server = try serve(office, path)
        defer { server.stop() }
        let made = try UnixConnection(path)
        let taken = made.push(
            String(repeating: "GET /v1/live HTTP/1.1\r\nHost: a\r\n\r\n", count: 200), atMost: 16 << 20)
        #expect(taken < 16 << 20)
        #expect(try AdminClient(path: path).info().name == "n")
    }

    @Test func nonsenseOnTheSocketIsAnsweredOrDroppedAndHurtsNobody() throws {
        let office = try Office()
        let path = office.scratch.path + "/admin.sock"
        let server = try serve(office, path)
        defer { server.stop() }
        for bytes in [
            "GET /nope HTTP/1.1\r\nHost: a\r\n\r\n",
            "POST /v1/orders HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\n{}", "??\r\n\r\n",
        ] {
            let made = try UnixConnection(path)
            made.send(bytes)
            #expect(made.start().hasPrefix("HTTP/1.1 4"), "\(bytes)")
        }
        #expect(try AdminClient(path: path).info().name == "n")
    }
}

/// A connection to a Unix socket of a test.
private final class UnixConnection {
    private let descriptor: Int32

    init(_ path: String) throws {
        descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
        var limit = timeval(tv_sec: 5, tv_usec: 0)
        setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: Array(path.utf8)) }
        let outcome = withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
            }
        }
        try #require(outcome == 0)
    }

    deinit { close(descriptor) }

    func send(_ text: String) {
        let bytes = Array(text.utf8)
        _ = Glibc.send(descriptor, bytes, bytes.count, Int32(MSG_NOSIGNAL))
    }

    /// Sends a text again and again and reads nothing, until the other end takes no more.
    ///
    /// - Returns: how many bytes were taken.
    func push(_ text: String, atMost limit: Int) -> Int {
        let bytes = Array(text.utf8)
        var taken = 0
        while taken < limit {
            var polled = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
            guard poll(&polled, 1, 500) > 0 else { break }
            let size = Glibc.send(descriptor, bytes, bytes.count, Int32(MSG_NOSIGNAL) | Int32(MSG_DONTWAIT))
            if size > 0 { taken += size }
        }
        return taken
    }

    /// The first bytes of the answer.
    func start() -> String {
        var chunk = [UInt8](repeating: 0, count: 1024)
        let size = recv(descriptor, &chunk, chunk.count, 0)
        return String(decoding: chunk.prefix(max(0, size)), as: UTF8.self)
    }
}
