import NIOCore
import Testing

@testable import Proxy

@Suite struct ProviderSecretTests {
    private static let key = "sk-abcabcabcd"

    private func text(_ buffer: ByteBuffer) -> String { String(buffer: buffer) }

    @Test(arguments: [
        ("", ""), ("sk-abcabcabc", "sk-abcabcabc"), (key, "[redacted]"), ("x\(key)y", "x[redacted]y"),
        ("\(key)\(key)", "[redacted][redacted]"), ("sk-abcabcabcabcd", "sk-abcabcabcabcd"),
        ("sk-sk-abcabcabcd", "sk-[redacted]"), ("\(key)d\(key.dropLast())", "[redacted]dsk-abcabcabc"),
    ])
    func isReplacedWhereverItStands(content: String, cleaned: String) {
        let secret = ProviderSecret(Self.key)
        #expect(text(secret.redacted(ByteBuffer(string: content))) == cleaned)
        let masked = text(secret.masked(ByteBuffer(string: content)))
        #expect(masked == cleaned.replacing("[redacted]", with: "*************"))
    }

    @Test func isFoundAtEveryPlace() {
        let secret = ProviderSecret(Self.key)
        for index in 0..<64 {
            let content = String(repeating: "c", count: index) + Self.key + String(repeating: "s", count: 64 - index)
            let found = ByteBuffer(string: content).withUnsafeReadableBytes { secret.find(in: $0) }
            #expect(found == index)
        }
    }

    @Test(arguments: ["", "sk", "1234567"]) func aWordOfAnyAnswerIsNoSecret(word: String) {
        #expect(text(ProviderSecret(word).redacted(ByteBuffer(string: "12345678 sk"))) == "12345678 sk")
    }

    @Test func aKeyLongerThanALeapIsFoundToo() {
        let long = String(repeating: "ab", count: 400) + "!"
        #expect(text(ProviderSecret(long).redacted(ByteBuffer(string: "aba" + long + "b"))) == "aba[redacted]b")
    }
}
