/// A text that must never be shown: a provider's key, a signing secret.
///
/// Every way of printing it, reflection and string interpolation among them, gives `[redacted]`.
package struct Secret: Hashable, Sendable, CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// The text itself; only for the header or the signature that it is meant for.
    package let revealed: String

    package init(_ text: String) { revealed = text }

    package var description: String { "[redacted]" }

    package var debugDescription: String { "[redacted]" }

    package var customMirror: Mirror { Mirror(self, children: []) }
}
