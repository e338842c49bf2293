import Testing

@testable import tollgate

/// What a slip of the pen on the command line is told.
struct CommandWordsTests {
    @Test(arguments: [
        ("serv", "there is no command tollgate serv; did you mean tollgate serve?"),
        ("nonsense", "there is no command tollgate nonsense; see tollgate --help"),
        ("keys revok 7Q2fA9xk", "there is no command tollgate keys revok; did you mean tollgate keys revoke?"),
        ("limits sett acme", "there is no command tollgate limits sett; did you mean tollgate limits set?"),
        ("theme colour", "there is no command tollgate theme colour; see tollgate theme --help"),
        ("--config a.yaml check", "options stand behind the command: tollgate check --config …"),
    ])
    func anUnknownWordIsNamedWithTheNearestCommand(line: String, message: String) {
        let fault = CommandWords.fault(line.split(separator: " ").map(String.init))
        #expect(fault?.message == message)
        #expect(fault?.status == .usage)
    }

    @Test func bytesThatAreNoTextAreRefused() {
        let fault = CommandWords.encodingFault([Array("keys".utf8), Array("caf".utf8) + [0xe9]])
        #expect(fault?.status == .usage && fault?.message == "the argument caf\u{fffd} is not UTF-8")
        #expect(CommandWords.encodingFault([Array("café \u{fffd} 研究".utf8), []]) == nil)
    }

    @Test(arguments: [
        "", "serve", "keys", "keys revoke 7Q2fA9xk", "limits acme", "limits show nonsense", "undo 7", "help keys",
        "--theme demo", "--ascii", "--version", "theme check a.yaml", "keys --help", "check --config serve",
    ])
    func whatTheParserUnderstandsIsLeftToIt(line: String) {
        #expect(CommandWords.fault(line.split(separator: " ").map(String.init)) == nil)
    }
}
