import Dispatch
import Domain
import Ledger
import Proxy
import Testing

@testable import Control

/// Every order: what becomes of it, in memory, on disk, in the audit, and after a restart.
@Suite(.timeLimit(.minutes(3))) struct ActTests {
    @Test func aCreatedKeyWorksAtOnceAndAfterARestart() throws {
        var office = try Office()
        let outcome = office.act(
            .createKey(client: "new", tier: "pro", expiresInSeconds: 3600, models: ["gpt"], note: "n"))
        #expect(outcome.result == .done && outcome.audit == office.audit.first?.id)
        let (id, text) = (try #require(outcome.keyID), try #require(outcome.secret))
        #expect(office.status(key: text) == 200)
        #expect(office.audit.first?.act == "key.create" && office.audit.first?.target == id.shown)
        #expect(!office.audit.contains { "\($0)".contains(text.dropFirst(12)) }, "the audit holds the secret")
        office = try office.restarted()
        #expect(office.status(key: text) == 200)
        #expect(office.desk.policy.clients["new"]?.tier == "pro")
        let card = try #require(office.card(id))
        #expect(card.models == ["gpt"] && card.note == "n" && card.state == .active && card.client == "new")
        office.clock.pass(seconds: 3600)
        #expect(office.card(id)?.state == .expired)
    }

    @Test(arguments: [
        Command.createKey(client: "", tier: nil, expiresInSeconds: nil, models: nil, note: ""),
        .createKey(client: "a\u{1b}[2J", tier: nil, expiresInSeconds: nil, models: nil, note: ""),
        .createKey(client: "a\u{202e}b", tier: nil, expiresInSeconds: nil, models: nil, note: ""),
        .createKey(client: String(repeating: "a", count: 129), tier: nil, expiresInSeconds: nil, models: nil, note: ""),
        .createKey(client: "x", tier: "gold", expiresInSeconds: nil, models: nil, note: ""),
        .createKey(client: "acme", tier: "free", expiresInSeconds: nil, models: nil, note: ""),
        .createKey(client: "x", tier: nil, expiresInSeconds: 0, models: nil, note: ""),
        .createKey(client: "x", tier: nil, expiresInSeconds: -5, models: nil, note: ""),
        .createKey(client: "x", tier: nil, expiresInSeconds: nil, models: ["nope"], note: ""),
        .suspendClient("acme", forSeconds: 0), .suspendClient("acme", forSeconds: -1),
        .suspendClient("acme", forSeconds: .max),
        .setLimit(.client("acme"), Limit(kind: .requests, amount: -1, windowSeconds: 60), forSeconds: nil, why: ""),
        .setLimit(.client("acme"), Limit(kind: .requests, amount: 1, windowSeconds: 0), forSeconds: nil, why: ""),
        .setLimit(.client("acme"), Limit(kind: .tokens, amount: 1, windowSeconds: 86_401), forSeconds: nil, why: ""),
        .setLimit(.client("acme"), Limit(kind: .concurrent, amount: 1), forSeconds: 0, why: ""),
        .setLimit(.client("acme"), Limit(kind: .concurrent, amount: 1), forSeconds: .max, why: ""),
    ])
    func anOrderThatMakesNoSenseIsRefusedAndChangesNothing(command: Command) throws {
        let office = try Office()
        let epoch = office.desk.policy.epoch
        #expect(office.act(command).result == .refused)
        #expect(office.desk.policy.epoch == epoch && office.audit.isEmpty)
    }

    @Test(arguments: [
        Command.revokeKey(KeyID(packed: 1)), .restoreKey(KeyID(packed: 1)), .suspendClient("nobody", forSeconds: nil),
        .resumeClient("nobody"), .undo(audit: nil), .undo(audit: 999),
        .setLimit(.client("nobody"), Limit(kind: .concurrent, amount: 1), forSeconds: nil, why: ""),
        .setLimit(.tier("gold"), Limit(kind: .concurrent, amount: 1), forSeconds: nil, why: ""),
        .setLimit(.model("none"), Limit(kind: .concurrent, amount: 1), forSeconds: nil, why: ""),
    ])
    func anOrderForWhatIsNotThereIsNotFound(command: Command) throws {
        let office = try Office()
        #expect(office.act(command).result == .notFound)
        #expect(office.audit.isEmpty)
    }

    @Test func aRevokedKeyIsRefusedAtOnceAndAfterARestartAndRestoredWithinItsGrace() throws {
        var office = try Office()
        let (id, text) = office.key()
        #expect(office.status(key: text) == 200)
        let began = milliseconds()
        let revoked = office.act(.revokeKey(id))
        #expect(revoked.result == .done && revoked.state == "revoked" && revoked.streamsEnded == 0)
        #expect(revoked.lastAccepted != nil || revoked.message.contains("never used"))
        #expect(office.status(key: text) == 401)
        #expect(milliseconds() - began < 1000)
        #expect(office.audit.first?.act == "key.revoke" && office.audit.first?.id == revoked.audit)
        #expect(office.act(.revokeKey(id)).result == .unchanged)
        office = try office.restarted()
        #expect(office.status(key: text) == 401)
        office.clock.pass(seconds: 15 * 60)
        #expect(office.act(.restoreKey(id)).result == .done)
        #expect(office.status(key: text) == 200)
        #expect(office.act(.restoreKey(id)).result == .unchanged)
        #expect(office.act(.revokeKey(id)).result == .done)
        office.clock.pass(seconds: 15 * 60 + 1)
        #expect(office.act(.restoreKey(id)).result == .refused)
        #expect(office.status(key: text) == 401)
    }

    @Test func aSuspensionHoldsEveryKeyOfItsClientAndEndsByItself() throws {
        var office = try Office()
        let (id, text) = office.key()
        #expect(office.act(.suspendClient("acme", forSeconds: 900)).result == .done)
        #expect(office.card(id)?.state == .suspended)
        #expect(office.desk.policy.clients["acme"]?.isSuspended == true)
        office = try office.restarted()
        #expect(office.desk.policy.clients["acme"]?.isSuspended == true)
        office.clock.pass(seconds: 900)
        office.desk.queue.sync { office.desk.expireEnded() }
        #expect(office.desk.policy.clients["acme"]?.isSuspended == false)
        #expect(office.audit.first?.actor == .auto && office.audit.first?.act == "client.resume")
        #expect(office.act(.suspendClient("acme", forSeconds: nil)).result == .done)
        #expect(office.status(key: text) == 403)
        #expect(office.act(.resumeClient("acme")).result == .done)
        #expect(office.status(key: text) == 200)
        #expect(office.act(.resumeClient("acme")).result == .unchanged)
    }

    @Test(arguments: [-3600, -86_400, 3600, 86_400] as [Int64])
    func aClockThatIsSetNeitherProlongsNorEndsAnything(step: Int64) throws {
        let office = try Office()
        _ = office.key()
        let half = Limit(kind: .requests, amount: 150, windowSeconds: 60)
        #expect(office.act(.setLimit(.client("acme"), half, forSeconds: 60, why: "")).result == .done)
        #expect(office.act(.suspendClient("acme", forSeconds: 60)).result == .done)
        office.clock.step(seconds: step)
        office.clock.pass(seconds: 59)
        office.desk.queue.sync { office.desk.expireEnded() }
        #expect(office.limit("acme", .requests) == half)
        #expect(office.desk.policy.clients["acme"]?.isSuspended == true)
        office.clock.pass(seconds: 1)
        office.desk.queue.sync { office.desk.expireEnded() }
        #expect(office.limit("acme", .requests)?.amount == 300)
        #expect(office.desk.policy.clients["acme"]?.isSuspended == false)
    }

    @Test func anOverrideHoldsAcrossARestartAndEndsByItself() throws {
        var office = try Office()
        let half = Limit(kind: .requests, amount: 150, windowSeconds: 60)
        #expect(office.act(.setLimit(.client("acme"), half, forSeconds: 1800, why: "incident")).result == .done)
        #expect(office.limit("acme", .requests) == half)
        #expect(office.audit.first?.why == "incident")
        office = try office.restarted()
        #expect(office.limit("acme", .requests) == half)
        guard case .limits(let limits) = office.ask(.limits(.client("acme"))) else {
            Issue.record("no limits")
            return
        }
        let effective = try #require(limits.first { $0.limit.kind == .requests })
        #expect(effective.source == .override && effective.underneath?.amount == 300)
        #expect(effective.until == office.clock.now.adding(seconds: 1800))
        office.clock.pass(seconds: 1800)
        office.desk.queue.sync { office.desk.expireEnded() }
        #expect(office.limit("acme", .requests)?.amount == 300)
        #expect(office.audit.first?.act == "limit.end")
        #expect(try office.restarted().limit("acme", .requests)?.amount == 300)
    }

    @Test func anOverrideOfATierReachesItsClientsButNotTheirOwnLimits() throws {
        let office = try Office()
        _ = office.key(client: "small")
        _ = office.act(
            .setLimit(.tier("free"), Limit(kind: .requests, amount: 5, windowSeconds: 60), forSeconds: nil, why: ""))
        _ = office.act(
            .setLimit(.tier("pro"), Limit(kind: .requests, amount: 6, windowSeconds: 60), forSeconds: nil, why: ""))
        #expect(office.limit("small", .requests)?.amount == 5)
        #expect(office.limit("acme", .requests)?.amount == 300)
        #expect(office.desk.policy.tiers["free"]?.limits.first { $0.limit.kind == .requests }?.limit.amount == 5)
        #expect(office.act(.clearLimit(.tier("free"), .requests)).result == .done)
        #expect(office.limit("small", .requests)?.amount == 60)
        #expect(office.act(.clearLimit(.tier("free"), .requests)).result == .unchanged)
    }

    @Test func aChangedLimitKeepsWhatWasUsed() throws {
        let office = try Office()
        let before = try #require(office.desk.policy.clients["acme"]).scope.counters
        _ = office.act(
            .setLimit(.client("acme"), Limit(kind: .requests, amount: 9, windowSeconds: 60), forSeconds: nil, why: ""))
        #expect(office.desk.policy.clients["acme"]?.scope.counters === before)
        office.source.value = Office.usual + "\nname: other\n"
        #expect(office.act(.reload).result == .done)
        #expect(office.desk.policy.clients["acme"]?.scope.counters === before)
    }

    @Test func anActOnWhatChangedMeanwhileIsRefused() throws {
        let office = try Office()
        let (id, _) = office.key()
        let seen = try #require(office.card(id)).version
        // Rows without a change have numbers too.
        #expect(office.act(.reload).result == .done)
        let revoked = office.act(.revokeKey(id), by: Office.other, expecting: seen)
        #expect(revoked.result == .done)
        let late = office.act(.restoreKey(id), expecting: seen)
        #expect(late.result == .changedMeanwhile && late.message.contains("eve"))
        // The version is the number of the newest act on it.
        #expect(office.act(.restoreKey(id), expecting: revoked.audit).result == .done)
        let limit = Limit(kind: .concurrent, amount: 2)
        let first = office.act(.setLimit(.client("acme"), limit, forSeconds: nil, why: ""), expecting: 0)
        #expect(first.result == .done)
        #expect(office.act(.suspendClient("acme", forSeconds: nil), expecting: 0).result == .changedMeanwhile)
        #expect(office.act(.suspendClient("acme", forSeconds: nil), expecting: first.audit).result == .done)
    }

    // MARK: Undo

    @Test func everyActIsTakenBackByUndoAndTheUndoIsOneMoreRow() throws {
        let office = try Office()
        let (id, text) = office.key()
        let limit = Limit(kind: .requests, amount: 10, windowSeconds: 60)
        func undone(_ command: Command, _ check: () -> Bool) {
            let before = office.audit.count
            #expect(office.act(command).result == .done, "\(command)")
            #expect(!check(), "\(command)")
            let outcome = office.act(.undo(audit: nil))
            #expect(outcome.result == .done && outcome.audit == office.audit.first?.id, "\(command)")
            #expect(check(), "\(command)")
            #expect(office.audit.count == before + 2 && office.audit.first?.undoes == office.audit[1].id)
        }
        undone(.revokeKey(id)) { office.status(key: text) == 200 }
        undone(.suspendClient("acme", forSeconds: 60)) { office.status(key: text) == 200 }
        undone(.setLimit(.client("acme"), limit, forSeconds: 60, why: "")) {
            office.limit("acme", .requests)?.amount == 300
        }
        let raised = Limit(kind: .requests, amount: 999, windowSeconds: 60)
        undone(.setLimit(.client("acme"), raised, forSeconds: nil, why: "")) {
            office.limit("acme", .requests)?.amount == 300
        }
        _ = office.act(.setLimit(.client("acme"), limit, forSeconds: nil, why: ""))
        undone(.clearLimit(.client("acme"), .requests)) { office.limit("acme", .requests)?.amount == 10 }
        undone(.setLimit(.client("acme"), raised, forSeconds: nil, why: "")) {
            office.limit("acme", .requests)?.amount == 10
        }
        _ = office.act(.suspendClient("acme", forSeconds: nil))
        undone(.resumeClient("acme")) { office.status(key: text) == 403 }
    }

    @Test func nobodyUndoesWhatAnotherDidUnlessByItsNumber() throws {
        let office = try Office()
        let (id, _) = office.key()
        let revoked = office.act(.revokeKey(id), by: Office.other)
        #expect(office.act(.undo(audit: nil)).result == .refused)
        #expect(office.act(.undo(audit: revoked.audit)).result == .done)
        #expect(office.act(.undo(audit: revoked.audit)).result == .notFound)
    }

    @Test func anUndoWithoutANumberMeansTheNewestActAndNoOlderOne() throws {
        let office = try Office()
        let (id, text) = office.key()
        _ = office.act(.revokeKey(id))
        let restored = office.act(.restoreKey(id))
        let reload = office.act(.reload)
        #expect(reload.result == .done)
        let refused = office.act(.undo(audit: nil))
        let older = restored.audit ?? 0
        #expect(refused.result == .refused)
        #expect(
            refused.message == "your newest act, config.reload tollgate.yaml, cannot be taken back; "
                + "undo \(older) takes back key.restore \(id.shown)")
        #expect(office.status(key: text) == 200)
        #expect(office.act(.undo(audit: older)).result == .done && office.status(key: text) == 401)
    }

    @Test func aSuspensionThatWouldBeOverIsNotBroughtBack() throws {
        let office = try Office()
        let (_, text) = office.key()
        _ = office.act(.suspendClient("acme", forSeconds: 3))
        let resumed = office.act(.resumeClient("acme"))
        office.clock.pass(seconds: 4)
        #expect(office.act(.undo(audit: resumed.audit)).result == .notFound)
        #expect(office.act(.undo(audit: nil)).result == .refused)
        #expect(office.status(key: text) == 200)
    }

    // MARK: Overrides over overrides

    @Test func aLimitWithoutAnEndHoldsAgainAfterATemporaryOne() throws {
        var office = try Office()
        func set(_ amount: Int64, seconds: Int64?) -> Outcome {
            office.act(
                .setLimit(
                    .client("acme"), Limit(kind: .requests, amount: amount, windowSeconds: 60), forSeconds: seconds,
                    why: "w\(amount)"))
        }
        _ = set(2, seconds: nil)
        _ = set(4, seconds: 60)
        #expect(set(5, seconds: 120).result == .done)
        guard case .limits(let limits) = office.ask(.limits(.client("acme"))) else { return }
        let shown = limits.first { $0.limit.kind == .requests }
        #expect(shown?.limit.amount == 5 && shown?.underneath?.amount == 2)
        office = try office.restarted()
        #expect(office.limit("acme", .requests)?.amount == 5)
        office.clock.pass(seconds: 121)
        office.desk.queue.sync { office.desk.expireEnded() }
        #expect(office.limit("acme", .requests)?.amount == 2)
        let end = office.audit.first
        #expect(end?.act == "limit.end" && end?.before == "requests 5/1m" && end?.after == "2/1m")
        // Cleared, nothing that an operator set is left.
        _ = set(9, seconds: 60)
        #expect(office.act(.clearLimit(.client("acme"), .requests)).message.contains("9/1m → 300/1m"))
        #expect(office.limit("acme", .requests)?.amount == 300)
    }

    // MARK: Reload

    @Test func aClientWhoseTierIsTakenOutMayDoNothing() throws {
        let office = try Office()
        let (_, text) = office.key(client: "small", tier: "pro")
        #expect(office.status(key: text) == 200)
        office.source.value = Office.usual.replacing("  pro: { requests: 600/1m }\n", with: "")
            .replacing("tier: pro", with: "tier: free")
        let outcome = office.act(.reload)
        #expect(
            outcome.message
                == "configuration read again; client small is of tier pro, which is not configured, its key is refused")
        #expect(office.status(key: text) == 403)
        office.source.value = Office.usual
        _ = office.act(.reload)
        #expect(office.status(key: text) == 200)
    }

    @Test(arguments: [LimitScope.client("acme"), .tier("pro"), .gateway, .model("gpt")])
    func aBudgetThatWasSetHereKeepsItsModelsPriced(scope: LimitScope) throws {
        let office = try Office()
        let budget = Limit(kind: .budgetDay, amount: 500_000_000)
        #expect(office.act(.setLimit(scope, budget, forSeconds: nil, why: "")).result == .done)
        office.source.value = Office.usual.replacing(", input: 1.00, output: 2.00", with: "")
        let refused = office.act(.reload)
        #expect(refused.result == .refused)
        #expect(refused.message.contains("tollgate limits clear \(scope.text) budget/day"))
        _ = office.act(.clearLimit(scope, .budgetDay))
        #expect(office.act(.reload).result == .done)
    }

    @Test func aGoodConfigurationComesIntoForceAndABadOneNever() throws {
        let office = try Office()
        let (_, text) = office.key(client: "small")
        office.source.value = Office.usual.replacing("60/1m", with: "7/1m")
        #expect(office.act(.reload).result == .done)
        #expect(office.limit("small", .requests)?.amount == 7)
        #expect(office.status(key: text) == 200)
        let good = office.desk.policy.epoch
        for bad in [
            "", "nonsense: 1", Office.usual + "\nunknown: 1\n", Office.usual.replacing("free:", with: "free: :"),
        ] {
            office.source.value = bad
            let outcome = office.act(.reload)
            #expect(outcome.result == .refused && outcome.message.contains("old one"))
            #expect(office.audit.first?.act == "config.reload" && office.audit.first?.after == "refused")
        }
        #expect(office.desk.policy.epoch == good && office.limit("small", .requests)?.amount == 7)
        #expect(office.status(key: text) == 200)
    }

    @Test func aRevokedKeyStaysRevokedThroughReload() throws {
        let office = try Office()
        let (id, text) = office.key()
        _ = office.act(.revokeKey(id))
        _ = office.act(.suspendClient("acme", forSeconds: nil))
        #expect(office.act(.reload).result == .done)
        #expect(office.status(key: text) == 401)
        #expect(office.desk.policy.clients["acme"]?.isSuspended == true)
    }

    @Test func aDrainIsNotedAndBegun() throws {
        let office = try Office()
        #expect(office.act(.drain).result == .done)
        #expect(office.drained.value && office.audit.first?.act == "gateway.drain")
    }

    // MARK: A disk that refuses

    @Test func aDenialHoldsEvenIfNothingCanBeWrittenAndAnAllowanceDoesNot() throws {
        var office = try Office()
        let (id, text) = office.key()
        let (gone, goneText) = office.key()
        _ = office.act(.revokeKey(gone))
        office = try office.restarted(isReadOnly: true)
        #expect(office.status(key: text) == 200)
        let revoked = office.act(.revokeKey(id))
        #expect(revoked.result == .failed && revoked.message.contains("not written down yet") && revoked.audit == nil)
        #expect(office.status(key: text) == 401)
        let tight = Limit(kind: .requests, amount: 1, windowSeconds: 60)
        #expect(office.act(.setLimit(.client("acme"), tight, forSeconds: nil, why: "")).result == .failed)
        #expect(office.limit("acme", .requests) == tight)
        #expect(office.act(.suspendClient("acme", forSeconds: nil)).result == .failed)
        #expect(office.desk.policy.clients["acme"]?.isSuspended == true)
        // Allowances: nothing is changed.
        #expect(office.act(.restoreKey(gone)).result == .failed)
        #expect(office.act(.restoreKey(id)).result == .failed)
        #expect(office.act(.resumeClient("acme")).result == .failed)
        #expect(
            office.act(.createKey(client: "x", tier: nil, expiresInSeconds: nil, models: nil, note: "")).secret == nil)
        let wide = Limit(kind: .requests, amount: 9999, windowSeconds: 60)
        #expect(office.act(.setLimit(.client("acme"), wide, forSeconds: nil, why: "")).result == .failed)
        #expect(office.limit("acme", .requests) == tight)
        #expect(office.status(key: goneText) == 401 && office.status(key: text) == 401)
    }

    @Test func aKeyThatWasRevokedWhileNothingCouldBeWrittenStaysRevokedAfterARestart() throws {
        var office = try Office()
        let (id, text) = office.key()
        office = try office.restarted(isReadOnly: true)
        #expect(office.act(.revokeKey(id)).result == .failed)
        office = try office.restarted()
        #expect(office.status(key: text) == 401)
        #expect(office.audit.first?.act == "key.revoke" && office.audit.first?.actor.user == "ops")
    }

    // MARK: Size

    @Test func oneOfAHundredThousandKeysIsRevokedInTime() throws {
        let office = try Office(keys: 100_000)
        let ids = (0..<5).map { Office.sampleKey($0 * 9973).record.id }
        for id in ids {
            let began = milliseconds()
            // Its row is not in the store, so that writing it down is refused; in memory it must hold at once.
            _ = office.act(.revokeKey(id))
            let took = milliseconds() - began
            #expect(office.desk.policy.keys[id]?.isRevoked == true)
            #expect(took < 500, "\(took) ms in a debug build on a busy machine")
        }
        #expect(office.desk.policy.keys.count == 100_000)
    }
}
