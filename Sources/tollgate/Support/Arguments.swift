import ArgumentParser
import Domain
import Terminal

/// A length of time on the command line: `90s`, `15m`, `36h`, `30d`, `1h30m`.
struct TimeSpan: ExpressibleByArgument {
    let seconds: Int64

    init(seconds: Int64) { self.seconds = seconds }

    var defaultValueDescription: String { DurationText.short(seconds) }

    init?(argument: String) {
        guard let seconds = DurationText.seconds(argument), seconds > 0 else { return nil }
        self.seconds = seconds
    }
}

/// Words with commas between them.
struct WordList: ExpressibleByArgument {
    let words: [String]

    init?(argument: String) {
        let words = argument.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
        guard !words.isEmpty, !words.contains(where: \.isEmpty) else { return nil }
        self.words = words
    }
}

/// Columns and rows: `120x36`.
struct ScreenSize: ExpressibleByArgument {
    let size: Size

    init?(argument: String) {
        let sides = argument.lowercased().split(separator: "x", omittingEmptySubsequences: false)
        guard sides.count == 2, let columns = Int(sides[0]), let rows = Int(sides[1]), columns > 0, rows > 0 else {
            return nil
        }
        size = Size(columns: columns, rows: rows).bounded
    }
}

/// One of the windows that figures are taken over.
struct FigureWindow: ExpressibleByArgument {
    static let lengths: [Int64] = [60, 300, 900, 3600, 21_600, 86_400]
    let seconds: Int

    init?(argument: String) {
        guard let seconds = DurationText.seconds(argument), FigureWindow.lengths.contains(seconds) else { return nil }
        self.seconds = Int(clamping: seconds)
    }
}

/// A key's id as people type it.
enum KeyArgument {
    /// The id of `7Q2fA9xk` or `tg_7Q2fA9xk`.
    ///
    /// - Throws: `Failure`: a whole key is never repeated in a message.
    static func id(_ text: String) throws -> KeyID {
        if let id = KeyID(text: text) { return id }
        let bytes = Array(text.utf8)
        if bytes.count > 11, text.hasPrefix("tg_"), bytes[11] == UInt8(ascii: "_"), let id = KeyID(bytes: bytes[3..<11])
        {
            throw Failure(
                .usage,
                "that is a whole key, which must not stand in an argument list: name it by its id, \(id.shown)")
        }
        throw Failure(.failure, "there is no key \(Visible.name(text)): ids are tg_ and 8 letters or digits")
    }
}
