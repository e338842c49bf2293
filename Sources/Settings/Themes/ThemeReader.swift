/// Reads a theme file, strictly: what no screen would show is refused, with the nearest word.
struct ThemeReader {
    let reader: StrictReader
    /// The theme that another one inherits from; throws nothing, for its problems are its own: nil where there are any.
    let base: (String) -> ThemeDraft?

    /// Reads a whole file; the result counts only where the reader has no problems.
    func read(_ text: String) -> ThemeDraft? {
        let top = SourcePlace(line: 1, column: 1)
        guard let root = reader.root(of: text) else {
            if reader.problems.isEmpty { reader.report(top, "", "the file is empty") }
            return nil
        }
        let field = Field(node: root, key: "", keyPlace: top)
        guard let file = reader.section(field, keys: ["meta", "palette", "roles", "glyphs"]) else { return nil }
        guard let given = file["meta"] else {
            reader.report(top, "meta", "is missing; it names the theme and its variant")
            return nil
        }
        guard var draft = meta(given) else { return nil }
        if let field = file["palette"] { readPalette(field, into: &draft) }
        if let field = file["roles"] { readRoles(field, into: &draft) }
        if let field = file["glyphs"] { readGlyphs(field, into: &draft) }
        return draft
    }

    private func meta(_ field: Field) -> ThemeDraft? {
        guard let section = reader.section(field, keys: ["name", "variant", "inherits"]) else { return nil }
        var draft = ThemeDraft(name: "", variant: .dark)
        if let inherits = section["inherits"], let name = themeName(inherits) {
            guard let base = base(name) else {
                reader.report(
                    inherits.node.place, inherits.key, "there is no theme \(name), or it inherits from this one")
                return nil
            }
            draft = base
        }
        if let field = section["variant"] {
            draft.variant = reader.value(field, "dark or light", ThemeVariant.init(rawValue:)) ?? draft.variant
        } else if section["inherits"] == nil {
            reader.report(field.node.place, field.child("variant"), "is missing; write dark or light")
        }
        guard let name = section["name"] else {
            reader.report(field.node.place, field.child("name"), "is missing")
            return draft
        }
        draft.name = themeName(name) ?? ""
        return draft
    }

    private func themeName(_ field: Field) -> String? {
        reader.value(field, "letters, digits, - and _") { ThemeName.isValid($0) ? $0 : nil }
    }

    private func readPalette(_ field: Field, into draft: inout ThemeDraft) {
        for (name, field) in reader.names(field) {
            if name == "default" || !ThemeName.isValid(name) {
                reader.report(field.keyPlace, field.key, "a colour's name is letters, digits, - and _, and not default")
            }
            if let color = color(field) { draft.palette[name] = color }
        }
    }

    private func color(_ field: Field) -> RGB? {
        if field.node.isNull {
            // An unquoted # begins a comment, so the value is gone before anyone sees it.
            reader.report(field.node.place, field.key, "has no value; a colour is written in quotes, \"#rrggbb\"")
            return nil
        }
        return reader.value(field, "a colour such as \"#1f2328\"", RGB.init(text:))
    }

    private func readRoles(_ field: Field, into draft: inout ThemeDraft) {
        let known = Role.allCases.map(\.name)
        for (name, field) in reader.names(field) {
            guard let role = Role(name: name) else {
                reader.report(field.keyPlace, field.key, "unknown role" + NearestWord.hint(name, in: known))
                continue
            }
            draft.roles[role] = RoleReader(reader: reader, role: role, palette: draft.palette).read(field)
        }
    }

    private func readGlyphs(_ field: Field, into draft: inout ThemeDraft) {
        let keys = Glyphs.single.map(\.name) + ["graph", "frame"]
        guard let section = reader.section(field, keys: keys) else { return }
        for (name, path) in Glyphs.single {
            guard let field = section[name] else { continue }
            if let glyph = glyphs(field, count: 1)?.first { draft.glyphs[keyPath: path] = glyph }
        }
        if let field = section["graph"], let steps = glyphs(field, count: 8) { draft.glyphs.graph = steps }
        if let field = section["frame"], let parts = glyphs(field, count: 6) {
            draft.glyphs.frameTopLeft = parts[0]
            draft.glyphs.frameTopRight = parts[1]
            draft.glyphs.frameBottomLeft = parts[2]
            draft.glyphs.frameBottomRight = parts[3]
            draft.glyphs.frameHorizontal = parts[4]
            draft.glyphs.frameVertical = parts[5]
        }
    }

    /// Characters that are one column wide each: a wide one would shift every column behind it.
    private func glyphs(_ field: Field, count: Int) -> [Character]? {
        let expected = count == 1 ? "one character, one column wide" : "\(count) characters, one column wide each"
        return reader.value(field, expected) { text in
            let scalars = Array(text.unicodeScalars)
            guard scalars.count == count, scalars.allSatisfy(ThemeReader.isNarrow) else { return nil }
            return scalars.map { Character($0) }
        }
    }

    private static func isNarrow(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.properties.generalCategory {
        case .nonspacingMark, .enclosingMark, .spacingMark, .unassigned: return false
        default: break
        }
        switch scalar.value {
        case 0x1100...0x115f, 0x2e80...0xa4cf, 0xac00...0xd7a3, 0xf900...0xfaff, 0xfe30...0xfe6f, 0xff00...0xff60,
            0xffe0...0xffe6, 0x1b000...0x1b2ff, 0x1f000...0x1faff, 0x20000...:
            return false
        default:
            return !scalar.properties.isEmojiPresentation
        }
    }
}
