import Crypto
import Domain
import Wire

/// A key that has just been drawn: the only moment at which its text is known.
struct NewKey {
    let id: KeyID
    /// `tg_...`, shown once and kept nowhere.
    let text: String
    /// What is kept of it.
    let digest: [UInt8]

    /// Draws one; nil where the system's random numbers do not make one.
    init?() {
        var generator = SystemRandomNumberGenerator()
        let random = (0..<64).map { _ in UInt8.random(in: .min ... .max, using: &generator) }
        guard let text = KeyText.make(random: random.span), let id = KeyText.parse(Array(text.utf8).span) else {
            return nil
        }
        self.id = id
        self.text = text
        digest = Array(SHA256.hash(data: Array(text.utf8)))
    }
}
