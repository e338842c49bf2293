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

    @Test(arguments: [
        ("", 0), ("x", 0), ("s", 1), ("xs", 1), ("sk-abcabcabc", 12), ("sk-abcabcabcd", 0), ("sk-abcabcabcx", 0),
        ("sk-abcabcabcsk-a", 4), ("ssk", 2), ("sk-abcabs", 1), ("kabc", 0), ("sk-\n", 0),
    ])
    func anEndThatMayBeItsBeginningIsMeasured(content: String, length: Int) {
        #expect(ProviderSecret(Self.key).openEnd(of: ByteBuffer(string: content)) == length)
        let long = Self.key + String(repeating: "z", count: 300)
        let isPart = content.hasSuffix(Self.key)
        #expect(ProviderSecret(long).openEnd(of: ByteBuffer(string: content)) == (isPart ? 13 : length))
        #expect(ProviderSecret("").openEnd(of: ByteBuffer(string: content)) == 0)
    }

    /// However an answer is cut into pieces, what passes on never holds the key.
    @Test func noSplitLetsItThrough() {
        let secret = ProviderSecret(Self.key)
        let text = Array("xsk-abcsk-abcabcabcd-sk-abcabcabcabcdsk-abc".utf8)
        for first in 0...text.count {
            for second in first...text.count {
                var withheld = ByteBuffer()
                var passed = ByteBuffer()
                for piece in [text[..<first], text[first..<second], text[second...]] {
                    withheld.writeBytes(piece)
                    var bytes = secret.masked(withheld)
                    let open = secret.openEnd(of: bytes)
                    passed.writeImmutableBuffer(bytes.readSlice(length: bytes.readableBytes - open) ?? ByteBuffer())
                    withheld = bytes
                }
                passed.writeImmutableBuffer(withheld)
                #expect(String(buffer: passed) == "xsk-abc*************-sk-abcabcabcabcdsk-abc")
            }
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
