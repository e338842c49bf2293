/// Writes JSON text into a byte array: small objects by hand, many times faster than an encoder.
///
/// The caller gives the order and nesting; commas are put where they belong.
package struct JSONWriter {
    /// The text so far.
    package private(set) var bytes: [UInt8]
    /// Whether format characters, bidirectional controls and line separators are escaped too: for logs and screens.
    private let escapesFormat: Bool
    private var needsComma = false

    /// A writer that appends to `bytes`.
    package init(appendingTo bytes: [UInt8] = [], escapesFormat: Bool = false) {
        self.bytes = bytes
        self.escapesFormat = escapesFormat
    }

    private mutating func separate() {
        if needsComma { bytes.append(UInt8(ascii: ",")) }
        needsComma = true
    }

    private mutating func open(_ byte: UInt8) {
        separate()
        bytes.append(byte)
        needsComma = false
    }

    private mutating func close(_ byte: UInt8) {
        bytes.append(byte)
        needsComma = true
    }

    /// Opens an object; its members come next.
    package mutating func beginObject() { open(UInt8(ascii: "{")) }

    /// Closes the innermost object.
    package mutating func endObject() { close(UInt8(ascii: "}")) }

    /// Opens an array; its elements come next.
    package mutating func beginArray() { open(UInt8(ascii: "[")) }

    /// Closes the innermost array.
    package mutating func endArray() { close(UInt8(ascii: "]")) }

    /// A member's name, which is a literal that needs no escape; its value comes next.
    package mutating func key(_ name: StaticString) {
        separate()
        bytes.append(UInt8(ascii: "\""))
        append(name)
        bytes.append(UInt8(ascii: "\""))
        bytes.append(UInt8(ascii: ":"))
        needsComma = false
    }

    /// A member's name from outside; its value comes next.
    package mutating func key(text name: String) {
        value(name)
        bytes.append(UInt8(ascii: ":"))
        needsComma = false
    }

    /// Writes a string, escaped.
    package mutating func value(_ text: String) {
        separate()
        bytes.append(UInt8(ascii: "\""))
        JSONText.appendEscaped(text, escapesFormat: escapesFormat, to: &bytes)
        bytes.append(UInt8(ascii: "\""))
    }

    /// Writes a whole number.
    package mutating func value(_ number: Int64) {
        separate()
        JSONText.append(number, to: &bytes)
    }

    /// Writes a decimal with at most `places` (0 to 6) of them; `null` where it is no number.
    package mutating func value(_ number: Double, places: Int) {
        separate()
        JSONText.append(number, places: places, to: &bytes)
    }

    /// Writes `true` or `false`.
    package mutating func value(_ truth: Bool) {
        separate()
        append(truth ? "true" : "false")
    }

    /// Writes `null`.
    package mutating func null() {
        separate()
        append("null")
    }

    /// A value that is JSON text already: `0.000125`, or an object made elsewhere.
    package mutating func raw(_ text: String) {
        separate()
        bytes.append(contentsOf: text.utf8)
    }

    /// A member whose value is a string.
    package mutating func member(_ name: StaticString, _ text: String) {
        key(name)
        value(text)
    }

    /// A member whose value is a whole number.
    package mutating func member(_ name: StaticString, _ number: Int64) {
        key(name)
        value(number)
    }

    /// A member whose value is a boolean.
    package mutating func member(_ name: StaticString, _ truth: Bool) {
        key(name)
        value(truth)
    }

    /// A member whose value is null where there is no text.
    package mutating func member(_ name: StaticString, orNull text: String?) {
        key(name)
        if let text { value(text) } else { null() }
    }

    private mutating func append(_ text: StaticString) {
        unsafe bytes.append(contentsOf: UnsafeBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount))
    }
}
