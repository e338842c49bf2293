/// Reads one entry of `roles`: a colour, or a block.
struct RoleReader {
    let reader: StrictReader
    let role: Role
    let palette: [String: RGB]

    private static let keys = ["fg", "bg", "bold", "reverse", "underline", "c256", "c16", "mono"]

    func read(_ field: Field) -> RoleDraft {
        var draft = RoleDraft()
        guard case .map = field.node.kind else {
            let color = color(field)
            if role.isSurface { draft.bg = color } else { draft.fg = color }
            return draft
        }
        guard let section = reader.section(field, keys: RoleReader.keys) else { return draft }
        if let field = section["fg"] {
            if role.isSurface {
                reader.report(
                    field.keyPlace, field.key, "is without effect: \(role.name) is a surface, it has a bg only")
            }
            draft.fg = color(field)
        }
        if let field = section["bg"] {
            if !role.isSurface, !role.isBanner {
                reader.report(field.keyPlace, field.key, "is without effect: \(role.name) is text, it has an fg only")
            }
            draft.bg = color(field)
        }
        for (name, attribute) in [("bold", TextAttributes.bold), ("reverse", .reverse), ("underline", .underline)] {
            if let field = section[name], flag(field) == true { draft.attributes.insert(attribute) }
        }
        if let field = section["c256"] {
            (draft.c256fg, draft.c256bg) = numbers(field, expected: "a number from 0 to 255, or default") { UInt8($0) }
        }
        if let field = section["c16"] {
            (draft.c16fg, draft.c16bg) = numbers(
                field, expected: "a number from 0 to 15, a name such as bright_red, or default"
            ) {
                if let index = TerminalPalette.names16.firstIndex(of: $0) { return UInt8(exactly: index) }
                return UInt8($0).flatMap { $0 < 16 ? $0 : nil }
            }
        }
        if let field = section["mono"] { draft.mono = attributes(field) }
        return draft
    }

    private func color(_ field: Field) -> ColorReference? {
        if field.node.isNull {
            reader.report(field.node.place, field.key, "has no value; a colour is a name, or \"#rrggbb\" in quotes")
            return nil
        }
        guard let text = reader.text(field) else { return nil }
        if text == "default" { return .terminal }
        if let color = RGB(text: text) { return .literal(color) }
        if palette[text] != nil { return .named(text) }
        let hint = NearestWord.hint(text, in: palette.keys.sorted())
        reader.report(field.node.place, field.key, "no such colour in the palette: \(StrictReader.quote(text))" + hint)
        return nil
    }

    private func flag(_ field: Field) -> Bool? {
        reader.value(field, "true or false") { text in text == "true" ? true : text == "false" ? false : nil }
    }

    /// One number for the colour that the role has, or `{ fg: …, bg: … }`.
    private func numbers(
        _ field: Field, expected: String, _ read: @escaping (String) -> UInt8?
    ) -> (fg: PaletteNumber?, bg: PaletteNumber?) {
        let one = { (field: Field) -> PaletteNumber? in
            reader.value(field, expected) { $0 == "default" ? .terminal : read($0).map { .number($0) } }
        }
        guard case .map = field.node.kind else {
            let number = one(field)
            return role.isSurface ? (nil, number) : (number, nil)
        }
        guard let section = reader.section(field, keys: ["fg", "bg"]) else { return (nil, nil) }
        return (section["fg"].flatMap(one), section["bg"].flatMap(one))
    }

    private func attributes(_ field: Field) -> TextAttributes {
        var fields = [field]
        if case .list = field.node.kind { fields = reader.list(field) ?? [] }
        var set: TextAttributes = []
        for field in fields {
            let words = TextAttributes.words.map(\.word).joined(separator: ", ")
            let attribute = reader.value(field, "one of \(words)") { text in
                TextAttributes.words.first { $0.word == text }?.attribute
            }
            if let attribute { set.insert(attribute) }
        }
        return set
    }
}
