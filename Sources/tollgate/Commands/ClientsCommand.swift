import ArgumentParser
import Domain
import Wire

/// `tollgate clients`: who calls, and who may not for a while.
struct ClientsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "clients", abstract: "Clients: list, show, suspend, resume.",
        discussion: "Works on the running gateway, or on the data folder of a stopped one.",
        subcommands: [List.self, Show.self, Suspend.self, Resume.self], defaultSubcommand: List.self)
}

extension ClientsCommand {
    /// Lists clients.
    struct List: OperatorCommand {
        static let configuration = CommandConfiguration(commandName: "list", abstract: "All clients by name.")

        @OptionGroup var output: OutputOptions
        @OptionGroup var common: CommonOptions

        func perform() throws {
            let cards = try Backend.with(common, for: .reading) { try $0.clients() }
            if output.json {
                return try Output.write(JSONShapes.list(cards) { JSONShapes.client($0, to: &$1) } + [0x0a])
            }
            var table = TextTable([
                ("CLIENT", .left), ("TIER", .left), ("STATE", .left), ("KEYS", .right), ("LIMITS", .left),
                ("OWNER", .left),
            ])
            for card in cards {
                table.add([
                    card.name, card.tier, ClientsCommand.state(card), Figure.count(Int64(card.keyCount)),
                    ClientsCommand.limits(card), card.owner,
                ])
            }
            try Output.write(Array(table.text.utf8))
        }
    }

    /// Shows one client.
    struct Show: OperatorCommand {
        static let configuration = CommandConfiguration(
            commandName: "show", abstract: "What holds for one client, and where from.")

        @Argument(help: "Its name.")
        var name: String
        @OptionGroup var output: OutputOptions
        @OptionGroup var common: CommonOptions

        func perform() throws {
            let (cards, keys) = try Backend.with(common, for: .reading) { backend in
                (try backend.clients(named: name), try backend.keys(of: name))
            }
            guard let card = cards.first else { throw Failure(.failure, "there is no client \(Visible.name(name))") }
            if output.json {
                return try Output.write(JSONShapes.text { JSONShapes.client(card, to: &$0) } + [0x0a])
            }
            try Facts.say([
                ("client", card.name), ("tier", card.tier), ("state", ClientsCommand.state(card)),
                ("owner", card.owner), ("since", Moment.text(card.since)),
                ("keys", keys.map { "\($0.id.shown) (\($0.state.rawValue))" }.joined(separator: ", ")),
            ])
            try Output.line("")
            try LimitsCommand.say(card.limits.map { (.client(card.name), $0) }, withScope: false)
        }
    }

    /// Suspends a client.
    struct Suspend: OperatorCommand {
        static let configuration = CommandConfiguration(
            commandName: "suspend", abstract: "Refuse a client and end its open streams, for a while or until resumed.")

        @Argument(help: "Its name.")
        var name: String
        @Option(name: .customLong("for"), help: "How long, such as 15m; until resumed without it.")
        var span: TimeSpan?
        @OptionGroup var output: OutputOptions
        @OptionGroup var common: CommonOptions

        func perform() throws {
            let outcome = try Backend.with(common, for: .acting) {
                try $0.submit(.suspendClient(name, forSeconds: span?.seconds))
            }
            let until = span.map { Clocks.wall().adding(seconds: $0.seconds) }
            try ActReport.say(outcome, json: output.json ? ClientsCommand.act(name, outcome, until: until) : nil)
        }
    }

    /// Resumes a client.
    struct Resume: OperatorCommand {
        static let configuration = CommandConfiguration(
            commandName: "resume", abstract: "Let a suspended client call again.")

        @Argument(help: "Its name.")
        var name: String
        @OptionGroup var output: OutputOptions
        @OptionGroup var common: CommonOptions

        func perform() throws {
            let outcome = try Backend.with(common, for: .acting) { try $0.submit(.resumeClient(name)) }
            try ActReport.say(outcome, json: output.json ? ClientsCommand.act(name, outcome, until: nil) : nil)
        }
    }

    private static func act(_ name: String, _ outcome: Outcome, until: Timestamp?) -> [UInt8] {
        JSONShapes.text { writer in
            writer.beginObject()
            writer.member("client", name)
            writer.member("state", orNull: outcome.state)
            writer.member("until", orNull: until.map { Calendar.rfc3339($0) })
            writer.member("streams_ended", Int64(outcome.streamsEnded ?? 0))
            writer.member("instances_acknowledged", Int64(outcome.instancesAcknowledged ?? 0))
            writer.member("audit", orNull: outcome.audit)
            writer.endObject()
        }
    }

    fileprivate static func state(_ card: ClientCard) -> String {
        guard let suspension = card.suspension else { return "active" }
        return "suspended" + (suspension.until.map { " until \(Moment.text($0))" } ?? "")
    }

    fileprivate static func limits(_ card: ClientCard) -> String {
        card.limits.map { effective in
            "\(effective.limit.kind.word) \(effective.limit.text)" + (effective.source == .override ? "*" : "")
        }.joined(separator: ", ")
    }
}
