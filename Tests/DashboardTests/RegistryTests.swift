import Dashboard
import Domain
import Terminal
import Testing

/// The one list of commands.
@Suite struct RegistryTests {
    @Test(arguments: KeyContext.allCases)
    func noKeyMeansTwoThings(context: KeyContext) {
        var seen: [Key: CommandName] = [:]
        for entry in CommandRegistry.all where entry.context == context {
            for key in entry.keys {
                #expect(seen[key] == nil, "\(key.script) is \(String(describing: seen[key])) and \(entry.name)")
                seen[key] = entry.name
            }
        }
        #expect(!seen.isEmpty)
    }

    @Test func everyEntryCanBeReadBySomebody() {
        for entry in CommandRegistry.all {
            #expect(!entry.hint.isEmpty)
            #expect(!entry.help.isEmpty)
            #expect(entry.keys.isEmpty == (entry.keyLabel.isEmpty || entry.keyLabel == "any key"))
            #expect(entry.asciiLabel.utf8.allSatisfy { $0 < 0x80 })
        }
    }

    @Test func everyCommandOfThePaletteIsUnderstood() throws {
        for name in CommandRegistry.names {
            var driver = Driver()
            try driver.play(":" + name + "<enter>")
            let reason = driver.state.prompt?.fault?.reason ?? ""
            #expect(!reason.contains("unknown"), "\(name): \(reason)")
        }
    }

    @Test func everyKeyOfTheTableDoesSomething() throws {
        for entry in CommandRegistry.all where entry.context == .table {
            for key in entry.keys {
                #expect(CommandRegistry.entry(for: key, in: .table)?.name == entry.name)
                #expect(Key(script: key.script) == key)
            }
        }
    }

    @Test func theFooterSaysWhatKeysDoNow() throws {
        var driver = Driver()
        #expect(
            CommandRegistry.footer(for: driver.state).map(\.hint).prefix(6) == [
                "open", "filter", "limit", "suspend", "revoke", "undo",
            ])
        try driver.play("3R")
        #expect(CommandRegistry.footer(for: driver.state).map(\.hint) == ["revoke", "cancel"])
        try driver.play("<wait 300ms>nq")
        #expect(CommandRegistry.footer(for: driver.state).map(\.hint) == ["drain and stop", "keep serving", "stay"])
    }

    @Test func theTableOfTheReadmeHasEveryKey() {
        let table = CommandRegistry.markdown
        for entry in CommandRegistry.all where entry.context == .table && !entry.keys.isEmpty {
            #expect(table.contains("| `\(entry.keyLabel)` |"))
        }
    }
}
