import HTTP
import NIOCore

/// Heads from text.
enum RequestHead {
    static func parse(_ text: String) -> Head {
        var parser = RequestParser()
        var input = ByteBuffer(string: text)
        guard case .head? = try? parser.next(&input) else { return Head() }
        return parser.head
    }
}
