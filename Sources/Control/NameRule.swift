import Domain

/// What a client's name may be: it is shown, logged and typed.
package enum NameRule {
    /// Why `name` cannot be one; nil where it can.
    package static func fault(_ name: String) -> String? {
        if name.isEmpty { return "is empty" }
        if name.utf8.count > 128 { return "is longer than 128 bytes" }
        if name.first == " " || name.last == " " { return "begins or ends with a blank" }
        return name.unicodeScalars.allSatisfy(VisibleText.isVisible) ? nil : "holds a control or format character"
    }
}
