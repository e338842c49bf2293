import Domain
import Ledger
import Proxy
import Settings
import Telemetry
import Testing

@testable import Control

/// Names that nothing has, clients that come and go with the file, and the subjects of tokens.
@Suite(.timeLimit(.minutes(2))) struct NamesTests {
    @Test(arguments: [
        (Command.suspendClient("acne", forSeconds: nil), "there is no client acne; did you mean acme?"),
        (.resumeClient("nobody"), "there is no client nobody; there is acme"),
        (
            .setLimit(.tier("fre"), Limit(kind: .concurrent, amount: 1), forSeconds: nil, why: ""),
            "there is no tier fre; did you mean free?"
        ),
        (
            .setLimit(.tier("gold"), Limit(kind: .concurrent, amount: 1), forSeconds: nil, why: ""),
            "there is no tier gold; there are free, pro"
        ),
        (.clearLimit(.model("gpd"), .requests), "there is no model gpd; did you mean gpt?"),
    ])
    func aNameThatNothingHasIsAnsweredWithWhatWasMeant(command: Command, message: String) throws {
        let outcome = try Office().act(command)
        #expect(outcome.result == .notFound && outcome.message == message)
    }

    @Test(arguments: [Query.keys(client: "acne"), .clients(name: "acne"), .limits(.client("acne"))])
    func aQuestionAboutNobodyIsNoEmptyAnswer(query: Query) throws {
        guard case .failed(let reason) = try Office().ask(query) else {
            Issue.record("an answer about nobody")
            return
        }
        #expect(reason == "there is no client acne; did you mean acme?")
    }

    @Test func theSubjectOfATokenHasTheLimitsOfItsOwnTier() throws {
        let office = try Office()
        let table = office.desk.parts.table
        _ = table.counters(for: "client:bob", now: 1)
        table.remember(tier: "pro", of: "client:bob")
        func requests() -> EffectiveLimit? {
            guard case .limits(let limits) = office.ask(.limits(.client("bob"))) else { return nil }
            return limits.first { $0.limit.kind == .requests }
        }
        #expect(requests()?.limit.amount == 600 && requests()?.source == .tier)
        // An override of another tier, and one of the client's own that says nothing of requests, change nothing.
        office.act(
            .setLimit(.tier("free"), Limit(kind: .requests, amount: 7, windowSeconds: 60), forSeconds: nil, why: ""))
        office.act(.setLimit(.client("bob"), Limit(kind: .concurrent, amount: 5), forSeconds: nil, why: ""))
        #expect(requests()?.limit.amount == 600)
        // What the corridor lays over the token's tier is the client's own override and nothing else.
        #expect(office.desk.policy.clients["bob"]?.limits.map(\.limit.kind) == [.concurrent])
        guard case .clients(let cards) = office.ask(.clients(name: "bob")) else {
            Issue.record("no card")
            return
        }
        #expect(cards.map(\.tier) == ["pro"])
        guard case .clients(let everybody) = office.ask(.clients(name: nil)) else {
            Issue.record("no list")
            return
        }
        #expect(everybody.map(\.name) == ["acme", "bob"])
        let surroundings = office.desk.surroundings()
        #expect(surroundings.quotas(["bob", "nobody"]).map { $0.map(\.limit.amount) } == [[600, 5], []])
        #expect(surroundings.subjectCard("bob")?.tier == "pro" && surroundings.subjectCard("nobody") == nil)
    }

    @Test func aClientThatTheFileNoLongerNamesIsRefusedAndSaidSo() throws {
        let office = try Office()
        let key = office.key(client: "acme")
        #expect(office.status(key: key.text) == 200)
        let without = Office.usual.replacing(
            "  acme: { tier: pro, owner: team, requests: 300/1m }", with: "  other: {}")
        office.source.value = without
        let outcome = office.act(.reload)
        #expect(outcome.message == "configuration read again; client acme is gone, its key is refused")
        #expect(office.audit.first?.why == "client acme is gone, its key is refused")
        #expect(office.status(key: key.text) == 401)
        #expect(office.card(key.id)?.state == .suspended)
        // An override on the name must not let it back in at another tier.
        office.act(.suspendClient("acme", forSeconds: 1))
        office.act(.resumeClient("acme"))
        #expect(office.status(key: key.text) == 401)
        office.source.value = Office.usual
        #expect(office.act(.reload).message == "configuration read again")
        #expect(office.status(key: key.text) == 200)
        #expect(office.card(key.id)?.state == .active)
    }

    @Test func whatStandsInTheConfigurationIsRemarkedFromTheStartOn() throws {
        let office = try Office(text: Office.usual + "\n  # a budget\nalerts: { quota: 90% }")
        #expect(office.desk.currentRemarks().isEmpty)
        let soft = try Office(
            text: Office.usual.replacing("limits: { concurrent: 2000 }", with: "limits: { budget: 5/day }"))
        #expect(soft.desk.currentRemarks() == ["budgets soft"])
        soft.source.value = "nonsense: 1"
        #expect(soft.act(.reload).result == .refused)
        #expect(soft.act(.reload).result == .refused)
        #expect(soft.desk.currentRemarks() == ["reload refused", "budgets soft"])
        soft.source.value = Office.usual
        #expect(soft.act(.reload).result == .done)
        #expect(soft.desk.currentRemarks().isEmpty)
    }

    @Test func aRemarkWithoutEndIsRefused() throws {
        let office = try Office()
        let long = String(repeating: "x", count: 401)
        let limit = Limit(kind: .concurrent, amount: 1)
        #expect(office.act(.setLimit(.gateway, limit, forSeconds: nil, why: long)).result == .refused)
        #expect(
            office.act(.createKey(client: "a", tier: nil, expiresInSeconds: nil, models: nil, note: long)).result
                == .refused)
        #expect(office.act(.setLimit(.gateway, limit, forSeconds: nil, why: String(long.dropLast()))).result == .done)
    }
}
