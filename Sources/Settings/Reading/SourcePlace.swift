/// A place in a file: 1-based line and column, counted in Unicode scalars.
struct SourcePlace: Hashable, Comparable, Sendable {
    var line: Int
    var column: Int

    static func < (left: SourcePlace, right: SourcePlace) -> Bool {
        (left.line, left.column) < (right.line, right.column)
    }
}

/// A problem whose file is not known where it is found.
struct PlacedReason: Error, Hashable, Sendable {
    var place: SourcePlace
    var reason: String
    /// The path of the key that it is about; empty where none is known.
    var key = ""
}
