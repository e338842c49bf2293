import HTTP
import Testing

/// Names and values are read eight bytes at a time: each byte at each place must be judged as it would be alone.
@Suite struct EveryByteTests {
    /// RFC 9110 §5.6.2, written out.
    private static let token = Set("!#$%&'*+-.^_`|~0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ".utf8)

    private static func read(_ line: [UInt8]) -> [Seen] {
        Reading.requests([(Array("GET / HTTP/1.1\r\nHost: a\r\n".utf8) + line + Array("\r\n\r\n".utf8))[...]])
    }

    @Test(arguments: [1, 7, 8, 9, 17]) func judgesEachByteOfAName(length: Int) {
        for place in 0..<length {
            for byte in UInt8.min...UInt8.max where byte != UInt8(ascii: ":") {
                var name = [UInt8](repeating: UInt8(ascii: "x"), count: length)
                name[place] = byte
                let seen = Self.read(name + Array(": v".utf8))
                if Self.token.contains(byte) {
                    guard case .head(let head) = seen.first else {
                        Issue.record("byte \(byte) at \(place) of \(length) was refused")
                        continue
                    }
                    #expect(head.fields.last == SeenField(name: String(decoding: name, as: UTF8.self), value: "v"))
                } else {
                    #expect(seen == [.fault(.malformed)], "byte \(byte) at \(place) of \(length)")
                }
            }
        }
    }

    @Test(arguments: [1, 7, 8, 9, 17]) func judgesEachByteOfAValue(length: Int) {
        for place in 0..<length {
            for byte in UInt8.min...UInt8.max {
                var value = [UInt8](repeating: UInt8(ascii: "v"), count: length)
                value[place] = byte
                let seen = Self.read(Array("x: ".utf8) + value)
                if (byte >= 0x20 && byte != 0x7f) || byte == 0x09 {
                    guard case .head(let head) = seen.first else {
                        Issue.record("byte \(byte) at \(place) of \(length) was refused")
                        continue
                    }
                    let isBlank = byte == 0x20 || byte == 0x09
                    let expected = isBlank && (place == 0 || place == length - 1) ? length - 1 : length
                    let repaired = String(decoding: value, as: UTF8.self)
                    if byte < 0x80 { #expect(head.fields.last?.value.utf8.count == expected) }
                    if byte >= 0x80 { #expect(head.fields.last?.value == repaired) }
                } else {
                    #expect(seen == [.fault(.malformed)], "byte \(byte) at \(place) of \(length)")
                }
            }
        }
    }

    @Test(arguments: [
        "host", "content-length", "transfer-encoding", "connection", "expect", "authorization", "x-api-key", "api-key",
        "x-goog-api-key", "content-type", "content-encoding", "user-agent", "x-request-id", "x-forwarded-for",
        "forwarded", "retry-after", "location", "trailer",
    ])
    func knowsAFieldByItsWholeNameAlone(name: String) {
        // A name with one letter changed is another field, whose value does not count.
        for (index, byte) in name.utf8.enumerated() where byte != UInt8(ascii: "-") {
            var other = Array(name.utf8)
            other[index] = byte == UInt8(ascii: "q") ? UInt8(ascii: "z") : UInt8(ascii: "q")
            let seen = Self.read(other + Array(": close, 7".utf8))
            guard case .head(let head) = seen.first else {
                Issue.record("\(String(decoding: other, as: UTF8.self)) was taken for \(name)")
                continue
            }
            #expect(head.keepsAlive && head.framing == .none && !head.expectsContinue)
        }
    }

    @Test(arguments: ["Content-Length", "CONTENT-LENGTH", "content-length", "cOnTeNt-LeNgTh"])
    func readsNamesInAnyCase(name: String) {
        guard case .head(let head) = Self.read(Array("\(name): 5".utf8)).first else {
            Issue.record("refused")
            return
        }
        #expect(head.framing == .length(5))
    }

    @Test func findsTheEndOfAHeadOfAnyLength() {
        for length in 0..<40 {
            let head = Array("GET /\(String(repeating: "a", count: length)) HTTP/1.1\r\nHost: a\r\n\r\n".utf8)
            for split in 0...head.count {
                let seen = Reading.requests([head[..<split], head[split...]])
                #expect(seen.count == 2 && seen.last == .end, "length \(length), split at \(split)")
            }
        }
    }
}
