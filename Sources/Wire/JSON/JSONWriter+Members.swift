package import Domain

// Members and nestings of the objects that people and scripts read.
extension JSONWriter {
    /// An object whose members are written by `members`.
    package mutating func object(_ members: (inout JSONWriter) throws -> Void) rethrows {
        beginObject()
        try members(&self)
        endObject()
    }

    /// An array with an element for each of `elements`.
    package mutating func array<Elements: Sequence>(
        _ elements: Elements, _ write: (Elements.Element, inout JSONWriter) throws -> Void
    ) rethrows {
        beginArray()
        for element in elements { try write(element, &self) }
        endArray()
    }

    /// A member whose value is written by `write`.
    package mutating func member(_ name: StaticString, _ write: (inout JSONWriter) throws -> Void) rethrows {
        key(name)
        try write(&self)
    }

    /// A member whose value is an array with an element for each of `elements`.
    package mutating func list<Elements: Sequence>(
        _ name: StaticString, _ elements: Elements, _ write: (Elements.Element, inout JSONWriter) throws -> Void
    ) rethrows {
        key(name)
        try array(elements, write)
    }

    /// A member whose value is an array of strings, null where there is none.
    package mutating func words(_ name: StaticString, _ words: [String]?) {
        guard let words else { return member(name, orNull: nil as String?) }
        list(name, words) { $1.value($0) }
    }

    /// A member whose value is null where there is no number.
    package mutating func member(_ name: StaticString, orNull number: Int64?) {
        key(name)
        if let number { value(number) } else { null() }
    }

    /// A member whose value is a decimal with at most four places; null where there is none or it is no number.
    package mutating func member(_ name: StaticString, orNull number: Double?) {
        key(name)
        if let number { value(number, places: 4) } else { null() }
    }

    /// A member whose value is a moment, RFC 3339 in UTC.
    package mutating func member(_ name: StaticString, _ time: Timestamp) {
        member(name, Calendar.rfc3339(time))
    }

    /// A member whose value is a moment; null where there is none.
    package mutating func member(_ name: StaticString, orNull time: Timestamp?) {
        member(name, orNull: time.map { Calendar.rfc3339($0) })
    }
}
