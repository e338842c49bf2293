import Domain
import Glibc
import Ledger
import Testing

@testable import tollgate

/// Commands on the folder of a gateway that does not run.
struct StoppedGatewayTests {
    @Test func aKeyIsMadeRevokedAndRestored() throws {
        let desk = try Desk()
        let made = try desk.submit(
            .createKey(client: "acme", tier: nil, expiresInSeconds: 60, models: ["small"], note: "first"))
        let id = try #require(made.keyID)
        #expect(made.secret?.hasPrefix("tg_\(id.text)_") == true)
        let revoked = try desk.submit(.revokeKey(id))
        #expect(revoked.state == "revoked")
        #expect(revoked.instancesAcknowledged == 0)
        #expect(try desk.read { try $0.keys() }.map(\.state) == [.revoked])
        #expect(try desk.submit(.revokeKey(id)).result == .unchanged)
        #expect(try desk.submit(.restoreKey(id)).state == "active")
        let card = try #require(try desk.read { try $0.keys(of: "acme") }.first)
        #expect(card.state == .active && card.models == ["small"] && card.note == "first")
    }

    @Test func aSecretIsKeptNowhere() throws {
        let desk = try Desk()
        let made = try desk.submit(.createKey(client: "acme", tier: nil, expiresInSeconds: nil, models: nil, note: ""))
        let secret = Array(try #require(made.secret).utf8.dropFirst(12).prefix(32))
        for name in Scratch.names(in: desk.scratch.path) {
            let bytes = try SmallFile.read("\(desk.scratch.path)/\(name)", limit: 1 << 24)
            #expect(!bytes.indices.contains { bytes[$0...].starts(with: secret) }, "\(name)")
        }
    }

    @Test func aRotatedKeyLivesOnForItsGraceTime() throws {
        let desk = try Desk()
        let old = try #require(
            try desk.submit(.createKey(client: "acme", tier: nil, expiresInSeconds: nil, models: ["small"], note: "n"))
                .keyID)
        let rotated = try desk.submit(.rotateKey(old, graceSeconds: 3600))
        let new = try #require(rotated.keyID)
        #expect(rotated.secret != nil && new != old && rotated.state == "active")
        let cards = try desk.read { try $0.keys() }
        let first = try #require(cards.first { $0.id == old })
        let second = try #require(cards.first { $0.id == new })
        #expect(first.state == .active && second.state == .active)
        let end = try #require(first.expires)
        #expect(abs(end.milliseconds(since: second.created) - 3_600_000) < 1000)
        #expect(second.client == "acme" && second.models == ["small"] && second.note == "n" && second.expires == nil)
    }

