import HTTP
import NIOCore
import Testing

@Suite struct CopiedFieldsTests {
    private static func copy(_ lines: String, without names: Set<String> = []) throws -> String {
        var parser = RequestParser()
        var input = ByteBuffer(string: "GET / HTTP/1.1\r\nHost: a\r\n\(lines)\r\n")
        _ = try parser.next(&input)
        var output = ByteBuffer(string: ">")
        parser.head.writeFields(into: &output) { name, _ in
            !names.union(["Host"]).contains(String(decoding: name, as: UTF8.self))
        }
        return String(buffer: output)
    }

    @Test(arguments: [
        ("", ">"), ("A: 1\r\n", ">A: 1\r\n"), ("A:1\r\n", ">A: 1\r\n"), ("A:\t1\r\n", ">A: 1\r\n"),
        ("A:  1 \r\nB: 2\r\n", ">A: 1\r\nB: 2\r\n"), ("A: 1\t\r\nB:2\r\nC: 3\r\n", ">A: 1\r\nB: 2\r\nC: 3\r\n"),
        ("A:\r\nB: \r\nC: x\r\n", ">A: \r\nB: \r\nC: x\r\n"), ("A:   \r\nB: 1\r\n", ">A: \r\nB: 1\r\n"),
    ])
    func writesEachFieldInOneForm(lines: String, written: String) throws {
        #expect(try Self.copy(lines) == written)
    }

    @Test(arguments: 0..<16) func leavesOutWhatDoesNotPass(mask: Int) throws {
        let names = ["A", "B", "C", "D"]
        for forms in 0..<16 {
            var lines = ""
            var expected = ">"
            var dropped: Set<String> = []
            for (index, name) in names.enumerated() {
                lines += forms >> index & 1 == 1 ? "\(name):\(index) \r\n" : "\(name): \(index)\r\n"
                if mask >> index & 1 == 1 { dropped.insert(name) } else { expected += "\(name): \(index)\r\n" }
            }
            #expect(try Self.copy(lines, without: dropped) == expected)
        }
    }
}
