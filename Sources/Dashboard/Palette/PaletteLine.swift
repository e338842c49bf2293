import Domain
import Settings

/// What a line of the palette says.
enum PaletteLine: Equatable {
    /// A command of the table without arguments.
    case run(CommandName)
    case view(ViewName)
    case theme(String)
    case window(Int)
    case refresh(Int)
    case sort(String)
    case filter(String)
    case write(String)
    case revoke(KeyID)
    case revokeClient(String)
    case suspendDialog(String)
    case createDialog(String)
    case limitsDialog(LimitScope)
    /// An act that is whole as it stands.
    case acts([Command])

    /// Reads a line.
    static func read(_ text: String) -> Result<PaletteLine, FilterFault> {
        do throws(FilterFault) {
            var words = try PaletteWords(text)
            return .success(try read(&words, text))
        } catch {
            return .failure(error)
        }
    }

    private static func read(_ words: inout PaletteWords, _ text: String) throws(FilterFault) -> PaletteLine {
        let first = words.current ?? ""
        // A name of two words is looked for before one of a single word.
        if let second = words.following, let entry = named("\(first) \(second)") {
            words.skip(2)
            return try line(entry, &words)
        }
        words.skip(1)
        switch first {
        case "filter": return .filter(words.remainder)
        case "keys", "clients":
            throw words.fault("`\(first)` needs one of: \(CommandRegistry.forms(of: first).joined(separator: ", "))")
        default: break
        }
        guard let entry = named(first) else {
            let near =
                NearestWord.of(text, in: CommandRegistry.names)
                ?? NearestWord.of(first, in: CommandRegistry.names)
            throw FilterFault(
                offset: 0, reason: "unknown command `\(first)`" + (near.map { ", nearest `\($0)`" } ?? ""))
        }
        return try line(entry, &words)
    }

    /// The command of that name, by other names too.
    private static func named(_ name: String) -> CommandName? {
        let aliases: [String: CommandName] = [
            "q": .quit, "q!": .quit, "exit": .quit, "h": .help, "utc": .zone, "local": .zone, "export": .write,
            "w": .write, "resume": .clientsResume, "restore": .keysRestore, "keep serving": .detach, "color": .theme,
        ]
        if let alias = aliases[name] { return alias }
        guard let found = CommandName(rawValue: name) else { return nil }
        return CommandRegistry.names.contains(name) ? found : nil
    }

    private static func line(_ name: CommandName, _ words: inout PaletteWords) throws(FilterFault) -> PaletteLine {
        switch name {
        case .view: return .view(try view(&words))
        case .theme: return words.isAtEnd ? .run(.theme) : .theme(try words.only("a theme"))
        case .window: return .window(try window(&words))
        case .refresh: return .refresh(try refresh(&words))
        case .sort: return words.isAtEnd ? .run(.sort) : .sort(words.remainder)
        case .write: return words.isAtEnd ? .run(.write) : .write(words.remainder)
        case .revoke: return try revoke(&words)
        case .suspend: return words.isAtEnd ? .run(.suspend) : .suspendDialog(try words.only("a client"))
        case .create: return words.isAtEnd ? .run(.create) : .createDialog(try words.only("a client"))
        case .limits: return words.isAtEnd ? .run(.limits) : .limitsDialog(try scope(try words.only("a scope"), words))
        case .limitsSet: return .acts(try limitsSet(&words))
        case .limitsClear: return .acts([try limitsClear(&words)])
        case .keysRevoke: return .revoke(try keyID(&words))
        case .keysRestore: return .acts([.restoreKey(try keyID(&words))])
        case .keysCreate: return .acts([try keysCreate(&words)])
        case .clientsSuspend: return .acts([try clientsSuspend(&words)])
        case .clientsResume: return .acts([.resumeClient(try words.only("a client"))])
        default:
            try words.end()
            return .run(name)
        }
    }

    private static func view(_ words: inout PaletteWords) throws(FilterFault) -> ViewName {
        let name = try words.only("a view").lowercased()
        if let digit = Int(name), let view = ViewName(rawValue: digit) { return view }
        if let view = ViewName.allCases.first(where: { $0.title.lowercased() == name }) { return view }
        let near = NearestWord.of(name, in: ViewName.allCases.map { $0.title.lowercased() })
        throw words.fault("no view `\(name)`" + (near.map { ", nearest `\($0)`" } ?? ""))
    }

