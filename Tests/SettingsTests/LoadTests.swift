import Domain
import FoundationEssentials
import Glibc
import Testing

@testable import Settings

/// A folder of its own for one test, gone with it.
private final class Folder {
    let path: String

    init() throws {
        let url = FileManager.default.temporaryDirectory.appending(path: "tollgate-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
        path = url.path(percentEncoded: false)
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    func write(_ name: String, _ text: String, mode: Int = 0o600) throws {
        let url = URL(filePath: path).appending(path: name)
        try FileManager.default.createDirectory(at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
        try Data(text.utf8).write(to: url)
        let file = url.path(percentEncoded: false)
        try FileManager.default.setAttributes([.posixPermissions: mode], ofItemAtPath: file)
    }

    func load(
        _ file: String? = nil, data: String? = nil, _ environment: [String: String] = [:]
    ) throws(ConfigurationProblems) -> LoadedConfiguration {
        try Configuration.load(file: file, data: data, environment: environment, workingDirectory: path)
    }
}

/// Finding the file and its `.env`, and the reference's variables without one.
@Suite struct LoadTests {
    private static func file(_ name: String) -> String {
        "name: \(name)\nupstreams: { h: { url: https://x, key: ${KEY:-none} } }\nmodels: {}\n"
    }

    @Test func theNamedFileWinsThenTheVariableThenTheFolderThenTheHome() throws {
        let folder = try Folder()
        try folder.write("xdg/tollgate/tollgate.yaml", Self.file("home"))
        let environment = ["XDG_CONFIG_HOME": folder.path + "/xdg"]
        #expect(try folder.load(nil, environment).configuration.name == "home")
        try folder.write("tollgate.yaml", Self.file("folder"))
        #expect(try folder.load(nil, environment).configuration.name == "folder")
        try folder.write("variable.yaml", Self.file("variable"))
        let named = environment.merging(["TOLLGATE_CONFIG": "variable.yaml"]) { $1 }
        #expect(try folder.load(nil, named).configuration.name == "variable")
        try folder.write("option.yaml", Self.file("option"))
        let loaded = try folder.load("option.yaml", named)
        #expect(loaded.configuration.name == "option" && loaded.file == "option.yaml")
    }

    @Test(arguments: ["absent.yaml", "folder", "latin.yaml", "huge.yaml"])
    func aNamedFileThatCannotBeReadIsAProblem(name: String) throws {
        let folder = try Folder()
        try FileManager.default.createDirectory(atPath: folder.path + "/folder", withIntermediateDirectories: true)
        try Data(Array("# é\na: ü".utf8) + [0xe9, 0x0a]).write(to: URL(filePath: folder.path + "/latin.yaml"))
        try folder.write("huge.yaml", String(repeating: "#\n", count: 600_000))
        let expected = [
            "absent.yaml": "there is no such file (named by --config)",
            "folder": "is not a regular file (named by --config)",
            "latin.yaml": "is not UTF-8 (named by --config)", "huge.yaml": "is larger than 1 MB (named by --config)",
        ]
        let problems = #expect(throws: ConfigurationProblems.self) { try folder.load(name) }
        #expect(problems?.problems.map(\.reason) == expected[name].map { [$0] })
        let places = ["latin.yaml": "2:5", "huge.yaml": "1:1"]
        #expect(problems?.problems.map { "\($0.line):\($0.column)" } == [places[name] ?? "0:0"])
    }

    @Test func theEnvironmentWinsOverTheFileBesideTheConfiguration() throws {
        let folder = try Folder()
        try folder.write("sub/c.yaml", Self.file("n"))
        try folder.write("sub/.env", "KEY=from-file\n")
        try folder.write(".env", "KEY=elsewhere\n")
        #expect(try folder.load("sub/c.yaml").configuration.upstreams.first?.key?.revealed == "from-file")
        let loaded = try folder.load("sub/c.yaml", ["KEY": "from-environment"])
        #expect(loaded.configuration.upstreams.first?.key?.revealed == "from-environment")
    }

    @Test func theDataFolderOfTheCommandLineMovesSocketAndLog() throws {
        let folder = try Folder()
        try folder.write("c.yaml", Self.file("n") + "data: ./a\nlog: { file: ./own.jsonl }\n")
        let configuration = try folder.load("c.yaml", data: "/d").configuration
        #expect(configuration.data == "/d" && configuration.adminSocket == "/d/admin.sock")
        #expect(configuration.log.file == "./own.jsonl")
    }

    @Test(arguments: [
        ("log: { file: ./d/tollgate.sqlite }", "4:14: log.file: is the database; name another file"),
        ("log: { file: d//tollgate.sqlite-wal }", "4:14: log.file: is the database; name another file"),
        ("log: { file: x/../d/lock }", "4:14: log.file: is the data folder's lock; name another file"),
        ("log: { file: link/lock }", "4:14: log.file: is the data folder's lock; name another file"),
        ("log: { file: link/tollgate.sqlite }", "4:14: log.file: is the database; name another file"),
        ("log: { file: hard }", "4:14: log.file: is the configuration; name another file"),
        ("log: { file: c.yaml }", "4:14: log.file: is the configuration; name another file"),
        ("log: { file: .env }", "4:14: log.file: is the .env of the configuration; name another file"),
        ("log: { file: d/admin.sock }", "4:14: log.file: is the admin socket; name another file"),
        ("admin: { socket: d/lock }", "4:18: admin.socket: is the data folder's lock; name another file"),
        ("admin: { socket: d/requests.jsonl }", "4:18: admin.socket: is the request log; name another file"),
        ("log: { file: d/own.log }", nil), ("log: { file: e/lock }", nil), ("admin: { socket: d/lock.sock }", nil),
    ])
    func noLogAndNoSocketMayTakeThePlaceOfAnOwnFile(line: String, expected: String?) throws {
        let folder = try Folder()
        // The lock is there already, the database is not made yet.
        try folder.write("d/lock", "")
        try folder.write("x/empty", "")
        try folder.write("c.yaml", Self.file("n") + line + "\ndata: ./d\n")
        #expect(symlink("d", folder.path + "/link") == 0)
        #expect(link(folder.path + "/c.yaml", folder.path + "/hard") == 0)
        do throws(ConfigurationProblems) {
            _ = try folder.load("c.yaml")
            #expect(expected == nil)
        } catch {
            #expect(error.problems.map(\.description) == [expected.map { "c.yaml:" + $0 }])
        }
    }

    @Test(arguments: ["tollgate-data/tollgate.sqlite", "./.env", "tollgate-data/admin.sock"])
    func noLogOfTheEnvironmentMayEither(path: String) throws {
        let folder = try Folder()
        let problems = #expect(throws: ConfigurationProblems.self) {
            try folder.load(nil, ["HOLYSHEEP_API_KEY": "k", "LOG_FILE": path])
        }
        #expect(problems?.problems.map(\.key) == ["LOG_FILE"])
    }

    @Test func aPlaceholderInTheEnvironmentDoesNotHideAKeyInTheFile() throws {
        let folder = try Folder()
        let placeholder = ["HOLYSHEEP_API_KEY": "YOUR_HOLYSHEEP_API_KEY"]
        try folder.write(".env", "HOLYSHEEP_API_KEY=from-file\n")
        #expect(try folder.load(nil, placeholder).configuration.upstreams.first?.key?.revealed == "from-file")
        let text = "upstreams: { h: { url: https://x, key: ${HOLYSHEEP_API_KEY} } }\nmodels: {}\n"
        try folder.write("c.yaml", text)
        #expect(try folder.load("c.yaml", placeholder).configuration.upstreams.first?.key?.revealed == "from-file")
        try folder.write(".env", "HOLYSHEEP_API_KEY=\n")
        let problems = #expect(throws: ConfigurationProblems.self) { try folder.load("c.yaml", placeholder) }
        #expect(problems?.problems.map(\.key) == ["upstreams.h.key"])
    }

    @Test func warnsWhereEverybodyMayReadASecret() throws {
        let folder = try Folder()
        let literal = "upstreams: { h: { url: https://x, key: literal } }\nmodels: { m: {} }\n"
        try folder.write("open.yaml", literal, mode: 0o644)
        try folder.write("closed.yaml", literal, mode: 0o640)
        try folder.write("referring.yaml", literal.replacing("literal", with: "${KEY}"), mode: 0o644)
        #expect(try folder.load("open.yaml").warnings.map(\.file) == ["open.yaml"])
        #expect(try folder.load("closed.yaml").warnings == [])
        #expect(try folder.load("referring.yaml", ["KEY": "k"]).warnings == [])
        try folder.write(".env", "KEY=k\n", mode: 0o644)
        #expect(try folder.load("referring.yaml").warnings.map(\.file) == [".env"])
    }

    @Test func withoutAFileTheVariablesOfTheReferenceCount() throws {
        let folder = try Folder()
        try folder.write(".env", "HOLYSHEEP_API_KEY=from-file\nRATE_LIMIT_REQUESTS=7\nLOG_LEVEL=INFO\n")
        let secret = String(repeating: "s", count: 32)
        let loaded = try folder.load(
            nil,
            [
                "HOLYSHEEP_BASE_URL": "https://h.example/v2/", "RATE_LIMIT_WINDOW": "30", "LOG_FILE": "x.log",
                "LOG_LEVEL": "WARN", "JWT_SECRET": secret, "REDIS_HOST": "localhost", "REDIS_PORT": "6379",
            ])
        let configuration = loaded.configuration
        #expect(loaded.file == nil && loaded.wantsRedis)
        #expect(loaded.warnings.map(\.key) == ["REDIS_HOST"])
        #expect(loaded.warnings.first?.reason.hasPrefix("limits local") == true)
        #expect(configuration.upstreams.first?.url.path == "/v2")
        #expect(configuration.upstreams.first?.key?.revealed == "from-file")
        #expect(configuration.tiers.map { $0.limits[.requests]?.text } == ["7/30s"])
        #expect(configuration.log.file == "x.log" && configuration.log.level == .warning)
        #expect(configuration.jwt?.secret.revealed == secret)
        let prices = configuration.models.compactMap {
            $0.price.map { [$0.inputNanosPerMillion, $0.outputNanosPerMillion] }
        }
        #expect(
            prices == [
                [8_000_000_000, 32_000_000_000], [15_000_000_000, 75_000_000_000], [2_500_000_000, 10_000_000_000],
                [420_000_000, 1_680_000_000],
            ])
    }

    @Test(arguments: [
        ([:], ["HOLYSHEEP_API_KEY"]),
        (["HOLYSHEEP_API_KEY": ""], ["HOLYSHEEP_API_KEY"]),
        (["HOLYSHEEP_API_KEY": "YOUR_HOLYSHEEP_API_KEY"], ["HOLYSHEEP_API_KEY"]),
        (["HOLYSHEEP_API_KEY": "a\nb"], ["HOLYSHEEP_API_KEY"]),
        (["HOLYSHEEP_API_KEY": "k", "HOLYSHEEP_BASE_URL": "ftp://x"], ["HOLYSHEEP_BASE_URL"]),
        (["HOLYSHEEP_API_KEY": "k", "JWT_SECRET": "short"], ["JWT_SECRET"]),
        (["HOLYSHEEP_API_KEY": "k", "RATE_LIMIT_REQUESTS": "-1"], ["RATE_LIMIT_REQUESTS"]),
        (["HOLYSHEEP_API_KEY": "k", "RATE_LIMIT_REQUESTS": "99999999999999999999"], ["RATE_LIMIT_REQUESTS"]),
        (["HOLYSHEEP_API_KEY": "k", "RATE_LIMIT_WINDOW": "0"], ["RATE_LIMIT_WINDOW"]),
        (
            ["HOLYSHEEP_API_KEY": "k", "RATE_LIMIT_REQUESTS": "-5", "RATE_LIMIT_WINDOW": "x"],
            ["RATE_LIMIT_REQUESTS", "RATE_LIMIT_WINDOW"]
        ),
        (["HOLYSHEEP_API_KEY": "k", "LOG_LEVEL": "loud"], ["LOG_LEVEL"]),
        (["HOLYSHEEP_API_KEY": "k", "LOG_FILE": "a\u{1b}b"], ["LOG_FILE"]),
        (["HOLYSHEEP_API_KEY": "k", "REDIS_PORT": "x"], ["REDIS_PORT"]),
        (["JWT_SECRET": "short", "LOG_LEVEL": "loud"], ["HOLYSHEEP_API_KEY", "JWT_SECRET", "LOG_LEVEL"]),
    ]) func variablesAreCheckedAsStrictlyAsAFile(environment: [String: String], keys: [String]) throws {
        let folder = try Folder()
        let problems = #expect(throws: ConfigurationProblems.self) { try folder.load(nil, environment) }
        #expect(problems?.problems.map(\.key) == keys)
    }

    @Test func aPipeInThePlaceOfTheFileDoesNotHang() throws {
        let folder = try Folder()
        #expect(mkfifo(folder.path + "/tollgate.yaml", 0o600) == 0)
        let problems = #expect(throws: ConfigurationProblems.self) { try folder.load() }
        #expect(problems?.problems.map(\.reason) == ["is not a regular file"])
    }

    @Test(arguments: [
        ("A=1", "1"), ("export A=1", "1"), ("  A = 1  ", "1"), ("A=1 # c", "1"), ("A=1#c", "1#c"), ("A=", ""),
        ("A='a b # c'", "a b # c"), ("A=\"a\\n\\\"b\\\"\" # c", "a\n\"b\""), ("A='\\n'", "\\n"), ("A=1\nA=2", "2"),
        ("# x\n\nA=a=b", "a=b"), ("A=é", "é"), ("A=1\r\nB=2", "1"),
    ]) func dotEnvLinesAreRead(text: String, expected: String) {
        let file = DotEnv(text)
        #expect(file.problems.isEmpty)
        #expect(file.values["A"]?.text == expected)
    }

    @Test(arguments: [
        ("A", "1:1"), ("x\nA=1", "1:1"), ("1A=1", "1:1"), ("A='x", "1:3"), ("A=\"x\" y", "1:3"), ("  A-B=1", "1:3"),
    ]) func dotEnvProblemsHaveAPlace(text: String, expected: String) {
        #expect(DotEnv(text).problems.map { "\($0.place.line):\($0.place.column)" } == [expected])
    }

    @Test(arguments: ["\u{feff}HOLYSHEEP_API_KEY=k\n", "\u{feff}export HOLYSHEEP_API_KEY='k'\r\n"])
    func aByteOrderMarkIsNoPartOfTheFirstName(text: String) throws {
        let folder = try Folder()
        try folder.write(".env", text)
        #expect(try folder.load().configuration.upstreams.first?.key?.revealed == "k")
    }

    @Test func aReferenceInDotEnvIsRefusedAndNotTakenLiterally() throws {
        let folder = try Folder()
        try folder.write(".env", "HOLYSHEEP_API_KEY=${OTHER}\nLOG_FILE='${literal}'\n")
        let problems = #expect(throws: ConfigurationProblems.self) { try folder.load() }
        #expect(problems?.problems.first?.line == 1 && problems?.problems.first?.column == 19)
        try folder.write(".env", "HOLYSHEEP_API_KEY=k\nLOG_FILE='${literal}'\n")
        #expect(try folder.load().configuration.log.file == "${literal}")
    }

    @Test(arguments: [
        "data: here   # or there\nbogus: 1\n", "data: here\nname: \"open\n", "data: 'here'\nx: [\n",
    ])
    func aFileWithProblemsStillSaysWhereTheDataLies(text: String) throws {
        let folder = try Folder()
        try folder.write("tollgate.yaml", text)
        let problems = #expect(throws: ConfigurationProblems.self) { try folder.load() }
        #expect(problems?.partial?.data == "here")
        #expect(problems?.partial?.adminSocket == "here/admin.sock")
    }

    @Test func anEmptyNameOfTheFileIsSaidSo() throws {
        let folder = try Folder()
        let problems = #expect(throws: ConfigurationProblems.self) { try folder.load("") }
        #expect(problems?.description == "--config: is empty: name the configuration file")
    }

    @Test func moreProblemsThanAreListedAreMentioned() throws {
        let folder = try Folder()
        try folder.write("tollgate.yaml", (0..<900).map { "k\($0): 1\n" }.joined())
        let problems = #expect(throws: ConfigurationProblems.self) { try folder.load() }
        #expect(problems?.problems.count == 501)
        #expect(problems?.problems.contains { $0.reason.contains("only the first 500") } == true)
    }
}
