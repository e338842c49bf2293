/// Names of themes, which become names of files.
enum ThemeName {
    /// Letters, digits, `-` and `_`, at most 64: nothing that leads out of a folder.
    static func isValid(_ name: String) -> Bool {
        (1...64).contains(name.utf8.count)
            && name.unicodeScalars.allSatisfy { scalar in
                scalar.isASCII && (scalar.properties.isAlphabetic || scalar.properties.numericType != nil)
                    || scalar == "-" || scalar == "_"
            }
    }
}
