import FoundationEssentials
import Testing

@testable import Settings

/// Theme files are read as strictly as the configuration.
@Suite struct ThemeReadingTests {
    private static let head = "meta: { name: t, variant: dark }\npalette: { red: \"#ff0000\", ground: \"#102030\" }\n"

    private static func problems(_ text: String) -> [String] {
        do throws(ConfigurationProblems) {
            _ = try ThemeLibrary().theme(text: text, file: "f")
            return []
        } catch {
            return error.problems.map { String($0.description.dropFirst(2)) }
        }
    }

    @Test(arguments: [
        ("", "1:1: the file is empty"),
        ("roles: {}", "1:1: meta: is missing; it names the theme and its variant"),
        ("meta: { name: t }", "1:7: meta.variant: is missing; write dark or light"),
        ("meta: { variant: dark }", "1:7: meta.name: is missing"),
        ("meta: { name: ../t, variant: dark }", "1:15: meta.name: expected letters, digits, - and _, found \"../t\""),
        ("meta: { name: t, variant: dim }", "1:27: meta.variant: expected dark or light, found \"dim\""),
        (
            "meta: { name: t, inherits: harbour }",
            "1:28: meta.inherits: there is no theme harbour, or it inherits from this one"
        ),
        ("meta: { name: t, variant: dark }\nrols: {}", "2:1: rols: unknown key; did you mean roles?"),
    ]) func refusesTheHead(text: String, expected: String) {
        #expect(Self.problems(text) == [expected])
    }

    @Test(arguments: [
        ("roles: { eror: red }", "3:10: roles.eror: unknown role; did you mean error?"),
        ("roles: { error: rde }", "3:17: roles.error: no such colour in the palette: \"rde\"; did you mean red?"),
        ("roles:\n  error: #ff0000", "4:9: roles.error: has no value; a colour is a name, or \"#rrggbb\" in quotes"),
        ("roles: { error: \"#ff000\" }", "3:17: roles.error: no such colour in the palette: \"#ff000\""),
        ("roles: { error: { fg: red, bold: yes } }", "3:34: roles.error.bold: expected true or false, found \"yes\""),
        (
            "roles: { error: { fg: red, bg: ground } }",
            "3:28: roles.error.bg: is without effect: error is text, it has an fg only"
        ),
        (
            "roles: { cursor: { fg: red } }",
            "3:20: roles.cursor.fg: is without effect: cursor is a surface, it has a bg only"
        ),
        (
            "roles: { error: { fg: red, c256: 256 } }",
            "3:34: roles.error.c256: expected a number from 0 to 255, or default, found \"256\""
        ),
        (
            "roles: { error: { fg: red, c16: 16 } }",
            "3:33: roles.error.c16: expected a number from 0 to 15, a name such as bright_red, or default, found \"16\""
        ),
        (
            "roles: { error: { fg: red, mono: [blink] } }",
            "3:35: roles.error.mono: expected one of bold, reverse, underline, dim, found \"blink\""
        ),
        ("roles: { error: { fg: red, color: red } }", "3:28: roles.error.color: unknown key"),
        ("glyphs: { ok: oo }", "3:15: glyphs.ok: expected one character, one column wide, found \"oo\""),
        ("glyphs: { ok: 研 }", "3:15: glyphs.ok: expected one character, one column wide, found \"研\""),
        (
            "glyphs: { graph: \"123\" }",
            "3:18: glyphs.graph: expected 8 characters, one column wide each, found \"123\""
        ),
        ("glyphs: { oks: o }", "3:11: glyphs.oks: unknown key; did you mean ok?"),
    ]) func refusesTheRest(text: String, expected: String) {
        #expect(Self.problems(Self.head + text) == [expected])
    }

    @Test func whatAFileSaysIsWhatTheThemeIs() throws {
        let text =
            Self.head + """
                roles:
                  error: { fg: red, bold: true, c256: 9, c16: bright_red, mono: [bold, underline] }
                  cursor: { bg: ground, c256: 17, c16: blue }
                  banner_ro: { fg: ground, bg: red, c16: { fg: 0, bg: default } }
                glyphs: { ok: o, frame: "+-+-=I" }
                """
        let theme = try ThemeLibrary().theme(text: text, file: "f")
        let error = theme[.error]
        #expect(error.fg == RGB(red: 255, green: 0, blue: 0) && error.bold && error.c256fg == 9 && error.c16fg == 9)
        #expect(error.mono == [.bold, .underline])
        #expect(theme[.cursor].c256bg == 17 && theme[.cursor].c16bg == 4)
        #expect(theme[.bannerReadOnly].c16fg == 0 && theme[.bannerReadOnly].c16bg == nil)
        #expect(theme.glyphs.ok == "o" && theme.glyphs.frameVertical == "I" && theme.glyphs.critical == "▲")
    }

