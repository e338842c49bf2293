internal import CLinux
internal import CNcurses
internal import Glibc

extension TerminalScreen {
    /// The types of the configuration that the terminal database knows and that can place a cursor, best first.
    static func usableTypes(_ configuration: TerminalConfiguration) throws(TerminalError) -> [String] {
        guard let named = configuration.environment["TERM"], !named.isEmpty else {
            throw TerminalError(.noType, "TERM is not set")
        }
        let shown = TextWidth.cut(named, to: 40)
        if tg_type_probe(named) == TG_TYPE_NO_CURSOR.rawValue {
            throw TerminalError(
                .noCursor, "TERM=\(shown) cannot place its cursor")
        }
        let types = configuration.colour.types(for: named, environment: configuration.environment).filter {
            tg_type_probe($0) == TG_TYPE_GOOD.rawValue
        }
        guard !types.isEmpty else {
            throw TerminalError(
                .unknownType, "TERM=\(shown) is not in the terminal database")
        }
        return types
    }

    static func openTerminal(_ source: TerminalConfiguration.Source) throws(TerminalError) -> Int32 {
        let opened: Int32
        switch source {
        case .controlling: opened = tg_terminal_reopen(-1)
        case .descriptor(let descriptor):
            opened = descriptor < 0 ? -EBADF : tg_terminal_reopen(descriptor)
        }
        guard opened >= 0 else {
            throw TerminalError(.notATerminal, "there is no terminal")
        }
        return opened
    }

    /// The size of a terminal that does not know its own.
    static let assumed = Size(columns: 80, rows: 24)

    /// - Returns: nil where the terminal does not answer.
    static func measure(_ descriptor: Int32) -> Size? {
        var rows: Int32 = 0
        var columns: Int32 = 0
        guard tg_terminal_size(descriptor, &rows, &columns) == 0 else { return nil }
        guard rows > 0, columns > 0 else { return assumed }
        return Size(columns: Int(columns), rows: Int(rows)).bounded
    }

    static func release(_ descriptors: Int32...) {
        for descriptor in descriptors where descriptor >= 0 { Glibc.close(descriptor) }
    }
}
