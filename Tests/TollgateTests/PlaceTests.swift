import Domain
import Settings
import Testing

@testable import tollgate

/// Finding the gateway that a command is about.
struct PlaceTests {
    @Test func aFolderThatWasNamedBringsItsOwnSocketFirst() throws {
        let scratch = try Scratch()
        try scratch.write("tollgate.yaml", Desk.yaml)
        let place = try GatewayPlace.find(CommonOptions.of(data: scratch.path))
        #expect(place.data == scratch.path)
        #expect(place.sockets.first == scratch.path + "/admin.sock")
        #expect(place.log == scratch.path + "/requests.jsonl")
    }

    @Test func aVariableThatOnlyTheServiceHasIsNoObstacle() throws {
        let scratch = try Scratch()
        try scratch.write(
            "other.yaml",
            Desk.yaml.replacing(
                "\"http://127.0.0.1:9\"", with: "\"http://127.0.0.1:9\", key: ${TOLLGATE_TEST_UNSET_VARIABLE}"))
        let options = CommonOptions.of(config: scratch.path + "/other.yaml", data: scratch.path)
        let place = try GatewayPlace.find(options)
        #expect(place.loaded?.configuration.clients.map(\.name) == ["acme"])
    }

    @Test func otherProblemsAreSaidAsTheyAre() throws {
        let scratch = try Scratch()
        try scratch.write("other.yaml", Desk.yaml + "nonsense: true\n")
        let partial = try GatewayPlace.find(CommonOptions.of(config: scratch.path + "/other.yaml"))
        #expect(partial.isPartial && partial.loaded == nil && partial.problems?.problems.map(\.key) == ["nonsense"])
        let place = try GatewayPlace.find(
            CommonOptions.of(config: scratch.path + "/other.yaml", data: scratch.path))
        #expect(place.loaded == nil && place.problems != nil && place.data == scratch.path)
    }

    @Test func aFileWithProblemsKeepsNobodyFromARunningGatewayAndServesForNothingElse() throws {
        let scratch = try Scratch()
        let folder = scratch.path + "/kept"
        try scratch.write("other.yaml", "data: \(folder)\nadmin: { socket: /run/other.sock }\nnonsense: true\n")
        let options = CommonOptions.of(config: scratch.path + "/other.yaml")
        let place = try GatewayPlace.find(options)
        #expect(place.sockets == ["/run/other.sock", folder + "/admin.sock"] && place.mustHoldFolder)
        #expect(throws: ConfigurationProblems.self) { _ = try Backend.open(options, for: .reading) }
        #expect(throws: ConfigurationProblems.self) { _ = try Backend.open(options, for: .acting) }
        #expect(throws: ConfigurationProblems.self) { _ = try Backend.running(options) }
    }

    @Test(arguments: [
        ("upstreams: { h: { url: https://x, key: ${A_KEY} } }", ["A_KEY"]),
        ("upstreams: { h: { url: https://x, key: ${A-KEY} } }", []), ("max_body: big", []),
        ("name: ${A_KEY}${B_KEY:-b}", ["A_KEY"]),
    ])
    func onlyAMissingVariableIsFilledIn(text: String, names: [String]) {
        let problems = #expect(throws: ConfigurationProblems.self) { _ = try Configuration.parse(text) }
        #expect(problems?.problems.compactMap(GatewayPlace.missingVariable) == names)
    }

    @Test(arguments: [nil, "/var/lib/tollgate", "data folder", "a\"b\\c", "ends/"] as [String?])
    func theFirstConfigurationCanBeReadWhateverItsFolder(data: String?) throws {
        let text = InitCommand.text(data: data)
        let loaded = try Configuration.parse(text, environment: ["HOLYSHEEP_API_KEY": "k"])
        let folder = data.map { $0.hasSuffix("/") ? String($0.dropLast()) : $0 } ?? "./tollgate-data"
        #expect(loaded.configuration.data == folder)
        #expect(loaded.configuration.adminSocket == folder + "/admin.sock")
        #expect(loaded.configuration.log.file == folder + "/requests.jsonl")
    }
}
