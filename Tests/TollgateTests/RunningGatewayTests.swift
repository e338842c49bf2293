import Control
import Dashboard
import Domain
import FoundationEssentials
import Glibc
import NIOCore
import Settings
import Telemetry
import Terminal
import Testing

@testable import tollgate

/// Commands on a gateway that runs, through its admin socket.
struct RunningGatewayTests {
    /// A gateway of this process on a port of its own.
    final class Served {
        let desk: Desk
        let process: GatewayProcess

        init() throws {
            desk = try Desk()
            let file = desk.scratch.path + "/tollgate.yaml"
            let data = desk.scratch.path
            let load: @Sendable () throws -> LoadedConfiguration = {
                var loaded = try GatewayPlace.load(file: file, data: data, environment: [:])
                loaded.configuration.listen = ListenAddress(loopbackPort: 0)
                return loaded
            }
            process = try GatewayProcess(
                GatewayProcess.Options(loaded: try load(), reload: load, threads: 1))
        }

        deinit { stop() }

        private var isStopped = false

        func stop() {
            if isStopped { return }
            isStopped = true
            _ = process.stop()
        }

        func act(_ command: Command) throws -> Outcome { try desk.submit(command) }

        var client: AdminClient { get throws { try Backend.running(desk.options) } }
    }

    @Test func anActGoesThroughTheSocketAndIsTakenBack() throws {
        let served = try Served()
        let id = try #require(
            try served.act(.createKey(client: "acme", tier: nil, expiresInSeconds: nil, models: nil, note: "")).keyID)
        let revoked = try served.act(.revokeKey(id))
        #expect(revoked.state == "revoked" && revoked.instancesAcknowledged == 1)
        let undone = try served.client.submit(Order(command: .undo(audit: nil), actor: Operator.actor()))
        #expect(undone.result == .done)
        #expect(try served.desk.read { try $0.keys() }.first { $0.id == id }?.state == .active)
        let again = try served.client.submit(Order(command: .undo(audit: revoked.audit), actor: Operator.actor()))
        #expect(again.result == .notFound)
    }

    @Test func aBadFileLeavesTheOldConfigurationInForce() throws {
        let served = try Served()
        let file = served.desk.scratch.path + "/tollgate.yaml"
        unlink(file)
        try served.desk.scratch.write("tollgate.yaml", Desk.yaml + "nonsense: 1\n")
        // The command itself cannot read the file either, and finds the gateway by its folder.
        let refused = try served.client.submit(Order(command: .reload, actor: Operator.actor()))
        #expect(refused.result == .refused && refused.message.contains("nonsense"))
        unlink(file)
        try served.desk.scratch.write("tollgate.yaml", Desk.yaml.replacing("acme:", with: "other:"))
        #expect(try served.client.submit(Order(command: .reload, actor: Operator.actor())).result == .done)
        #expect(try served.desk.read { try $0.clients() }.map(\.name) == ["other"])
    }

    @Test func theSnapshotOfScriptsIsJSON() throws {
        // swift-format-ignore: AlwaysUseLowerCamelCase
        struct Shape: Decodable {
            struct Client: Decodable { var name: String }
            struct Totals: Decodable { var requests: Int64 }
            var instance: String
            var window_s: Int64
            var totals: Totals
            var clients: [Client]
        }
        let served = try Served()
        let bytes = try served.client.snapshotJSON(windowSeconds: 60)
        let shape = try JSONDecoder().decode(Shape.self, from: Data(bytes))
        #expect(shape.window_s == 60 && shape.totals.requests == 0)
    }

    @Test func twoGatewaysOnOneFolderAreRefused() throws {
        let served = try Served()
        let path = served.desk.scratch.path
        let loaded = try GatewayPlace.load(file: path + "/tollgate.yaml", data: path, environment: [:])
        let failure = #expect(throws: Failure.self) {
            _ = try GatewayProcess(GatewayProcess.Options(loaded: loaded, reload: { loaded }, threads: 1))
        }
        #expect(failure?.status == .unavailable)
        #expect(try served.act(.suspendClient("acme", forSeconds: nil)).result == .done)
    }

    @Test func aStartThatFailsAtItsLastDoorLeavesNothingRunning() throws {
        let scratch = try Scratch()
        try scratch.write("tollgate.yaml", Desk.yaml)
        try scratch.write("plain", "precious")
        var loaded = try GatewayPlace.load(file: scratch.path + "/tollgate.yaml", data: scratch.path, environment: [:])
        loaded.configuration.listen = ListenAddress(loopbackPort: 0)
        let good = loaded
        loaded.configuration.adminSocket = scratch.path + "/plain"
        let bad = loaded
        for _ in 0..<5 {
            let failure = #expect(throws: Failure.self) {
                _ = try GatewayProcess(GatewayProcess.Options(loaded: bad, reload: { bad }, threads: 1))
            }
            #expect(failure?.status == .io)
            // A store that was closed leaves one file.
            #expect(!Scratch.names(in: scratch.path).contains("tollgate.sqlite-wal"))
        }
        #expect(try SmallFile.read(scratch.path + "/plain", limit: 100) == Array("precious".utf8))
        let process = try GatewayProcess(GatewayProcess.Options(loaded: good, reload: { good }, threads: 1))
        #expect(process.stop())
    }

    @Test(arguments: [
        (EADDRINUSE, "taken by another program"), (EACCES, "needs more rights"),
        (EADDRNOTAVAIL, "no address of this machine"), (EMFILE, "cannot be opened: Too many open files"),
    ])
    func aDoorThatDoesNotOpenSaysWhy(code: Int32, words: String) {
        let error = IOError(errnoCode: code, reason: "bind(descriptor:ptr:bytes:)")
        #expect(ListenFault.text(error, address: "127.0.0.1:80").contains(words))
    }

    @Test func anAttachedScreenGetsPicturesAndLearnsOfTheEnd() throws {
        let served = try Served()
        // The first figures are made before the gateway has told who its clients are.
        let start = Clock.now()
        while try served.client.live(windowSeconds: 60).clients.isEmpty, Clock.now() - start < 5000 { sched_yield() }
        let inbox = DashboardInbox()
        let attached = AttachedGateway(path: served.process.adminSocket, inbox: inbox) { inbox.stop() }
        attached.change(intervalMilliseconds: 100)
        #expect(attached.start())
        let themes = ThemeLibrary()
        let runner = ScriptRunner(
            script: try .init("2<wait 50ms>"), size: .init(columns: 100, rows: 30),
            configuration: DashboardConfiguration(
                terminal: .init(environment: [:]), actor: Operator.actor(),
                submit: { attached.submit($0, reply: $1) }, ask: { attached.ask($0, reply: $1) },
                setWindow: { attached.change(windowSeconds: $0) }, requestSnapshot: { attached.hurry() },
                theme: { try? themes.theme(named: $0) }),
            inbox: inbox)
        let picture = runner.run().text
        #expect(picture.contains("acme"))
        let outcome = Waiting.outcome { reply in
            attached.submit(
                Order(command: .suspendClient("acme", forSeconds: nil), actor: Operator.actor()), reply: reply)
        }
        #expect(outcome?.state == "suspended")
        served.stop()
        let deadline = Clock.now() + 5000
        while attached.lost == nil, Clock.now() < deadline { sched_yield() }
        #expect(attached.lost != nil)
    }
}
