import HTTP
import Testing

/// Requests that must not be served, with the kind of their fault.
enum RefusedRequests {
    struct Case: Sendable, CustomTestStringConvertible {
        var name: String
        var text: String
        var code: HTTPFault.Code
        var testDescription: String { name }
    }

    private static func bad(_ name: String, _ text: String, _ code: HTTPFault.Code = .malformed) -> Case {
        Case(name: name, text: text, code: code)
    }

    /// A GET with these field lines after a good Host.
    private static func fields(_ name: String, _ lines: String, _ code: HTTPFault.Code = .malformed) -> Case {
        bad(name, "GET / HTTP/1.1\r\nHost: a\r\n\(lines)\r\n\r\n", code)
    }

    /// A GET of this target.
    private static func target(_ name: String, _ target: String, _ code: HTTPFault.Code = .malformed) -> Case {
        bad(name, "GET \(target) HTTP/1.1\r\nHost: a\r\n\r\n", code)
    }

    /// A chunked POST with this body.
    private static func chunked(_ name: String, _ body: String, _ code: HTTPFault.Code = .malformed) -> Case {
        bad(name, "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n\(body)", code)
    }

    static let all: [Case] = lines + hosts + framings + targets + chunks + protocols + sizes

    private static let lines: [Case] = [
        bad("lines end with LF alone", "GET / HTTP/1.1\nHost: a\n\n"),
        bad("one line ends with LF alone", "GET / HTTP/1.1\r\nHost: a\nX: 1\r\n\r\n"),
        bad("the head ends with LF LF", "GET / HTTP/1.1\r\nHost: a\r\n\n"),
        bad("a CR inside the request line", "GET /\r HTTP/1.1\r\nHost: a\r\n\r\n"),
        fields("a CR inside a value", "X: a\rb"),
        fields("a NUL inside a value", "X: a\0b"),
        fields("a NUL inside a name", "X\0: a"),
        fields("a control character in a value", "X: a\u{1b}[2J"),
        fields("a DEL in a value", "X: a\u{7f}"),
        fields("a blank before the colon", "X : a"),
        fields("a tab before the colon", "X\t: a"),
        fields("a folded line", "X: a\r\n b"),
        fields("a folded line with a tab", "X: a\r\n\tb"),
        fields("a field without a colon", "Xa"),
        fields("a field without a name", ": a"),
        fields("a name in quotes", "\"X\": a"),
        fields("a name with an umlaut", "\u{e4}: a"),
        bad("a folded first field", "GET / HTTP/1.1\r\n Host: a\r\n\r\n"),
        bad("two blanks after the method", "GET  / HTTP/1.1\r\nHost: a\r\n\r\n"),
        bad("two blanks before the version", "GET /  HTTP/1.1\r\nHost: a\r\n\r\n"),
        bad("a tab in the request line", "GET\t/ HTTP/1.1\r\nHost: a\r\n\r\n"),
        bad("a blank before the method", " GET / HTTP/1.1\r\nHost: a\r\n\r\n"),
        bad("a blank after the version", "GET / HTTP/1.1 \r\nHost: a\r\n\r\n"),
        bad("no version", "GET /\r\nHost: a\r\n\r\n"),
        bad("a version in lower case", "GET / http/1.1\r\nHost: a\r\n\r\n"),
        bad("a version of two digits", "GET / HTTP/1.10\r\nHost: a\r\n\r\n"),
        bad("a version without a point", "GET / HTTP/11\r\nHost: a\r\n\r\n"),
        bad("a method with a bracket", "GE(T / HTTP/1.1\r\nHost: a\r\n\r\n"),
        bad("five empty lines", "\r\n\r\n\r\n\r\n\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n"),
    ]

