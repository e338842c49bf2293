import ArgumentParser
import Control
import Domain
import Settings
import Wire

/// `tollgate limits`: what holds, and changes to it with an end.
struct LimitsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "limits", abstract: "Limits: show, set, clear.",
        discussion: """
            SCOPE is a client's NAME, tier:NAME, model:NAME or gateway. Works on the running gateway, or on the data \
            folder of a stopped one.
            """,
        subcommands: [Show.self, Set.self, Clear.self], defaultSubcommand: Show.self)

    /// Writes limits as a table.
    static func say(_ limits: [(scope: LimitScope, limit: EffectiveLimit)], withScope: Bool) throws {
        var table = TextTable(
            (withScope ? [("SCOPE", .left)] : []) + [
                ("LIMIT", .left), ("VALUE", .right), ("SOURCE", .left), ("UNTIL", .left), ("THEN", .left),
            ])
        for (scope, effective) in limits {
            table.add(
                (withScope ? [scope.text] : []) + [
                    effective.limit.kind.word, effective.limit.text, effective.source.rawValue,
                    Moment.text(effective.until),
                    effective.source == .override ? effective.underneath?.text ?? "none" : "",
                ])
        }
        try Output.write(Array(table.text.utf8))
    }

    /// A scope of the command line.
    static func scope(_ text: String) throws -> LimitScope {
        guard let scope = LimitScope(text: text) else {
            throw Failure(.usage, "a scope is NAME, tier:NAME, model:NAME or gateway")
        }
        return scope
    }
}

extension LimitsCommand {
    /// Shows effective limits.
    struct Show: OperatorCommand {
        static let configuration = CommandConfiguration(
            commandName: "show", abstract: "The limits in force, and where each comes from.")

        @Argument(help: "A client's NAME, tier:NAME, model:NAME or gateway; everything without it.")
        var scope: String?
        @OptionGroup var output: OutputOptions
        @OptionGroup var common: CommonOptions

        func perform() throws {
            let wanted = try scope.map(LimitsCommand.scope)
            let limits = try Backend.with(common, for: .reading) { backend in
                guard let wanted else { return try everything(backend) }
                return try backend.limits(of: wanted).map { (wanted, $0) }
            }
            if output.json {
                return try Output.write(JSONShapes.list(limits) { JSONShapes.limit($0.0, $0.1, to: &$1) } + [0x0a])
            }
            try LimitsCommand.say(limits, withScope: true)
        }

        private func everything(_ backend: Backend) throws -> [(LimitScope, EffectiveLimit)] {
            let clients = try backend.clients()
            var scopes: [LimitScope] = [.gateway]
            if let configuration = try? GatewayPlace.find(common).loaded?.configuration {
                scopes += configuration.tiers.map { .tier($0.name) } + configuration.models.map { .model($0.name) }
            }
            var limits: [(LimitScope, EffectiveLimit)] = []
            for scope in scopes {
                // The file may be newer than the gateway: a scope that it does not know yet has no limits in force.
                guard case .limits(let effective) = try backend.ask(.limits(scope)) else { continue }
                limits += effective.map { (scope, $0) }
            }
            return limits + clients.flatMap { card in card.limits.map { (.client(card.name), $0) } }
        }
    }

    /// Sets limits.
    struct Set: OperatorCommand {
        static let configuration = CommandConfiguration(
            commandName: "set", abstract: "Replace limits, for a while or until cleared; usage so far is kept.",
            discussion: """
                Limits are requests=300/1m, tokens=40k/1m, concurrent=8, budget=50/day (hour, day, month). Several are \
                all set or, where one is refused, none.
                """)

        @Argument(help: "A client's NAME, tier:NAME, model:NAME or gateway.")
        var scope: String
        @Argument(help: "One or more of requests=, tokens=, concurrent=, budget=.")
        var limits: [String]
        @Option(name: .customLong("for"), help: "How long, such as 30m; until cleared without it.")
        var span: TimeSpan?
        @Option(help: "A reason for the audit.")
        var why = ""
        @Flag(help: "Change nothing; say what it would have refused in the last five minutes.")
        var preview = false
        @OptionGroup var output: OutputOptions
        @OptionGroup var common: CommonOptions

        func validate() throws {
            if limits.isEmpty { throw ValidationError("name a limit, such as requests=300/1m") }
        }

        func perform() throws {
            let target = try LimitsCommand.scope(scope)
            // All are read before the first is sent: a typo in the second must not leave half of the change behind.
            let wanted = try limits.map(Set.limit)
            if let repetition = LimitChange.repetition(in: wanted) { throw repetition }
            if preview { return try sayPreviews(target, wanted) }
            let change = try Backend.with(common, for: .actingByConfiguration) { backend in
                try LimitChange(wanted) { limit in
                    try backend.submit(.setLimit(target, limit, forSeconds: span?.seconds, why: why))
                }
            }
            // What is in force is told, also where another one failed.
            if output.json, !change.done.isEmpty {
                try Output.write(json(target, change.steps) + [0x0a])
            } else {
                for (_, outcome) in change.done { try Output.line(outcome.message) }
            }
            if let failure = change.failure { throw failure }
        }