    private static func window(_ words: inout PaletteWords) throws(FilterFault) -> Int {
        let text = try words.only("a window")
        guard let seconds = DurationText.seconds(text).flatMap(Int.init(exactly:)), Reducer.windows.contains(seconds)
        else { throw words.fault("windows are 1m 5m 15m 1h 6h 24h") }
        return seconds
    }

    private static func refresh(_ words: inout PaletteWords) throws(FilterFault) -> Int {
        let text = try words.only("a time")
        guard let value = DurationText.milliseconds(text).flatMap(Int.init(exactly:)), (250...30_000).contains(value)
        else { throw words.fault("between 250ms and 30s") }
        return value
    }

    private static func revoke(_ words: inout PaletteWords) throws(FilterFault) -> PaletteLine {
        if words.isAtEnd { return .run(.revoke) }
        let text = try words.only("a key id")
        return KeyID(text: text).map { .revoke($0) } ?? .revokeClient(text)
    }

    private static func keyID(_ words: inout PaletteWords) throws(FilterFault) -> KeyID {
        let text = try words.only("a key id")
        guard let id = KeyID(text: text) else { throw words.fault("`\(text)` is no key id: tg_ and 8 characters") }
        return id
    }

    private static func scope(_ text: String, _ words: PaletteWords) throws(FilterFault) -> LimitScope {
        guard let scope = LimitScope(text: text) else {
            throw words.fault("a scope is NAME, tier:NAME, model:NAME or gateway")
        }
        return scope
    }

    private static func limitsSet(_ words: inout PaletteWords) throws(FilterFault) -> [Command] {
        let scope = try scope(try words.next("a scope"), words)
        var limits: [Limit] = []
        var seconds: Int64?
        var why = ""
        while let word = words.current {
            switch word {
            case "--for":
                words.skip(1)
                seconds = try words.duration()
            case "--why":
                words.skip(1)
                why = try words.next("a reason")
            default:
                words.skip(1)
                let parts = word.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
                guard parts.count == 2, let limit = Limit(word: String(parts[0]), text: String(parts[1])) else {
                    throw words.fault(
                        "`\(word)` is no limit: requests=300/1m tokens=40k/1m concurrent=64 budget=50/day")
                }
                limits.append(limit)
            }
        }
        guard !limits.isEmpty else { throw words.fault("a limit is missing: requests=300/1m") }
        guard limits.count <= 6 else { throw words.fault("too many limits") }
        return limits.map { .setLimit(scope, $0, forSeconds: seconds, why: why) }
    }

    private static func limitsClear(_ words: inout PaletteWords) throws(FilterFault) -> Command {
        let scope = try scope(try words.next("a scope"), words)
        let word = try words.only("a kind of limit")
        let kind = word == "budget" ? .budgetDay : LimitKind(rawValue: word)
        guard let kind else {
            throw words.fault("a kind is one of \(LimitKind.allCases.map(\.rawValue).joined(separator: ", "))")
        }
        return .clearLimit(scope, kind)
    }

    private static func keysCreate(_ words: inout PaletteWords) throws(FilterFault) -> Command {
        var client: String?
        var tier: String?
        var expires: Int64?
        var models: [String]?
        var note = ""
        while let word = words.current {
            words.skip(1)
            switch word {
            case "--client": client = try words.next("a client")
            case "--tier": tier = try words.next("a tier")
            case "--expires": expires = try words.duration()
            case "--models": models = try words.next("models").split(separator: ",").map(String.init)
            case "--note": note = try words.next("a note")
            default: throw words.fault("`\(word)` is none of --client --tier --expires --models --note")
            }
        }
        guard let client else { throw words.fault("--client NAME is missing") }
        return .createKey(client: client, tier: tier, expiresInSeconds: expires, models: models, note: note)
    }

    private static func clientsSuspend(_ words: inout PaletteWords) throws(FilterFault) -> Command {
        let name = try words.next("a client")
        var seconds: Int64?
        if words.current == "--for" {
            words.skip(1)
            seconds = try words.duration()
        }
        try words.end()
        return .suspendClient(name, forSeconds: seconds)
    }
}
