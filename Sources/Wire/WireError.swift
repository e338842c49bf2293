package import Domain

/// Why bytes from outside could not be read as what they claim to be.
package struct WireError: Error, Hashable, Sendable {
    /// The closed list of reasons.
    package enum Code: UInt8, Sendable {
        /// Not strict JSON (RFC 8259): syntax, UTF-8, escapes, control characters, trailing bytes.
        case notJSON
        /// A member name occurs twice in one object: two readers could take different values.
        case duplicateKey
        /// A member name equals one that we judge by but for its case: lenient readers would take it.
        case ambiguousKey
        /// Nested deeper than `JSONScanner.maximumDepth`, or an object with too many members.
        case tooDeep
        /// Well-formed JSON in which a member has a type or value that the request cannot have.
        case invalidRequest
    }

    package var code: Code
    /// One sentence for the caller; never holds text of the body.
    package var message: String
    /// The member at fault, as `error.param` names it.
    package var param: String?

    package init(_ code: Code, _ message: String, param: String? = nil) {
        self.code = code
        self.message = message
        self.param = param
    }

    /// The refusal that it becomes.
    package var errorCode: ErrorCode { code == .invalidRequest ? .invalidRequest : .invalidJSON }
}
