package import Domain
import Glibc
import Settings
package import Telemetry
import Terminal

/// A view as a file.
package enum Export {
    /// What is written: the rows of the panel as they are filtered and sorted, or the screen as text.
    package static func text(
        _ request: ExportRequest, state: DashboardState, snapshot: LiveSnapshot, now: Timestamp
    ) -> String {
        let list = RowModel.rows(of: request.panel, state: state, snapshot: snapshot)
        switch request.format {
        case .csv: return csv(list)
        case .json: return json(list)
        case .txt:
            let size = Size(columns: state.columns, rows: state.rows)
            return Scene.draw(state: state, snapshot: snapshot, size: size, now: now, glyphs: .standard).text() + "\n"
        }
    }

    /// Writes a new file that only its owner can read; one that exists is left alone.
    static func write(
        _ request: ExportRequest, state: DashboardState, snapshot: LiveSnapshot, now: Timestamp
    ) -> (message: String, isDone: Bool) {
        let bytes = Array(text(request, state: state, snapshot: snapshot, now: now).utf8)
        let descriptor = open(request.path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK, 0o600)
        guard descriptor >= 0 else {
            let reason = errno == EEXIST ? "it exists" : String(cString: strerror(errno))
            return ("not written to \(request.path): \(reason)", false)
        }
        defer { close(descriptor) }
        var offset = 0
        while offset < bytes.count {
            let count = bytes[offset...].withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else {
                let reason = String(cString: strerror(errno))
                unlink(request.path)
                return ("not written to \(request.path): \(reason)", false)
            }
            offset += count
        }
        return ("written \(request.path), \(bytes.count) bytes", true)
    }

    private static func rows(_ list: RowList) -> [[(name: String, value: ExportValue)]] {
        (0..<list.count).map { list[$0].exportFields }.filter { !$0.isEmpty }
    }

    package static func csv(_ list: RowList) -> String {
        let rows = rows(list)
        guard let head = rows.first else { return "" }
        var lines = [head.map(\.name).joined(separator: ",")]
        lines += rows.map { row in row.map { cell($0.value) }.joined(separator: ",") }
        return lines.joined(separator: "\r\n") + "\r\n"
    }

    /// One cell (RFC 4180).
    ///
    /// Text that a spreadsheet would run as a formula gets an apostrophe before it: names come
    /// from outside.
    private static func cell(_ value: ExportValue) -> String {
        switch value {
        case .nothing: return ""
        case .integer(let number): return String(number)
        case .number(let number): return number.isFinite ? String(number) : ""
        case .text(var text):
            if let first = text.unicodeScalars.first, "=+-@\t\r".unicodeScalars.contains(first) { text = "'" + text }
            // By scalars: a carriage return and a line feed are one character together and two apart.
            let special: [UnicodeScalar] = [",", "\"", "\r", "\n"]
            guard text.unicodeScalars.contains(where: special.contains) else { return text }
            var quoted = "\""
            for character in text { quoted += character == "\"" ? "\"\"" : String(character) }
            return quoted + "\""
        }
    }

    package static func json(_ list: RowList) -> String {
        let objects = rows(list).map { row in
            "  {" + row.map { "\(quoted($0.name)): \(literal($0.value))" }.joined(separator: ", ") + "}"
        }
        return objects.isEmpty ? "[]\n" : "[\n" + objects.joined(separator: ",\n") + "\n]\n"
    }

    private static func literal(_ value: ExportValue) -> String {
        switch value {
        case .nothing: "null"
        case .integer(let number): String(number)
        case .number(let number): number.isFinite ? String(number) : "null"
        case .text(let text): quoted(text)
        }
    }

    /// A JSON string (RFC 8259); control characters and line separators escaped.
    private static func quoted(_ text: String) -> String {
        var result = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": result += "\\\""
            case "\\": result += "\\\\"
            case "\n": result += "\\n"
            default:
                let isEscaped = scalar.value < 0x20 || (0x7f...0x9f).contains(scalar.value) || scalar.value == 0x2028
                if isEscaped || scalar.value == 0x2029 {
                    let digits = String(scalar.value, radix: 16)
                    result += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
                } else {
                    result.unicodeScalars.append(scalar)
                }
            }
        }
        return result + "\""
    }
}