        private func json(_ target: LimitScope, _ steps: [(limit: Limit, outcome: Outcome?)]) -> [UInt8] {
            let until = span.map { Calendar.rfc3339(Clocks.wall().adding(seconds: $0.seconds)) }
            return JSONShapes.list(steps) { entry, writer in
                writer.beginObject()
                writer.member("scope", target.text)
                JSONShapes.limitMembers(entry.limit, to: &writer)
                writer.member("source", "override")
                writer.member("until", orNull: until)
                writer.member("result", entry.outcome?.result.rawValue ?? "not_set")
                writer.member("audit", orNull: entry.outcome?.audit)
                writer.endObject()
            }
        }

        private func sayPreviews(_ target: LimitScope, _ wanted: [Limit]) throws {
            let client = try Backend.running(common)
            let previews = try wanted.map { limit in
                switch try client.ask(.preview(target, limit, seconds: 300)) {
                case .preview(let preview): return (limit, preview)
                case .failed(let reason): throw Failure(.failure, reason)
                default: throw Failure(.data, "the gateway answers another question")
                }
            }
            if output.json {
                return try Output.write(
                    JSONShapes.list(previews) { entry, writer in
                        writer.beginObject()
                        writer.member("scope", target.text)
                        JSONShapes.limitMembers(entry.0, to: &writer)
                        writer.member("seconds", Int64(entry.1.seconds))
                        writer.member("asked", entry.1.asked)
                        writer.member("would_refuse", entry.1.refused)
                        writer.endObject()
                    } + [0x0a])
            }
            for (limit, preview) in previews {
                try Output.line(
                    "\(limit.kind.word) \(limit.text) would have refused \(preview.refused) of \(preview.asked) requests "
                        + "in the last \(preview.seconds) s")
            }
        }

        /// Reads `requests=300/1m`.
        static func limit(_ text: String) throws -> Limit {
            let parts = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            guard parts.count == 2, let limit = Limit(word: String(parts[0]), text: String(parts[1])) else {
                throw Failure(
                    .usage,
                    "\(Visible.name(text)) is no limit; limits are requests=300/1m, tokens=40k/1m, concurrent=8, "
                        + "budget=50/day")
            }
            return limit
        }
    }

    /// Clears overrides.
    struct Clear: OperatorCommand {
        static let configuration = CommandConfiguration(
            commandName: "clear", abstract: "Take overrides away; what the configuration says holds again.")

        @Argument(help: "A client's NAME, tier:NAME, model:NAME or gateway.")
        var scope: String
        @Argument(help: "requests, tokens, concurrent, budget (all periods), budget/hour, budget/day, budget/month.")
        var kinds: [String]
        @OptionGroup var output: OutputOptions
        @OptionGroup var common: CommonOptions

        func validate() throws {
            if kinds.isEmpty { throw ValidationError("name a limit, such as requests") }
        }

        func perform() throws {
            let target = try LimitsCommand.scope(scope)
            let wanted = try kinds.flatMap(Clear.kinds)
            let outcomes = try Backend.with(common, for: .acting) { backend in
                try wanted.map { (kind: $0, outcome: try backend.submit(.clearLimit(target, $0))) }
            }
            if let failed = outcomes.first(where: { $0.outcome.result != .done && $0.outcome.result != .unchanged }) {
                throw Failure(ActReport.status(failed.outcome), failed.outcome.message)
            }
            if output.json {
                return try Output.write(
                    JSONShapes.list(outcomes) { entry, writer in
                        writer.beginObject()
                        writer.member("scope", target.text)
                        writer.member("kind", entry.kind.rawValue)
                        writer.member("result", entry.outcome.result.rawValue)
                        writer.member("audit", orNull: entry.outcome.audit)
                        writer.endObject()
                    } + [0x0a])
            }
            // Of a word that stands for several kinds only those that had an override are worth a line.
            let done = outcomes.filter { $0.outcome.result == .done }
            for (_, outcome) in done.isEmpty ? Array(outcomes.prefix(1)) : done {
                try Output.line(outcome.message)
            }
        }

        static func kinds(_ text: String) throws -> [LimitKind] {
            if let kind = LimitKind(rawValue: text) { return [kind] }
            let kinds = LimitKind.allCases.filter { $0.word == text }
            guard kinds.isEmpty else { return kinds }
            throw Failure(.usage, "\(Visible.name(text)) is no limit; limits are requests, tokens, concurrent, budget")
        }
    }
}
