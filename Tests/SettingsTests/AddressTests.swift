import Testing

@testable import Settings

/// Addresses, URLs and quantities.
@Suite struct AddressTests {
    @Test(arguments: [
        ("127.0.0.1", "127.0.0.1", true), ("127.0.0.1", "127.0.0.2", false), ("10.0.0.0/8", "10.255.0.1", true),
        ("10.0.0.0/8", "11.0.0.1", false), ("0.0.0.0/0", "8.8.8.8", true), ("10.0.0.0/8", "::ffff:10.1.1.1", true),
        ("fd00::/8", "fdff::1", true), ("fd00::/8", "fe00::1", false), ("10.128.0.0/9", "10.127.0.1", false),
        ("10.0.0.0/8", "10.0.0.1x", false), ("::/0", "10.0.0.1", false),
    ]) func rangesHoldTheirAddresses(range: String, address: String, expected: Bool) throws {
        #expect(try #require(AddressRange(text: range)).contains(text: address) == expected)
    }

    @Test(arguments: [
        "", "/", "10.0.0.0/", "10.0.0.0/-1", "10.0.0.0/8/8", "10.0.0", "010.0.0.1", "::1/129", "a\u{0}", "1.2.3.4/+8",
    ])
    func otherTextsAreNoRanges(text: String) { #expect(AddressRange(text: text) == nil) }

    @Test(arguments: [
        ("127.0.0.1:0", "127.0.0.1:0", true), ("0.0.0.0:80", "0.0.0.0:80", false), ("[::]:80", "[::]:80", false),
        ("[::1]:80", "[::1]:80", true), ("localhost:80", "127.0.0.1:80", true),
    ]) func listenAddressesAreRead(text: String, expected: String, isLoopback: Bool) throws {
        let address = try #require(ListenAddress(text: text))
        #expect(address.text == expected && address.isLoopback == isLoopback)
    }

    @Test(arguments: ["", ":80", "1.2.3.4", "1.2.3.4:", "1.2.3.4:+1", "::1:80", "[1.2.3.4]:80", "[::1]", "1.2.3.4:80 "])
    func otherTextsAreNoListenAddresses(text: String) { #expect(ListenAddress(text: text) == nil) }

    @Test(arguments: [
        ("https://h", "https://h:443", "h", ""), ("http://H:80/", "http://h:80", "h", ""),
        ("https://h:8443/v1//", "https://h:8443", "h:8443", "/v1"),
        ("http://[::1]:9/x", "http://[::1]:9", "[::1]:9", "/x"),
        ("https://1.2.3.4/v1", "https://1.2.3.4:443", "1.2.3.4", "/v1"),
    ]) func urlsAreRead(text: String, origin: String, host: String, path: String) throws {
        let url = try UpstreamURL(text: text)
        #expect(url.origin == origin && url.hostHeader == host && url.path == path)
    }

    @Test(arguments: [
        "", "h", "https:/h", "https://h h", "https://é", "https://h\\x", "https://-h", "https://h..x", "https://[::1",
        "https://[1.2.3.4]", "https://h:", "https://h:1:2", "https://0x7f.1", "https://a@b", "https://h/%2e",
        "https://h/a//b",
        "https://h#x", "https://@", "https://:80",
    ]) func otherTextsAreNoURLs(text: String) {
        #expect(throws: UpstreamURL.Refusal.self) { try UpstreamURL(text: text) }
    }

    @Test(arguments: [
        ("0", 0), ("512", 512), ("512B", 512), ("1KB", 1000), ("1kB", 1000), ("1KiB", 1024), ("1.5MB", 1_500_000),
        ("2MiB", 2_097_152), ("1GB", 1_000_000_000), ("9GiB", 9_663_676_416),
    ]) func sizesAreRead(text: String, expected: Int) { #expect(QuantityText.bytes(text) == expected) }

    @Test(arguments: ["", "B", "KB", "-1", "1.0001KB", "1 MB ", "1mb", "9999999999999999999", "9999999999GiB"])
    func otherTextsAreNoSizes(text: String) { #expect(QuantityText.bytes(text) == nil) }

    @Test(arguments: [
        ("listne", "listen"), ("maxBody", "max_body"), ("max-body", "max_body"), ("teirs", "tiers"), ("x", nil),
        ("", nil), (String(repeating: "x", count: 10_000), nil),
    ]) func theNearestWordIsFound(word: String, expected: String?) {
        #expect(NearestWord.of(word, in: ConfigurationReader.keys) == expected)
    }
}
