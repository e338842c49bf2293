import Domain

/// JSON as it is written: commas and escapes are seen to here.
///
/// Control and format characters, line separators and everything that is no assigned character are escaped, so that the
/// text is harmless on a terminal too.
struct JSONText {
    private var text = ByteText(capacity: 16_384)
    private var needsComma = false

    var bytes: [UInt8] { text.bytes }

    mutating func object(_ members: (inout JSONText) -> Void) {
        separate()
        text.append("{")
        needsComma = false
        members(&self)
        text.append("}")
        needsComma = true
    }

    mutating func list<Element>(_ name: StaticString, _ elements: [Element], _ write: (Element, inout JSONText) -> Void)
    {
        self.name(name)
        text.append("[")
        needsComma = false
        for element in elements { write(element, &self) }
        text.append("]")
        needsComma = true
    }

    mutating func strings(_ name: StaticString, _ values: [String]) {
        list(name, values) { value, json in
            json.separate()
            json.string(value)
        }
    }

    mutating func member(_ name: StaticString, _ write: (inout JSONText) -> Void) {
        self.name(name)
        write(&self)
    }

    mutating func member(_ name: StaticString, _ value: Int64?) {
        self.name(name)
        if let value { text.append(value) } else { text.append("null") }
        needsComma = true
    }

    mutating func member(_ name: StaticString, _ value: Double?) {
        self.name(name)
        if let value { text.append(value, places: 4) } else { text.append("null") }
        needsComma = true
    }

    mutating func member(_ name: StaticString, _ value: String?) {
        self.name(name)
        if let value { string(value) } else { text.append("null") }
        needsComma = true
    }

    mutating func member(_ name: StaticString, _ value: Timestamp?) {
        member(name, value.map { Calendar.rfc3339($0) })
    }

    private mutating func name(_ name: StaticString) {
        separate()
        text.append("\"")
        text.append(name)
        text.append("\":")
        needsComma = false
    }

    private mutating func separate() {
        if needsComma { text.append(",") }
        needsComma = true
    }

    private mutating func string(_ value: String) {
        text.append("\"")
        for scalar in value.unicodeScalars {
            switch scalar {
            case "\"": text.append("\\\"")
            case "\\": text.append("\\\\")
            default:
                if VisibleText.isVisible(scalar) {
                    for byte in UTF8.encode(scalar) ?? UTF8.encodedReplacementCharacter { text.append(byte: byte) }
                } else {
                    for unit in UTF16.encode(scalar) ?? UTF16.encodedReplacementCharacter { escape(unit) }
                }
            }
        }
        text.append("\"")
    }

    private mutating func escape(_ unit: UInt16) {
        text.append("\\u")
        for shift in stride(from: UInt16(12), through: 0, by: -4) {
            let nibble = UInt8(truncatingIfNeeded: unit >> shift) & 0xf
            text.append(byte: nibble < 10 ? 0x30 &+ nibble : 0x57 &+ nibble)
        }
    }
}
