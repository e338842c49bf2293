import CLinux
import Control
import Domain
import Ledger
import Proxy
import Settings

/// The data folder of a gateway that does not run, behind the same desk that a running one has: the same rules, the
/// same audit, the same words.
final class StoppedGateway {
    private let desk: ControlDesk
    private let store: Store
    private let recorder: Recorder

    /// Opens the folder.
    ///
    /// - Parameters:
    ///   - writes: whether acts follow: then the folder is locked, and made where it is missing.
    /// - Throws: `LedgerError`, `.inUse` where somebody holds the folder; `Failure`.
    init(_ place: GatewayPlace, writes: Bool) throws {
        let folder = DataFolder(path: place.data)
        store = writes ? try Store.open(try folder.lock()) : try Store.openReadOnly(folder)
        let state = try store.loadAll()
        let loaded = try place.loaded ?? StoppedGateway.bareConfiguration(state)
        recorder = try Recorder(settings: RecorderSettings(file: nil), store: nil, settled: SpendBook())
        do throws(UpstreamFault) {
            desk = try ControlDesk(
                ControlDesk.Parts(
                    loaded: StoppedGateway.withoutProviders(loaded), store: store, state: state, recorder: recorder,
                    log: OperatorLog(level: .error, descriptor: -1), table: ClientTable(),
                    reload: { loaded }, reconfigured: { _ in }, drain: {}, wall: { Clocks.wall() },
                    monotonic: { tg_monotonic_ns() }),
                hostName: Operator.hostName())
        } catch {
            throw Failure(.configuration, error.reason)
        }
    }

    /// Carries out an act on the folder.
    func submit(_ order: Order) throws -> Outcome {
        guard let outcome = Waiting.outcome(seconds: 30, { desk.submit(order, reply: $0) }) else {
            throw Failure(.io, "the data folder does not answer")
        }
        return StoppedGateway.told(outcome)
    }

    /// Answers a question from the folder.
    func ask(_ query: Query) throws -> Answer {
        guard let answer = Waiting.outcome(seconds: 60, { desk.ask(query, reply: $0) }) else {
            throw Failure(.io, "the data folder does not answer")
        }
        return answer
    }

    /// Ends it: what was written is in one file again.
    func close() {
        // What was refused here was said to be refused: the next start must not do it after all.
        if !desk.stop() { try? store.keep(waiting: []) }
        _ = recorder.stop(within: 1)
        store.close()
    }

    /// No instance runs, so none acknowledged, and a denial that could not be written is none.
    private static func told(_ outcome: Outcome) -> Outcome {
        var outcome = outcome
        if outcome.instancesAcknowledged != nil { outcome.instancesAcknowledged = 0 }
        outcome.message = outcome.message.replacing(", 1/1 instances", with: "; no gateway is running")
        if outcome.result == .failed {
            outcome.state = nil
            outcome.message = outcome.message.replacing("not written down yet", with: "but nothing was changed")
        }
        return outcome
    }

    /// A desk without traffic needs no provider, and so no certificates and no keys.
    private static func withoutProviders(_ loaded: LoadedConfiguration) -> LoadedConfiguration {
        var loaded = loaded
        loaded.configuration.upstreams = []
        return loaded
    }

    /// What holds where no configuration can be read: whoever has a key counts as a client that it names.
    private static func bareConfiguration(_ state: StoredState) throws(ConfigurationProblems) -> LoadedConfiguration {
        var bare = try Configuration.parse("upstreams: { none: { url: \"http://127.0.0.1:9\" } }\nmodels: {}\n")
        let kept = Set(state.clients.map(\.name))
        bare.configuration.clients = Set(state.keys.map(\.record.client)).subtracting(kept).sorted().map {
            ClientRecord(name: $0, tier: bare.configuration.defaultTier)
        }
        // Nothing says what their tiers allow, but they are nobody's fault.
        bare.configuration.tiers += Set(state.clients.map(\.tier)).subtracting(bare.configuration.tiers.map(\.name))
            .sorted().map { TierSettings(name: $0, limits: LimitSet()) }
        return bare
    }
}