    private static let hosts: [Case] = [
        bad("no Host", "GET / HTTP/1.1\r\nX: 1\r\n\r\n"),
        bad("no field at all", "GET / HTTP/1.1\r\n\r\n"),
        bad("two Hosts", "GET / HTTP/1.1\r\nHost: a\r\nHost: a\r\n\r\n"),
        bad("two Hosts in HTTP/1.0", "GET / HTTP/1.0\r\nHost: a\r\nhost: b\r\n\r\n"),
        bad("an empty Host", "GET / HTTP/1.1\r\nHost:\r\n\r\n"),
        bad("a Host with a user", "GET / HTTP/1.1\r\nHost: u@a\r\n\r\n"),
        bad("a Host with a path", "GET / HTTP/1.1\r\nHost: a/b\r\n\r\n"),
        bad("a Host list", "GET / HTTP/1.1\r\nHost: a, b\r\n\r\n"),
        bad("a Host with a blank", "GET / HTTP/1.1\r\nHost: a b\r\n\r\n"),
        bad("a Host with a bad port", "GET / HTTP/1.1\r\nHost: a:8o\r\n\r\n"),
        bad("a Host that is only a port", "GET / HTTP/1.1\r\nHost: :80\r\n\r\n"),
        bad("a Host with an open bracket", "GET / HTTP/1.1\r\nHost: [::1\r\n\r\n"),
    ]

    private static let framings: [Case] = [
        fields("a length and chunks", "Content-Length: 5\r\nTransfer-Encoding: chunked"),
        fields("chunks and a length", "Transfer-Encoding: chunked\r\nContent-Length: 5"),
        fields("two lengths that differ", "Content-Length: 5\r\nContent-Length: 6"),
        fields("two lengths that agree", "Content-Length: 5\r\nContent-Length: 5"),
        fields("a list of lengths", "Content-Length: 5, 5"),
        fields("a length with a sign", "Content-Length: +5"),
        fields("a negative length", "Content-Length: -1"),
        fields("a hexadecimal length", "Content-Length: 0x5"),
        fields("a fractional length", "Content-Length: 5.0"),
        fields("a length with a blank inside", "Content-Length: 5 5"),
        fields("an empty length", "Content-Length:"),
        fields("a length beyond 64 bits", "Content-Length: 18446744073709551617"),
        fields("an empty transfer coding", "Transfer-Encoding:"),
        fields("chunks twice in two fields", "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked"),
        fields("chunks twice in a list", "Transfer-Encoding: chunked, chunked", .unsupported),
        fields("gzip, then chunks", "Transfer-Encoding: gzip, chunked", .unsupported),
        fields("chunks, then identity", "Transfer-Encoding: chunked, identity", .unsupported),
        fields("identity", "Transfer-Encoding: identity", .unsupported),
        fields("a look-alike of chunked", "Transfer-Encoding: xchunked", .unsupported),
        fields("chunked with a parameter", "Transfer-Encoding: chunked;a=b", .unsupported),
        bad("chunks in HTTP/1.0", "POST / HTTP/1.0\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"),
        bad(
            "an expectation that is unknown",
            "POST / HTTP/1.1\r\nHost: a\r\nExpect: 200-ok\r\nContent-Length: 1\r\n\r\n",
            .expectationFailed),
    ]

    private static let targets: [Case] = [
        target("an asterisk", "*"),
        bad("OPTIONS *", "OPTIONS * HTTP/1.1\r\nHost: a\r\n\r\n"),
        bad("CONNECT", "CONNECT a:443 HTTP/1.1\r\nHost: a\r\n\r\n", .unsupported),
        bad("TRACE", "TRACE / HTTP/1.1\r\nHost: a\r\n\r\n", .unsupported),
        target("another authority", "http://b/"),
        target("an authority with a user", "http://u@a/"),
        target("an absolute form without a path", "http://a"),
        target("another scheme", "https://a/"),
        target("a relative path", "v1/models"),
        target("NUL in percent", "/%00"),
        target("a cut percent", "/%4"),
        target("a percent of no hex", "/%zz"),
        target("a backslash", "/a\\b"),
        target("a fragment", "/a#b"),
        target("a quote", "/\"a"),
        target("angle brackets", "/<a>"),
        target("bytes above ASCII", "/\u{e4}"),
        target("a DEL", "/\u{7f}"),
        target("a NUL", "/\0"),
    ]

