import ArgumentParser
import Domain
import Glibc
import Settings
import Wire

/// `tollgate init`: a first configuration, a data folder and a first key.
struct InitCommand: OperatorCommand {
    static let configuration = CommandConfiguration(
        commandName: "init", abstract: "Write a commented tollgate.yaml, make the data folder and a first key.",
        discussion: "The key is printed once, alone on standard output. A file that exists is never touched.")

    @Option(help: "The client that the key is for.")
    var client = "default"
    @OptionGroup var output: OutputOptions
    @OptionGroup var common: CommonOptions

    func perform() throws {
        let file = common.config ?? "tollgate.yaml"
        // Asked before anything is made: whoever runs it twice must not end with a second key.
        guard access(file, F_OK) != 0 else {
            throw Failure(.failure, "\(Visible.name(file)) exists already; nothing was written")
        }
        let text = InitCommand.text(data: common.data)
        let loaded = try InitCommand.parse(text, file: file)
        let place = GatewayPlace(
            data: loaded.configuration.data, sockets: [loaded.configuration.adminSocket],
            log: loaded.configuration.log.file, loaded: loaded)
        let gateway = try StoppedGateway(place, writes: true)
        defer { gateway.close() }
        try SmallFile.create(file, Array(text.utf8))
        let order = Order(
            command: .createKey(client: client, tier: nil, expiresInSeconds: nil, models: nil, note: "made by init"),
            actor: Operator.actor())
        let outcome = try gateway.submit(order)
        guard let secret = outcome.secret, let id = outcome.keyID else {
            unlink(file)
            throw Failure(ActReport.status(outcome), outcome.message)
        }
        if output.json { return try NewKey.write(json(secret, id, file: file, place: place), id: id) }
        StandardError.line(
            """
            wrote \(Visible.name(file)), data folder \(Visible.name(place.data))
            next: put the provider's key into the environment or a .env file beside it (HOLYSHEEP_API_KEY=…),
            then `tollgate check` and `tollgate`
            the first key, of client \(Visible.name(client)), shown only this once:
            """)
        try NewKey.write(Array(secret.utf8), id: id)
    }

    private func json(_ secret: String, _ id: KeyID, file: String, place: GatewayPlace) -> [UInt8] {
        JSONShapes.text { writer in
            writer.beginObject()
            writer.member("key", secret)
            writer.member("id", id.text)
            writer.member("client", client)
            writer.member("config", file)
            writer.member("data", place.data)
            writer.endObject()
        }
    }

    /// The template, with another data folder where one was named.
    static func text(data: String?) -> String {
        guard let data else { return Configuration.template }
        let folder = data.hasSuffix("/") ? String(data.dropLast()) : data
        let isPlain = folder.utf8.allSatisfy { byte in
            byte >= 0x61 && byte <= 0x7a || byte >= 0x41 && byte <= 0x5a || byte >= 0x30 && byte <= 0x39
                || byte == UInt8(ascii: "/") || byte == UInt8(ascii: ".") || byte == UInt8(ascii: "_")
                || byte == UInt8(ascii: "-")
        }
        let escaped = folder.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"")
        return Configuration.template.replacing("./tollgate-data", with: isPlain ? folder : "\"\(escaped)\"")
    }

    /// Reads the text as it will be read, so that nothing is written which could not be.
    private static func parse(_ text: String, file: String) throws -> LoadedConfiguration {
        var environment: [String: String] = [:]
        for _ in 0..<8 {
            do throws(ConfigurationProblems) {
                return try Configuration.parse(text, file: file, environment: environment)
            } catch {
                let names = error.problems.compactMap(GatewayPlace.missingVariable)
                guard !names.isEmpty, names.count == error.problems.count else { throw error }
                for name in names { environment[name] = "stand-in-of-a-command-that-never-sends-it" }
            }
        }
        throw Failure(.configuration, "the template cannot be read")
    }
}
