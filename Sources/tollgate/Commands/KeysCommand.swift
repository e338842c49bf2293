import ArgumentParser
import Domain
import Wire

/// `tollgate keys`: the keys of clients.
struct KeysCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "keys", abstract: "Client keys: create, list, show, revoke, restore, rotate.",
        discussion: "Works on the running gateway, or on the data folder of a stopped one.",
        subcommands: [Create.self, List.self, Show.self, Revoke.self, Restore.self, Rotate.self],
        defaultSubcommand: List.self)
}

extension KeysCommand {
    /// Makes a key and shows it once.
    struct Create: OperatorCommand {
        static let configuration = CommandConfiguration(
            commandName: "create", abstract: "Make a key; it is shown once and never again.")

        @Option(help: "Whose key it is; a name that is new becomes a client.")
        var client: String
        @Option(help: "The tier of a client that is new; the configuration's default without it.")
        var tier: String?
        @Option(help: "How long it is good, such as 30d.")
        var expires: TimeSpan?
        @Option(help: "The only models it may use, such as gpt-4.1,deepseek-v3.2.")
        var models: WordList?
        @Option(help: "A remark, shown beside the key.")
        var note = ""
        @OptionGroup var output: OutputOptions
        @OptionGroup var common: CommonOptions

        func perform() throws {
            let outcome = try Backend.with(common, for: .creating) {
                try $0.submit(
                    .createKey(
                        client: client, tier: tier, expiresInSeconds: expires?.seconds, models: models?.words,
                        note: note))
            }
            try NewKey.say(outcome, client: client, json: output.json)
        }
    }

    /// Lists keys.
    struct List: OperatorCommand {
        static let configuration = CommandConfiguration(commandName: "list", abstract: "All keys, newest first.")

        @Option(help: "Only this client's keys.")
        var client: String?
        @OptionGroup var output: OutputOptions
        @OptionGroup var common: CommonOptions

        func perform() throws {
            let cards = try Backend.with(common, for: .reading) { try $0.keys(of: client) }
            if output.json {
                return try Output.write(JSONShapes.list(cards) { JSONShapes.key($0, to: &$1) } + [0x0a])
            }
            var table = TextTable([
                ("KEY", .left), ("CLIENT", .left), ("STATE", .left), ("CREATED", .left), ("LAST USED", .left),
                ("EXPIRES", .left), ("MODELS", .left), ("NOTE", .left),
            ])
            for card in cards {
                table.add([
                    card.id.shown, card.client, card.state.rawValue, Moment.text(card.created),
                    Moment.text(card.lastUsed), Moment.text(card.expires),
                    card.models?.joined(separator: ",") ?? "all", card.note,
                ])
            }
            try Output.write(Array(table.text.utf8))
        }
    }

    /// Shows one key.
    struct Show: OperatorCommand {
        static let configuration = CommandConfiguration(commandName: "show", abstract: "What is known about one key.")

        @OptionGroup var key: KeyOptions

        func perform() throws {
            let id = try KeyArgument.id(key.id)
            let cards = try Backend.with(key.common, for: .reading) { try $0.keys() }
            guard let card = cards.first(where: { $0.id == id }) else {
                throw Failure(.failure, "there is no key \(id.shown)")
            }
            if key.output.json {
                return try Output.write(JSONShapes.text { JSONShapes.key(card, withNote: true, to: &$0) } + [0x0a])
            }
            try Facts.say([
                ("key", card.id.shown), ("client", card.client), ("state", card.state.rawValue),
                ("created", Moment.text(card.created)), ("last used", Moment.text(card.lastUsed)),
                ("expires", Moment.text(card.expires)), ("models", card.models?.joined(separator: ", ") ?? "all"),
                ("note", card.note),
            ])
        }
    }

    /// Revokes a key.
    struct Revoke: OperatorCommand {
        static let configuration = CommandConfiguration(
            commandName: "revoke",
            abstract: "Refuse a key from now on and end its open streams; restorable for 15 minutes.")

        @OptionGroup var key: KeyOptions

        func perform() throws { try key.act(Command.revokeKey) }
    }

    /// Restores a revoked key.
    struct Restore: OperatorCommand {
        static let configuration = CommandConfiguration(
            commandName: "restore", abstract: "Take a revocation of the last 15 minutes back.")

        @OptionGroup var key: KeyOptions

        func perform() throws { try key.act(Command.restoreKey) }
    }

    /// Replaces a key.
    struct Rotate: OperatorCommand {
        static let configuration = CommandConfiguration(
            commandName: "rotate",
            abstract: "Make a successor, shown once; the old key stays good for a grace time.")

        @Argument(help: "The id of the old key, with or without tg_.")
        var id: String
        @Option(help: "How long the old key stays good, such as 1h.")
        var grace = TimeSpan(seconds: 86_400)
        @Flag(help: "End the old key and its streams at once.")
        var now = false
        @OptionGroup var output: OutputOptions
        @OptionGroup var common: CommonOptions

        func perform() throws {
            let id = try KeyArgument.id(id)
            let outcome = try Backend.with(common, for: .acting) {
                try $0.submit(.rotateKey(id, graceSeconds: now ? 0 : grace.seconds))
            }
            guard output.json, let secret = outcome.secret else {
                return try NewKey.say(outcome, client: "", json: false)
            }
            let json = JSONShapes.text { writer in
                writer.beginObject()
                JSONShapes.keyMembers(id, outcome, to: &writer)
                writer.member("key", secret)
                writer.member("new_id", orNull: outcome.keyID?.text)
                writer.endObject()
            }
            try NewKey.write(json, id: outcome.keyID)
        }
    }
}

/// One key and how to tell of it: what `show`, `revoke` and `restore` take.
struct KeyOptions: ParsableArguments {
    @Argument(help: "Its id, with or without tg_.")
    var id: String
    @OptionGroup var output: OutputOptions
    @OptionGroup var common: CommonOptions

    /// Carries out an act on the key and says what became of it.
    func act(_ command: (KeyID) -> Command) throws {
        let id = try KeyArgument.id(id)
        let outcome = try Backend.with(common, for: .acting) { try $0.submit(command(id)) }
        try ActReport.say(outcome, json: output.json ? JSONShapes.keyAct(id, outcome) : nil)
    }
}

/// A key that was just made: the only time that it is printed.
enum NewKey {
    /// The key alone goes to standard output, so that `KEY=$(tollgate keys create …)` takes nothing else.
    static func say(_ outcome: Outcome, client: String, json: Bool) throws {
        guard let secret = outcome.secret, let id = outcome.keyID else { return try ActReport.say(outcome, json: nil) }
        if json {
            let text = JSONShapes.text { writer in
                writer.beginObject()
                writer.member("key", secret)
                writer.member("id", id.text)
                writer.member("client", client)
                writer.endObject()
            }
            return try write(text, id: id)
        }
        StandardError.line("\(outcome.message); it is shown only this once:")
        try write(Array(secret.utf8), id: id)
    }

    /// Writes a line with a new key in it.
    ///
    /// - Throws: `Failure` that names the key: it exists, and nobody has seen it.
    static func write(_ line: [UInt8], id: KeyID?) throws {
        do {
            try Output.write(line + [0x0a])
        } catch {
            let name = id?.shown ?? "the key"
            let reason = (error as? Failure).map { " (\($0.message))" } ?? ""
            throw Failure(
                .io, "\(name) was made but could not be printed\(reason): nobody has it; tollgate keys revoke \(name)")
        }
    }
}