    @Test func aKeyRotatedWithoutGraceIsOverAtOnce() throws {
        let desk = try Desk()
        let old = try #require(
            try desk.submit(.createKey(client: "acme", tier: nil, expiresInSeconds: nil, models: nil, note: "")).keyID)
        #expect(try desk.submit(.rotateKey(old, graceSeconds: 0)).state == "expired")
        #expect(try desk.read { try $0.keys() }.first { $0.id == old }?.state == .expired)
        #expect(try desk.submit(.rotateKey(old, graceSeconds: 0)).result == .refused)
    }

    @Test func aRevokedKeyIsNotRotated() throws {
        let desk = try Desk()
        let id = try #require(
            try desk.submit(.createKey(client: "acme", tier: nil, expiresInSeconds: nil, models: nil, note: "")).keyID)
        _ = try desk.submit(.revokeKey(id))
        let refused = try desk.submit(.rotateKey(id, graceSeconds: 60))
        #expect(refused.result == .refused && refused.secret == nil)
        #expect(try desk.read { try $0.keys() }.count == 1)
    }

    @Test func limitsSayWhereTheyComeFrom() throws {
        let desk = try Desk()
        let limit = try LimitsCommand.Set.limit("requests=30/1m")
        _ = try desk.submit(.setLimit(.client("acme"), limit, forSeconds: 600, why: "test"))
        let shown = try desk.read { try $0.limits(of: .client("acme")) }
        let requests = try #require(shown.first { $0.limit.kind == .requests })
        #expect(requests.source == .override && requests.limit.text == "30/1m" && requests.underneath?.text == "100/1m")
        #expect(requests.until != nil)
        #expect(shown.first { $0.limit.kind == .budgetDay }?.source == .tier)
        #expect(shown.first { $0.limit.kind == .concurrent }?.source == .default)
        #expect(try desk.submit(.clearLimit(.client("acme"), .requests)).result == .done)
        #expect(
            try desk.read { try $0.limits(of: .client("acme")) }.first { $0.limit.kind == .requests }?.source == .client
        )
    }

    @Test func severalLimitsAreSetAllOrNone() throws {
        let desk = try Desk()
        _ = try desk.submit(.suspendClient("acme", forSeconds: 1))
        let wanted = [
            Limit(kind: .requests, amount: 7, windowSeconds: 60), Limit(kind: .budgetDay, amount: 1_000_000_000),
        ]
        func set(_ scope: LimitScope) throws -> LimitChange {
            try Backend.with(desk.options, for: .actingByConfiguration) { backend in
                try LimitChange(wanted) { try backend.submit(.setLimit(scope, $0, forSeconds: nil, why: "")) }
            }
        }
        let done = try set(.client("acme"))
        #expect(done.failure == nil && done.done.map(\.limit) == wanted)
        let yaml = Desk.yaml.replacing(
            "small: { via: [here], input: 1.00, output: 2.00 }", with: "small: { via: [here] }"
        )
        .replacing(", budget: 5.00/day", with: "")
        unlink(desk.scratch.path + "/tollgate.yaml")
        try desk.scratch.write("tollgate.yaml", yaml)
        let refused = try set(.tier("free"))
        #expect(refused.failure?.message.hasSuffix("; nothing was set") == true && refused.failure?.status == .data)
        #expect(try desk.read { try $0.limits(of: .tier("free")) }.allSatisfy { $0.source != .override })
    }

    @Test func aPartThatCouldBeSetIsNamedWithTheRest() throws {
        let wanted = ["concurrent=3", "requests=5/1m", "budget=2/day"]
        let limits = try wanted.map(LimitsCommand.Set.limit)
        var sent: [LimitKind] = []
        let change = try LimitChange(limits) { limit in
            sent.append(limit.kind)
            return sent.count == 2 ? Outcome(.failed, "the disk is full") : Outcome(.done, "ok")
        }
        #expect(sent == [.budgetDay, .concurrent])
        #expect(change.failure?.status == .io)
        let message = "the disk is full; set: budget $ 2.00/day; not set: concurrent 3, requests 5/1m"
        #expect(change.failure?.message == message)
        #expect(throws: Failure.self) { _ = try LimitChange(limits) { _ in throw Failure(.io, "no answer") } }
    }

    @Test(arguments: [
        ("requests=1/1m requests=2/1m", "requests is named twice"),
        ("budget=1/day tokens=1/1m budget=2/day", "budget/day is named twice"), ("budget=1/day budget=2/month", nil),
    ])
    func noLimitIsNamedTwice(line: String, message: String?) throws {
        let limits = try line.split(separator: " ").map { try LimitsCommand.Set.limit(String($0)) }
        #expect(LimitChange.repetition(in: limits)?.message == message)
    }

    @Test func aSuspensionIsListedWithItsClient() throws {
        let desk = try Desk()
        #expect(try desk.submit(.suspendClient("acme", forSeconds: 900)).state == "suspended")
        let card = try #require(try desk.read { try $0.clients(named: "acme") }.first)
        #expect(card.suspension?.until != nil && card.owner == "someone")
        #expect(try desk.submit(.resumeClient("acme")).state == "active")
        #expect(try desk.read { try $0.clients(named: "acme") }.first?.suspension == nil)
        #expect(throws: Failure.self) { try desk.read { try $0.clients(named: "nobody") } }
        #expect(try desk.submit(.suspendClient("nobody", forSeconds: nil)).result == .notFound)
    }

    @Test func everyActIsARowOfTheAudit() throws {
        let desk = try Desk()
        let id = try #require(
            try desk.submit(.createKey(client: "acme", tier: nil, expiresInSeconds: nil, models: nil, note: "")).keyID)
        _ = try desk.submit(.revokeKey(id))
        _ = try desk.submit(.suspendClient("acme", forSeconds: nil))
        guard case .audit(let rows) = try desk.read({ try $0.answer(.audit(limit: 10)) }) else {
            Issue.record("no audit")
            return
        }
        #expect(rows.map(\.act) == ["client.suspend", "key.revoke", "key.create"])
        #expect(rows.allSatisfy { $0.actor.user == Operator.actor().user })
    }

    @Test func aFolderThatSomebodyHoldsIsNotWritten() throws {
        let desk = try Desk()
        _ = try desk.submit(.createKey(client: "acme", tier: nil, expiresInSeconds: nil, models: nil, note: ""))
        let lock = try DataFolder(path: desk.scratch.path).lock()
        let failure = #expect(throws: Failure.self) { try desk.submit(.suspendClient("acme", forSeconds: nil)) }
        #expect(failure?.status == .unavailable)
        withExtendedLifetime(lock) {}
        #expect(try desk.read { try $0.keys() }.count == 1)
    }

    @Test func aFolderWithoutADatabaseIsNotMadeByReading() throws {
        let scratch = try Scratch()
        try scratch.write("tollgate.yaml", Desk.yaml)
        let options = CommonOptions.of(data: scratch.path)
        #expect(throws: LedgerError.self) { try Backend.with(options, for: .reading) { try $0.keys() } }
        #expect(Scratch.names(in: scratch.path) == ["tollgate.yaml"])
    }

    @Test(arguments: [
        Command.revokeKey(KeyID(packed: 1)), .restoreKey(KeyID(packed: 1)),
        .rotateKey(KeyID(packed: 1), graceSeconds: 60),
        .suspendClient("acme", forSeconds: nil), .resumeClient("acme"), .clearLimit(.client("acme"), .requests),
        .setLimit(.client("acme"), Limit(kind: .concurrent, amount: 1), forSeconds: nil, why: ""),
    ])
    func aMistypedFolderIsNotMadeByAnAct(command: Command) throws {
        let scratch = try Scratch()
        try scratch.write("tollgate.yaml", Desk.yaml)
        for folder in [scratch.path, scratch.path + "/mistyped"] {
            let options = CommonOptions.of(config: scratch.path + "/tollgate.yaml", data: folder)
            for need in [Backend.Need.acting, .actingByConfiguration] {
                let failure = #expect(throws: Failure.self) {
                    try Backend.with(options, for: need) { try $0.submit(command) }
                }
                #expect(failure?.status == .unavailable)
            }
        }
        #expect(Scratch.names(in: scratch.path) == ["tollgate.yaml"])
    }

    @Test func anEmptyPathIsAWrongUse() throws {
        #expect(throws: (any Error).self) { try CommonOptions.of(data: "").validate() }
        #expect(throws: (any Error).self) { try CommonOptions.of(config: "").validate() }
        try CommonOptions.of(config: "c", data: "d").validate()
    }

    @Test func aRunningGatewayIsNeeded() throws {
        let desk = try Desk()
        let failure = #expect(throws: Failure.self) { _ = try Backend.running(desk.options) }
        #expect(failure?.status == .unavailable)
    }
}
