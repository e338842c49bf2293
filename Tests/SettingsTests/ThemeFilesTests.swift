import FoundationEssentials
import Testing

@testable import Settings

/// The theme files that are shipped.
@Suite struct ThemeFilesTests {
    static let shipped = [
        "ansi16", "daylight", "deuteranopia", "harbor", "high-contrast", "mono", "prod-red", "tritanopia",
    ]

    /// The folder `themes` of the repository that this file lies in.
    private static var folder: URL {
        var url = URL(filePath: #filePath)
        for _ in 0..<3 { url.deleteLastPathComponent() }
        return url.appending(path: "themes")
    }

    @Test func theBinaryHoldsWhatTheFolderHolds() throws {
        let files = try FileManager.default.contentsOfDirectory(atPath: Self.folder.path(percentEncoded: false))
        let names = files.filter { $0.hasSuffix(".yaml") }.map { String($0.dropLast(5)) }.sorted()
        #expect(names == Self.shipped)
        #expect(EmbeddedThemes.all.map(\.name).sorted() == Self.shipped)
        for theme in EmbeddedThemes.all {
            let data = try Data(contentsOf: Self.folder.appending(path: theme.name + ".yaml"))
            #expect(String(decoding: data, as: UTF8.self) == theme.text, "themes/\(theme.name).yaml")
        }
    }

    @Test(arguments: shipped) func everyShippedThemePassesItsCheck(name: String) throws {
        let theme = try ThemeLibrary().theme(named: name)
        #expect(theme.name == name)
        #expect(ThemeCheck.report(theme).map(\.description) == [])
    }

    @Test(arguments: shipped) func criticalAndTheCursorStandOutAtEveryDepth(name: String) throws {
        let theme = try ThemeLibrary().theme(named: name)
        let (text, critical) = (theme[.text], theme[.critical])
        #expect(critical.fg != text.fg || critical.attributes != text.attributes)
        #expect(critical.c256fg != text.c256fg || critical.attributes != text.attributes)
        #expect(critical.c16fg != text.c16fg || critical.attributes != text.attributes)
        #expect(critical.mono != text.mono)
        let (canvas, cursor) = (theme[.canvas], theme[.cursor])
        #expect(cursor.bg != canvas.bg || cursor.reverse)
        #expect(cursor.c256bg != canvas.c256bg || cursor.reverse)
        #expect(cursor.c16bg != canvas.c16bg || cursor.reverse)
        #expect(cursor.mono != canvas.mono)
    }

    @Test(arguments: [
        ("deuteranopia", Vision.deuteranopia), ("deuteranopia", .protanopia), ("tritanopia", .tritanopia),
    ])
    func themesForAKindOfVisionSeparateSeveritiesWidely(name: String, vision: Vision) throws {
        let theme = try ThemeLibrary().theme(named: name)
        let colors = [Role.ok, .warn, .error, .critical, .suspended].compactMap { theme[$0].fg }
        #expect(colors.count == 5)
        for (index, color) in colors.enumerated() {
            for other in colors[(index + 1)...] { #expect(color.distance(to: other, vision: vision) > 35) }
        }
    }

    @Test func harborAndDaylightKeepTheColoursOfThePictures() throws {
        let harbor = try ThemeLibrary().theme(named: "harbor")
        #expect(harbor[.canvas].bg?.text == "#0d1117")
        #expect(harbor[.error].fg?.text == "#f85149")
        #expect(harbor[.money].fg?.text == "#e3b341")
        let daylight = try ThemeLibrary().theme(named: "daylight")
        #expect(daylight[.canvas].bg?.text == "#ffffff")
        #expect(daylight[.critical].fg?.text == "#a40e26")
    }

    @Test(arguments: shipped) func severitiesDifferAtEveryDepth(name: String) throws {
        let theme = try ThemeLibrary().theme(named: name)
        let roles = [Role.ok, .warn, .error, .critical]
        let full = roles.map { "\(String(describing: theme[$0].c256fg)) \(theme[$0].attributes)" }
        let few = roles.map { "\(String(describing: theme[$0].c16fg)) \(theme[$0].attributes)" }
        #expect(Set(full).count == roles.count, "\(full)")
        #expect(Set(few).count == roles.count, "\(few)")
        #expect(Set(roles.map { theme[$0].mono.rawValue }).count == roles.count)
    }

    @Test func highContrastKeepsSevenToOne() throws {
        let theme = try ThemeLibrary().theme(named: "high-contrast")
        let roles: [Role] = [.text, .strong, .muted, .key, .ok, .info, .warn, .error, .critical, .suspended, .money]
        for surface in [Role.canvas, .bar, .dialog, .cursor] {
            let ground = try #require(theme[surface].bg)
            for role in roles {
                #expect(try #require(theme[role].fg).contrast(to: ground) >= 7, "\(role) on \(surface)")
            }
        }
    }

    @Test func monoHasNoColour() throws {
        let theme = try ThemeLibrary().theme(named: "mono")
        for style in theme.roles {
            let numbers = [style.c256fg, style.c256bg, style.c16fg, style.c16bg]
            #expect(style.fg == nil && style.bg == nil && numbers.allSatisfy { $0 == nil })
        }
    }

    @Test func surfacesOfTheDefaultsDifferAmong256Colours() throws {
        for name in ["harbor", "daylight"] {
            let theme = try ThemeLibrary().theme(named: name)
            let numbers = [Role.canvas, .bar, .cursor, .danger].map { theme[$0].c256bg }
            #expect(Set(numbers).count == numbers.count, "\(name): \(numbers)")
        }
    }
}