    @Test func missingNumbersAreComputed() throws {
        let theme = try ThemeLibrary().theme(
            text: Self.head + "roles: { error: red, ok: \"#0f7a2c\", cursor: red }", file: "f")
        #expect(theme[.error].c16fg == 1 && theme[.cursor].c256bg == 196)
        #expect(theme[.ok].c16fg == 2)
    }

    @Test func missingRolesFallBackAndCriticalIsNeverInvisible() throws {
        let theme = try ThemeLibrary().theme(text: "meta: { name: t, variant: dark }", file: "f")
        #expect(theme[.critical].bold && theme[.critical].reverse && theme[.critical].mono != theme[.text].mono)
        #expect(theme[.cursor].reverse)
        let some = try ThemeLibrary().theme(text: Self.head + "roles: { error: red }", file: "f")
        #expect(some[.critical].fg == some[.error].fg)
        let same = try ThemeLibrary().theme(text: Self.head + "roles: { text: red, critical: red }", file: "f")
        #expect(same[.critical].attributes != same[.text].attributes)
    }

    @Test func aThemeThatInheritsRecoloursWhatItTakes() throws {
        let text = "meta: { name: t, inherits: harbor }\npalette: { red: \"#ff00ff\" }\n"
        let theme = try ThemeLibrary().theme(text: text, file: "f")
        #expect(theme[.error].fg?.text == "#ff00ff" && theme[.diffDown].fg?.text == "#ff00ff")
        #expect(theme[.ok].fg?.text == "#3fb950" && theme.variant == .dark)
    }

    @Test func folderWinsOverTheBinaryAndInheritingInACircleIsRefused() throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "tollgate-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let write = { (name: String, text: String) in try Data(text.utf8).write(to: folder.appending(path: name)) }
        try write("mono.yaml", "meta: { name: mono, variant: light }")
        try write("ring.yaml", "meta: { name: ring, inherits: ring }")
        try write("not a theme.yaml", "")
        let library = ThemeLibrary(folders: ["/nowhere", folder.path(percentEncoded: false)])
        #expect(try library.theme(named: "mono").variant == .light)
        #expect(library.names == (ThemeFilesTests.shipped + ["ring"]).sorted())
        #expect(throws: ConfigurationProblems.self) { try library.theme(named: "ring") }
        let problem = #expect(throws: ConfigurationProblems.self) { try library.theme(named: "harbr") }
        #expect(problem?.problems.first?.reason.contains("did you mean harbor?") == true)
        #expect(throws: ConfigurationProblems.self) { try library.theme(named: "../mono") }
    }

    @Test func theCheckFindsWhatCannotBeRead() throws {
        let text =
            Self.head + "roles: { text: ground, ok: \"#808000\", error: \"#826a00\", canvas: ground, cursor: red }"
        let subjects = ThemeCheck.report(try ThemeLibrary().theme(text: text, file: "f")).map(\.subject)
        #expect(subjects.contains("text on canvas"))
        #expect(subjects.contains("ok and error, deuteranopia vision"))
        #expect(!subjects.contains { $0.hasPrefix("border") || $0.hasPrefix("faint") })
    }

    @Test func contrastAndDistanceAreTheStandardOnes() {
        let (black, white) = (RGB(packed: 0), RGB(packed: 0xffffff))
        #expect(abs(black.contrast(to: white) - 21) < 0.001)
        #expect(abs(RGB(packed: 0x777777).contrast(to: white) - 4.478) < 0.001)
        #expect(abs(black.distance(to: white) - 100) < 0.1)
        let (red, green) = (RGB(packed: 0xff0000), RGB(packed: 0x00ff00))
        #expect(abs(red.distance(to: green) - 170.5) < 1)
        #expect(red.distance(to: green, vision: .deuteranopia) < red.distance(to: green) / 2)
    }
}