    private static let chunks: [Case] = [
        chunked("a size that is no number", "x\r\n"),
        chunked("no size", "\r\nab\r\n"),
        chunked("a negative size", "-1\r\n"),
        chunked("a size with 0x", "0x5\r\nhello\r\n"),
        chunked("a size beyond 64 bits", "ffffffffffffffff1\r\n"),
        chunked("a size at the edge of 64 bits", "ffffffffffffffff\r\n"),
        chunked("a size beyond the limit", "fffffffffffffff\r\n", .bodyTooLarge),
        chunked("a size line that ends with LF", "5\nhello\r\n0\r\n\r\n"),
        chunked("a chunk longer than its size", "3\r\nhello\r\n0\r\n\r\n"),
        chunked("a chunk that ends with LF", "5\r\nhello\n0\r\n\r\n"),
        chunked("a blank before the size", " 5\r\nhello\r\n"),
        chunked("a NUL in an extension", "5;a=\0\r\nhello\r\n"),
        chunked("text after the size", "5 a\r\nhello\r\n"),
        chunked("a blank after the size", "5 \r\nhello\r\n"),
        chunked("an extension without a name", "5;\r\nhello\r\n"),
        chunked("an extension without a value", "5;a=\r\nhello\r\n"),
        chunked("an extension with an open quote", "5;a=\"b\r\nhello\r\n"),
        chunked("an extension with a blank", "5; a\r\nhello\r\n"),
        chunked("text after a quoted extension", "5;a=\"b\"c\r\nhello\r\n"),
        chunked("a trailer without a colon", "0\r\nX\r\n\r\n"),
        chunked("a trailer with a blank before the colon", "0\r\nX : a\r\n\r\n"),
        chunked("a trailer without a name", "0\r\n: x\r\n\r\n"),
        chunked("a folded trailer", "0\r\nX: a\r\n b\r\n\r\n"),
        chunked("a trailer with a control character", "0\r\nX: \u{1b}\r\n\r\n"),
        chunked("a trailer that ends with LF", "0\r\nX: a\n\r\n"),
        chunked("extensions without end", "5;" + String(repeating: "a", count: 17_000) + "\r\nhello\r\n0\r\n\r\n"),
        chunked(
            "many extensions", String(repeating: "1;" + String(repeating: "a", count: 200) + "\r\nx\r\n", count: 90)),
        chunked(
            "trailers without end",
            "0\r\n" + String(repeating: "X: " + String(repeating: "a", count: 200) + "\r\n", count: 90)),
    ]

    private static let protocols: [Case] = [
        bad("the preface of HTTP/2", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", .versionUnsupported),
        bad("HTTP/0.9", "GET / HTTP/0.9\r\nHost: a\r\n\r\n", .versionUnsupported),
        bad("HTTP/1.2", "GET / HTTP/1.2\r\nHost: a\r\n\r\n", .versionUnsupported),
        bad("HTTP/2.0", "GET / HTTP/2.0\r\nHost: a\r\n\r\n", .versionUnsupported),
        bad("HTTP/3.0", "GET / HTTP/3.0\r\nHost: a\r\n\r\n", .versionUnsupported),
        bad("a TLS hello", "\u{16}\u{3}\u{1}\u{0}\u{5}"),
        bad("ssh", "SSH-2.0-OpenSSH_9.9\r\n\r\n"),
        bad("zeros", "\0\0\0\0"),
        bad("an answer", "HTTP/1.1 200 OK\r\n\r\n"),
    ]

    private static let sizes: [Case] = [
        bad("a long target", "GET /\(String(repeating: "a", count: 17_000)) HTTP/1.1\r\nHost: a\r\n\r\n", .uriTooLong),
        bad("a long target without end", "GET /\(String(repeating: "a", count: 17_000))", .uriTooLong),
        fields("101 fields", String(repeating: "X: 1\r\n", count: 99) + "X: 1", .headTooLarge),
        fields("a long value", "X: " + String(repeating: "a", count: 40_000), .headTooLarge),
        bad(
            "a long head without end", "GET / HTTP/1.1\r\nHost: a\r\nX: " + String(repeating: "a", count: 40_000),
            .headTooLarge),
        fields("a long name", String(repeating: "a", count: 1025) + ": 1", .headTooLarge),
        fields("a length beyond the limit", "Content-Length: 33554433", .bodyTooLarge),
        fields("a length far beyond the limit", "Content-Length: 999999999999999999", .bodyTooLarge),
    ]
}
