/// Which characters may stand on a terminal, in a log line or in a scrape as themselves.
package enum VisibleText {
    /// False for control and format characters, line separators, surrogates, private use and unassigned ones.
    package static func isVisible(_ scalar: Unicode.Scalar) -> Bool {
        if scalar.isASCII { return scalar.value >= 0x20 && scalar.value != 0x7f }
        switch scalar.properties.generalCategory {
        case .control, .format, .lineSeparator, .paragraphSeparator, .surrogate, .privateUse, .unassigned: return false
        default: return true
        }
    }

    /// The text with what is not visible written as `\u{…}`, fit for a line on a terminal.
    package static func escaped(_ text: String) -> String {
        var result = ""
        for scalar in text.unicodeScalars {
            if isVisible(scalar) {
                result.unicodeScalars.append(scalar)
            } else {
                result += "\\u{" + String(scalar.value, radix: 16) + "}"
            }
        }
        return result
    }

    /// Whether it is visible and drawn as something by itself: fillers, variation selectors and the joiner are not,
    /// although they are no format characters.
    package static func isSeen(_ scalar: Unicode.Scalar) -> Bool {
        isVisible(scalar) && (scalar.isASCII || !scalar.properties.isDefaultIgnorableCodePoint)
    }
}
