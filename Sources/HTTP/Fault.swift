/// Why a message cannot be accepted; the connection that sent it is closed after the answer.
package struct HTTPFault: Error, Equatable, Sendable {
    /// The kinds of fault, each with one status.
    package enum Code: Sendable {
        case malformed
        case headTooLarge
        case uriTooLong
        case bodyTooLarge
        case unsupported
        case versionUnsupported
        case expectationFailed
        case cutShort
    }

    package var code: Code
    /// What is wrong, in words for the sender; holds nothing that the sender sent.
    package var reason: String

    package init(_ code: Code, _ reason: String) {
        self.code = code
        self.reason = reason
    }

    /// The status that answers it.
    package var status: UInt16 {
        switch code {
        case .malformed, .cutShort: 400
        case .headTooLarge: 431
        case .uriTooLong: 414
        case .bodyTooLarge: 413
        case .unsupported: 501
        case .versionUnsupported: 505
        case .expectationFailed: 417
        }
    }
}
